"""Who waits for what: the queue as people and programs read it, from what the last plans kept."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from app.models import Channel, Line, Order, Supply, Warehouse


def lines(connection: Connection, shop_id: int, sku: str | None = None) -> list[dict[str, Any]]:
    """Every open claim in queue order, in the shape of DESIGN.md section 7, `dueback queue --json`."""
    query = (
        select(Line, Order.number, Order.queued_at, Channel.slug.label("channel"))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Line.shop_id == shop_id, Line.open > 0, *([Line.sku == sku] if sku else []))
    )
    names = _Names(connection, shop_id)
    rows = sorted(connection.execute(query), key=_place)
    return [_claim(row, names) for row in rows]


def _place(row: Row[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return row.queued_at, int(row.number) if row.number.isdecimal() else 0, row.number, row.id


class _Names:
    """Slugs and references for the ids that pieces hold."""

    def __init__(self, connection: Connection, shop_id: int) -> None:
        warehouses = select(Warehouse.id, Warehouse.slug).where(Warehouse.shop_id == shop_id)
        supplies = select(Supply.id, Supply.reference).where(Supply.shop_id == shop_id)
        self.warehouses: dict[str | None, str] = {row.id: row.slug for row in connection.execute(warehouses)}
        self.references = {str(row.id): row.reference for row in connection.execute(supplies)}


def _claim(row: Row[*tuple[Any, ...]], names: _Names) -> dict[str, Any]:
    return {
        "order": row.number,
        "order_id": row.order_id,
        "line_id": row.id,
        "sku": row.sku,
        "channel": row.channel,
        "placed_at": row.queued_at.isoformat(),
        "quantity": row.open,
        "ready": row.ready,
        "waiting": row.waiting,
        "expected": row.expected.isoformat() if row.expected else None,
        "pieces": list(_pieces(row.pieces, names)),
    }


def _pieces(pieces: list[dict[str, Any]], names: _Names) -> Iterator[dict[str, Any]]:
    for piece in pieces:
        yield {
            "quantity": piece["quantity"],
            "source": piece["source"],
            "warehouse": names.warehouses.get(piece["warehouse"]),
            "reference": names.references.get(piece["supply"]),
            "expected": piece["expected"],
        }
