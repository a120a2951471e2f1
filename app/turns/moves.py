"""What people decided about single lines: one goes before all others, or units of two change places."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from app import marks
from app.engine.model import Exchange
from app.models import Channel, Line, Order, QueueMove, Shop, Variant, Warehouse

Move = Row[*tuple[Any, ...]]


class BadMove(ValueError):
    """A move that cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of people's decisions for one variant."""

    pinned: frozenset[str] = frozenset()
    exchanges: tuple[Exchange, ...] = ()


def load(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, Decided]:
    """By variant. Units of a line that left since are no longer exchanged: they were the first of it."""
    query = (
        select(QueueMove, Line.quantity, Line.open)
        .outerjoin(Line, (Line.shop_id == QueueMove.shop_id) & (Line.id == QueueMove.to_line_id))
        .where(QueueMove.shop_id == shop_id, QueueMove.variant_id.in_(variants), QueueMove.undone_at.is_(None))
        .order_by(QueueMove.id)
    )
    found: dict[str, list[Move]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.variant_id].append(row)
    return {variant: _decided(moves) for variant, moves in found.items()}


def _decided(moves: Sequence[Move]) -> Decided:
    exchanges = (_exchange(move) for move in moves if move.kind == "hand_over" and move.quantity is not None)
    return Decided(
        frozenset(move.line_id for move in moves if move.kind == "pin"),
        tuple(exchange for exchange in exchanges if exchange.units > 0),
    )


def _exchange(move: Move) -> Exchange:
    left_since = max(0, move.quantity - move.open - move.to_line_left)
    return Exchange(move.line_id, move.to_line_id, move.units - left_since)


def pin(connection: Connection, shop: Shop, order: str, sku: str, *, who: str, why: str = "") -> int:
    """Let an order's line go before all that are not pinned. Returns the move's number. Raises BadMove."""
    line = _line(connection, shop.id, order, sku)
    if any(move.kind == "pin" for move in _moves_of(connection, shop.id, line.id)):
        raise BadMove(f"Order {order} is pinned for {sku} already.")
    return _keep(connection, shop, {"kind": "pin", "variant_id": line.variant_id, "line_id": line.id}, who, why)


def hand_over(
    connection: Connection, shop: Shop, giver: str, taker: str, sku: str, units: int, *, who: str, why: str = ""
) -> int:
    """Let so many units of order `taker` and of order `giver` change places in the queue. Returns the move's number.

    Raises BadMove where either has fewer open, or their channels have no warehouse in common.
    """
    giving, taking = (_line(connection, shop.id, order, sku) for order in (giver, taker))
    if giving.id == taking.id:
        raise BadMove("An order cannot hand units over to itself.")
    for order, line in ((giver, giving), (taker, taking)):
        if not 1 <= units <= line.open:
            raise BadMove(f"units: order {order} has {line.open} units of {sku} open, so from 1 to {line.open}.")
    if not _reach(connection, shop.id, giving) & _reach(connection, shop.id, taking):
        raise BadMove(f"Orders {giver} and {taker} sell from different warehouses: neither can use the other's units.")
    row = {
        "kind": "hand_over",
        "variant_id": giving.variant_id,
        "line_id": giving.id,
        "to_line_id": taking.id,
        "units": units,
        "to_line_left": taking.quantity - taking.open,
    }
    return _keep(connection, shop, row, who, why)


def undo(connection: Connection, shop: Shop, number: int) -> None:
    """Take a move back: everybody's turn is what it would be without it. Raises BadMove."""
    mine = (QueueMove.shop_id == shop.id, QueueMove.id == number, QueueMove.undone_at.is_(None))
    variant = connection.scalar(
        update(QueueMove).where(*mine).values(undone_at=datetime.now(UTC)).returning(QueueMove.variant_id)
    )
    if variant is None:
        raise BadMove(f"There is no move {number} to undo. `dueback turn list` shows those that hold.")
    marks.mark(connection, shop.id, [("variant", variant)])


def rows(connection: Connection, shop_id: int, *, after: int = 0, limit: int | None = None) -> Sequence[Move]:
    """The moves that hold, oldest first, with order numbers and SKU; beyond the number `after`, at most `limit`."""
    line, order = Line.__table__.alias("giving"), Order.__table__.alias("giver")
    to_line, to_order = Line.__table__.alias("taking"), Order.__table__.alias("taker")
    query = (
        select(
            QueueMove.id,
            QueueMove.kind,
            Variant.sku,
            order.c.number.label("order"),
            to_order.c.number.label("to_order"),
            QueueMove.units,
            QueueMove.who,
            QueueMove.why,
            QueueMove.at,
        )
        .outerjoin(Variant, (Variant.shop_id == QueueMove.shop_id) & (Variant.id == QueueMove.variant_id))
        .outerjoin(line, (line.c.shop_id == QueueMove.shop_id) & (line.c.id == QueueMove.line_id))
        .outerjoin(order, (order.c.shop_id == line.c.shop_id) & (order.c.id == line.c.order_id))
        .outerjoin(to_line, (to_line.c.shop_id == QueueMove.shop_id) & (to_line.c.id == QueueMove.to_line_id))
        .outerjoin(to_order, (to_order.c.shop_id == to_line.c.shop_id) & (to_order.c.id == to_line.c.order_id))
        .where(QueueMove.shop_id == shop_id, QueueMove.undone_at.is_(None), QueueMove.id > after, line.c.open > 0)
        .order_by(QueueMove.id)
        .limit(limit)
    )
    return connection.execute(query).all()


def open_lines(connection: Connection, shop_id: int, order: str, sku: str) -> Sequence[Move]:
    """The open lines of the order's variant."""
    query = (
        select(Line.id, Line.variant_id, Line.quantity, Line.open, Order.channel_id)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Order.number == order, Line.sku == sku, Line.open > 0)
        .where(Line.variant_id.is_not(None))
        .order_by(Line.open.desc(), Line.id)
    )
    return connection.execute(query).all()


def _line(connection: Connection, shop_id: int, order: str, sku: str) -> Move:
    """Of several lines of one variant, which is rare, the one with most units."""
    found = open_lines(connection, shop_id, order, sku)
    if not found:
        raise BadMove(f"Order {order} has no open units of {sku}.")
    return found[0]


def _moves_of(connection: Connection, shop_id: int, line: str) -> Sequence[Move]:
    query = select(QueueMove.kind).where(
        QueueMove.shop_id == shop_id, QueueMove.line_id == line, QueueMove.undone_at.is_(None)
    )
    return connection.execute(query).all()


def _reach(connection: Connection, shop_id: int, line: Move) -> set[str]:
    """The real warehouses of the line's channel."""
    pools = connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)).all()
    query = select(Channel.warehouses).where(Channel.shop_id == shop_id, Channel.id == line.channel_id)
    return set(connection.scalar(query) or ()) - set(pools)


def _keep(connection: Connection, shop: Shop, row: dict[str, Any], who: str, why: str) -> int:
    values = row | {"shop_id": shop.id, "who": who, "why": why}
    number = connection.execute(insert(QueueMove).values(values).returning(QueueMove.id)).scalar_one()
    marks.mark(connection, shop.id, [("variant", row["variant_id"])])
    return int(number)
