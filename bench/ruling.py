"""Editing one rule that covers every variant of a shop: how soon it is answered, what marks them, what is written.

The answer is held against the work that it sets off, which it must not wait for.

Every variant has its rule's metadata in the shop before. Then the lead time is changed, through the API and without a
worker: about a ninth of the variants is sold out and tells another day; of the others nothing that the shop shows
changes. Counted are the statements that set marks, by a trigger, and the changes that are sent to the shop.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from app import keys, reconcile, sweep
from app.models import Shop
from app.platforms import Change, Failure, Platform
from app.runtime import Runtime
from bench.figure import Figure, at_most
from bench.stage import Scene

MOST_OF_THE_WORK = 0.05
SEVERAL = 5

COUNT = """
CREATE SEQUENCE bench_marking MINVALUE 0;
CREATE FUNCTION bench_marking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('bench_marking'); RETURN NULL; END $$;
CREATE TRIGGER bench_marking AFTER INSERT ON marks FOR EACH STATEMENT EXECUTE FUNCTION bench_marking();
SELECT nextval('bench_marking');
"""
COUNTED = "SELECT last_value FROM bench_marking"
FORGET = "DROP TRIGGER bench_marking ON marks; DROP FUNCTION bench_marking; DROP SEQUENCE bench_marking;"
SHOWN = "SELECT id, shown FROM variants WHERE sku LIKE 'BULK-%'"


@dataclass(frozen=True)
class Counting(Runtime):
    """Keeps the changes that were sent to the shop."""

    sent: list[Change] = field(default_factory=list)

    def platform(self, shop: Shop) -> Platform:
        platform = super().platform(shop)
        write = platform.write

        def counted(changes: Sequence[Change]) -> list[Failure]:
            self.sent.extend(changes)
            return write(changes)

        platform.write = counted  # type: ignore[method-assign]
        return platform


def figures(scene: Scene) -> Iterator[Figure]:
    sweep.run(scene.app.runtime, scene.app.shop().id, full=True)
    _work_off(scene)
    with httpx.Client(base_url=scene.app.url, headers=_key(scene), timeout=120) as http:
        _put(http, {"mode": "backorder", "cap": 20, "lead_days": 14})
        _work_off(scene)
        with psycopg.connect(scene.app.database_url, autocommit=True) as database:
            before = _shown(database)
            database.execute(COUNT)
            took = min(_put(http, {"lead_days": 20 + turn}) for turn in range(SEVERAL))
            statements = database.execute(COUNTED).fetchall()[0][0] / SEVERAL
            database.execute(FORGET)
            began = time.perf_counter()
            sent = _work_off(scene)
            work = time.perf_counter() - began
            after = _shown(database)
    changed = sum(before[variant] != shown for variant, shown in after.items())
    if not 0 < changed < scene.variants or len(after) != scene.variants:
        raise RuntimeError(f"Of {len(after)} variants {changed} show something else.")
    yield at_most("rule_edit_answer_to_its_work", took / work, MOST_OF_THE_WORK)
    yield at_most("rule_edit_statements_that_mark", statements, 1)
    yield at_most("rule_edit_writes_for_a_changed_variant", len(sent) / changed, 1)


def _key(scene: Scene) -> dict[str, str]:
    with scene.app.runtime.engine.begin() as connection:
        made = keys.add(connection, scene.app.shop().id, "Benchmark", ["rules"], 1000, who="Benchmark")
    return {"Authorization": f"Bearer {made}"}


def _put(http: httpx.Client, fields: dict[str, Any]) -> float:
    """Set fields of the shop's own rule. Returns the seconds to the answer."""
    began = time.perf_counter()
    http.put("/api/v1/rules", json={"scope": "shop", "fields": fields, "agree": True}).raise_for_status()
    return time.perf_counter() - began


def _work_off(scene: Scene) -> list[Change]:
    """Do what a worker would. Returns what was sent to the shop."""
    runtime = Counting(scene.app.runtime.config, scene.app.runtime.engine)
    reconcile.run(runtime, scene.app.shop().id)
    return runtime.sent


def _shown(database: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, Any]:
    return dict(database.execute(SHOWN).fetchall())
