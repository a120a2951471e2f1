"""Warehouses: made, renamed, joined to zones, removed with everything in them."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.state.places import Warehouse, Zone
from sandbox.state.shop import Shop
from sandbox.stock import announce

from .lookup import address, row, rows, slug_for
from .stocks import remove_stock


@mutation("createWarehouse", "MANAGE_PRODUCTS")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    if not data["name"].strip():
        raise Invalid("name", "REQUIRED", "Name is required.")
    _unique(shop, data.get("external_reference"))
    warehouse = Warehouse(
        str(uuid.uuid4()),
        data["name"],
        slug_for((each.slug for each in shop.warehouses), data["name"], data.get("slug")),
        address(data["address"]) or {},
        email=data.get("email") or "",
        external_reference=data.get("external_reference"),
    )
    shop.add(warehouse)
    shop.happen("warehouse_created", warehouse=warehouse)
    return {"warehouse": warehouse}


def _unique(shop: Shop, reference: str | None) -> None:
    if reference and any(each.external_reference == reference for each in shop.warehouses):
        raise Invalid("externalReference", "UNIQUE", "Warehouse with this External reference already exists.")


@mutation("updateWarehouse", "MANAGE_PRODUCTS")
def update(
    call: Call, data: dict[str, Any], gid: str | None = None, external_reference: str | None = None
) -> dict[str, Any]:
    shop = call.shop
    if gid is None:
        warehouse = next((each for each in shop.warehouses if each.external_reference == external_reference), None)
        if warehouse is None:
            raise Invalid("externalReference", "NOT_FOUND", f"Couldn't resolve to a node: {external_reference}")
    else:
        warehouse = row(shop, gid, "Warehouse")
    plain = ("name", "email", "is_private", "external_reference")
    values: dict[str, Any] = {name: data[name] for name in plain if name in data}
    if data.get("click_and_collect_option"):
        values["collect"] = data["click_and_collect_option"]
    if data.get("slug") and data["slug"] != warehouse.slug:
        values["slug"] = slug_for((each.slug for each in shop.warehouses), warehouse.name, data["slug"])
    if data.get("address"):
        values["address"] = address(data["address"])
    shop.set(warehouse, **values)
    shop.happen("warehouse_updated", warehouse=warehouse)
    return {"warehouse": warehouse}


@mutation("deleteWarehouse", "MANAGE_PRODUCTS")
def delete(call: Call, gid: str) -> dict[str, Any]:
    """Its stocks and their allocations go silently, but for one out_of_stock each."""
    shop = call.shop
    warehouse = row(shop, gid, "Warehouse")
    stocks = shop.stocks.of("warehouse", warehouse.pk)
    announce.out_of_stock(shop, stocks)
    shop.happen("warehouse_deleted", warehouse=warehouse)
    for stock in stocks:
        remove_stock(shop, stock)
    for channel in shop.channels:
        shop.set(channel, links=tuple(link for link in channel.links if link.warehouse != warehouse.pk))
    for zone in shop.zones:
        shop.set(zone, warehouses=tuple(pk for pk in zone.warehouses if pk != warehouse.pk))
    shop.remove(warehouse)
    return {"warehouse": warehouse}


@mutation("assignWarehouseShippingZone", "MANAGE_PRODUCTS")
def join_zones(call: Call, gid: str, shipping_zone_ids: list[str]) -> dict[str, Any]:
    """Refused where a zone already has another warehouse, or shares no channel."""
    shop = call.shop
    warehouse = row(shop, gid, "Warehouse")
    zones: list[Zone] = rows(shop, shipping_zone_ids, "ShippingZone", "shippingZones")
    if any(set(zone.warehouses) - {warehouse.pk} for zone in zones):
        raise Invalid("shippingZones", "INVALID", "Shipping zone can be assigned only to one warehouse.")
    linked = {channel.pk for channel in shop.channels if warehouse.pk in {link.warehouse for link in channel.links}}
    strangers = [zone for zone in zones if not linked & set(zone.channels)]
    if strangers:
        raise Invalid(
            "shippingZones",
            "INVALID",
            "Only shipping zones that have common channel with warehouse can be assigned.",
            shipping_zones=[to_global("ShippingZone", zone.pk) for zone in strangers],
        )
    for zone in zones:
        if warehouse.pk not in zone.warehouses:
            shop.set(zone, warehouses=(*zone.warehouses, warehouse.pk))
    return {"warehouse": warehouse}


@mutation("unassignWarehouseShippingZone", "MANAGE_PRODUCTS")
def leave_zones(call: Call, gid: str, shipping_zone_ids: list[str]) -> dict[str, Any]:
    shop = call.shop
    warehouse = row(shop, gid, "Warehouse")
    for zone in rows(shop, shipping_zone_ids, "ShippingZone", "shippingZones"):
        shop.set(zone, warehouses=tuple(pk for pk in zone.warehouses if pk != warehouse.pk))
    return {"warehouse": warehouse}
