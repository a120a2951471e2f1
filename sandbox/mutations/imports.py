"""orderBulkCreate: orders from elsewhere, which hold no units."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import split
from sandbox.api.refusals import FieldError, Invalid
from sandbox.api.registry import mutation
from sandbox.orders import history
from sandbox.orders.fulfilment import open_fulfillment
from sandbox.state.catalogue import Variant
from sandbox.state.sales import FulfillmentLine, Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.counts import allocated, stock_at

from .lookup import address, metadata, row
from .stocks import variant_named

MOST_ORDERS = 50
Part = tuple[Variant, str, int]


class _Bad(Exception):
    def __init__(self, path: str, code: str, message: str) -> None:
        super().__init__(message)
        self.row = {"path": path, "code": code, "message": message}


@mutation("orderBulkCreate", "MANAGE_ORDERS_IMPORT")
def create(
    call: Call, orders: list[dict[str, Any]], error_policy: str | None = None, stock_update_policy: str | None = None
) -> dict[str, Any]:
    """Only what is shipped already is taken off stocks, unless the policy is SKIP; nothing is allocated."""
    if len(orders) > MOST_ORDERS:
        error = {"path": None, "code": "BULK_LIMIT", "message": f"Number of orders exceeds limit: {MOST_ORDERS}."}
        return {"count": 0, "results": [], "errors": [error]}
    policy = stock_update_policy or "UPDATE"
    promised: dict[int, int] = defaultdict(int)
    results: list[dict[str, Any]] = []
    for entry in orders:
        try:
            results.append({"order": _order(call.shop, entry, policy, promised), "errors": []})
        except _Bad as bad:
            results.append({"order": None, "errors": [bad.row]})
        except Invalid as refused:
            results.append({"order": None, "errors": [_shaped(each) for each in refused.errors]})
    if any(each["errors"] for each in results) and error_policy in (None, "REJECT_EVERYTHING"):
        for step in reversed(call.shop.work.undo):
            step()
        call.shop.work.undo.clear()
        results = [each | {"order": None} for each in results]
    made = [each["order"] for each in results if each["order"] is not None]
    if made:
        call.shop.happen("order_bulk_created", orders=made)
    return {"count": len(made), "results": results}


def _shaped(error: FieldError) -> dict[str, Any]:
    return {"path": error.field, "code": "INVALID", "message": error.message}


def _order(shop: Shop, entry: dict[str, Any], policy: str, promised: dict[int, int]) -> Order:
    """Check everything first: a refused order leaves nothing behind."""
    channel = next((each for each in shop.channels if each.slug == entry["channel"]), None)
    if channel is None:
        raise _Bad("channel", "NOT_FOUND", f"Channel instance with slug={entry['channel']} doesn't exist.")
    if not entry.get("delivery_method"):
        raise _Bad("delivery_method", "REQUIRED", "No delivery method provided.")
    parts = [_part(shop, line, index) for index, line in enumerate(entry["lines"])]
    shipped = _shipped(entry)
    if policy != "SKIP":
        _check_stock(shop, parts, shipped, policy, promised)
    order = Order(
        str(uuid.uuid4()),
        shop.next_number(),
        channel.pk,
        entry.get("status") or _status(entry, shipped),
        "BULK_CREATE",
        entry["created_at"],
        shop.now(),
        entry["currency"],
        email=(entry.get("user") or {}).get("email") or "",
        shipping_address=address(entry.get("shipping_address")),
        billing_address=address(entry.get("billing_address")),
        customer_note=entry.get("customer_note") or "",
        redirect_url=entry.get("redirect_url"),
        external_reference=entry.get("external_reference"),
        metadata=metadata(entry.get("metadata")),
        private_metadata=metadata(entry.get("private_metadata")),
    )
    shop.add(order)
    for note in entry.get("notes") or ():
        history.write(shop, order, "NOTE_ADDED", message=note["message"])
    lines = [_line(shop, order, given, variant) for given, (variant, _, _) in zip(entry["lines"], parts, strict=True)]
    _ship(shop, order, entry, lines, take=policy != "SKIP")
    return order


def _part(shop: Shop, line: dict[str, Any], index: int) -> Part:
    path = f"lines.{index}"
    if split(line.get("tax_class_id") or "")[0] != "TaxClass":
        raise _Bad(path, "NOT_FOUND", "Can't return TaxClass instance.")
    try:
        variant = variant_named(shop, line.get("variant_id"), line.get("variant_sku"))
        return variant, row(shop, line["warehouse"], "Warehouse").pk, line["quantity"]
    except Invalid as refused:
        raise _Bad(path, "NOT_FOUND", refused.errors[0].message) from None


def _shipped(entry: dict[str, Any]) -> dict[int, int]:
    """Units by the index of their line."""
    units: dict[int, int] = defaultdict(int)
    for fulfillment in entry.get("fulfillments") or ():
        for line in fulfillment.get("lines") or ():
            units[line["order_line_index"]] += line["quantity"]
    return units


def _status(entry: dict[str, Any], shipped: dict[int, int]) -> str:
    total, gone = sum(line["quantity"] for line in entry["lines"]), sum(shipped.values())
    if not gone:
        return "UNFULFILLED"
    return "FULFILLED" if gone >= total else "PARTIALLY_FULFILLED"


def _check_stock(shop: Shop, parts: list[Part], shipped: dict[int, int], policy: str, promised: dict[int, int]) -> None:
    """Orders of one call see each other's units; those are forgotten with the call."""
    for index, (variant, warehouse, quantity) in enumerate(parts):
        path = f"lines.{index}"
        stock = stock_at(shop, variant.pk, warehouse)
        if stock is None:
            raise _Bad(path, "NON_EXISTING_STOCK", f"There is no stock for given product variant: {variant.pk}.")
        if quantity < shipped.get(index, 0):
            raise _Bad(path, "INVALID_QUANTITY", "There is more fulfillments, than ordered quantity.")
        free = stock.quantity - allocated(shop, stock) - promised[stock.pk]
        if policy != "FORCE" and quantity > free:
            raise _Bad(path, "INSUFFICIENT_STOCK", f"Insufficient stock for product variant: {variant.pk}.")
    for index, (variant, warehouse, quantity) in enumerate(parts):
        stock = stock_at(shop, variant.pk, warehouse)
        if stock is not None:
            promised[stock.pk] += quantity - shipped.get(index, 0)


