"""The sweep of a whole shop, against a loop that reads the same of one variant after the other.

The sweep is everything: finding the ids, marking, reading, planning, keeping, until no mark is left. The loop only
reads, over one connection that stays open, and keeps nothing; it is timed on a sample. The sandbox answers after as
long as a quick shop over a network: a real Saleor took 68 ms for one variant and 217 for 77 on the same machine.
"""

import time
from collections.abc import Iterator

from sqlalchemy import select

from app import marks, reconcile, sweep
from app.models import Variant
from bench.figure import Figure, at_least
from bench.stage import Scene

SAMPLE = 100
LATENCY_MS = 40
TIMES_FASTER = 20


def figures(scene: Scene) -> Iterator[Figure]:
    with scene.latency(LATENCY_MS):
        yield _against_one_by_one(scene)


def _against_one_by_one(scene: Scene) -> Figure:
    shop, engine = scene.app.shop(), scene.app.runtime.engine
    reconcile.run(scene.app.runtime, shop.id)
    began = time.perf_counter()
    sweep.run(scene.app.runtime, shop.id, full=True)
    reconcile.run(scene.app.runtime, shop.id)
    took = time.perf_counter() - began
    with engine.connect() as connection:
        known = list(connection.scalars(select(Variant.id).where(Variant.shop_id == shop.id)))
        left = marks.pending(connection, shop.id)
    if left or len(known) != scene.variants:
        raise RuntimeError(f"The sweep left {left} marks and knows {len(known)} of {scene.variants} variants.")
    one_by_one = _seconds_each(scene, known[:SAMPLE]) * len(known)
    return at_least("sweep_against_one_by_one", one_by_one / took, TIMES_FASTER)


def _seconds_each(scene: Scene, ids: list[str]) -> float:
    with scene.app.platform() as platform:
        platform.variants(ids[:1])
        began = time.perf_counter()
        for variant in ids:
            platform.variants([variant])
        return (time.perf_counter() - began) / len(ids)
