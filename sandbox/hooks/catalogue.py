"""Every event the shop can tell, and what an app must be allowed to be told."""

from __future__ import annotations

_NEEDS = {
    "MANAGE_ORDERS": (
        "order_created order_updated order_confirmed order_paid order_fully_paid order_fulfilled order_cancelled "
        "order_expired order_metadata_updated order_bulk_created draft_order_created draft_order_updated "
        "draft_order_deleted fulfillment_created fulfillment_approved fulfillment_canceled "
        "fulfillment_metadata_updated"
    ),
    "MANAGE_CHECKOUTS": "checkout_created checkout_updated checkout_metadata_updated",
    "MANAGE_PRODUCTS": (
        "product_created product_updated product_deleted product_metadata_updated product_variant_created "
        "product_variant_updated product_variant_deleted product_variant_metadata_updated "
        "product_variant_out_of_stock product_variant_back_in_stock product_variant_stock_updated "
        "product_variant_out_of_stock_in_channel product_variant_back_in_stock_in_channel "
        "product_variant_out_of_stock_for_click_and_collect product_variant_back_in_stock_for_click_and_collect "
        "category_created category_updated collection_created collection_updated collection_metadata_updated "
        "warehouse_created warehouse_updated warehouse_deleted warehouse_metadata_updated"
    ),
    "MANAGE_CHANNELS": (
        "channel_created channel_updated channel_deleted channel_status_changed channel_metadata_updated"
    ),
    "MANAGE_SHIPPING": (
        "shipping_zone_created shipping_zone_updated shipping_zone_deleted shipping_zone_metadata_updated "
        "shipping_price_created shipping_price_updated shipping_price_deleted"
    ),
    "MANAGE_SETTINGS": "shop_metadata_updated",
    "": "app_installed app_updated app_deleted app_status_changed",
}
EVENTS: dict[str, str] = {name: need for need, names in _NEEDS.items() for name in names.split()}
# Told only to the app they are about, even when it is switched off or gone.
LIFECYCLE = frozenset(_NEEDS[""].split())
_AT_ONCE = frozenset({"fulfillment_created", "fulfillment_approved"})


def is_deferred(name: str) -> bool:
    """Whether Saleor writes the payload later, so that it may show a later state than the event's."""
    if name.endswith(("_in_channel", "_for_click_and_collect")):
        return True
    return name.startswith(("order_", "draft_order_", "fulfillment_", "checkout_")) and name not in _AT_ONCE
