"""A checkout becomes an order: a check without a lock, a moment in which others may do the same, then the units."""

from __future__ import annotations

import dataclasses
import time
import uuid

from sandbox.api.call import Call
from sandbox.orders import history
from sandbox.orders.status import refresh
from sandbox.state.places import Channel
from sandbox.state.sales import Checkout, CheckoutLine, Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.allocation import Wanted, allocate
from sandbox.stock.checks import check_cart

from . import lines as cart_lines
from .prices import Charged, needs_shipping, shipping_price, unit_price

# In gaps: how long nobody may have come for a rush to be over, and how long it is waited for at most.
_LULL = 5
_PATIENCE = 50


def order_from(call: Call, checkout: Checkout, *, delete: bool = True) -> Order:
    """The order of a ready checkout; raises InsufficientStock. Whoever comes second for a checkout gets its order."""
    shop = call.shop
    channel = shop.channels[checkout.channel]
    lines = shop.checkout_lines.of("checkout", checkout.pk)
    check_cart(
        shop,
        [(shop.variants[line.variant], line.quantity) for line in lines],
        channel,
        checkout.country,
        lines=lines,
        replace=True,
        count_reservations=True,
        delivery_chosen=checkout.method is not None,
    )
    _meanwhile(shop)
    done = placed_from(shop, checkout.pk)
    if done is not None:
        return done
    order = _order(call, checkout, channel)
    shop.add(order)
    wanted = [Wanted(_line(shop, order, line, channel), line.quantity) for line in lines]
    allocate(shop, wanted, channel, checkout.country, check_reservations=True, own_lines={line.pk for line in lines})
    for row in shop.transactions.of("checkout", checkout.pk):
        shop.remove(row)
        shop.add(dataclasses.replace(row, checkout=None, order=order.pk))
    if delete:
        for line in lines:
            cart_lines.remove(shop, line)
        shop.remove(checkout)
    _tell(shop, order, channel)
    return order


def placed_from(shop: Shop, checkout: str) -> Order | None:
    return next(iter(shop.orders.of("checkout", checkout)), None) if checkout else None


def _meanwhile(shop: Shop) -> None:
    """Be busy for a while without the lock.

    Where others complete at the same time, until no more of them come: a real shop is slower than a burst of buyers.
    """
    rush = shop.rush
    rush.last = time.monotonic()
    rush.under_way += 1
    try:
        shop.elsewhere(shop.switches.gap)
        for _ in range(_PATIENCE):
            if rush.under_way == 1 or time.monotonic() - rush.last > _LULL * shop.switches.gap:
                return
            shop.elsewhere(shop.switches.gap)
    finally:
        rush.under_way -= 1


def _order(call: Call, checkout: Checkout, channel: Channel) -> Order:
    shop = call.shop
    paid_somehow = bool(shop.transactions.of("checkout", checkout.pk))
    now = shop.now()
    return Order(
        str(uuid.uuid4()),
        shop.next_number(),
        channel.pk,
        "UNFULFILLED" if channel.confirm_orders and paid_somehow else "UNCONFIRMED",
        "CHECKOUT",
        now,
        now,
        channel.currency,
        email=checkout.email or "",
        user=checkout.user,
        shipping_address=checkout.shipping_address,
        billing_address=checkout.billing_address,
        method=checkout.method,
        shipping_price=shipping_price(shop, checkout),
        checkout=checkout.pk,
        metadata=checkout.metadata,
        private_metadata=checkout.private_metadata,
    )


def _line(shop: Shop, order: Order, line: CheckoutLine, channel: Channel) -> OrderLine:
    variant = shop.variants[line.variant]
    made = OrderLine(
        str(uuid.uuid4()),
        order.pk,
        variant.pk,
        shop.products[variant.product].name,
        variant.name,
        variant.sku,
        line.quantity,
        unit_price(shop, line, channel),
        shipping_required=needs_shipping(shop, variant.pk),
        metadata=line.metadata,
        private_metadata=line.private_metadata,
    )
    shop.add(made)
    return made


def _tell(shop: Shop, order: Order, channel: Channel) -> None:
    """In Saleor's order of asking; they arrive in none. Confirmed is told also of an order that stays unconfirmed."""
    history.write(shop, order, "PLACED")
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
