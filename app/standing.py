"""How the lines of one order stand, by the book, shipped ones too: what was first promised, what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import distinct_on

from app import turns
from app.engine.state import LineStatus, status_of_line
from app.models import Channel, Line, Order, PromiseMove

Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class LineStands:
    """A line of `quantity` units of which `left` are to be shipped: `ready` may leave now, `waiting` may not.

    `expected` is when the last of them comes, None where none waits or nobody knows; `first` the first day that was
    ever told. `beyond` units exceed the cap. `hold` and `redate` are decisions that hold now. `planned` is whether
    anybody has looked at the line yet.
    """

    id: str
    variant_id: str | None
    product_name: str
    variant_name: str
    sku: str
    quantity: int
    left: int
    ready: int
    waiting: int
    status: LineStatus
    expected: date | None
    first: date | None
    beyond: int
    hold: Found | None
    redate: Found | None
    planned: bool


@dataclass(frozen=True, slots=True)
class OrderStands:
    """An order and its lines; `channel` is the name of its channel."""

    id: str
    number: str
    channel: str
    lines: tuple[LineStands, ...]

    @property
    def open(self) -> tuple[LineStands, ...]:
        return tuple(line for line in self.lines if line.left)


def of_order(connection: Connection, shop_id: int, order_id: str, today: date) -> OrderStands | None:
    """None where the book does not know the order."""
    query = (
        select(Order.id, Order.number, Channel.name.label("channel"))
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Order.shop_id == shop_id, Order.id == order_id)
    )
    order = connection.execute(query).one_or_none()
    if order is None:
        return None
    mine = (Line.shop_id == shop_id, Line.order_id == order_id)
    lines = connection.execute(select(Line.__table__).where(*mine).order_by(Line.id)).all()
    ids = [line.id for line in lines]
    decided = {(row.line_id, row.kind): row for row in turns.rows(connection, shop_id, lines=ids)}
    first = _first_told(connection, shop_id, ids)
    return OrderStands(
        order.id, order.number, order.channel or "", tuple(_line(line, decided, first, today) for line in lines)
    )


def _first_told(connection: Connection, shop_id: int, lines: Sequence[str]) -> dict[str, date]:
    """The first day told of each line."""
    query = (
        select(PromiseMove.line_id, PromiseMove.expected_after)
        .where(PromiseMove.shop_id == shop_id, PromiseMove.line_id.in_(lines), PromiseMove.expected_after.is_not(None))
        .ext(distinct_on(PromiseMove.line_id))
        .order_by(PromiseMove.line_id, PromiseMove.id)
    )
    return {row.line_id: row.expected_after for row in connection.execute(query)}


def _line(line: Found, decided: dict[tuple[str, str], Found], first: dict[str, date], today: date) -> LineStands:
    hold = decided.get((line.id, "hold"))
    return LineStands(
        id=line.id,
        variant_id=line.variant_id,
        product_name=line.product_name,
        variant_name=line.variant_name,
        sku=line.sku,
        quantity=line.quantity,
        left=line.open,
        ready=line.ready,
        waiting=line.waiting,
        status=status_of_line(line.open, line.ready, line.waiting, line.promised, today, held=hold is not None),
        expected=line.expected,
        first=first.get(line.id),
        beyond=line.beyond,
        hold=hold,
        redate=decided.get((line.id, "redate")),
        planned=line.judged,
    )
