"""``quantityAvailable``: what a storefront is shown of a variant."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.state.catalogue import Stock, Variant
from sandbox.state.places import Channel
from sandbox.state.shop import Shop

from .counts import available, counted_warehouses, reservations_on, reserved, stocks_in


def quantity_available(shop: Shop, variant: Variant, channel: Channel | None, country: str | None) -> int | None:
    """Never below zero nor above the limit per checkout; an untracked variant shows that limit, or nothing.

    In legacy zone mode without a country it is the largest over the zones, not their sum.
    """
    limit = shop.settings.quantity_limit
    if not variant.track_inventory:
        return limit
    if shop.settings.legacy_zones:
        best = max((_total(shop, group) for group in _groups(shop, variant, channel, country)), default=0)
    elif channel is None:
        best = _total(shop, shop.stocks.of("variant", variant.pk))
    else:
        best = _total(shop, stocks_in(shop, variant, counted_warehouses(shop, channel)))
    return max(0, best if limit is None else min(best, limit))


def _groups(shop: Shop, variant: Variant, channel: Channel | None, country: str | None) -> list[list[Stock]]:
    """Stocks that count together: a zone's, or a lone collection point's.

    With a country, or where a collection point draws on all warehouses, everything is one group.
    """
    linked = {link.warehouse for link in channel.links} if channel else {warehouse.pk for warehouse in shop.warehouses}
    zones = [
        set(zone.warehouses) & linked
        for zone in shop.zones
        if (channel is None or channel.pk in zone.channels) and (country is None or country in zone.countries)
    ]
    zoned: set[str] = set().union(*zones)
    points = {pk for pk in linked if shop.warehouses[pk].collect != "DISABLED"} if channel and not country else set()
    lone = stocks_in(shop, variant, points - zoned)
    if country or any(shop.warehouses[stock.warehouse].collect == "ALL_WAREHOUSES" for stock in lone):
        return [stocks_in(shop, variant, zoned | points)]
    groups = [stocks_in(shop, variant, zone) for zone in zones]
    return [group for group in groups if group] + [[stock] for stock in lone]


def _total(shop: Shop, stocks: Iterable[Stock]) -> int:
    holding = reservations_on(shop)
    total = 0
    for stock in stocks:
        free = available(shop, stock)
        left = free - reserved(shop, stock) if holding else free
        total += max(0, left) if free > 0 else left
    return total
