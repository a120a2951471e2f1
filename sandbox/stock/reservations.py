"""Units held for checkouts, where the shop has turned that on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sandbox.api.refusals import InsufficientStock, Shortage
from sandbox.state.catalogue import Reservation, Stock
from sandbox.state.places import Channel
from sandbox.state.sales import Checkout, CheckoutLine
from sandbox.state.shop import Shop

from .allocation import sort_stocks
from .counts import allocated, available, counted_warehouses, reserved, stocks_in


def minutes_for(shop: Shop, *, authenticated: bool) -> int | None:
    """How long a checkout holds units; apps and anonymous callers get the anonymous time."""
    settings = shop.settings
    return settings.reserve_authenticated if authenticated else settings.reserve_anonymous


def reserve(shop: Shop, checkout: Checkout, lines: Sequence[CheckoutLine], channel: Channel, minutes: int) -> None:
    """Hold ``lines`` anew and give the checkout's other lines the same time; all of it or InsufficientStock."""
    until = shop.now() + timedelta(minutes=minutes)
    warehouses = counted_warehouses(shop, channel, checkout.country)
    own = {line.pk for line in lines}
    made: list[Reservation] = []
    short: list[Shortage] = []
    for line in lines:
        if not shop.variants[line.variant].track_inventory:
            continue
        held = _hold(shop, line, _sorted(shop, channel, stocks_in(shop, line.variant, warehouses)), own, until)
        made += held
        if sum(row.quantity for row in held) < line.quantity:
            short.append(Shortage(line.variant, available=line.quantity))
    if short:
        raise InsufficientStock(short)
    for line in lines:
        release(shop, line)
    for row in made:
        shop.add(row)
    for line in shop.checkout_lines.of("checkout", checkout.pk):
        for row in shop.reservations.of("checkout_line", line.pk):
            shop.set(row, until=until)


def _sorted(shop: Shop, channel: Channel, stocks: list[Stock]) -> list[Stock]:
    return sort_stocks(channel, stocks, {stock.pk: allocated(shop, stock) for stock in stocks})


def _hold(
    shop: Shop, line: CheckoutLine, stocks: Sequence[Stock], own: Collection[str], until: datetime
) -> list[Reservation]:
    held: list[Reservation] = []
    rest = line.quantity
    for stock in stocks:
        units = min(rest, max(available(shop, stock) - reserved(shop, stock, own), 0))
        if units > 0:
            held.append(Reservation(shop.reservations.next_pk(), line.pk, stock.pk, units, until))
            rest -= units
    return held


def release(shop: Shop, line: CheckoutLine) -> None:
    for row in shop.reservations.of("checkout_line", line.pk):
        shop.remove(row)
