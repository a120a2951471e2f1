"""Orders and their lines, as the shop shows them, and the place each unit has in the queue."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from app import turns
from app.book import customers, movements, pool_shipments, turn
from app.book.rows import upsert
from app.models import Line, Order, Shop
from app.platforms import LineSeen, OrderSeen

NOT_ACCEPTED = {"DRAFT"}
GIVEN_UP = {"CANCELED", "EXPIRED"}
NOT_LEFT = {"WAITING_FOR_APPROVAL", "CANCELED"}
WHAT_DECIDES = ("variant_id", "open", "approving", "allocations", "layers", "shown")
# Of the order itself.
WHAT_TELLS = ("status", "shown", "paid", "wanted_on", "rank")

Row = Mapping[Any, Any]


def record_orders(
    connection: Connection, shop: Shop, asked: Collection[str], seen: Sequence[OrderSeen], now: datetime
) -> set[str]:
    """Take over what was read of the asked orders. Returns the variants that must be planned again."""
    orders = _rows(connection, select(Order.__table__).where(Order.shop_id == shop.id, Order.id.in_(asked)))
    lines = _rows(connection, select(Line.__table__).where(Line.shop_id == shop.id, Line.order_id.in_(asked)))
    accepted = [order for order in seen if order.status not in NOT_ACCEPTED]

    setting = turns.of(shop)
    order_rows = [_order_row(shop.id, order, orders.get(order.id), setting, now) for order in accepted]
    line_rows = [
        _line_row(row, order, line, lines.get(line.id), row["queued_at"] if order.id not in orders else now)
        for order, row in zip(accepted, order_rows, strict=True)
        for line in order.lines
    ]
    touched = set(_touched(orders, lines, order_rows, line_rows))
    _forget(connection, shop.id, set(orders) - {order.id for order in accepted}, set(lines) - _ids(line_rows))
    upsert(connection, Order, order_rows)
    upsert(connection, Line, line_rows)
    movements.record(connection, shop, accepted, orders)
    return touched | pool_shipments.record(connection, shop, accepted, set(orders))


def _rows(connection: Connection, query: Any) -> dict[str, Row]:
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _ids(rows: Sequence[Row]) -> set[str]:
    return {row["id"] for row in rows}


def _order_row(
    shop_id: int, order: OrderSeen, old: Row | None, setting: turns.Setting, now: datetime
) -> dict[str, Any]:
    wanted_on, rank = turns.marks_of(setting, order.channel, order.others)
    return {
        "shop_id": shop_id,
        "id": order.id,
        "number": order.number,
        "channel_id": order.channel,
        "status": order.status,
        "origin": order.origin,
        "created_at": order.created,
        "queued_at": old["queued_at"] if old else (order.placed or now),
        "shipments": movements.counted(order, old["shipments"] if old else {}),
        "shown": dict(order.metadata),
        "observed_at": now,
        "paid": order.paid,
        "wanted_on": wanted_on,
        "rank": rank,
        **customers.columns(order, old, now, still_open=any(_open(order, line) for line in order.lines)),
    }


def _line_row(row: Row, order: OrderSeen, line: LineSeen, old: Row | None, joined: datetime) -> dict[str, Any]:
    alive = order.status not in GIVEN_UP
    return {
        "shop_id": row["shop_id"],
        "id": line.id,
        "order_id": order.id,
        "channel_id": row["channel_id"],
        "order_number": row["number"],
        # The shop forgets what a line was of once that is deleted.
        "variant_id": line.variant or (old["variant_id"] if old else None),
        "sku": line.sku,
        "quantity": line.quantity,
        "open": _open(order, line),
        "approving": _approving(order, line) if alive else 0,
        "allocations": {warehouse: units for warehouse, units in line.allocations.items() if units},
        "layers": layers_after(old["layers"] if old else [], line.quantity, joined),
        "shown": dict(line.metadata),
        "shipped_at": _shipped_at(order, line),
        "judged": bool(old and old["judged"] and line.quantity <= old["quantity"]),
        "turn": old["turn"] if old else turn.own(row["queued_at"], row["number"], line.id),
        "product_name": line.product_name,
        "variant_name": line.variant_name,
        "unit_price": None if line.unit_price is None else str(line.unit_price),
        "currency": line.currency,
    }


def _open(order: OrderSeen, line: LineSeen) -> int:
    """Units of the line that are not yet fulfilled."""
    if order.status in GIVEN_UP:
        return 0
    return max(0, line.quantity - line.fulfilled + _approving(order, line))


def _approving(order: OrderSeen, line: LineSeen) -> int:
    """Units of the line that lie in shipments which wait for approval."""
    return sum(
        units
        for fulfilment in order.fulfilments
        if fulfilment.status == "WAITING_FOR_APPROVAL"
        for _, line_id, units in fulfilment.lines
        if line_id == line.id
    )


def _shipped_at(order: OrderSeen, line: LineSeen) -> datetime | None:
    """When units of the line left for the last time."""
    left = (
        fulfilment.created
        for fulfilment in order.fulfilments
        if fulfilment.status not in NOT_LEFT and any(line_id == line.id for _, line_id, _ in fulfilment.lines)
    )
    return max(left, default=None)


def layers_after(layers: list[dict[str, Any]], quantity: int, joined: datetime) -> list[dict[str, Any]]:
    """When the units of a line joined the queue, oldest first; together they are its ordered quantity.

    Added units join now; taken away units are the ones that joined last. Shipping changes nothing here: what is open
    are always the last `open` units.
    """
    kept, room = [], quantity
    for layer in layers:
        units = min(layer["units"], room)
        if units:
            kept.append({"at": layer["at"], "units": units})
        room -= units
    return [*kept, {"at": joined.isoformat(), "units": room}] if room else kept


def _touched(
    orders: dict[str, Row], lines: dict[str, Row], order_rows: Sequence[Row], line_rows: Sequence[Row]
) -> Iterator[str]:
    """Variants of lines that changed, came, went, or whose order shows something else than before."""
    before = {row["id"]: [row[name] for name in WHAT_TELLS] for row in orders.values()}
    restyled = {row["id"] for row in order_rows if before.get(row["id"]) != [row[name] for name in WHAT_TELLS]}
    for row in line_rows:
        old = lines.get(row["id"])
        if row["order_id"] in restyled or old is None or any(old[name] != row[name] for name in WHAT_DECIDES):
            yield from _variants_of(row, old)
    for line_id in set(lines) - _ids(line_rows):
        yield from _variants_of(lines[line_id])


def _variants_of(*rows: Row | None) -> Iterator[str]:
    yield from (row["variant_id"] for row in rows if row and row["variant_id"])


def _forget(connection: Connection, shop_id: int, orders: set[str], lines: set[str]) -> None:
    connection.execute(delete(Line).where(Line.shop_id == shop_id, Line.id.in_(lines)))
    connection.execute(delete(Order).where(Order.shop_id == shop_id, Order.id.in_(orders)))
