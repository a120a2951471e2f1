"""Shipping zones and the methods in them."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.state.places import Channel, Method, Warehouse, Zone
from sandbox.state.shop import Shop

from .lookup import method as find_method
from .lookup import row, rows


@mutation("shippingZoneCreate", "MANAGE_SHIPPING")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    if not (data.get("name") or "").strip():
        raise Invalid("name", "REQUIRED", "This field cannot be blank.")
    zone = Zone(
        shop.zones.next_pk(),
        data["name"],
        tuple(data.get("countries") or ()),
        is_default=bool(data.get("default")),
        description=data.get("description") or "",
    )
    channels = rows(shop, data.get("add_channels"), "Channel", "addChannels")
    warehouses = rows(shop, data.get("add_warehouses"), "Warehouse", "addWarehouses")
    _share_a_channel(shop, warehouses, {each.pk for each in channels})
    shop.add(zone)
    _join(shop, zone, channels, warehouses)
    shop.happen("shipping_zone_created", zone=zone)
    return {"shipping_zone": zone}


@mutation("shippingZoneUpdate", "MANAGE_SHIPPING")
def update(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    zone = row(shop, gid, "ShippingZone")
    channels = rows(shop, data.get("add_channels"), "Channel", "addChannels")
    warehouses = rows(shop, data.get("add_warehouses"), "Warehouse", "addWarehouses")
    gone = {each.pk for each in rows(shop, data.get("remove_channels"), "Channel", "removeChannels")}
    left = {each.pk for each in rows(shop, data.get("remove_warehouses"), "Warehouse", "removeWarehouses")}
    _share_a_channel(shop, warehouses, (set(zone.channels) - gone) | {each.pk for each in channels})
    values = {name: data[name] for name in ("name", "description") if data.get(name) is not None}
    if data.get("countries") is not None:
        values["countries"] = tuple(data["countries"])
    shop.set(zone, **values, is_default=bool(data.get("default")))
    _join(shop, zone, channels, warehouses)
    shop.set(
        zone,
        channels=tuple(pk for pk in zone.channels if pk not in gone),
        warehouses=tuple(pk for pk in zone.warehouses if pk not in left),
    )
    shop.happen("shipping_zone_updated", zone=zone)
    return {"shipping_zone": zone}


def _join(shop: Shop, zone: Zone, channels: list[Channel], warehouses: list[Warehouse]) -> None:
    shop.set(
        zone,
        channels=tuple(dict.fromkeys((*zone.channels, *(each.pk for each in channels)))),
        warehouses=tuple(dict.fromkeys((*zone.warehouses, *(each.pk for each in warehouses)))),
    )


def _share_a_channel(shop: Shop, warehouses: list[Warehouse], channels: set[int]) -> None:
    linked = {link.warehouse for pk in channels for link in shop.channels[pk].links}
    strangers = [each.pk for each in warehouses if each.pk not in linked]
    if strangers:
        raise Invalid(
            "addWarehouses",
            "INVALID",
            "Only warehouses that have common channel with shipping zone can be assigned.",
            warehouses=[to_global("Warehouse", pk) for pk in strangers],
        )


@mutation("shippingZoneDelete", "MANAGE_SHIPPING")
def delete(call: Call, gid: str) -> dict[str, Any]:
    shop = call.shop
    zone = row(shop, gid, "ShippingZone")
    for method in shop.methods.of("zone", zone.pk):
        shop.remove(method)
    shop.remove(zone)
    shop.happen("shipping_zone_deleted", zone=zone)
    return {"shipping_zone": zone}


@mutation("shippingPriceCreate", "MANAGE_SHIPPING")
def create_method(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    zone = row(shop, data.get("shipping_zone"), "ShippingZone", "shippingZone")
    method = Method(shop.methods.next_pk(), data.get("name") or "", zone.pk, data.get("type") or "PRICE")
    shop.add(method)
    shop.happen("shipping_price_created", method=method, zone=zone)
    return {"shipping_zone": zone, "shipping_method": method}


@mutation("shippingPriceDelete", "MANAGE_SHIPPING")
def delete_method(call: Call, gid: str) -> dict[str, Any]:
    shop = call.shop
    method = find_method(shop, gid)
    zone = shop.zones[method.zone]
    shop.remove(method)
    shop.happen("shipping_price_deleted", method=method, zone=zone)
    return {"shipping_zone": zone, "shipping_method": method}


@mutation("shippingMethodChannelListingUpdate", "MANAGE_SHIPPING")
def price_method(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    method = find_method(shop, gid)
    prices = dict(method.prices)
    for entry in data.get("add_channels") or ():
        channel = row(shop, entry["channel_id"], "Channel", "addChannels")
        if channel.pk not in shop.zones[method.zone].channels:
            raise Invalid(
                "addChannels",
                "INVALID",
                "Cannot add listing: channel is not assigned to the shipping zone.",
                channels=[entry["channel_id"]],
            )
        if entry.get("price") is None:
            raise Invalid("price", "REQUIRED", "This field is required.", channels=[entry["channel_id"]])
        prices[channel.pk] = entry["price"]
    for gone in rows(shop, data.get("remove_channels"), "Channel", "removeChannels"):
        prices.pop(gone.pk, None)
    shop.set(method, prices=prices)
    shop.happen("shipping_price_updated", method=method, zone=shop.zones[method.zone])
    return {"shipping_method": method}
