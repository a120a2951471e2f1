"""Shipments that left from a pool, which holds no units: found in an order, kept until they are put right."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from app.models import PoolShipment, Shop, Warehouse
from app.platforms import FulfilmentSeen, OrderSeen


def record(connection: Connection, shop: Shop, orders: Sequence[OrderSeen], known: set[str]) -> set[str]:
    """Write down shipments from a pool made since we are here, and their cancelling. Returns the variants concerned.

    `known` are orders seen before: of an order never seen, what was shipped before we came is not ours to mend.
    """
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop.id, Warehouse.is_pool)))
    shipped = [
        row
        for order in orders
        for fulfilment in order.fulfilments
        if fulfilment.warehouse in pools and fulfilment.status == "FULFILLED"
        if order.id in known or fulfilment.created >= shop.installed_at
        for row in _rows(shop.id, order, fulfilment)
    ]
    back = [f.id for order in orders for f in order.fulfilments if f.cancelled_into in pools]
    return _insert(connection, shipped) | _cancel(connection, shop.id, back)


def _rows(shop_id: int, order: OrderSeen, fulfilment: FulfilmentSeen) -> Iterator[dict[str, Any]]:
    variants = {line.id: line.variant for line in order.lines}
    for shipped_id, line_id, units in fulfilment.lines:
        if variants.get(line_id):
            yield {
                "shop_id": shop_id,
                "id": shipped_id,
                "fulfilment_id": fulfilment.id,
                "order_id": order.id,
                "line_id": line_id,
                "variant_id": variants[line_id],
                "units": units,
                "shipped_at": fulfilment.created,
            }


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> set[str]:
    if not rows:
        return set()
    new = insert(PoolShipment).values(rows).on_conflict_do_nothing().returning(PoolShipment.variant_id)
    return set(connection.scalars(new))


def _cancel(connection: Connection, shop_id: int, fulfilments: list[str]) -> set[str]:
    matching = (PoolShipment.shop_id == shop_id, PoolShipment.fulfilment_id.in_(fulfilments))
    fresh = update(PoolShipment).where(*matching, ~PoolShipment.cancelled).values(cancelled=True)
    return set(connection.scalars(fresh.returning(PoolShipment.variant_id)))
