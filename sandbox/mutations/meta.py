"""Metadata: keys set or dropped one by one, whatever else the object holds."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import ROW_TYPES, TYPE_NAMES, key, split
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.fields.meta import PRIVATE_NEEDS
from sandbox.state.shop import Shop

from .lookup import metadata

# Anyone who knows their id may write these; what a shopper writes on a checkout line ends on the order line.
_OPEN = frozenset({"Checkout", "CheckoutLine"})
_STAMPS = {
    "Order": "updated_at",
    "Product": "updated_at",
    "ProductVariant": "updated_at",
    "TransactionItem": "modified_at",
    "Checkout": "updated_at",
}
# The event of a change, and the one old shops are told besides.
_EVENTS: dict[str, tuple[str, str, str | None]] = {
    "Order": ("order", "order_metadata_updated", None),
    "Fulfillment": ("fulfillment", "fulfillment_metadata_updated", None),
    "Product": ("product", "product_metadata_updated", "product_updated"),
    "ProductVariant": ("variant", "product_variant_metadata_updated", "product_variant_updated"),
    "Collection": ("collection", "collection_metadata_updated", None),
    "Channel": ("channel", "channel_metadata_updated", None),
    "Warehouse": ("warehouse", "warehouse_metadata_updated", None),
    "ShippingZone": ("zone", "shipping_zone_metadata_updated", None),
    "Checkout": ("checkout", "checkout_metadata_updated", "checkout_updated"),
    "Shop": ("shop", "shop_metadata_updated", None),
}


def _target(call: Call, gid: str, *, private: bool) -> Any:
    type_name, pk = split(gid)
    if not pk:
        raise Invalid(None, "INVALID", f"“{gid}” is not a valid UUID.")
    if type_name not in PRIVATE_NEEDS or type_name not in ROW_TYPES:
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to a item with meta: {gid}")
    if private or type_name not in _OPEN:
        needs = PRIVATE_NEEDS[type_name]
        if not (type_name == "App" and call.app is not None and str(call.app.pk) == pk):
            call.need(needs)
    found = call.shop.tables[ROW_TYPES[type_name]].get(key(type_name, pk))
    if found is None:
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to a node: {gid}")
    return found


def _write(shop: Shop, target: Any, name: str, values: dict[str, str]) -> dict[str, Any]:
    """The object's time of change moves also when its values stay; the event is told only when they do not."""
    type_name = TYPE_NAMES[type(target)]
    changed = getattr(target, name) != values
    stamps = {_STAMPS[type_name]: shop.now()} if type_name in _STAMPS else {}
    shop.set(target, **{name: values}, **stamps)
    if changed and type_name in _EVENTS:
        subject, event, besides = _EVENTS[type_name]
        if besides and shop.settings.legacy_events:
            shop.happen(besides, **{subject: target})
        shop.happen(event, **{subject: target})
    return {"item": target}


@mutation("updateMetadata")
def update(call: Call, gid: str, data: list[dict[str, str]]) -> dict[str, Any]:
    target = _target(call, gid, private=False)
    return _write(call.shop, target, "metadata", target.metadata | metadata(data, "input"))


@mutation("updatePrivateMetadata")
def update_private(call: Call, gid: str, data: list[dict[str, str]]) -> dict[str, Any]:
    target = _target(call, gid, private=True)
    return _write(call.shop, target, "private_metadata", target.private_metadata | metadata(data, "input"))


@mutation("deleteMetadata")
def delete(call: Call, gid: str, keys: list[str]) -> dict[str, Any]:
    target = _target(call, gid, private=False)
    return _write(call.shop, target, "metadata", _without(target.metadata, keys))


@mutation("deletePrivateMetadata")
def delete_private(call: Call, gid: str, keys: list[str]) -> dict[str, Any]:
    target = _target(call, gid, private=True)
    return _write(call.shop, target, "private_metadata", _without(target.private_metadata, keys))


def _without(values: dict[str, str], keys: list[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in keys}
