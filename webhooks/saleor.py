"""Saleor's events: what of the shop each is a hint for."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

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
    # Its variants are gone by the time Saleor writes the payload, and send no event of their own: our book knows them.
    "product_deleted": ("product", "product.id"),
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
UNDERSTOOD = HINTS.keys() | LIFECYCLE

LONGEST_ID = 255


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
    """What the event is a hint for: (kind, target) of marks, or ("product", id). Empty where nothing is named."""
    kind, path = HINTS[event]
    if not path:
        return [LAYOUT]
    return [(kind, found) for found in _at(payload, path.split("."))]


def _at(value: Any, path: list[str]) -> Iterator[str]:
    """The ids at a path; lists of objects on the way are walked through."""
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, list):
                yield from _at(item, path)
    elif path:
        if isinstance(value, dict):
            yield from _at(value.get(path[0]), path[1:])
    elif _is_id(value):
        yield value


def _is_id(value: Any) -> bool:
    """Plain text of a sane length: anything else PostgreSQL might refuse, and with it what others hand over with it."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii() and value.isprintable()
