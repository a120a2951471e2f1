"""Checkouts as their owner sees them, with what they would cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.api.call import Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk, to_global
from sandbox.api.names import seen
from sandbox.api.registry import attribute, field
from sandbox.checkouts import prices
from sandbox.checkouts.prices import Charged
from sandbox.state.places import Channel, Method
from sandbox.state.sales import Checkout, CheckoutLine, Order, Transaction
from sandbox.state.shop import Shop
from sandbox.stock.counts import available, counted_warehouses, stocks_in

from .money import money, taxed
from .places import address, by_pk

attribute("Checkout.token", "pk")
attribute("TransactionItem.token", "pk")
attribute("TransactionItem.createdAt", "created")


def channel_of_checkout(source: Checkout, info: Info) -> Channel:
    return info.context.shop.channels[source.channel]


field("Checkout.channel")(channel_of_checkout)


@field("Query.checkout")
def checkout(_root: Any, info: Info, gid: str | None = None, token: str | None = None) -> Checkout | None:
    pk = token if gid is None else asked_pk(gid, "Checkout")
    return info.context.shop.checkouts.get(pk)


@field("Query.checkouts", needs=("MANAGE_CHECKOUTS", "HANDLE_PAYMENTS"))
def checkouts(_root: Any, info: Info, channel: str | None = None, **page: Any) -> dict[str, Any]:
    shop = info.context.shop
    rows = [row for row in shop.checkouts if channel is None or shop.channels[row.channel].slug == channel]
    return connection(rows, by_pk, info, **page)


@field("Checkout.user", needs=("MANAGE_USERS", "HANDLE_PAYMENTS"))
def checkout_user(source: Checkout, info: Info) -> Any:
    return info.context.shop.users.get(source.user)


@field("Checkout.billingAddress", "Order.billingAddress")
def billing_address(source: Any, info: Info) -> Any:
    return address(source.billing_address)


@field("Checkout.shippingAddress", "Order.shippingAddress")
def shipping_address(source: Any, info: Info) -> Any:
    return address(source.shipping_address)


@field("Checkout.lines")
def lines(source: Checkout, info: Info) -> list[CheckoutLine]:
    return info.context.shop.checkout_lines.of("checkout", source.pk)


@field("Checkout.quantity")
def quantity(source: Checkout, info: Info) -> int:
    return sum(line.quantity for line in lines(source, info))


@field("Checkout.isShippingRequired")
def shipping_required(source: Checkout, info: Info) -> bool:
    return prices.shipping_required(info.context.shop, source)


@field("Checkout.stockReservationExpires")
def reservation_expires(source: Checkout, info: Info) -> Any:
    shop = info.context.shop
    rows = [row for line in lines(source, info) for row in shop.reservations.of("checkout_line", line.pk)]
    return min((row.until for row in rows), default=None)


def offers(shop: Shop, source: Checkout | Order) -> list[dict[str, Any]]:
    channel = shop.channels[source.channel]
    return [offer(method, channel) for method in prices.methods_for(shop, source)]


def offer(method: Method, channel: Channel) -> dict[str, Any]:
    """A method at the channel's price."""
    return {
        "__typename": "ShippingMethod",
        "row": method,
        "name": method.name,
        "type": method.kind,
        "price": money(method.prices.get(channel.pk, Decimal(0)), channel.currency),
        "active": True,
    }


@field("Checkout.shippingMethods")
def shipping_methods(source: Checkout, info: Info) -> list[dict[str, Any]]:
    return offers(info.context.shop, source)


@field("Checkout.deliveryMethod")
def delivery_method(source: Checkout, info: Info) -> dict[str, Any] | None:
    method = info.context.shop.methods.get(source.method)
    return offer(method, channel_of_checkout(source, info)) if method else None


@field("Checkout.delivery")
def delivery(source: Checkout, info: Info) -> dict[str, Any] | None:
    chosen = delivery_method(source, info)
    return chosen and as_delivery(chosen)


def as_delivery(chosen: dict[str, Any]) -> dict[str, Any]:
    return {"id": to_global("CheckoutDelivery", chosen["row"].pk), "shipping_method": chosen}


@field("Checkout.shippingPrice")
def shipping_price(source: Checkout, info: Info) -> dict[str, Any]:
    return taxed(prices.shipping_price(info.context.shop, source), channel_of_checkout(source, info).currency)


