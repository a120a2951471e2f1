"""Why so many units may be ordered past zero and no more: each limit of the rule, tried alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.engine.model import Facts, Pool
from app.engine.pool import plan_pool, sells_past_zero
from app.engine.promise import serve

NO_LIMITS: Mapping[str, Any] = {
    "open_at": "always",
    "cap": None,
    "horizon_days": None,
    "require_date": False,
    "units_per_order": None,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A field of the rule, its value, and how many units could be backordered if nothing else limited them."""

    field: str
    value: Any
    room: int


def limits(facts: Facts, pool: Pool, today: date) -> list[Limit]:
    """The limits of the pool's rule, the narrowest first. None where nothing is sold past zero at all."""
    return sorted(_limits(facts, pool, today), key=lambda limit: limit.room) if sells_past_zero(pool, facts) else []


def _limits(facts: Facts, pool: Pool, today: date) -> Iterator[Limit]:
    served = serve(facts, today)
    free_of_all = replace(pool.terms, **NO_LIMITS)
    for name, none in NO_LIMITS.items():
        value = getattr(pool.terms, name)
        if value != none:
            alone = replace(pool, terms=replace(free_of_all, **{name: value}))
            yield Limit(name, value, plan_pool(alone, facts, served, today).headroom)
