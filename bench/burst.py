"""Ten thousand webhooks for a thousand variants, shuffled, as fast as the door takes them: how much work they make.

Counted is every reading of a variant into the book, by a trigger: each reading is one plan. Once the worker runs while
the burst comes in, once it starts when the burst is over.
"""

import random
from collections.abc import Iterator

import psycopg

from bench import stage
from bench.figure import Figure, at_most
from bench.load import send_all
from bench.stage import ACCEPTED, CONNECTIONS, WEBHOOKS, Scene

VARIANTS = 1000
WEBHOOKS_EACH = 10

COUNT = """
CREATE SEQUENCE bench_planned MINVALUE 0;
CREATE FUNCTION bench_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('bench_planned'); RETURN NULL; END $$;
CREATE TRIGGER bench_planned AFTER INSERT OR UPDATE OF observed_at ON variants
FOR EACH ROW EXECUTE FUNCTION bench_planned();
SELECT nextval('bench_planned');
"""
FORGET = "DROP TRIGGER bench_planned ON variants; DROP FUNCTION bench_planned; DROP SEQUENCE bench_planned;"

Database = psycopg.Connection[tuple[int]]


def figures(scene: Scene) -> Iterator[Figure]:
    requests = _requests(scene)
    with psycopg.connect(scene.app.database_url, autocommit=True) as database:
        with scene.worker():
            database.execute(COUNT)
            _send(scene, requests)
            stage.wait_for(scene.is_idle, "the burst to be worked off", 0.1)
            live = _planned(database)
        _send(scene, requests)
        with scene.worker():
            planned = _planned(database) - live
        database.execute(FORGET)
    if min(live, planned) < VARIANTS:
        raise RuntimeError(f"{min(live, planned)} of {VARIANTS} variants were planned.")
    yield at_most("burst_plans_for_a_variant", live / VARIANTS, 1)
    yield at_most("burst_before_start_plans_for_a_variant", planned / VARIANTS, 1)


def _requests(scene: Scene) -> list[bytes]:
    with scene.app.platform() as platform:
        known = [variant for page in platform.variant_ids() for variant in page][:VARIANTS]
    event = "product_variant_stock_updated"
    named = ({"productVariant": {"id": variant}} for variant in known)
    requests = [scene.sender.request(WEBHOOKS, event, payload) for payload in named] * WEBHOOKS_EACH
    random.Random(1).shuffle(requests)
    return requests


def _send(scene: Scene, requests: list[bytes]) -> None:
    load = send_all(scene.app.port, requests, connections=CONNECTIONS, expect=ACCEPTED)
    if load.refused:
        raise RuntimeError(f"{load.refused} of {len(requests)} webhooks were not accepted.")


def _planned(database: Database) -> int:
    [(planned,)] = database.execute("SELECT last_value FROM bench_planned")
    return planned
