"""Global ids: base64 of ``Type:pk``."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sandbox.state import catalogue, people, places, sales

from .refusals import Invalid, QueryError

TYPE_NAMES: dict[type, str] = {
    places.Channel: "Channel",
    places.Warehouse: "Warehouse",
    places.Zone: "ShippingZone",
    places.Method: "ShippingMethodType",
    places.Settings: "Shop",
    catalogue.ProductType: "ProductType",
    catalogue.Category: "Category",
    catalogue.Collection: "Collection",
    catalogue.Product: "Product",
    catalogue.Variant: "ProductVariant",
    catalogue.Stock: "Stock",
    catalogue.Allocation: "Allocation",
    sales.Checkout: "Checkout",
    sales.CheckoutLine: "CheckoutLine",
    sales.Transaction: "TransactionItem",
    sales.Order: "Order",
    sales.OrderLine: "OrderLine",
    sales.Fulfillment: "Fulfillment",
    sales.FulfillmentLine: "FulfillmentLine",
    sales.OrderEvent: "OrderEvent",
    people.User: "User",
    people.App: "App",
    people.Extension: "AppExtension",
    people.AppToken: "AppToken",
    people.Installation: "AppInstallation",
    people.Webhook: "Webhook",
    people.Delivery: "EventDelivery",
    people.Attempt: "EventDeliveryAttempt",
    people.Problem: "AppProblem",
}
_UUIDS = {"Warehouse", "Checkout", "CheckoutLine", "Order", "OrderLine", "TransactionItem"}
ROW_TYPES = {name: row_type for row_type, name in TYPE_NAMES.items()} | {"ShippingMethod": places.Method}


def to_global(type_name: str, pk: Any) -> str:
    return base64.b64encode(f"{type_name}:{pk}".encode()).decode()


def row_id(row: Any) -> str:
    return to_global(TYPE_NAMES[type(row)], row.pk)


def split(global_id: str) -> tuple[str, str]:
    """The type's name and the key as text, both empty where it is no global id."""
    try:
        type_name, _, pk = base64.b64decode(global_id, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return type_name, pk


def key(type_name: str, pk: str) -> int | str | None:
    """The key as rows have it; None where it cannot be one."""
    if type_name in _UUIDS:
        return pk.lower()
    return int(pk) if pk.isdigit() else None


def pk_of(global_id: str, *type_names: str, field: str = "id") -> Any:
    """The key in a global id of one of these types; otherwise refused with GRAPHQL_ERROR on ``field``."""
    type_name, pk = split(global_id)
    if not pk:
        raise Invalid(field, "GRAPHQL_ERROR", f"Invalid ID: {global_id}. Expected: {type_names[0]}.")
    if type_name not in type_names:
        raise Invalid(
            field, "GRAPHQL_ERROR", f"Invalid ID: {global_id}. Expected: {type_names[0]}, received: {type_name}."
        )
    return key(type_name, pk)


def asked_pk(global_id: str, type_name: str) -> Any:
    """The key a query asks for: nobody's (None) where the id is of another type, an error where it is none at all."""
    found, pk = split(global_id)
    if not pk:
        raise QueryError(f"Invalid ID: {global_id}. Expected: {type_name}.")
    return key(found, pk) if found == type_name else None
