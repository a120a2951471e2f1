"""Units held for checkouts, where the shop has turned that on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ..api.refusals import InsufficientStock, Shortage
from ..state.catalogue import Reservation
from ..state.places import Channel
from ..state.sales import Checkout, CheckoutLine
from ..state.shop import Shop
from .allocation import sort_stocks
from .counts import allocated, counted_warehouses, reserved, stocks_in


def minutes_for(shop: Shop, *, authenticated: bool) -> int | None:
    """How long a checkout holds units; apps and anonymous callers get the anonymous time."""
    settings = shop.settings
    return settings.reserve_authenticated if authenticated else settings.reserve_anonymous


def reserve(
    shop: Shop, checkout: Checkout, lines: Sequence[CheckoutLine], channel: Channel, minutes: int
) -> None:
    """Hold ``lines`` anew and give the checkout's other lines the same time; all of it or InsufficientStock."""
    until = shop.now() + timedelta(minutes=minutes)
    warehouses = counted_warehouses(shop, channel, checkout.country)
    own = {line.pk for line in lines}
    made: list[Reservation] = []
    short: list[Shortage] = []
    for line in lines:
        variant = shop.variants[line.variant]
        if not variant.track_inventory:
            continue
        stocks = stocks_in(shop, variant, warehouses)
        taken = {stock.pk: allocated(shop, stock) for stock in stocks}
        rest = line.quantity
        for stock in sort_stocks(channel, stocks, taken):
            units = min(rest, max(stock.quantity - taken[stock.pk] - reserved(shop, stock, own), 0))
            if units > 0:
                made.append(Reservation(shop.reservations.next_pk(), line.pk, stock.pk, units, until))
                rest -= units
        if rest:
            short.append(Shortage(variant.pk, available=line.quantity))
    if short:
        raise InsufficientStock(short)
    for line in lines:
        release(shop, line)
    for row in made:
        shop.add(row)
    for line in shop.checkout_lines.of("checkout", checkout.pk):
        for row in shop.reservations.of("checkout_line", line.pk):
            shop.set(row, until=until)


def release(shop: Shop, line: CheckoutLine) -> None:
    for row in shop.reservations.of("checkout_line", line.pk):
        shop.remove(row)
