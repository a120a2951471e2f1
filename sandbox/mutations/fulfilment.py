"""orderFulfill and what follows it."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import FieldError, InsufficientStock, Invalid
from sandbox.api.registry import mutation
from sandbox.checkouts.prices import Charged
from sandbox.orders import fulfilment
from sandbox.orders.returns import Shipped, Unshipped, take_back
from sandbox.state.sales import OrderLine
from sandbox.state.shop import Shop

from .lookup import row

_RETURNABLE = ("FULFILLED", "REFUNDED", "WAITING_FOR_APPROVAL")


def _short(short: InsufficientStock) -> Invalid:
    return Invalid.many(
        FieldError(
            "stocks",
            "INSUFFICIENT_STOCK",
            "Insufficient product stock.",
            {
                "order_lines": [to_global("OrderLine", each.line)] if each.line else [],
                "warehouse": to_global("Warehouse", each.warehouse) if each.warehouse else None,
            },
        )
        for each in short.shortages
    )


@mutation("orderFulfill", "MANAGE_ORDERS")
def fulfil(call: Call, data: dict[str, Any], order: str | None = None) -> dict[str, Any]:
    """The order's status is not looked at, as in Saleor."""
    shop = call.shop
    found = row(shop, order, "Order", "order")
    settings = shop.settings
    if settings.auto_approve and not settings.allow_unpaid and not Charged.of_order(shop, found).fully_paid:
        raise Invalid("order", "CANNOT_FULFILL_UNPAID_ORDER", "Cannot fulfill unpaid order.")
    portions = _portions(shop, data["lines"])
    try:
        made = fulfilment.fulfil(
            shop,
            found,
            portions,
            approved=settings.auto_approve,
            may_exceed=bool(data.get("allow_stock_to_be_exceeded")),
            tracking=data.get("tracking_number") or "",
        )
    except InsufficientStock as short:
        raise _short(short) from None
    return {"fulfillments": made, "order": found}


def _portions(shop: Shop, given: list[dict[str, Any]]) -> dict[str, list[tuple[OrderLine, int]]]:
    """Units by warehouse and line."""
    portions: dict[str, list[tuple[OrderLine, int]]] = {}
    seen: set[str] = set()
    total = 0
    for entry in given:
        line = row(shop, entry.get("order_line_id"), "OrderLine", "lines")
        if line.pk in seen:
            gid = entry["order_line_id"]
            raise Invalid("orderLineId", "DUPLICATED_INPUT_ITEM", "Duplicated order line ID.", order_lines=[gid])
        seen.add(line.pk)
        warehouses = [stock["warehouse"] for stock in entry["stocks"]]
        if len(set(warehouses)) < len(warehouses):
            raise Invalid("warehouse", "DUPLICATED_INPUT_ITEM", "Duplicated warehouse ID.", warehouse=warehouses[0])
        units = sum(stock["quantity"] for stock in entry["stocks"])
        if units > line.unfulfilled:
            message = f"Only {line.unfulfilled} item{'s' if line.unfulfilled != 1 else ''} remaining to fulfill."
            gid = to_global("OrderLine", line.pk)
            raise Invalid("orderLineId", "FULFILL_ORDER_LINE", message, order_lines=[gid])
        total += units
        for stock in entry["stocks"]:
            if stock["quantity"] > 0:
                warehouse = row(shop, stock["warehouse"], "Warehouse", "warehouse")
                portions.setdefault(warehouse.pk, []).append((line, stock["quantity"]))
    if total <= 0:
        raise Invalid("lines", "ZERO_QUANTITY", "Total quantity must be larger than 0.")
    return portions


