"""Draft orders: written by staff, numbered when made, in the queue when completed."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import FieldError, InsufficientStock, Invalid
from sandbox.api.registry import mutation
from sandbox.checkouts.prices import Charged
from sandbox.orders import history
from sandbox.orders.lines import add_line, country_of, editable, edited, summary, take_for_draft
from sandbox.orders.status import refresh
from sandbox.state.places import Channel
from sandbox.state.sales import Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.checks import check_draft
from sandbox.stock.counts import reservations_on

from .lookup import address, metadata, method, row


def draft(shop: Shop, gid: str | None) -> Order:
    found: Order = row(shop, gid, "Order")
    if found.status != "DRAFT":
        raise Invalid("id", "INVALID", "Provided order id belongs to non-draft order.")
    return found


def _values(shop: Shop, data: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("billing_address", "shipping_address"):
        if data.get(name):
            values[name] = address(data[name])
    for name, attribute in (
        ("user_email", "email"),
        ("customer_note", "customer_note"),
        ("redirect_url", "redirect_url"),
        ("external_reference", "external_reference"),
    ):
        if data.get(name) is not None:
            values[attribute] = data[name]
    if data.get("user"):
        user = row(shop, data["user"], "User", "user")
        values |= {"user": user.pk, "email": user.email}
    if data.get("shipping_method"):
        values["method"] = method(shop, data["shipping_method"], "shippingMethod").pk
    return values


def _price_shipping(shop: Shop, order: Order) -> None:
    chosen = shop.methods.get(order.method)
    if chosen is not None and order.channel in chosen.prices:
        shop.set(order, shipping_price=chosen.prices[order.channel])


@mutation("draftOrderCreate", "MANAGE_ORDERS")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    if not data.get("channel_id"):
        raise Invalid("channel", "REQUIRED", "Can't add product variant for draft order without channel")
    channel = row(shop, data["channel_id"], "Channel", "channelId")
    order = Order(
        str(uuid.uuid4()),
        shop.next_number(),
        channel.pk,
        "DRAFT",
        "DRAFT",
        shop.now(),
        shop.now(),
        channel.currency,
        metadata=metadata(data.get("metadata")),
        private_metadata=metadata(data.get("private_metadata")),
    )
    shop.add(order)
    shop.set(order, **_values(shop, data))
    _price_shipping(shop, order)
    added = add_lines(shop, order, data.get("lines") or [])
    if added:
        history.write(shop, order, "ADDED_PRODUCTS", lines=summary(added))
    history.write(shop, order, "DRAFT_CREATED")
    shop.happen("draft_order_created", order=order)
    return {"order": order}


def add_lines(shop: Shop, order: Order, given: list[dict[str, Any]]) -> list[OrderLine]:
    channel = shop.channels[order.channel]
    added: list[OrderLine] = []
    for entry in given:
        variant = row(shop, entry["variant_id"], "ProductVariant", "variantId")
        named = [entry["variant_id"]]
        if entry["quantity"] <= 0:
            raise Invalid("quantity", "ZERO_QUANTITY", "Variants quantity must be greater than 0.", variants=named)
        listing = shop.products[variant.product].listings.get(channel.pk)
        if listing is None or not listing.published:
            message = "Can't add product variant that are not published in the channel associated with this order."
            raise Invalid("lines", "PRODUCT_NOT_PUBLISHED", message, variants=named)
        if channel.pk not in variant.prices:
            message = "Cannot add lines with unavailable variants."
            raise Invalid("lines", "NOT_AVAILABLE_IN_CHANNEL", message, variants=named)
        apart = bool(entry.get("force_new_line"))
        added.append(add_line(shop, order, variant, entry["quantity"], price=entry.get("price"), apart=apart))
    return added


@mutation("draftOrderUpdate", "MANAGE_ORDERS")
def update(call: Call, gid: str | None, data: dict[str, Any]) -> dict[str, Any]:
    order = draft(call.shop, gid)
    call.shop.set(order, **_values(call.shop, data))
    _price_shipping(call.shop, order)
    edited(call.shop, order)
    return {"order": order}


@mutation("orderUpdateShipping", "MANAGE_ORDERS")
def set_shipping(call: Call, order: str, data: dict[str, Any]) -> dict[str, Any]:
    found = row(call.shop, order, "Order", "order")
    editable(found)
    chosen = method(call.shop, data["shipping_method"], "shippingMethod") if data.get("shipping_method") else None
    call.shop.set(found, method=chosen.pk if chosen else None)
    _price_shipping(call.shop, found)
    edited(call.shop, found)
    return {"order": found}


@mutation("orderUpdate", "MANAGE_ORDERS")
def update_order(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    order = row(call.shop, gid, "Order")
    if order.status == "DRAFT":
        raise Invalid("id", "INVALID", "Provided order id belongs to a draft order. Use `draftOrderUpdate` instead.")
    values = _values(call.shop, data)
    if data.get("metadata"):
        values["metadata"] = order.metadata | metadata(data["metadata"])
    call.shop.set(order, **values)
    edited(call.shop, order)
    return {"order": order}


@mutation("draftOrderDelete", "MANAGE_ORDERS")
def delete(call: Call, gid: str | None) -> dict[str, Any]:
    shop = call.shop
    order = draft(shop, gid)
    for line in shop.order_lines.of("order", order.pk):
        shop.remove(line)
    shop.remove(order)
    shop.happen("draft_order_deleted", order=order)
    return {"order": order}


@mutation("draftOrderComplete", "MANAGE_ORDERS")
def complete(call: Call, gid: str) -> dict[str, Any]:
    """``created`` stays the draft's; the history says when it was placed."""
    shop = call.shop
    order = row(shop, gid, "Order")
    if order.status != "DRAFT":
        raise Invalid("id", "INVALID", "The order is not draft.")
    channel = shop.channels[order.channel]
    lines = shop.order_lines.of("order", order.pk)
    _ready(shop, order, lines, channel)
    shop.set(order, status="UNFULFILLED" if channel.confirm_orders else "UNCONFIRMED", updated_at=shop.now())
    try:
        take_for_draft(shop, order, lines, channel, reservations=reservations_on(shop))
    except InsufficientStock as short:
        raise Invalid.many(_short(short)) from None
    history.write(shop, order, "PLACED_FROM_DRAFT")
    shop.happen("order_created", order=order)
    if Charged.of_order(shop, order).fully_paid:
        shop.happen("order_paid", order=order)
        history.write(shop, order, "ORDER_FULLY_PAID")
        if channel.confirm_orders:
            refresh(shop, order)
        shop.happen("order_fully_paid", order=order)
        shop.happen("order_updated", order=order)
    if channel.confirm_orders:
        history.write(shop, order, "CONFIRMED")
        shop.happen("order_confirmed", order=order)
    return {"order": order}


