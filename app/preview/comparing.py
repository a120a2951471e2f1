"""One variant under two sets of rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row

from app.engine import line_state, plan
from app.engine.answer import Plan, Promise
from app.engine.limits import no_limit
from app.engine.model import Channel, Claim, Facts, Mode, Pool
from app.engine.state import LineState
from app.preview.found import Moved, Preview, Refused, Turned


@dataclass(frozen=True, slots=True)
class Compared:
    """A variant's row of the book, its facts under the rules as they are and as they would be, and both plans."""

    variant: Row[*tuple[Any, ...]]
    facts: tuple[Facts, Facts]
    plans: tuple[Plan, Plan]
    today: date

    def tell(self, preview: Preview) -> None:
        """Add what differs."""
        closing, opening = self.turns()
        for turned in closing:
            preview.closed(turned)
        for turned in opening:
            preview.opened(turned)
        for refused in self._refusals():
            preview.refused(refused)

    def turns(self) -> tuple[list[Turned], list[Turned]]:
        """The channels in which sale past zero closes, and those in which it opens."""
        before, after = (dict(self._open(number)) for number in (0, 1))
        closing = [Turned(self.variant.sku, slug, before[slug]) for slug in sorted(before.keys() - after.keys())]
        return closing, [Turned(self.variant.sku, slug, after[slug]) for slug in sorted(after.keys() - before.keys())]

    def _open(self, number: int) -> Iterator[tuple[str, int | None]]:
        """The channels in which more than what is free may be ordered, by slug, and how much more."""
        pools = {pool.warehouse: pool for pool in self.plans[number].pools}
        for channel in self._selling(number):
            pool = pools.get(channel.pool or "")
            if pool and pool.headroom:
                yield channel.slug, None if no_limit(pool.headroom, pool.outstanding) else pool.headroom

    def _selling(self, number: int) -> Iterator[Channel]:
        return (channel for channel in self.facts[number].channels if channel.id in self.variant.listed_in)

    def moves(self) -> Iterator[tuple[Claim, Moved]]:
        """The lines whose day or ready units change, each with its first claim; those served first come first."""
        before, after = (_lines(found, self.today) for found in self.plans)
        for line, (claim, then) in before.items():
            _, now = after[line]
            if (then.expected, then.ready) != (now.expected, now.ready):
                sku = self.variant.sku
                yield claim, Moved(claim.number, line, sku, then.expected, now.expected, then.ready, now.ready)

    def _refusals(self) -> Iterator[Refused]:
        """What an open-at number refuses although the limit has room for it."""
        facts, planned = self.facts[1], self.plans[1]
        shut = {pool.warehouse for pool in facts.pools if pool.terms.mode is not Mode.OFF}
        shut &= {pool.warehouse for pool in planned.pools if pool.free and not pool.headroom}
        if not shut:
            return
        wide_open = replace(facts, pools=tuple(map(_always_open, facts.pools)))
        pools = {pool.warehouse: pool for pool in plan(wide_open, self.today).pools}
        for channel in self._selling(1):
            if channel.pool in shut and pools[channel.pool].headroom:
                pool = pools[channel.pool]
                units = None if no_limit(pool.headroom, pool.outstanding) else pool.sellable
                yield Refused(self.variant.sku, channel.slug, units, pool.free)


def compared(variant: Row[*tuple[Any, ...]], before: Facts, after: Facts, today: date) -> Compared | None:
    """The variant under both; None where the change does not concern it."""
    if before == after:
        return None
    return Compared(variant, (before, after), (plan(before, today), plan(after, today)), today)


def _always_open(pool: Pool) -> Pool:
    return replace(pool, terms=replace(pool.terms, open_at="always"))


def _lines(planned: Plan, today: date) -> dict[str, tuple[Claim, LineState]]:
    """The first claim and the state of each line with open units, in turn."""
    lines: dict[str, list[Promise]] = {}
    for promise in planned.promises:
        lines.setdefault(promise.claim.line, []).append(promise)
    return {line: (own[0].claim, line_state(own, promised=None, today=today)) for line, own in lines.items()}
