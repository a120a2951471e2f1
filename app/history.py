"""The promise history of lines: what moved, when, and why."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app import reasons
from app.models import Line, Order, PromiseMove, Supply

MOST = 1000


def rows(
    connection: Connection,
    shop_id: int,
    *,
    order: str | None = None,
    line: str | None = None,
    sku: str | None = None,
    after: int | None = None,
    limit: int = MOST,
) -> list[dict[str, Any]]:
    """The moves of an order's lines (by its number), of one line, of a SKU or of all, oldest first.

    `after` is the id of the last move seen. `units` of a move are those that were ready and waiting before and after;
    `from` and `to` the day on which the last of those waiting is expected, None where none waits or nobody knows.
    """
    query = (
        select(
            PromiseMove.__table__,
            Line.sku,
            Order.number,
            Order.id.label("order_id"),
            Supply.reference,
        )
        .join(Line, (Line.shop_id == PromiseMove.shop_id) & (Line.id == PromiseMove.line_id))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Supply, Supply.id == PromiseMove.supply_id)
        .where(PromiseMove.shop_id == shop_id, PromiseMove.id > (after or 0))
        .order_by(PromiseMove.id)
        .limit(limit)
    )
    for column, wanted in ((Order.number, order), (PromiseMove.line_id, line), (Line.sku, sku)):
        if wanted is not None:
            query = query.where(column == wanted)
    return [_move(row) for row in connection.execute(query)]


def _move(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "order": row.number,
        "order_id": row.order_id,
        "line_id": row.line_id,
        "sku": row.sku,
        "at": _iso(row.at),
        "from": _iso(row.expected_before),
        "to": _iso(row.expected_after),
        "units": {
            "ready_before": row.ready_before,
            "ready_after": row.ready_after,
            "waiting_before": row.waiting_before,
            "waiting_after": row.waiting_after,
        },
        "cause": row.cause,
        "why": reasons.retold(row.reason, row.why, row.at.date()),
        "supply": row.supply_id,
        "reference": row.reference,
    }


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None