def _ready(shop: Shop, order: Order, lines: list[OrderLine], channel: Channel) -> None:
    """Everything that is wrong with the draft, at once."""
    errors: list[FieldError] = []
    if order.billing_address is None:
        message = "Can't finalize draft with no billing address."
        errors.append(FieldError("order", "BILLING_ADDRESS_NOT_SET", message))
    if any(line.shipping_required for line in lines):
        if order.shipping_address is None:
            message = "Can't finalize draft with no shipping address."
            errors.append(FieldError("order", "ORDER_NO_SHIPPING_ADDRESS", message))
        if order.method is None:
            errors.append(FieldError("shipping", "SHIPPING_METHOD_REQUIRED", "Shipping method is required."))
    if not lines:
        message = "Could not create order without any products."
        errors.append(FieldError("lines", "REQUIRED", message))
    errors += [error for line in lines for error in _line_errors(shop, order, line, channel)]
    if not channel.is_active:
        message = "Cannot complete draft order with inactive channel."
        errors.append(FieldError("channel", "CHANNEL_INACTIVE", message))
    if errors:
        raise Invalid.many(errors)


def _line_errors(shop: Shop, order: Order, line: OrderLine, channel: Channel) -> list[FieldError]:
    variant = shop.variants.get(line.variant)
    if variant is None:
        return [FieldError("lines", "NOT_FOUND", "Could not create orders with non-existing products.")]
    try:
        check_draft(shop, variant, line.quantity, channel, country_of(shop, order), line=line.pk)
    except InsufficientStock as short:
        return _short(short)
    return []


def _short(short: InsufficientStock) -> list[FieldError]:
    return [
        FieldError(
            "lines",
            "INSUFFICIENT_STOCK",
            "Insufficient product stock.",
            {"order_lines": [to_global("OrderLine", each.line)] if each.line else [], "warehouse": None},
        )
        for each in short.shortages
    ]


@mutation("orderLinesCreate", "MANAGE_ORDERS")
def create_lines(call: Call, gid: str, data: list[dict[str, Any]]) -> dict[str, Any]:
    """What Saleor has too little of here is no field error but an internal one."""
    order = row(call.shop, gid, "Order")
    editable(order)
    added = add_lines(call.shop, order, data)
    history.write(call.shop, order, "ADDED_PRODUCTS", lines=summary(added))
    edited(call.shop, order)
    return {"order": order, "order_lines": added}