@mutation("orderFulfillmentApprove", "MANAGE_ORDERS")
def approve(
    call: Call, gid: str, notify_customer: bool, allow_stock_to_be_exceeded: bool | None = None
) -> dict[str, Any]:
    shop = call.shop
    fulfillment = row(shop, gid, "Fulfillment")
    order = shop.orders[fulfillment.order]
    if fulfillment.status != "WAITING_FOR_APPROVAL":
        message = "Invalid fulfillment status, only WAITING_FOR_APPROVAL fulfillments can be accepted."
        raise Invalid(None, "INVALID", message)
    if not shop.settings.allow_unpaid and not Charged.of_order(shop, order).fully_paid:
        raise Invalid(None, "CANNOT_FULFILL_UNPAID_ORDER", "Cannot fulfill unpaid order.")
    try:
        fulfilment.approve(shop, fulfillment, may_exceed=bool(allow_stock_to_be_exceeded))
    except InsufficientStock as short:
        raise _short(short) from None
    return {"fulfillment": fulfillment, "order": order}


@mutation("orderFulfillmentCancel", "MANAGE_ORDERS")
def cancel(call: Call, gid: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    shop = call.shop
    fulfillment = row(shop, gid, "Fulfillment")
    waiting = fulfillment.status == "WAITING_FOR_APPROVAL"
    named = None if waiting else (data or {}).get("warehouse_id")
    warehouse = row(shop, named, "Warehouse", "warehouseId") if named else None
    if fulfillment.status == "CANCELED":
        raise Invalid("fulfillment", "CANNOT_CANCEL_FULFILLMENT", "This fulfillment can't be canceled")
    if not waiting and warehouse is None:
        message = "This parameter is required for fulfillments which are not in WAITING_FOR_APPROVAL state."
        raise Invalid("warehouseId", "REQUIRED", message)
    fulfilment.cancel(shop, fulfillment, warehouse.pk if warehouse else None)
    return {"fulfillment": fulfillment, "order": shop.orders[fulfillment.order]}


@mutation("orderFulfillmentReturnProducts", "MANAGE_ORDERS")
def take_products_back(call: Call, order: str, data: dict[str, Any]) -> dict[str, Any]:
    """Any payment will do as long as no refund is asked for; there are no legacy payments here to refund."""
    shop = call.shop
    found = row(shop, order, "Order", "order")
    if data.get("refund"):
        raise Invalid("order", "CANNOT_REFUND", "Order cannot be refunded.")
    unshipped: list[Unshipped] = []
    for entry in data.get("order_lines") or ():
        line = row(shop, entry["order_line_id"], "OrderLine", "orderLines")
        if line.quantity < entry["quantity"]:
            message = "Provided quantity is bigger than quantity from order line."
            raise Invalid("orderLineId", "INVALID_QUANTITY", message)
        if line.unfulfilled < entry["quantity"]:
            message = "Provided quantity is bigger than unfulfilled quantity."
            raise Invalid("orderLineId", "INVALID_QUANTITY", message)
        unshipped.append(Unshipped(line, entry["quantity"], bool(entry.get("replace"))))
    shipped = [_shipped(shop, entry) for entry in data.get("fulfillment_lines") or ()]
    returned, replaced, draft = take_back(shop, found, unshipped, shipped, reason=data.get("reason") or "")
    return {
        "return_fulfillment": returned,
        "replace_fulfillment": replaced,
        "replace_order": draft,
        "order": found,
    }


def _shipped(shop: Shop, entry: dict[str, Any]) -> Shipped:
    found = row(shop, entry["fulfillment_line_id"], "FulfillmentLine", "fulfillmentLines")
    if found.quantity < entry["quantity"]:
        message = "Provided quantity is bigger than quantity from fulfillment line"
        raise Invalid("fulfillmentLineId", "INVALID_QUANTITY", message)
    if shop.fulfillments[found.fulfillment].status not in _RETURNABLE:
        message = f"Unable to process action for fulfillmentLine with different status than {', '.join(_RETURNABLE)}."
        raise Invalid("fulfillmentLineId", "INVALID", message)
    return Shipped(found, entry["quantity"], bool(entry.get("replace")))
