"""Channels and the order of their warehouses."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.state.places import Channel, ChannelWarehouse, Warehouse, Zone
from sandbox.state.shop import Shop

from .lookup import metadata, row, rows, slug_for

_ORDER_SETTINGS = {
    "automatically_confirm_all_new_orders": "confirm_orders",
    "expire_orders_after": "expire_after",
    "delete_expired_orders_after": "delete_expired_after",
    "mark_as_paid_strategy": "paid_strategy",
    "allow_unpaid_orders": "allow_unpaid",
}


@mutation("channelCreate", "MANAGE_CHANNELS")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    channel = Channel(
        shop.channels.next_pk(),
        data["name"],
        slug_for((each.slug for each in shop.channels), data["name"], data["slug"]),
        data["currency_code"],
        data["default_country"],
        is_active=bool(data.get("is_active")),
        metadata=metadata(data.get("metadata")),
        private_metadata=metadata(data.get("private_metadata")),
    )
    zones = rows(shop, data.get("add_shipping_zones"), "ShippingZone", "addShippingZones")
    warehouses = rows(shop, data.get("add_warehouses"), "Warehouse", "addWarehouses")
    shop.add(channel)
    shop.set(channel, **_settings(data))
    _join(shop, channel, zones, warehouses)
    shop.happen("channel_created", channel=channel)
    return {"channel": channel}


@mutation("channelUpdate")
def update(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    """MANAGE_ORDERS is enough to change nothing but the order settings."""
    if not (set(data) == {"order_settings"} and call.may(("MANAGE_ORDERS",))):
        call.need(("MANAGE_CHANNELS",))
    shop = call.shop
    channel = row(shop, gid, "Channel")
    added = rows(shop, data.get("add_warehouses"), "Warehouse", "addWarehouses")
    removed = rows(shop, data.get("remove_warehouses"), "Warehouse", "removeWarehouses")
    zones = rows(shop, data.get("add_shipping_zones"), "ShippingZone", "addShippingZones")
    dropped = rows(shop, data.get("remove_shipping_zones"), "ShippingZone", "removeShippingZones")
    if {each.pk for each in added} & {each.pk for each in removed}:
        raise Invalid(
            "warehouses",
            "DUPLICATED_INPUT_ITEM",
            "The same object cannot be in both lists for adding and removing items.",
        )
    values = _settings(data)
    if data.get("slug") and data["slug"] != channel.slug:
        values["slug"] = slug_for((each.slug for each in shop.channels), channel.name, data["slug"])
    changed = {name: value for name, value in values.items() if getattr(channel, name) != value}
    told = metadata(data.get("metadata"))
    shop.set(channel, **changed)
    if told:
        shop.set(channel, metadata=channel.metadata | told)
    _join(shop, channel, zones, added)
    _leave(shop, channel, dropped, removed)
    if changed or added or removed or zones or dropped or (told and shop.settings.legacy_events):
        shop.happen("channel_updated", channel=channel)
    if told:
        shop.happen("channel_metadata_updated", channel=channel)
    return {"channel": channel}


def _settings(data: dict[str, Any]) -> dict[str, Any]:
    values = {name: data[name] for name in ("name", "is_active") if data.get(name) is not None}
    if data.get("default_country"):
        values["country"] = data["default_country"]
    if data.get("stock_settings"):
        values["strategy"] = data["stock_settings"]["allocation_strategy"]
    given = data.get("order_settings") or {}
    return values | {_ORDER_SETTINGS[name]: value for name, value in given.items() if name in _ORDER_SETTINGS}


def _join(shop: Shop, channel: Channel, zones: list[Zone], warehouses: list[Warehouse]) -> None:
    """New warehouses come without a place in the order."""
    linked = {link.warehouse for link in channel.links}
    highest = max((link.pk for each in shop.channels for link in each.links), default=0)
    new = [each.pk for each in warehouses if each.pk not in linked]
    links = (ChannelWarehouse(highest + count, pk) for count, pk in enumerate(new, start=1))
    shop.set(channel, links=(*channel.links, *links))
    for zone in zones:
        if channel.pk not in zone.channels:
            shop.set(zone, channels=(*zone.channels, channel.pk))


def _leave(shop: Shop, channel: Channel, zones: list[Zone], warehouses: list[Warehouse]) -> None:
    """A warehouse also leaves the zones with which it then shares no channel."""
    gone = {each.pk for each in warehouses}
    shop.set(channel, links=tuple(link for link in channel.links if link.warehouse not in gone))
    for zone in zones:
        shop.set(zone, channels=tuple(pk for pk in zone.channels if pk != channel.pk))
    if gone or zones:
        for zone in shop.zones:
            part_strangers(shop, zone)


def part_strangers(shop: Shop, zone: Zone) -> None:
    linked = {link.warehouse for pk in zone.channels for link in shop.channels[pk].links}
    kept = tuple(pk for pk in zone.warehouses if pk in linked)
    if kept != zone.warehouses:
        shop.set(zone, warehouses=kept)


@mutation("channelReorderWarehouses", "MANAGE_CHANNELS")
def reorder(call: Call, channel_id: str, moves: list[dict[str, Any]]) -> dict[str, Any]:
    """Relative moves; no webhook tells of them."""
    shop = call.shop
    channel = row(shop, channel_id, "Channel", "channelId")
    by_warehouse = {link.warehouse: link for link in channel.links}
    steps: dict[int, int] = defaultdict(int)
    for move in moves:
        pk = row(shop, move["id"], "Warehouse", "moves").pk
        if pk not in by_warehouse:
            raise Invalid(
                "moves", "NOT_FOUND", "Couldn't resolve to a warehouse", warehouses=[to_global("Warehouse", pk)]
            )
        steps[by_warehouse[pk].pk] += move.get("sort_order") or 0
    shop.set(channel, links=moved(channel.links, steps))
    return {"channel": channel}


def moved(links: tuple[ChannelWarehouse, ...], steps: dict[int, int]) -> tuple[ChannelWarehouse, ...]:
    """Saleor's reordering: unset places are numbered on from the last set one, then each move shifts those between."""
    ordered = sorted(links, key=lambda link: (link.sort_order is None, link.sort_order or 0, link.pk))
    places: dict[int, int] = {}
    previous = 0
    for link in ordered:
        previous = previous + 1 if link.sort_order is None else link.sort_order
        places[link.pk] = previous
    order = list(places)
    for pk, step in steps.items():
        if step == 0:
            continue
        target = min(max(order.index(pk) + step, 0), len(order) - 1)
        old, new = places[pk], places[order[target]]
        low, high, shift = (old + 1, new, -1) if step > 0 else (new, old - 1, 1)
        for other, place in places.items():
            if low <= place <= high:
                places[other] = place + shift
        places[pk] = new
        order.remove(pk)
        order.insert(target, pk)
    return tuple(ChannelWarehouse(link.pk, link.warehouse, places[link.pk]) for link in links)


