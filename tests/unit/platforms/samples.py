"""Saleor's JSON, as short as a test can have it; each takes what the test is about."""

from typing import Any

CREATED = "2026-11-23T08:00:00+00:00"


def ids(*names: str) -> list[dict[str, str]]:
    return [{"id": name} for name in names]


def metadata(**items: str) -> list[dict[str, str]]:
    return [{"key": key.replace("__", "."), "value": value} for key, value in items.items()]


def variant(**other: Any) -> dict[str, Any]:
    product = {"id": "Shirt", "name": "Shirt", "productType": {"id": "Clothes"}, "category": None, "collections": None}
    return {
        "id": "V1",
        "sku": "shirt-m",
        "name": "M",
        "trackInventory": True,
        "metadata": [],
        "product": product,
        "channelListings": None,
        "stocks": None,
    } | other


def order(**other: Any) -> dict[str, Any]:
    return {
        "id": "O1",
        "number": "7",
        "status": "UNFULFILLED",
        "origin": "CHECKOUT",
        "isPaid": True,
        "userEmail": "buyer@example.com",
        "created": CREATED,
        "channel": {"id": "Web"},
        "metadata": [],
        "lines": [],
        "fulfillments": [],
    } | other


def line(**other: Any) -> dict[str, Any]:
    return {
        "id": "L1",
        "productName": "Shirt",
        "variantName": "M",
        "productSku": "shirt-m",
        "unitPrice": {"gross": {"amount": 19.9, "currency": "EUR"}},
        "quantity": 3,
        "quantityFulfilled": 0,
        "variant": {"id": "V1"},
        "metadata": [],
        "allocations": [],
    } | other


def shipment(**other: Any) -> dict[str, Any]:
    return {
        "id": "F1",
        "fulfillmentOrder": 1,
        "status": "FULFILLED",
        "created": CREATED,
        "warehouse": {"id": "Berlin"},
        "lines": [{"id": "FL1", "quantity": 2, "orderLine": {"id": "L1"}}],
    } | other


def event(kind: str, **other: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "date": CREATED,
        "message": None,
        "composedId": None,
        "quantity": None,
        "warehouse": None,
    } | other


def channel(**other: Any) -> dict[str, Any]:
    return {
        "id": "Web",
        "slug": "web",
        "name": "Web shop",
        "isActive": True,
        "stockSettings": {"allocationStrategy": "PRIORITIZE_SORTING_ORDER"},
        "warehouses": [],
    } | other


def app(*granted: str) -> dict[str, Any]:
    return {"id": "App", "permissions": [{"code": code} for code in granted]}


def shop(**other: Any) -> dict[str, Any]:
    return {"name": "Shop", "version": "3.23.28", "useLegacyShippingZoneStockAvailability": False} | other
