"""One process of those that plan a whole shop from the book: python -m bench.replan URL SHARD SHARDS.

Says when it is ready, waits for a line, and answers with the claims it planned and how many times more memory it held
in the end than after the first tenth.
"""

import resource
import sys
from datetime import UTC, datetime

from sqlalchemy import select

from app import book
from app.db import open_engine
from app.engine import plan
from app.models import Shop, Variant
from app.runtime import collect_seldom

BATCH = 500


def main(url: str, shard: int, shards: int) -> None:
    collect_seldom()
    engine = open_engine(url)
    today = datetime.now(UTC).date()
    with engine.connect() as connection:
        shop = Shop(**connection.execute(select(Shop.__table__)).mappings().one())
        print("ready", flush=True)
        sys.stdin.readline()
        variants = list(connection.scalars(select(Variant.id).order_by(Variant.id)))[shard::shards]
        claims, early = 0, 0
        for start in range(0, len(variants), BATCH):
            for facts in book.load_facts(connection, shop, variants[start : start + BATCH]):
                claims += len(plan(facts, today).promises)
            if not early and start > len(variants) / 10:
                early = _most_held()
    engine.dispose()
    print(claims, _most_held() / early, flush=True)


def _most_held() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
