"""How many units a stock has, and how many of them are spoken for."""

from __future__ import annotations

from collections.abc import Collection

from sandbox.state.catalogue import Stock, Variant
from sandbox.state.places import Channel
from sandbox.state.shop import Shop


def allocated(shop: Shop, stock: Stock) -> int:
    return sum(allocation.quantity for allocation in shop.allocations.of("stock", stock.pk))


def available(shop: Shop, stock: Stock) -> int:
    """May be negative: a stock can be allocated beyond its quantity."""
    return stock.quantity - allocated(shop, stock)


def reserved(shop: Shop, stock: Stock, but: Collection[str] = ()) -> int:
    """Units held by checkout lines other than ``but``, unexpired."""
    rows = shop.reservations.of("stock", stock.pk)
    if not rows:
        return 0
    now = shop.now()
    return sum(row.quantity for row in rows if row.until > now and row.checkout_line not in but)


def reservations_on(shop: Shop) -> bool:
    return bool(shop.settings.reserve_anonymous or shop.settings.reserve_authenticated)


def sorted_warehouses(channel: Channel) -> list[str]:
    """The channel's warehouses in the order staff gave them; those never moved come last, in order of joining."""
    links = sorted(channel.links, key=lambda link: (link.sort_order is None, link.sort_order or 0, link.pk))
    return [link.warehouse for link in links]


def counted_warehouses(
    shop: Shop, channel: Channel, country: str | None = None, *, collect: bool = False, legacy: bool | None = None
) -> set[str]:
    """The warehouses whose stock counts in a channel.

    Without legacy shipping zones: all of the channel's. With them: those in a zone of the channel that has the country;
    without a country those in any zone of the channel, and its collection points (also with ``collect``).
    """
    linked = {link.warehouse for link in channel.links}
    if not (shop.settings.legacy_zones if legacy is None else legacy):
        return linked
    counted = {
        warehouse
        for zone in shop.zones
        if channel.pk in zone.channels and (country is None or country in zone.countries)
        for warehouse in zone.warehouses
    }
    if country is None or collect:
        counted |= {pk for pk in linked if shop.warehouses[pk].collect != "DISABLED"}
    return counted & linked


def stocks_in(shop: Shop, variant: Variant | int, warehouses: Collection[str]) -> list[Stock]:
    pk = variant if isinstance(variant, int) else variant.pk
    return [stock for stock in shop.stocks.of("variant", pk) if stock.warehouse in warehouses]


def stock_at(shop: Shop, variant: int, warehouse: str) -> Stock | None:
    return next((stock for stock in shop.stocks.of("variant", variant) if stock.warehouse == warehouse), None)
