"""Which open lines somebody wants to see, as conditions on the book."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Text, and_, false, func, or_, select, true

from app.models import Line, Order, QueueMove, Supply


class State(StrEnum):
    """How an open line stands. A late line is at risk too; `no_date` may be any that waits."""

    READY = "ready"
    PARTLY_READY = "partly_ready"
    WAITING = "waiting"
    LATE = "late"
    AT_RISK = "at_risk"
    NO_DATE = "no_date"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must hold.

    `text` is a part of the SKU or of the names of product and variant, or the number of an order; `customer` a part of
    the address; in small or capital letters. `variant` and `channel` are the platform's ids,
    `supplier` and `supply` our numbers, `reference` that of a purchase order; a line is found by the supply that its
    units rest on. `expected_from` and `expected_until` are included; `waiting_since` finds orders that were placed by
    then.
    """

    text: str = ""
    sku: str = ""
    variant: str = ""
    channel: str = ""
    customer: str = ""
    supplier: int | None = None
    supply: int | None = None
    reference: str = ""
    state: State | None = None
    expected_from: date | None = None
    expected_until: date | None = None
    waiting_since: datetime | None = None


def on_hold(shop_id: int) -> ColumnElement[bool]:
    """Lines that a person holds back."""
    held = select(QueueMove.line_id).where(
        QueueMove.shop_id == shop_id, QueueMove.kind == "hold", QueueMove.undone_at.is_(None)
    )
    return Line.id.in_(held)


def found_by(shop_id: int, text: str) -> ColumnElement[bool]:
    """Lines with this text in their SKU or names, and those of the order with this number."""
    numbered = select(Order.id).where(Order.shop_id == shop_id, Order.number == text.removeprefix("#"))
    return or_(Line.words.contains(text.lower(), autoescape=True), Line.order_id.in_(numbered))


class Conditions:
    """What is true of a line on the day `today`, as SQL. A line that is held is neither late nor at risk."""

    def __init__(self, shop_id: int, today: date) -> None:
        self._shop_id = shop_id
        self.held = on_hold(shop_id)
        self.waits = and_(Line.waiting > 0, ~self.held)
        self.late = and_(Line.promised < today, self.waits)
        self.lost_day = and_(Line.promised.is_not(None), Line.expected.is_(None), self.waits)
        self.late_supply = and_(Line.due < today, self.waits)
        risky = (Line.promised < today, Line.due < today, and_(Line.promised.is_not(None), Line.expected.is_(None)))
        self.at_risk = and_(func.coalesce(or_(*risky), false()), self.waits)

    def of(self, filters: Filters) -> list[ColumnElement[bool]]:
        """The open lines that fit, of lines joined with their orders."""
        return [Line.shop_id == self._shop_id, Line.open > 0, *self._asked(filters)]

    def _asked(self, filters: Filters) -> Iterator[ColumnElement[bool]]:
        if filters.text:
            yield found_by(self._shop_id, filters.text)
        if filters.customer:
            yield Order.customer.icontains(filters.customer, autoescape=True)
        for column, wanted in ((Line.sku, filters.sku), (Line.variant_id, filters.variant),
                               (Order.channel_id, filters.channel)):  # fmt: skip
            if wanted:
                yield column == wanted
        if filters.supply is not None or filters.supplier is not None or filters.reference:
            yield self._rests_on(filters)
        if filters.state is not None:
            yield self._is(filters.state)
        if filters.expected_from is not None:
            yield Line.expected >= filters.expected_from
        if filters.expected_until is not None:
            yield Line.expected <= filters.expected_until
        if filters.waiting_since is not None:
            yield Order.queued_at <= filters.waiting_since

    def _is(self, state: State) -> ColumnElement[bool]:
        on_time = func.coalesce(~self.late, true())
        return {
            State.READY: and_(Line.waiting == 0, Line.ready > 0),
            State.PARTLY_READY: and_(self.waits, Line.ready > 0, on_time),
            State.WAITING: and_(Line.ready == 0, ~self.held, on_time),
            State.LATE: self.late,
            State.AT_RISK: self.at_risk,
            State.NO_DATE: and_(Line.waiting > 0, Line.expected.is_(None)),
            State.HELD: self.held,
        }[state]

    def _rests_on(self, filters: Filters) -> ColumnElement[bool]:
        """No number of ours is greater than a bigint, and PostgreSQL refuses to compare one that is."""
        wanted = {Supply.id: filters.supply, Supply.supplier_id: filters.supplier}
        given = {column: number for column, number in wanted.items() if number is not None}
        if not all(0 < number < 2**63 for number in given.values()):
            return false()
        by_reference = [func.lower(Supply.reference) == filters.reference.lower()] if filters.reference else []
        named = func.jsonb_build_array(func.jsonb_build_object("supply", Supply.id.cast(Text)))
        rests = or_(Line.pieces.contains(named), and_(Line.expected.is_(None), Line.rests_on == Supply.id))
        mine = (Supply.shop_id == self._shop_id, Supply.variant_id == Line.variant_id)
        numbered = [column == number for column, number in given.items()]
        return select(Supply.id).where(*mine, rests, *numbered, *by_reference).exists()
