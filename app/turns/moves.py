"""What people decided about single lines: as the engine takes it, as it is listed, and taking it back."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app import marks
from app.db import any_texts
from app.engine.model import Exchange
from app.models import Line, Order, QueueMove, Shop, Variant
from app.turns.wrong import BadMove, checked

Move = Row[*tuple[Any, ...]]

HOLDS = QueueMove.undone_at.is_(None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of people's decisions for one variant: lines that are pinned, held or have a day, and exchanges."""

    pinned: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    redated: dict[str, date] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()


def load(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, Decided]:
    """By variant. Units of a line that left since are no longer exchanged: they were the first of it."""
    query = (
        select(QueueMove, Line.quantity, Line.open)
        .outerjoin(Line, (Line.shop_id == QueueMove.shop_id) & (Line.id == QueueMove.to_line_id))
        .where(QueueMove.shop_id == shop_id, QueueMove.variant_id == any_texts(variants), HOLDS)
        .order_by(QueueMove.id)
    )
    found: dict[str, list[Move]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.variant_id].append(row)
    return {variant: _decided(moves) for variant, moves in found.items()}


def _decided(moves: Sequence[Move]) -> Decided:
    exchanges = (_exchange(move) for move in moves if move.kind == "hand_over" and move.quantity is not None)
    return Decided(
        pinned=frozenset(move.line_id for move in moves if move.kind == "pin"),
        held=frozenset(move.line_id for move in moves if move.kind == "hold"),
        redated={move.line_id: move.day for move in moves if move.kind == "redate"},
        exchanges=tuple(exchange for exchange in exchanges if exchange.units > 0),
    )


def _exchange(move: Move) -> Exchange:
    left_since = max(0, move.quantity - move.open - move.to_line_left)
    return Exchange(move.line_id, move.to_line_id, move.units - left_since)


def keep(connection: Connection, shop: Shop, moves: Sequence[dict[str, Any]], *, who: str, why: str) -> dict[str, int]:
    """Keep the moves, all of one kind, and mark what they change. Returns their numbers by line.

    A line that has one of the kind already, but for hand-overs, gets none.
    """
    rows = [move | {"shop_id": shop.id, "who": who, "why": checked(why)} for move in moves]
    statement = (
        upsert(QueueMove)
        .values(rows)
        .on_conflict_do_nothing(
            index_elements=["shop_id", "line_id", "kind"], index_where=text("undone_at IS NULL AND kind <> 'hand_over'")
        )
    )
    kept = connection.execute(statement.returning(QueueMove.line_id, QueueMove.id))
    numbers = {row.line_id: row.id for row in kept}
    marks.mark(connection, shop.id, [("variant", move["variant_id"]) for move in moves])
    return numbers


def end(
    connection: Connection, shop: Shop, kind: str, lines: Collection[str], *, who: str, why: str = ""
) -> dict[str, int]:
    """End what holds of this kind for the lines; marking is the caller's. Returns the moves' numbers by line."""
    statement = (
        update(QueueMove)
        .where(QueueMove.shop_id == shop.id, QueueMove.kind == kind, QueueMove.line_id.in_(lines), HOLDS)
        .values(undone_at=datetime.now(UTC), undone_by=who, undone_why=checked(why))
        .returning(QueueMove.line_id, QueueMove.id)
    )
    return {row.line_id: row.id for row in connection.execute(statement)}


def end_met_redates(connection: Connection, shop_id: int, variants: Collection[str], now: datetime) -> None:
    """Days that people gave are over once nothing of the line waits any more, by the book."""
    waits = select(Line.id).where(Line.shop_id == shop_id, Line.id == QueueMove.line_id, Line.waiting > 0)
    connection.execute(
        update(QueueMove)
        .where(QueueMove.shop_id == shop_id, QueueMove.variant_id.in_(variants), QueueMove.kind == "redate", HOLDS)
        .where(~waits.exists())
        .values(undone_at=now)
    )


def undo(connection: Connection, shop: Shop, number: int, *, who: str, why: str = "") -> None:
    """Take a move back: everything is what it would be without it. Raises BadMove."""
    statement = (
        update(QueueMove)
        .where(QueueMove.shop_id == shop.id, QueueMove.id == number, HOLDS)
        .values(undone_at=datetime.now(UTC), undone_by=who, undone_why=checked(why))
        .returning(QueueMove.variant_id)
    )
    variant = connection.scalar(statement)
    if variant is None:
        raise BadMove(
            lazy("There is no move {move} to undo. `dueback turn list` shows those that hold."), move=str(number)
        )
    marks.mark(connection, shop.id, [("variant", variant)])


def rows(
    connection: Connection,
    shop_id: int,
    *,
    lines: Collection[str] | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Move]:
    """The moves that hold, oldest first, with order numbers and SKU; that these lines give or take in, or all.

    Beyond the number `after`, at most `limit`.
    """
    line, order = Line.__table__.alias("giving"), Order.__table__.alias("giver")
    to_line, to_order = Line.__table__.alias("taking"), Order.__table__.alias("taker")
    query = (
        select(
            QueueMove.id,
            QueueMove.kind,
            Variant.sku,
            order.c.number.label("order"),
            QueueMove.line_id,
            to_order.c.number.label("to_order"),
            QueueMove.to_line_id,
            QueueMove.units,
            QueueMove.day,
            QueueMove.who,
            QueueMove.why,
            QueueMove.at,
        )
        .outerjoin(Variant, (Variant.shop_id == QueueMove.shop_id) & (Variant.id == QueueMove.variant_id))
        .outerjoin(line, (line.c.shop_id == QueueMove.shop_id) & (line.c.id == QueueMove.line_id))
        .outerjoin(order, (order.c.shop_id == line.c.shop_id) & (order.c.id == line.c.order_id))
        .outerjoin(to_line, (to_line.c.shop_id == QueueMove.shop_id) & (to_line.c.id == QueueMove.to_line_id))
        .outerjoin(to_order, (to_order.c.shop_id == to_line.c.shop_id) & (to_order.c.id == to_line.c.order_id))
        .where(QueueMove.shop_id == shop_id, HOLDS, QueueMove.id > after, line.c.open > 0)
        .order_by(QueueMove.id)
        .limit(limit)
    )
    if lines is not None:
        query = query.where(QueueMove.line_id.in_(lines) | QueueMove.to_line_id.in_(lines))
    return connection.execute(query).all()
