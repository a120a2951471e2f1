"""Why so many units may be ordered past zero and no more: each limit of the rule, tried alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.engine.answer import Plan
from app.engine.model import Channel, Facts, Pool
from app.engine.pool import UNLIMITED, plan_pool, sells_past_zero
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
    """A field of the rule, its value, and how many units could be backordered if nothing else limited them.

    `room` None: any number.
    """

    field: str
    value: Any
    room: int | None


def limits(facts: Facts, pool: Pool, today: date) -> list[Limit]:
    """The limits of the pool's rule, the narrowest first. None where nothing is sold past zero at all."""
    if not sells_past_zero(pool, facts):
        return []
    return sorted(_limits(facts, pool, today), key=lambda limit: (limit.room is None, limit.room or 0))


def open_ended(facts: Facts, planned: Plan, channel: Channel) -> bool:
    """Whether the channel sells any number of units: the plan's number then only stands for that."""
    own = (pool for pool in planned.pools if pool.warehouse == channel.pool)
    return not facts.tracked or any(no_limit(pool.headroom, pool.outstanding) for pool in own)


def no_limit(room: int, outstanding: int) -> bool:
    """Whether so much room is that of a rule without a limit, with so many units owed."""
    return room > 0 and room + outstanding >= UNLIMITED


def _limits(facts: Facts, pool: Pool, today: date) -> Iterator[Limit]:
    served = serve(facts, today)
    free_of_all = replace(pool.terms, **NO_LIMITS)
    for name, none in NO_LIMITS.items():
        value = getattr(pool.terms, name)
        if value != none:
            alone = replace(pool, terms=replace(free_of_all, **{name: value}))
            planned = plan_pool(alone, facts, served, today)
            unlimited = no_limit(planned.headroom, planned.outstanding)
            yield Limit(name, value, None if unlimited else planned.headroom)
