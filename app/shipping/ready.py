"""Orders of which something can leave now, in turn, and the warehouses it leaves from."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select
from sqlalchemy.orm import aliased

from app.models import Channel, Line, Order, Warehouse
from app.queue.filters import found_by, on_hold

Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Filters:
    """`warehouse` is the id of one that something is taken from; `whole` orders have nothing open that is not ready.

    With `approving` the orders are those of which units lie in a shipment that waits for approval, ready or not; with
    `held` those with a line on hold. `text` is the number of an order, or a part of the SKU or the names of a line.
    """

    warehouse: str = ""
    whole: bool = False
    approving: bool = False
    held: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Take:
    """Units to take from a warehouse."""

    warehouse_id: str
    warehouse: str
    units: int


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """An open line of an order. `ready` units can be shipped now; they are taken from the warehouses of `takes`.

    `left` units are to be shipped: open, and not among the `approving` ones, which lie in a shipment already. Nothing
    of a line that is `held` is ready.
    """

    line_id: str
    variant_id: str | None
    product_name: str
    variant_name: str
    sku: str
    left: int
    ready: int
    approving: int
    held: bool
    takes: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class ReadyOrder:
    """An order with all its open lines. `whole`: everything left of it is ready."""

    order_id: str
    order: str
    channel: str | None
    customer: str
    placed_at: datetime
    lines: tuple[ReadyLine, ...]

    @property
    def ready(self) -> int:
        return sum(line.ready for line in self.lines)

    @property
    def approving(self) -> int:
        return sum(line.approving for line in self.lines)

    @property
    def held(self) -> bool:
        return any(line.held for line in self.lines)

    @property
    def whole(self) -> bool:
        return all(line.ready == line.left for line in self.lines)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the orders that fit, and how many do in all."""

    rows: tuple[ReadyOrder, ...]
    total: int


def page(connection: Connection, shop_id: int, filters: Filters, *, offset: int, limit: int) -> Page:
    """The orders that fit, the one whose line comes first in the queue before all others."""
    wanted = (Line.shop_id == shop_id, *_conditions(shop_id, filters))
    query = select(Line.order_id).where(*wanted).group_by(Line.order_id).order_by(func.min(Line.turn), Line.order_id)
    ids = connection.scalars(query.offset(offset).limit(limit)).all()
    total = connection.scalar(select(func.count(Line.order_id.distinct())).where(*wanted)) or 0
    return Page(tuple(orders_of(connection, shop_id, ids)), total)


def orders_of(connection: Connection, shop_id: int, ids: Sequence[str]) -> Iterator[ReadyOrder]:
    """These orders, in this order, as far as they have anything open."""
    query = (
        select(Line.__table__, on_hold(shop_id).label("held"), Order.number, Order.queued_at, Order.customer,
               Order.channel_id, Channel.name.label("channel"), Channel.warehouses)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Line.shop_id == shop_id, Line.open > 0, Line.order_id.in_(ids))
        .order_by(Line.turn, Line.id)
    )  # fmt: skip
    lines = defaultdict(list)
    for row in connection.execute(query):
        lines[row.order_id].append(row)
    names = _real_warehouses(connection, shop_id)
    return (_order(lines[order], names) for order in ids if order in lines)


def _conditions(shop_id: int, filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield Line.open > 0
    if filters.held:
        yield on_hold(shop_id)
    elif filters.approving:
        yield Line.approving > 0
    else:
        yield and_(Line.ready > Line.approving, ~on_hold(shop_id))
    if filters.text:
        yield found_by(shop_id, filters.text)
    if filters.warehouse:
        taken = {"source": "on_hand", "warehouse": filters.warehouse, "expected": None}
        yield Line.pieces.contains([taken])
    if filters.whole:
        other = aliased(Line)
        missing = select(other.id).where(
            other.shop_id == Line.shop_id, other.order_id == Line.order_id, other.open > 0, other.ready < other.open
        )
        yield ~missing.exists()


def _real_warehouses(connection: Connection, shop_id: int) -> dict[str, str]:
    """Their names, by id."""
    query = select(Warehouse.id, Warehouse.name).where(Warehouse.shop_id == shop_id, ~Warehouse.is_pool)
    return {row.id: row.name for row in connection.execute(query)}


def _order(lines: Sequence[Found], names: Mapping[str, str]) -> ReadyOrder:
    first = lines[0]
    return ReadyOrder(
        order_id=first.order_id,
        order=first.number,
        channel=first.channel,
        customer=first.customer,
        placed_at=first.queued_at,
        lines=tuple(_line(line, names) for line in lines),
    )


def _line(line: Found, names: Mapping[str, str]) -> ReadyLine:
    takes = () if line.held else tuple(_takes(line, names))
    return ReadyLine(
        line_id=line.id,
        variant_id=line.variant_id,
        product_name=line.product_name,
        variant_name=line.variant_name,
        sku=line.sku,
        left=line.open - line.approving,
        ready=sum(take.units for take in takes),
        approving=line.approving,
        held=line.held,
        takes=takes,
    )


def _takes(line: Found, names: Mapping[str, str]) -> Iterator[Take]:
    """Of what is on hand for the line, what comes after the units that wait for approval: those are served first.

    Units the shop does not count are on hand everywhere: they leave from the first warehouse of the channel.
    """
    anywhere = next((place for place in line.warehouses or () if place in names), None)
    lying, left = line.approving, max(0, line.ready - line.approving)
    units: dict[str, int] = defaultdict(int)
    for warehouse, quantity in _on_hand(line.pieces):
        here = min(max(0, quantity - lying), left)
        lying = max(0, lying - quantity)
        place = warehouse or anywhere
        if here and place is not None:
            units[place] += here
            left -= here
    return (Take(place, names.get(place, ""), number) for place, number in units.items())


def _on_hand(pieces: Collection[Mapping[str, Any]]) -> Iterator[tuple[str | None, int]]:
    """What is on hand and not kept back for a day to come."""
    for piece in pieces:
        if piece["source"] == "on_hand" and not piece["expected"]:
            yield piece["warehouse"], piece["quantity"]
