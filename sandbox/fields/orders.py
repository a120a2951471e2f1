"""Orders, their lines, shipments and history."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.api.call import Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk, to_global
from sandbox.api.registry import attribute, field
from sandbox.checkouts.prices import Charged, order_subtotal, order_total
from sandbox.state.catalogue import Allocation
from sandbox.state.places import Channel, Warehouse
from sandbox.state.sales import Fulfillment, FulfillmentLine, Order, OrderEvent, OrderLine
from sandbox.state.shop import Shop

from .checkouts import offer, offers
from .matching import between, fits, has_metadata, mentions, metadata_fits, where
from .money import money, taxed

_UNITS = ("MANAGE_PRODUCTS", "MANAGE_ORDERS")

attribute("Order.userEmail", "email")
attribute("Order.token", "pk")
attribute("OrderLine.productSku", "sku")
attribute("OrderLine.quantityFulfilled", "fulfilled")
attribute("OrderLine.quantityToFulfill", "unfulfilled")
attribute("OrderLine.isShippingRequired", "shipping_required")
attribute("Fulfillment.fulfillmentOrder", "ordinal")


def by_number(row: Order) -> tuple[Any, ...]:
    return (row.number, row.pk)


@field("Query.order")
def order(_root: Any, info: Info, gid: str | None = None, external_reference: str | None = None) -> Order | None:
    rows = info.context.shop.orders
    if gid is not None:
        return rows.get(asked_pk(gid, "Order"))
    return next((row for row in rows if row.external_reference == external_reference), None)


@field("Query.orders", needs=("MANAGE_ORDERS",))
def orders(
    _root: Any,
    info: Info,
    filters: dict[str, Any] | None = None,
    where: dict[str, Any] | None = None,
    sort_by: dict[str, Any] | None = None,
    channel: str | None = None,
    **page: Any,
) -> dict[str, Any]:
    """Never drafts. Newest number first unless asked otherwise."""
    shop = info.context.shop
    rows = [
        row
        for row in _asked_for(shop, where)
        if row.status != "DRAFT"
        and (channel is None or shop.channels[row.channel].slug == channel)
        and _filter_fits(shop, row, filters or {})
        and _where_fits(shop, row, where)
    ]
    sort_key, descending = _SORTS[sort_by["field"] if sort_by else "NUMBER"], not sort_by
    if sort_by:
        descending = sort_by["direction"] == "DESC"
    return connection(rows, sort_key, info, descending=descending, **page)


_SORTS: dict[str, Any] = {
    "NUMBER": by_number,
    "RANK": by_number,
    "CREATION_DATE": lambda row: (row.created.isoformat(), row.status, row.pk),
    "CREATED_AT": lambda row: (row.created.isoformat(), row.status, row.pk),
    "LAST_MODIFIED_AT": lambda row: (row.updated_at.isoformat(), row.status, row.pk),
    "STATUS": lambda row: (row.status, row.pk),
}


def _asked_for(shop: Shop, condition: dict[str, Any] | None) -> list[Order]:
    """Orders named by id are looked up, not searched for."""
    ids = (condition or {}).get("ids")
    if ids is None:
        return list(shop.orders)
    found = (shop.orders.get(asked_pk(gid, "Order")) for gid in dict.fromkeys(ids))
    return [row for row in found if row is not None]


@field("Query.draftOrders", needs=("MANAGE_ORDERS",))
def draft_orders(_root: Any, info: Info, **page: Any) -> dict[str, Any]:
    rows = [row for row in info.context.shop.orders if row.status == "DRAFT"]
    return connection(rows, by_number, info, descending=True, **page)


def _filter_fits(shop: Shop, row: Order, wanted: dict[str, Any]) -> bool:
    if not wanted:
        return True
    channels, ids, numbers = wanted.get("channels"), wanted.get("ids"), wanted.get("numbers")
    return (
        _status_fits(row, wanted.get("status"))
        and between(row.created.date(), _days(wanted.get("created")))
        and between(row.updated_at, wanted.get("updated_at"))
        and (not channels or row.channel in {asked_pk(gid, "Channel") for gid in channels})
        and (not ids or row.pk in {asked_pk(gid, "Order") for gid in ids})
        and (not numbers or str(row.number) in numbers)
        and (not (tokens := wanted.get("checkout_tokens")) or row.checkout in tokens)
        and (not (carts := wanted.get("checkout_ids")) or row.checkout in {asked_pk(gid, "Checkout") for gid in carts})
        and has_metadata(row, wanted.get("metadata"))
        and mentions(wanted.get("search"), row.email, str(row.number))
    )


def _days(span: dict[str, date] | None) -> dict[str, date] | None:
    return span


def _status_fits(row: Order, statuses: list[str] | None) -> bool:
    if not statuses:
        return True
    ready = "READY_TO_FULFILL" in statuses and row.status in ("UNFULFILLED", "PARTIALLY_FULFILLED")
    return ready or row.status in statuses


def _where_fits(shop: Shop, row: Order, condition: dict[str, Any] | None) -> bool:
    return where(row, condition, lambda row, part: _plain_where(shop, row, part))


def _plain_where(shop: Shop, row: Order, part: dict[str, Any]) -> bool:
    ids, shipments = part.get("ids"), part.get("has_fulfillments")
    return (
        (ids is None or row.pk in {asked_pk(gid, "Order") for gid in ids})
        and fits(row.number, part.get("number"))
        and fits(to_global("Channel", row.channel), part.get("channel_id"))
        and between(row.created, part.get("created_at"))
        and between(row.updated_at, part.get("updated_at"))
        and fits(row.email, part.get("user_email"))
        and fits(row.status, part.get("status"))
        and metadata_fits(row, part.get("metadata"))
        and fits(to_global("Checkout", row.checkout), part.get("checkout_id"))
        and (shipments is None or bool(shop.fulfillments.of("order", row.pk)) == shipments)
        and _any_fulfillment(shop, row, part.get("fulfillments"))
        and _any_line(shop, row, part.get("lines"))
    )


def _any_fulfillment(shop: Shop, row: Order, wanted: list[dict[str, Any]] | None) -> bool:
    rows = shop.fulfillments.of("order", row.pk)
    return all(
        any(fits(each.status, entry.get("status")) and metadata_fits(each, entry.get("metadata")) for each in rows)
        for entry in wanted or ()
    )


def _any_line(shop: Shop, row: Order, wanted: list[dict[str, Any]] | None) -> bool:
    rows = shop.order_lines.of("order", row.pk)
    return all(any(metadata_fits(line, entry.get("metadata")) for line in rows) for entry in wanted or ())


@field("Order.channel")
def order_channel(source: Order, info: Info) -> Channel:
    return info.context.shop.channels[source.channel]


@field("Order.number")
def number(source: Order, info: Info) -> str:
    return str(source.number)


@field("Order.user")
def order_user(source: Order, info: Info) -> Any:
    return info.context.shop.users.get(source.user)


@field("Order.lines")
def order_lines(source: Order, info: Info) -> list[OrderLine]:
    return info.context.shop.order_lines.of("order", source.pk)


@field("Order.fulfillments")
def fulfillments(source: Order, info: Info) -> list[Fulfillment]:
    """Staff and apps see all; a buyer not those that were cancelled or wait."""
    rows = info.context.shop.fulfillments.of("order", source.pk)
    if info.context.may(("MANAGE_ORDERS",)):
        return rows
    return [row for row in rows if row.status not in ("CANCELED", "WAITING_FOR_APPROVAL")]


@field("Order.events", needs=("MANAGE_ORDERS",))
def order_events(source: Order, info: Info) -> list[OrderEvent]:
    return info.context.shop.order_events.of("order", source.pk)


@field("Order.isShippingRequired")
def order_ships(source: Order, info: Info) -> bool:
    return any(line.shipping_required for line in info.context.shop.order_lines.of("order", source.pk))


@field("Order.shippingMethodName")
def shipping_method_name(source: Order, info: Info) -> str | None:
    method = info.context.shop.methods.get(source.method)
    return method.name if method else None


@field("Order.original")
def original(source: Order, info: Info) -> str | None:
    return to_global("Order", source.original) if source.original else None


@field("Order.checkoutId")
def checkout_id(source: Order, info: Info) -> str | None:
    return to_global("Checkout", source.checkout) if source.checkout else None


@field("Order.canFinalize")
def can_finalize(source: Order, info: Info) -> bool:
    return bool(info.context.shop.order_lines.of("order", source.pk))


@field("Order.statusDisplay")
@field("Fulfillment.statusDisplay")
def status_display(source: Any, info: Info) -> str:
    return str(source.status.replace("_", " ").capitalize())


def _charged(source: Order, info: Info) -> Charged:
    return Charged.of_order(info.context.shop, source)


@field("Order.isPaid")
def is_paid(source: Order, info: Info) -> bool:
    """Saleor says so of every draft, whose total it has not worked out yet."""
    return source.status == "DRAFT" or _charged(source, info).fully_paid


@field("Order.paymentStatus")
def payment_status(source: Order, info: Info) -> str:
    status = "FULL" if source.status == "DRAFT" else _charged(source, info).charge_status
    return {"FULL": "FULLY_CHARGED", "OVERCHARGED": "FULLY_CHARGED", "PARTIAL": "PARTIALLY_CHARGED"}.get(
        status, "NOT_CHARGED"
    )


@field("Order.authorizeStatus")
def authorize_status(source: Order, info: Info) -> str:
    return _charged(source, info).authorize_status


@field("Order.chargeStatus")
def charge_status(source: Order, info: Info) -> str:
    return _charged(source, info).charge_status


@field("Order.transactions", needs=("MANAGE_ORDERS", "HANDLE_PAYMENTS"))
def order_transactions(source: Order, info: Info) -> Any:
    return info.context.shop.transactions.of("order", source.pk)


@field("Order.total")
def total(source: Order, info: Info) -> dict[str, Any]:
    return taxed(order_total(info.context.shop, source), source.currency)


@field("Order.subtotal")
def subtotal(source: Order, info: Info) -> dict[str, Any]:
    return taxed(order_subtotal(info.context.shop, source), source.currency)


@field("Order.shippingPrice")
def shipping_price(source: Order, info: Info) -> dict[str, Any]:
    return taxed(source.shipping_price, source.currency)


@field("Order.totalCharged")
def total_charged(source: Order, info: Info) -> dict[str, Any]:
    return money(_charged(source, info).charged, source.currency)


@field("Order.totalAuthorized")
def total_authorized(source: Order, info: Info) -> dict[str, Any]:
    return money(_charged(source, info).authorized, source.currency)


@field("Order.totalBalance")
def total_balance(source: Order, info: Info) -> dict[str, Any]:
    charged = _charged(source, info)
    return money(charged.charged - charged.due, source.currency)


@field("OrderLine.variant")
def line_variant(source: OrderLine, info: Info) -> Any:
    return info.context.shop.variants.get(source.variant)


@field("OrderLine.productVariantId")
def line_variant_id(source: OrderLine, info: Info) -> str | None:
    return None if source.variant is None else to_global("ProductVariant", source.variant)


@field("OrderLine.unitPrice")
def line_unit_price(source: OrderLine, info: Info) -> dict[str, Any]:
    return taxed(source.unit_price, info.context.shop.orders[source.order].currency)


@field("OrderLine.totalPrice")
def line_total_price(source: OrderLine, info: Info) -> dict[str, Any]:
    return taxed(source.unit_price * source.quantity, info.context.shop.orders[source.order].currency)


@field("OrderLine.allocations", needs=_UNITS)
def allocations(source: OrderLine, info: Info) -> list[Allocation]:
    return info.context.shop.allocations.of("line", source.pk)


@field("Allocation.warehouse", needs=_UNITS)
def allocation_warehouse(source: Allocation, info: Info) -> Warehouse:
    shop = info.context.shop
    return shop.warehouses[shop.stocks[source.stock].warehouse]


@field("Allocation.quantity", needs=_UNITS)
def allocation_quantity(source: Allocation, info: Info) -> int:
    return source.quantity


@field("Fulfillment.lines")
def fulfillment_lines(source: Fulfillment, info: Info) -> list[FulfillmentLine]:
    return info.context.shop.fulfillment_lines.of("fulfillment", source.pk)


@field("Fulfillment.warehouse")
def fulfillment_warehouse(source: Fulfillment, info: Info) -> Warehouse | None:
    """That of the first line's stock; null for returns, and where that stock is gone."""
    shop = info.context.shop
    rows = shop.fulfillment_lines.of("fulfillment", source.pk)
    stock = shop.stocks.get(rows[0].stock) if rows else None
    return shop.warehouses.get(stock.warehouse) if stock else None


