"""Ids and metadata, the same on every type."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Info
from sandbox.api.ids import TYPE_NAMES, to_global
from sandbox.api.names import bare
from sandbox.api.registry import FIELDS, Registered, field

_PRODUCTS = ("MANAGE_PRODUCTS",)
_ORDERS = ("MANAGE_ORDERS", "HANDLE_TAXES")
PRIVATE_NEEDS: dict[str, tuple[str, ...]] = {
    "Address": ("MANAGE_USERS",),
    "App": ("MANAGE_APPS",),
    "Category": _PRODUCTS,
    "Channel": ("MANAGE_CHANNELS",),
    "Checkout": ("MANAGE_CHECKOUTS", "HANDLE_CHECKOUTS"),
    "CheckoutLine": ("MANAGE_CHECKOUTS", "HANDLE_CHECKOUTS"),
    "Collection": _PRODUCTS,
    "Fulfillment": _ORDERS,
    "Order": _ORDERS,
    "OrderLine": _ORDERS,
    "Product": _PRODUCTS,
    "ProductType": ("MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",),
    "ProductVariant": _PRODUCTS,
    "ShippingMethod": ("MANAGE_SHIPPING",),
    "ShippingMethodType": ("MANAGE_SHIPPING",),
    "ShippingZone": ("MANAGE_SHIPPING",),
    "Shop": ("MANAGE_SETTINGS",),
    "TransactionItem": ("HANDLE_PAYMENTS",),
    "User": ("MANAGE_USERS", "MANAGE_STAFF"),
    "Warehouse": _PRODUCTS,
}


def _items(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": values[key]} for key in sorted(values)]


def _some(values: dict[str, str], keys: list[str] | None) -> dict[str, str]:
    return values if keys is None else {key: values[key] for key in keys if key in values}


def _register(type_name: str, needs: tuple[str, ...]) -> None:
    def owner(source: Any) -> Any:
        return source["row"] if type(source) is dict else source

    public, private = f"{type_name}.meta", f"{type_name}.privateMeta"
    FIELDS[f"{public}data"] = Registered(lambda source, _info: _items(owner(source).metadata))
    FIELDS[f"{public}field"] = Registered(lambda source, _info, key: owner(source).metadata.get(key))
    FIELDS[f"{public}fields"] = Registered(lambda source, _info, keys=None: _some(owner(source).metadata, keys))
    FIELDS[f"{private}data"] = Registered(lambda source, _info: _items(owner(source).private_metadata), needs)
    FIELDS[f"{private}field"] = Registered(lambda source, _info, key: owner(source).private_metadata.get(key), needs)
    FIELDS[f"{private}fields"] = Registered(
        lambda source, _info, keys=None: _some(owner(source).private_metadata, keys), needs
    )


for _name, _needs in PRIVATE_NEEDS.items():
    _register(_name, _needs)

# An app reads its own private metadata.
for _field in ("privateMetadata", "privateMetafield", "privateMetafields"):
    FIELDS[f"App.{_field}"] = Registered(FIELDS[f"App.{_field}"].resolve, ("MANAGE_APPS", "AUTHENTICATED_APP"))


def _register_ids() -> None:
    for type_name in TYPE_NAMES.values():
        prefix = f"{type_name}"

        def resolve(source: Any, info: Info, prefix: str = prefix) -> str:
            return to_global(prefix, bare(source).pk)

        field(f"{type_name}.id")(resolve)


_register_ids()


@field("ShippingMethod.id")
def offered_method_id(source: Any, info: Info) -> str:
    return to_global("ShippingMethod", source["row"].pk)