@mutation("channelActivate", "MANAGE_CHANNELS")
def activate(call: Call, gid: str) -> dict[str, Any]:
    channel = row(call.shop, gid, "Channel")
    if channel.is_active:
        raise Invalid("id", "INVALID", "This channel is already activated.")
    return _switch(call.shop, channel, active=True)


@mutation("channelDeactivate", "MANAGE_CHANNELS")
def deactivate(call: Call, gid: str) -> dict[str, Any]:
    channel = row(call.shop, gid, "Channel")
    if not channel.is_active:
        raise Invalid("id", "INVALID", "This channel is already deactivated.")
    return _switch(call.shop, channel, active=False)


def _switch(shop: Shop, channel: Channel, *, active: bool) -> dict[str, Any]:
    shop.set(channel, is_active=active)
    shop.happen("channel_status_changed", channel=channel)
    return {"channel": channel}


@mutation("channelDelete", "MANAGE_CHANNELS")
def delete(call: Call, gid: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Checkouts of the channel go with it; its orders need another channel of the same currency."""
    shop = call.shop
    channel = row(shop, gid, "Channel")
    target = row(shop, data["channel_id"], "Channel", "channelId") if data else None
    orders = [order for order in shop.orders if order.channel == channel.pk]
    if orders and target is None:
        raise Invalid(
            "id",
            "CHANNEL_WITH_ORDERS",
            "Cannot remove channel with orders. Name a channel to move them to.",
        )
    if target is not None and target.currency != channel.currency:
        raise Invalid(
            "channelId",
            "CHANNELS_CURRENCY_MUST_BE_THE_SAME",
            f"Cannot migrate from {channel.currency} to {target.currency}.",
        )
    for order in orders:
        shop.set(order, channel=target.pk)  # type: ignore[union-attr]
    for checkout in [each for each in shop.checkouts if each.channel == channel.pk]:
        for line in shop.checkout_lines.of("checkout", checkout.pk):
            shop.remove(line)
        shop.remove(checkout)
    _forget_listings(shop, channel.pk)
    shop.remove(channel)
    shop.happen("channel_deleted", channel=channel)
    return {"channel": channel}


def _forget_listings(shop: Shop, pk: int) -> None:
    for zone in shop.zones:
        shop.set(zone, channels=tuple(each for each in zone.channels if each != pk))
    for product in shop.products:
        shop.set(product, listings={key: value for key, value in product.listings.items() if key != pk})
    for priced in (*shop.variants, *shop.methods):
        shop.set(priced, prices={key: value for key, value in priced.prices.items() if key != pk})
