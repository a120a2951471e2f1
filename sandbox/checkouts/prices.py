"""What a checkout costs, how it can be shipped, and how much of it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.state.places import Channel, Method
from sandbox.state.sales import Checkout, CheckoutLine, Order, Transaction
from sandbox.state.shop import Shop

ZERO = Decimal(0)


def unit_price(shop: Shop, line: CheckoutLine, channel: Channel) -> Decimal:
    if line.price is not None:
        return line.price
    return shop.variants[line.variant].prices.get(channel.pk, ZERO)


def subtotal(shop: Shop, checkout: Checkout) -> Decimal:
    channel = shop.channels[checkout.channel]
    lines = shop.checkout_lines.of("checkout", checkout.pk)
    return sum((unit_price(shop, line, channel) * line.quantity for line in lines), ZERO)


def shipping_price(shop: Shop, checkout: Checkout) -> Decimal:
    method = shop.methods.get(checkout.method)
    return method.prices.get(checkout.channel, ZERO) if method else ZERO


def total(shop: Shop, checkout: Checkout) -> Decimal:
    return subtotal(shop, checkout) + shipping_price(shop, checkout)


def order_subtotal(shop: Shop, order: Order) -> Decimal:
    return sum((line.unit_price * line.quantity for line in shop.order_lines.of("order", order.pk)), ZERO)


def order_total(shop: Shop, order: Order) -> Decimal:
    return order_subtotal(shop, order) + order.shipping_price


def needs_shipping(shop: Shop, variant: int) -> bool:
    product = shop.products[shop.variants[variant].product]
    return shop.product_types[product.product_type].shipping_required


def shipping_required(shop: Shop, checkout: Checkout) -> bool:
    return any(needs_shipping(shop, line.variant) for line in shop.checkout_lines.of("checkout", checkout.pk))


def methods_for(shop: Shop, checkout: Checkout | Order) -> list[Method]:
    """Methods with a price in the channel, of zones of the channel that have the country; none without an address."""
    if checkout.shipping_address is None:
        return []
    country = checkout.shipping_address["country"]
    zones = {zone.pk for zone in shop.zones if checkout.channel in zone.channels and country in zone.countries}
    return [method for method in shop.methods if method.zone in zones and checkout.channel in method.prices]


@dataclass(frozen=True, slots=True)
class Charged:
    """Money told by transactions against what is due."""

    due: Decimal
    charged: Decimal
    authorized: Decimal

    @classmethod
    def of_checkout(cls, shop: Shop, checkout: Checkout) -> Charged:
        return cls._of(total(shop, checkout), shop.transactions.of("checkout", checkout.pk))

    @classmethod
    def of_order(cls, shop: Shop, order: Order) -> Charged:
        return cls._of(order_total(shop, order), shop.transactions.of("order", order.pk))

    @classmethod
    def _of(cls, due: Decimal, rows: list[Transaction]) -> Charged:
        return cls(due, sum((row.charged for row in rows), ZERO), sum((row.authorized for row in rows), ZERO))

    @property
    def authorize_status(self) -> str:
        covered = self.charged + self.authorized
        if covered >= self.due:
            return "FULL"
        return "PARTIAL" if covered > 0 else "NONE"

    @property
    def charge_status(self) -> str:
        if self.charged > self.due:
            return "OVERCHARGED"
        if self.charged == self.due:
            return "FULL"
        return "PARTIAL" if self.charged > 0 else "NONE"

    @property
    def fully_paid(self) -> bool:
        return self.charged >= self.due
