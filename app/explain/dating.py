"""What dated the units of a line: the values of the rule that did, and a lead time that came from a supplier."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app import wording
from app.engine.allocate import together
from app.engine.answer import Piece, Plan
from app.engine.changes import DATING
from app.engine.model import NO_RULE, Channel, Facts, Mode, Pool
from app.engine.plan import plan
from app.sentences import LEAD_TIMES
from app.supply import learned


class Lead(NamedTuple):
    """A lead time that holds in place of the rule's: what a supplier's past deliveries kept to in `confidence` percent.

    Without `confidence` it is what the supplier says itself.
    """

    supplier: str
    days: int
    confidence: int | None

    @property
    def replaces(self) -> frozenset[str]:
        """The fields of the rule that decide nothing beside it."""
        return frozenset({"lead_days", "lead_in", "holidays"} if self.confidence else {"lead_days"})

    def in_words(self, kind: str) -> str:
        """In a sentence, of what dated a line or of what holds."""
        percent = "" if self.confidence is None else wording.figure(self.confidence)
        text = LEAD_TIMES[kind if self.confidence else f"{kind}:told"]
        return wording.say(text, days=self.days, supplier=self.supplier, percent=percent)


def pool_of(facts: Facts, channel: Channel) -> Pool | None:
    return next((pool for pool in facts.pools if pool.warehouse == channel.pool), None)


def lead_of(connection: Connection, shop_id: int, facts: Facts, pool: Pool | None) -> Lead | None:
    """The supplier's lead time, where the pool's rule goes by one."""
    if pool is None or not pool.learned or pool.terms.lead_days is None:
        return None
    supplier = learned.last_bought_from(connection, shop_id, [facts.variant])[facts.variant]
    quantiles = learned.lead_days(connection, shop_id, [supplier.id]).get(supplier.id, ())
    confidence = pool.terms.confidence if pool.terms.confidence in dict(quantiles) else None
    return Lead(supplier.name, pool.terms.lead_days, confidence)


def pieces_of(planned: Plan, line: str) -> list[Piece]:
    """What the line gets, units that rest on the same thing together."""
    return together([piece for each in planned.promises if each.claim.line == line for piece in each.pieces])


def dating(
    facts: Facts, pool: Pool | None, line: str, pieces: Sequence[Piece], fields: Collection[str], today: date
) -> Iterator[str]:
    """Those of the fields of a rule without which the line would get other days than these, each tried alone."""
    for field in DATING:
        none: Any = Mode.BACKORDER if field == "mode" else getattr(NO_RULE, field)
        if field in fields and pool is not None and getattr(pool.terms, field) != none:
            terms = {field: none}
            without = replace(pool, terms=replace(pool.terms, **terms))
            pools = tuple(without if each is pool else each for each in facts.pools)
            if pieces_of(plan(replace(facts, pools=pools), today), line) != pieces:
                yield field
