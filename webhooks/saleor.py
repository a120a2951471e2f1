"""Saleor's webhooks: who sent it, and what of the shop it is a hint for."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jwt import PyJWTError
from jwt.api_jws import PyJWS

LAYOUT = ("layout", "")
LIFECYCLE = frozenset({"app_deleted", "app_status_changed"})

# Event -> the kind of mark, and where in the payload the ids stand. Saleor's stock events miss many causes and may name
# the wrong row, and retries come late with their first body: whatever is named is only looked at again.
HINTS: Mapping[str, tuple[str, str]] = {
    "order_created": ("order", "order.id"),
    "order_updated": ("order", "order.id"),
    "order_confirmed": ("order", "order.id"),
    "order_cancelled": ("order", "order.id"),
    "order_expired": ("order", "order.id"),
    "order_fulfilled": ("order", "order.id"),
    "order_metadata_updated": ("order", "order.id"),
    "order_bulk_created": ("order", "orders.id"),
    "fulfillment_created": ("order", "order.id"),
    "fulfillment_approved": ("order", "order.id"),
    "fulfillment_canceled": ("order", "order.id"),
    "product_variant_created": ("variant", "productVariant.id"),
    "product_variant_updated": ("variant", "productVariant.id"),
    "product_variant_deleted": ("variant", "productVariant.id"),
    "product_variant_metadata_updated": ("variant", "productVariant.id"),
    "product_variant_stock_updated": ("variant", "productVariant.id"),
    "product_variant_out_of_stock": ("variant", "productVariant.id"),
    "product_variant_back_in_stock": ("variant", "productVariant.id"),
    "product_updated": ("variant", "product.productVariants.edges.node.id"),
    "product_deleted": ("variant", "product.productVariants.edges.node.id"),
    "channel_created": LAYOUT,
    "channel_updated": LAYOUT,
    "channel_deleted": LAYOUT,
    "channel_status_changed": LAYOUT,
    "warehouse_created": LAYOUT,
    "warehouse_updated": LAYOUT,
    "warehouse_deleted": LAYOUT,
    "shipping_zone_created": LAYOUT,
    "shipping_zone_updated": LAYOUT,
    "shipping_zone_deleted": LAYOUT,
}

_jws = PyJWS(algorithms=["RS256"])


def key_id(signature: str) -> str | None:
    """The key a detached signature names; None where it is none."""
    try:
        return str(_jws.get_unverified_header(signature)["kid"])
    except (PyJWTError, KeyError, ValueError):
        return None


def is_signed(signature: str, body: bytes, key: Any) -> bool:
    """Whether the detached JWS (RS256, payload as it is: RFC 7797) holds for these very bytes."""
    try:
        _jws.decode(signature, key, algorithms=["RS256"], detached_payload=body)
    except (PyJWTError, ValueError):
        return False
    return True


def payload_of(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object of a body; None where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_echo(payload: Mapping[str, Any], app_id: str) -> bool:
    """Whether our own write caused it."""
    principal = payload.get("issuingPrincipal")
    return isinstance(principal, dict) and principal.get("id") == app_id


def targets(event: str, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the event is a hint for, as (kind, target) of marks. Empty where nothing usable is named."""
    kind, path = HINTS[event]
    if not path:
        return [LAYOUT]
    return [(kind, found) for found in _at(payload, path.split("."))]


def _at(value: Any, path: list[str]) -> Iterator[str]:
    """The texts at a path; lists on the way are walked through."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif path:
        if isinstance(value, dict):
            yield from _at(value.get(path[0]), path[1:])
    elif isinstance(value, str) and value:
        yield value
