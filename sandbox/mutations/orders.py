"""Orders as staff change them: lines of unconfirmed ones, confirming, cancelling, notes."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.api.refusals import InsufficientStock, Invalid
from sandbox.api.registry import mutation
from sandbox.orders import history, lines
from sandbox.orders.status import refresh
from sandbox.state.sales import Order
from sandbox.state.shop import Shop
from sandbox.stock.release import deallocate_order

from .lookup import row

_GONE = frozenset({"CANCELED", "REFUNDED", "REPLACED", "REFUNDED_AND_RETURNED", "RETURNED"})


@mutation("orderLineUpdate", "MANAGE_ORDERS")
def update_line(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    line = row(shop, gid, "OrderLine")
    order = shop.orders[line.order]
    lines.editable(order)
    if data["quantity"] <= 0:
        raise Invalid("quantity", "ZERO_QUANTITY", "Ensure this value is greater than 0.")
    grown = data["quantity"] - line.quantity
    try:
        lines.change(shop, order, line, data["quantity"])
    except InsufficientStock:
        message = "Cannot set new quantity because of insufficient stock."
        raise Invalid(None, "INSUFFICIENT_STOCK", message) from None
    if grown:
        kind = "ADDED_PRODUCTS" if grown > 0 else "REMOVED_PRODUCTS"
        history.write(shop, order, kind, lines=lines.summary([line], abs(grown)))
    lines.edited(shop, order)
    return {"order": order, "order_line": line}


@mutation("orderLineDelete", "MANAGE_ORDERS")
def delete_line(call: Call, gid: str) -> dict[str, Any]:
    shop = call.shop
    line = row(shop, gid, "OrderLine")
    order = shop.orders[line.order]
    lines.editable(order)
    lines.remove(shop, order, line)
    history.write(shop, order, "REMOVED_PRODUCTS", lines=lines.summary([line]))
    lines.edited(shop, order)
    return {"order": order, "order_line": line}


@mutation("orderConfirm", "MANAGE_ORDERS")
def confirm(call: Call, gid: str) -> dict[str, Any]:
    shop = call.shop
    order = row(shop, gid, "Order")
    if order.status != "UNCONFIRMED":
        message = "Provided order id belongs to an order with status different than unconfirmed."
        raise Invalid("id", "INVALID", message)
    if not shop.order_lines.of("order", order.pk):
        raise Invalid("id", "INVALID", "Provided order id belongs to an order without products.")
    refresh(shop, order)
    shop.set(order, updated_at=shop.now())
    history.write(shop, order, "CONFIRMED")
    shop.happen("order_confirmed", order=order)
    return {"order": order}


@mutation("orderCancel", "MANAGE_ORDERS")
def cancel(call: Call, gid: str) -> dict[str, Any]:
    order = row(call.shop, gid, "Order")
    _cancel(call.shop, order, "order")
    return {"order": order}


def _cancel(shop: Shop, order: Order, field: str) -> None:
    live = any(each.status not in _GONE for each in shop.fulfillments.of("order", order.pk))
    if live or order.status in ("CANCELED", "DRAFT", "EXPIRED"):
        raise Invalid(field, "CANNOT_CANCEL_ORDER", "This order can't be canceled.")
    history.write(shop, order, "CANCELED")
    deallocate_order(shop, order)
    shop.set(order, status="CANCELED", updated_at=shop.now())
    shop.happen("order_cancelled", order=order)
    shop.happen("order_updated", order=order)


@mutation("orderBulkCancel", "MANAGE_ORDERS")
def cancel_many(call: Call, ids: list[str]) -> dict[str, Any]:
    for gid in ids:
        _cancel(call.shop, row(call.shop, gid, "Order", "ids"), "ids")
    return {"count": len(ids)}


@mutation("orderNoteAdd", "MANAGE_ORDERS")
def add_note(call: Call, order: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    found = row(shop, order, "Order")
    message = data["message"].strip()
    if not message:
        raise Invalid("message", "REQUIRED", "Message can't be empty.")
    event = history.write(shop, found, "NOTE_ADDED", message=message)
    shop.set(found, updated_at=shop.now())
    shop.happen("draft_order_updated" if found.status == "DRAFT" else "order_updated", order=found)
    return {"order": found, "event": event}