def _line(shop: Shop, order: Order, given: dict[str, Any], variant: Variant) -> OrderLine:
    quantity = given["quantity"]
    made = OrderLine(
        str(uuid.uuid4()),
        order.pk,
        variant.pk,
        given.get("product_name") or shop.products[variant.product].name,
        given.get("variant_name") or variant.name,
        given.get("product_sku") or variant.sku,
        quantity,
        given["total_price"]["gross"] / quantity,
        shipping_required=given["is_shipping_required"],
        metadata=metadata(given.get("metadata")),
        private_metadata=metadata(given.get("private_metadata")),
    )
    shop.add(made)
    return made


def _ship(shop: Shop, order: Order, entry: dict[str, Any], lines: list[OrderLine], *, take: bool) -> None:
    for given in entry.get("fulfillments") or ():
        fulfillment = open_fulfillment(shop, order, "FULFILLED", given.get("tracking_code") or "")
        for part in given.get("lines") or ():
            line = lines[part["order_line_index"]]
            warehouse = row(shop, part["warehouse"], "Warehouse").pk
            stock = stock_at(shop, line.variant or 0, warehouse)
            pk = shop.fulfillment_lines.next_pk()
            stock_pk = stock.pk if stock else None
            shop.add(FulfillmentLine(pk, fulfillment.pk, line.pk, part["quantity"], stock_pk))
            shop.set(line, fulfilled=line.fulfilled + part["quantity"])
            if stock is not None and take:
                shop.set(stock, quantity=stock.quantity - part["quantity"])
