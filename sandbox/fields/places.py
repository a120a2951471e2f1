"""Channels, warehouses, shipping zones and methods."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk, to_global
from sandbox.api.registry import attribute, field
from sandbox.state.places import Channel, Method, Warehouse, Zone
from sandbox.stock.counts import sorted_warehouses

from .matching import has_metadata, mentions
from .money import money

_SIGNED_IN = (AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER)
_WAREHOUSES = ("MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_SHIPPING")

attribute("Warehouse.clickAndCollectOption", "collect")
attribute("ShippingZone.default", "is_default")
attribute("ShippingMethodType.type", "kind")


def by_slug_down(row: Any) -> tuple[Any, ...]:
    return (row.slug, row.pk)


def by_pk(row: Any) -> tuple[Any, ...]:
    return (row.pk,)


def country(code: str) -> dict[str, str]:
    return {"code": code, "country": code}


def address(source: dict[str, Any] | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {"__typename": "Address"} | source | {"country": country(source["country"])}


@field("Query.channels", needs=_SIGNED_IN)
def channels(_root: Any, info: Info) -> list[Channel]:
    return sorted(info.context.shop.channels, key=lambda channel: channel.slug)


@field("Query.channel")
def channel(_root: Any, info: Info, gid: str | None = None, slug: str | None = None) -> Channel | None:
    shop = info.context.shop
    if gid is not None:
        return shop.channels.get(asked_pk(gid, "Channel"))
    return channel_by_slug(shop, slug)


def channel_by_slug(shop: Any, slug: str | None) -> Channel | None:
    return next((row for row in shop.channels if row.slug == slug), None)


@field("Channel.name", needs=_SIGNED_IN)
def channel_name(source: Channel, info: Info) -> str:
    return source.name


@field("Channel.isActive", needs=_SIGNED_IN)
def channel_is_active(source: Channel, info: Info) -> bool:
    return source.is_active


@field("Channel.currencyCode", needs=_SIGNED_IN)
def channel_currency(source: Channel, info: Info) -> str:
    return source.currency


@field("Channel.defaultCountry", needs=_SIGNED_IN)
def channel_country(source: Channel, info: Info) -> dict[str, str]:
    return country(source.country)


@field("Channel.warehouses", needs=_SIGNED_IN)
def channel_warehouses(source: Channel, info: Info) -> list[Warehouse]:
    """In allocation order."""
    return [info.context.shop.warehouses[pk] for pk in sorted_warehouses(source)]


@field("Channel.stockSettings", needs=_SIGNED_IN)
def stock_settings(source: Channel, info: Info) -> dict[str, str]:
    return {"allocation_strategy": source.strategy}


@field("Channel.orderSettings", needs=("MANAGE_CHANNELS", "MANAGE_ORDERS"))
def order_settings(source: Channel, info: Info) -> dict[str, Any]:
    return {
        "automatically_confirm_all_new_orders": source.confirm_orders,
        "expire_orders_after": source.expire_after,
        "mark_as_paid_strategy": source.paid_strategy,
        "delete_expired_orders_after": source.delete_expired_after,
        "allow_unpaid_orders": source.allow_unpaid,
    }


@field("Channel.hasOrders", needs=("MANAGE_CHANNELS",))
def has_orders(source: Channel, info: Info) -> bool:
    return any(order.channel == source.pk for order in info.context.shop.orders)


@field("Query.warehouse", needs=_WAREHOUSES)
def warehouse(
    _root: Any, info: Info, gid: str | None = None, external_reference: str | None = None
) -> Warehouse | None:
    shop = info.context.shop
    if gid is not None:
        return shop.warehouses.get(asked_pk(gid, "Warehouse"))
    return next((row for row in shop.warehouses if row.external_reference == external_reference), None)


@field("Query.warehouses", needs=_WAREHOUSES)
def warehouses(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    shop, wanted = info.context.shop, filters or {}
    rows = [row for row in shop.warehouses if _warehouse_fits(shop, row, wanted)]
    return connection(rows, by_slug_down, info, descending=True, **page)


def _warehouse_fits(shop: Any, row: Warehouse, wanted: dict[str, Any]) -> bool:
    ids, slugs, joined = wanted.get("ids"), wanted.get("slugs"), wanted.get("channels")
    if ids and row.pk not in {asked_pk(gid, "Warehouse") for gid in ids}:
        return False
    if slugs and row.slug not in slugs:
        return False
    if wanted.get("is_private") is not None and row.is_private != wanted["is_private"]:
        return False
    if joined:
        linked = {link.warehouse for gid in joined for link in shop.channels[asked_pk(gid, "Channel")].links}
        if row.pk not in linked:
            return False
    return has_metadata(row, wanted.get("metadata")) and mentions(wanted.get("search"), row.name, row.email, row.slug)


@field("Warehouse.address")
def warehouse_address(source: Warehouse, info: Info) -> dict[str, Any] | None:
    return address(source.address)


@field("Warehouse.companyName")
def warehouse_company(source: Warehouse, info: Info) -> str:
    return str(source.address.get("company_name", ""))


@field("Warehouse.shippingZones")
def warehouse_zones(source: Warehouse, info: Info, **page: Any) -> dict[str, Any]:
    return connection([zone for zone in info.context.shop.zones if source.pk in zone.warehouses], by_pk, info, **page)


@field("Warehouse.stocks", needs=("MANAGE_PRODUCTS", "MANAGE_ORDERS"))
def warehouse_stocks(source: Warehouse, info: Info, **page: Any) -> dict[str, Any]:
    return connection(info.context.shop.stocks.of("warehouse", source.pk), by_pk, info, **page)


@field("Query.shippingZone", needs=("MANAGE_SHIPPING",))
def zone(_root: Any, info: Info, gid: str, channel: str | None = None) -> Zone | None:
    return info.context.shop.zones.get(asked_pk(gid, "ShippingZone"))


@field("Query.shippingZones", needs=("MANAGE_SHIPPING",))
def zones(
    _root: Any, info: Info, filters: dict[str, Any] | None = None, channel: str | None = None, **page: Any
) -> dict[str, Any]:
    wanted = filters or {}
    joined = {asked_pk(gid, "Channel") for gid in wanted.get("channels") or ()}
    rows = [
        row
        for row in info.context.shop.zones
        if (not joined or joined & set(row.channels)) and mentions(wanted.get("search"), row.name)
    ]
    return connection(rows, by_pk, info, **page)


@field("ShippingZone.countries")
def zone_countries(source: Zone, info: Info) -> list[dict[str, str]]:
    return [country(code) for code in source.countries]


@field("ShippingZone.warehouses")
def warehouses_of_zone(source: Zone, info: Info) -> list[Warehouse]:
    rows = [info.context.shop.warehouses[pk] for pk in source.warehouses]
    return sorted(rows, key=lambda row: row.slug, reverse=True)


@field("ShippingZone.channels")
def channels_of_zone(source: Zone, info: Info) -> list[Channel]:
    return [info.context.shop.channels[pk] for pk in source.channels]


@field("ShippingZone.shippingMethods")
def zone_methods(source: Zone, info: Info) -> list[Method]:
    return info.context.shop.methods.of("zone", source.pk)


@field("ShippingMethodType.channelListings", needs=("MANAGE_SHIPPING",))
def method_listings(source: Method, info: Info) -> list[dict[str, Any]]:
    rows = info.context.shop.channels
    return [
        {
            "id": to_global("ShippingMethodChannelListing", f"{source.pk}{pk:04}"),
            "channel": rows[pk],
            "price": money(price, rows[pk].currency),
        }
        for pk, price in source.prices.items()
    ]
