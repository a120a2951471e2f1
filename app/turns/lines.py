"""The open order lines that people decide about."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, Select, select

from app.engine.answer import Source
from app.models import Line, Order
from app.turns.wrong import BadMove
from app.wording import Said

MOST = 1000
NOTHING_OPEN = lazy("Order {order} has no open units of {sku}.")

OpenLine = Row[*tuple[Any, ...]]


def find(connection: Connection, shop_id: int, order: str, sku: str) -> str:
    """The id of the order's line; of several lines of one variant, which is rare, the one with most units open.

    Raises BadMove.
    """
    query = _open(shop_id).where(Order.number == order, Line.sku == sku).order_by(Line.open.desc(), Line.id).limit(1)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise BadMove(NOTHING_OPEN, order=order, sku=sku)
    return str(found.id)


def read(connection: Connection, shop_id: int, ids: Collection[str]) -> Sequence[OpenLine]:
    """The lines with these ids, by id. Raises BadMove where one is not of the shop, or nothing of it is open."""
    if not 1 <= len(ids) <= MOST:
        raise BadMove(lazy("Name from 1 to {most} order lines, not {given}."), most=MOST, given=len(ids))
    rows = among(connection, shop_id, ids)
    if missing := set(ids) - {row.id for row in rows}:
        line = min(missing)
        raise why_missing(connection, shop_id, line) or BadMove(lazy("The shop has no order line {line}."), line=line)
    return rows


def among(connection: Connection, shop_id: int, ids: Collection[str]) -> Sequence[OpenLine]:
    """Those of the lines with these ids that people can decide about, by id."""
    return connection.execute(_open(shop_id).where(Line.id.in_(set(ids))).order_by(Line.id)).all()


def name(line: OpenLine) -> Said:
    """What people call the line."""
    return Said(lazy("order {order}, {sku}"), order=line.number, sku=line.sku)


def waits(line: OpenLine) -> bool:
    """Whether any unit is not on hand, by the last plan; one that was never planned may wait."""
    return not line.pieces or any(piece["source"] != Source.ON_HAND for piece in line.pieces)


def refuse_units(line: OpenLine, units: int) -> None:
    """Raise BadMove where the line has not so many open."""
    if not 1 <= units <= line.open:
        text = lazy("units: {line} has {units} open, so from 1 to {most}.")
        raise BadMove(text, line=name(line), units=line.open, most=line.open)


def _open(shop_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Line.id,
            Line.variant_id,
            Line.sku,
            Line.quantity,
            Line.open,
            Line.pieces,
            Order.id.label("order_id"),
            Order.number,
            Order.channel_id,
        )
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Line.open > 0, Line.variant_id.is_not(None))
    )


def why_missing(connection: Connection, shop_id: int, line: str) -> BadMove | None:
    """Why nothing can be decided about the line; None where the shop has no such line."""
    query = (
        select(Line.sku, Order.number)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Line.id == line)
    )
    known = connection.execute(query).one_or_none()
    return BadMove(NOTHING_OPEN, order=known.number, sku=known.sku) if known else None
