"""What a change of supply would do, before it is made: whose day moves, and what they would be told.

The change is made, the facts are read, and it is taken back: whatever a change can do, its preview can.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from app import book
from app.engine.model import Facts, Terms
from app.engine.telling import first_day, last_day
from app.models import Line, Order, Shop, Variant
from app.preview.comparing import Compared, compared
from app.preview.found import Moved, Turned
from app.supply import lines, record
from app.supply.record import Kept

WHO = "a preview"


@dataclass(frozen=True, slots=True)
class Days:
    """What people are told of a day, as the rule wants it told: one day, or from the first to the last."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting order line of which the day moves; `units` of it wait.

    Days are those of its last waiting unit, None where that has none. `told_before` and `told_after` are what its buyer
    is told; None: that no day is known.
    """

    order: str
    order_id: str
    line: str
    customer: str
    sku: str
    channel: str
    units: int
    before: date | None
    after: date | None
    told_before: Days | None
    told_after: Days | None

    @property
    def later(self) -> bool:
        """No day at all is later than any."""
        return self.after is None or (self.before is not None and self.before < self.after)


@dataclass(slots=True)
class SupplyPreview:
    """`changed` are the supplies' rows before and after. Of `moves` those that come later are first, then by queue.

    `opens` and `closes`: where sale past zero begins and ends.
    """

    changed: Sequence[tuple[Kept, Kept]]
    moves: list[Waiting] = field(default_factory=list)
    opens: list[Turned] = field(default_factory=list)
    closes: list[Turned] = field(default_factory=list)

    @property
    def orders(self) -> int:
        return len({move.order_id for move in self.moves})

    @property
    def later(self) -> int:
        """Orders of which any line comes later."""
        return len({move.order_id for move in self.moves if move.later})

    @property
    def earlier(self) -> int:
        return self.orders - self.later


def of_supplies(
    connection: Connection,
    shop: Shop,
    versions: Mapping[int, int | None],
    changes: Mapping[str, Any] | None,
    today: date,
) -> SupplyPreview:
    """What it would do to change these fields of the supplies, as `lines.change_all` would; None: to cancel them.

    Changes nothing. Raises what they raise. It takes as long as planning the variants twice.
    """
    before = {number: record.known(connection, shop.id, number) for number in versions}
    variants = sorted({row.variant_id for row in before.values()})
    with connection.begin_nested() as trial:
        if changes is None:
            after = lines.cancel_all(connection, shop, versions, who=WHO)
        else:
            after = lines.change_all(connection, shop, versions, changes, who=WHO, today=today)
        then = _facts(connection, shop, variants, today)
        trial.rollback()
    now = _facts(connection, shop, variants, today)
    found = SupplyPreview([(before[row.id], row) for row in after])
    rows = connection.execute(select(Variant.__table__).where(Variant.shop_id == shop.id, Variant.id.in_(variants)))
    orders = _orders(connection, shop.id, variants)
    for row in rows.all():
        # What was ordered in between is none of the change's doing.
        supposed = replace(then[row.id], claims=now[row.id].claims)
        if difference := compared(row, now[row.id], supposed, today):
            _tell(found, difference, orders)
    found.moves.sort(key=lambda move: (not move.later, orders[move.line].queued_at))
    return found


def _facts(connection: Connection, shop: Shop, variants: Collection[str], today: date) -> dict[str, Facts]:
    return {facts.variant: facts for facts in book.load_facts(connection, shop, variants, today)}


def _orders(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    """The orders of open lines, by line."""
    query = (
        select(Line.id, Line.order_id, Line.open, Order.customer, Order.channel_id, Order.queued_at)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Line.variant_id.in_(variants), Line.open > 0)
    )
    return {row.id: row for row in connection.execute(query)}


def _tell(found: SupplyPreview, difference: Compared, orders: Mapping[str, Row[*tuple[Any, ...]]]) -> None:
    closing, opening = difference.turns()
    found.closes += closing
    found.opens += opening
    facts = difference.facts[1]
    channels = {channel.id: (channel.slug, facts.terms(channel)) for channel in facts.channels}
    for _, moved in difference.moves():
        order = orders.get(moved.line)
        if order and moved.before != moved.after:
            found.moves.append(_waiting(moved, order, *channels.get(order.channel_id, ("", Terms()))))


def _waiting(moved: Moved, order: Row[*tuple[Any, ...]], channel: str, terms: Terms) -> Waiting:
    return Waiting(
        order=moved.order,
        order_id=order.order_id,
        line=moved.line,
        customer=order.customer,
        sku=moved.sku,
        channel=channel,
        units=order.open - moved.ready_after,
        before=moved.before,
        after=moved.after,
        told_before=_told(moved.before, terms),
        told_after=_told(moved.after, terms),
    )


def _told(day: date | None, terms: Terms) -> Days | None:
    first, last = first_day(day, terms), last_day(day, terms)
    return Days(first, last) if first and last else None