@field("Checkout.subtotalPrice")
def subtotal(source: Checkout, info: Info) -> dict[str, Any]:
    return taxed(prices.subtotal(info.context.shop, source), channel_of_checkout(source, info).currency)


@field("Checkout.totalPrice")
def total(source: Checkout, info: Info) -> dict[str, Any]:
    return taxed(prices.total(info.context.shop, source), channel_of_checkout(source, info).currency)


@field("Checkout.authorizeStatus")
def checkout_authorize_status(source: Checkout, info: Info) -> str:
    shop = info.context.shop
    return Charged.of_checkout(shop, source).authorize_status


@field("Checkout.chargeStatus")
def checkout_charge_status(source: Checkout, info: Info) -> str:
    return Charged.of_checkout(info.context.shop, source).charge_status


@field("Checkout.transactions", needs=("MANAGE_CHECKOUTS", "HANDLE_PAYMENTS"))
def transactions(source: Checkout, info: Info) -> list[Transaction]:
    return info.context.shop.transactions.of("checkout", source.pk)


@field("Checkout.problems")
def problems(source: Checkout, info: Info) -> list[dict[str, Any]]:
    """Lines whose variant the channel no longer has enough of, all lines of the variant added up."""
    shop = info.context.shop
    channel = shop.channels[source.channel]
    warehouses = counted_warehouses(shop, channel, source.country, collect=source.method is None)
    rows = lines(source, info)
    found: list[dict[str, Any]] = []
    for line in rows:
        variant = shop.variants[line.variant]
        free = max(0, sum(available(shop, stock) for stock in stocks_in(shop, variant, warehouses)))
        asked = sum(other.quantity for other in rows if other.variant == line.variant)
        if variant.track_inventory and asked > free:
            found.append(
                {
                    "__typename": "CheckoutLineProblemInsufficientStock",
                    "available_quantity": free,
                    "line": line,
                    "variant": seen(variant, channel.slug),
                }
            )
    return found


@field("CheckoutLine.variant")
def line_variant(source: CheckoutLine, info: Info) -> Any:
    shop = info.context.shop
    return seen(shop.variants[source.variant], shop.channels[shop.checkouts[source.checkout].channel].slug)


@field("CheckoutLine.unitPrice")
def line_unit_price(source: CheckoutLine, info: Info) -> dict[str, Any]:
    return _line_money(source, info, 1)


@field("CheckoutLine.totalPrice")
def line_total_price(source: CheckoutLine, info: Info) -> dict[str, Any]:
    return _line_money(source, info, source.quantity)


def _line_money(source: CheckoutLine, info: Info, times: int) -> dict[str, Any]:
    shop = info.context.shop
    channel = shop.channels[shop.checkouts[source.checkout].channel]
    return taxed(prices.unit_price(shop, source, channel) * times, channel.currency)


@field("CheckoutLine.requiresShipping")
def line_requires_shipping(source: CheckoutLine, info: Info) -> bool:
    return prices.needs_shipping(info.context.shop, source.variant)


@field("CheckoutLine.problems")
def line_problems(source: CheckoutLine, info: Info) -> list[dict[str, Any]]:
    owner = info.context.shop.checkouts[source.checkout]
    return [problem for problem in problems(owner, info) if problem["line"] is source]


@field("Query.transaction", needs=("HANDLE_PAYMENTS", "MANAGE_ORDERS"))
def transaction(_root: Any, info: Info, gid: str) -> Transaction | None:
    return info.context.shop.transactions.get(asked_pk(gid, "TransactionItem"))


@field("TransactionItem.order")
def transaction_order(source: Transaction, info: Info) -> Any:
    return info.context.shop.orders.get(source.order)


@field("TransactionItem.checkout")
def transaction_checkout(source: Transaction, info: Info) -> Any:
    return info.context.shop.checkouts.get(source.checkout)


def _amount(name: str, attribute_name: str) -> None:
    def resolve(source: Transaction, info: Info) -> dict[str, Any]:
        amount: Decimal = getattr(source, attribute_name)
        return money(amount, source.currency)

    field(f"TransactionItem.{name}")(resolve)


for _name, _attribute in (
    ("authorizedAmount", "authorized"),
    ("chargedAmount", "charged"),
    ("refundedAmount", "refunded"),
    ("canceledAmount", "canceled"),
):
    _amount(_name, _attribute)