@field("FulfillmentLine.orderLine")
def shipped_line(source: FulfillmentLine, info: Info) -> OrderLine:
    return info.context.shop.order_lines[source.line]


@field("OrderEvent.user")
def event_user(source: OrderEvent, info: Info) -> Any:
    return info.context.shop.users.get(source.user)


@field("OrderEvent.app")
def event_app(source: OrderEvent, info: Info) -> Any:
    return info.context.shop.apps.get(source.app)


@field("OrderEvent.warehouse")
def event_warehouse(source: OrderEvent, info: Info) -> Warehouse | None:
    return info.context.shop.warehouses.get(source.details.get("warehouse"))


@field("OrderEvent.orderNumber")
def event_order_number(source: OrderEvent, info: Info) -> str:
    return str(info.context.shop.orders[source.order].number)


# A shipped line all of which was returned: Saleor's event names what is no more, and fails on its quantity.
_MOVED: dict[str, Any] = {"quantity": None}


@field("OrderEvent.fulfilledItems")
def event_fulfilled(source: OrderEvent, info: Info) -> list[Any] | None:
    rows = info.context.shop.fulfillment_lines
    pks = source.details.get("fulfilled_items")
    return None if pks is None else [rows.get(pk) or _MOVED for pk in pks]


@field("OrderEvent.lines")
def event_lines(source: OrderEvent, info: Info) -> list[dict[str, Any]] | None:
    rows = info.context.shop.order_lines
    lines = source.details.get("lines")
    if lines is None:
        return None
    return [{"quantity": quantity, "order_line": rows.get(pk), "item_name": name} for pk, quantity, name in lines]


@field("OrderEvent.relatedOrder")
def related_order(source: OrderEvent, info: Info) -> Order | None:
    return info.context.shop.orders.get(source.details.get("related_order"))


@field("OrderEvent.related")
def related_event(source: OrderEvent, info: Info) -> None:
    return None


def _detail(name: str, key: str) -> None:
    field(f"OrderEvent.{name}")(lambda source, _info: source.details.get(key))


for _name, _key in (
    ("message", "message"),
    ("email", "email"),
    ("amount", "amount"),
    ("quantity", "quantity"),
    ("oversoldItems", "oversold_items"),
    ("composedId", "composed_id"),
    ("reference", "reference"),
):
    _detail(_name, _key)


@field("Order.shippingMethods")
def order_shipping_methods(source: Order, info: Info) -> list[dict[str, Any]]:
    return offers(info.context.shop, source)


@field("Order.deliveryMethod")
def order_delivery_method(source: Order, info: Info) -> dict[str, Any] | None:
    shop = info.context.shop
    method = shop.methods.get(source.method)
    return offer(method, shop.channels[source.channel]) if method else None
