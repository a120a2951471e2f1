"""Variants: made, changed, priced, removed."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.api.refusals import Invalid
from sandbox.api.registry import error_row, mutation
from sandbox.state.catalogue import Variant
from sandbox.state.shop import Shop

from .lookup import metadata, row, rows
from .stocks import create_stocks, not_negative, remove_stock, variant_named

_PLAIN = ("name", "sku", "track_inventory", "external_reference")


def _values(shop: Shop, data: dict[str, Any], variant: Variant | None = None) -> dict[str, Any]:
    values = {name: data[name] for name in _PLAIN if name in data}
    if "quantity_limit_per_customer" in data:
        values["quantity_limit"] = data["quantity_limit_per_customer"]
    if "sku" in values:
        values["sku"] = (values["sku"] or "").strip() or None
        if values["sku"] and any(each.sku == values["sku"] for each in shop.variants if each is not variant):
            raise Invalid("sku", "UNIQUE", "Product variant with this Sku already exists.")
    return values


@mutation("productVariantCreate", "MANAGE_PRODUCTS")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    product = row(shop, data["product"], "Product", "product")
    values = _values(shop, data)
    stocks = data.get("stocks") or []
    not_negative(stocks)
    variant = Variant(
        shop.variants.next_pk(),
        product.pk,
        values.get("name") or "",
        values.get("sku"),
        shop.now(),
        shop.now(),
        track_inventory=_tracked(shop, values.get("track_inventory")),
        quantity_limit=values.get("quantity_limit"),
        external_reference=values.get("external_reference"),
        metadata=metadata(data.get("metadata")),
        private_metadata=metadata(data.get("private_metadata")),
    )
    if not variant.name:
        # Saleor names a variant after its attributes, else its SKU.
        variant.name = variant.sku or str(variant.pk)
    shop.add(variant)
    create_stocks(shop, variant, stocks)
    shop.happen("product_variant_created", variant=variant)
    return {"product_variant": variant}


def _tracked(shop: Shop, given: bool | None) -> bool:
    return shop.settings.track_inventory if given is None else given


@mutation("productVariantUpdate", "MANAGE_PRODUCTS")
def update(call: Call, data: dict[str, Any], gid: str | None = None, sku: str | None = None) -> dict[str, Any]:
    shop = call.shop
    variant = variant_named(shop, gid, sku)
    told = metadata(data.get("metadata"))
    changed = {name: value for name, value in _values(shop, data, variant).items() if getattr(variant, name) != value}
    if told and (variant.metadata | told) != variant.metadata:
        changed["metadata"] = variant.metadata | told
        shop.happen("product_variant_metadata_updated", variant=variant)
    if changed:
        shop.set(variant, **changed, updated_at=shop.now())
    if set(changed) - {"metadata"} or (changed and shop.settings.legacy_events):
        shop.happen("product_variant_updated", variant=variant)
    return {"product_variant": variant}


@mutation("productVariantDelete", "MANAGE_PRODUCTS")
def delete(call: Call, gid: str | None = None, sku: str | None = None) -> dict[str, Any]:
    variant = variant_named(call.shop, gid, sku)
    remove_variant(call.shop, variant)
    call.shop.happen("product_variant_deleted", variant=variant)
    return {"product_variant": variant}


def remove_variant(shop: Shop, variant: Variant) -> None:
    """Stocks and their allocations go, checkout lines and lines of drafts too; other order lines stay without it."""
    for stock in shop.stocks.of("variant", variant.pk):
        remove_stock(shop, stock)
    for line in [each for each in shop.checkout_lines if each.variant == variant.pk]:
        shop.remove(line)
    for ordered in [each for each in shop.order_lines if each.variant == variant.pk]:
        if shop.orders[ordered.order].status == "DRAFT":
            shop.remove(ordered)
        else:
            shop.set(ordered, variant=None)
    shop.remove(variant)


@mutation("productVariantChannelListingUpdate", "MANAGE_PRODUCTS")
def price(call: Call, data: list[dict[str, Any]], gid: str | None = None, sku: str | None = None) -> dict[str, Any]:
    shop = call.shop
    variant = variant_named(shop, gid, sku)
    prices = dict(variant.prices)
    for entry in data:
        channel = row(shop, entry["channel_id"], "Channel", "input")
        if channel.pk not in shop.products[variant.product].listings:
            raise Invalid(
                "input",
                "PRODUCT_NOT_ASSIGNED_TO_CHANNEL",
                "Product not available in channels.",
                channels=[entry["channel_id"]],
            )
        prices[channel.pk] = entry["price"]
    shop.set(variant, prices=prices)
    shop.happen("product_variant_updated", variant=variant)
    return {"variant": variant}


@mutation("productVariantBulkUpdate", "MANAGE_PRODUCTS")
def bulk_update(
    call: Call, product: str, variants: list[dict[str, Any]], error_policy: str | None = None
) -> dict[str, Any]:
    """Several variants of one product; changes of stock tell no stock event."""
    shop = call.shop
    owner = row(shop, product, "Product", "product")
    results: list[dict[str, Any]] = []
    for entry in variants:
        try:
            found = _variant_of(shop, owner.pk, entry["id"])
            results.append({"product_variant": found, "errors": [], "_values": _values(shop, entry, found)})
        except Invalid as refused:
            results.append({"product_variant": None, "errors": [error_row(each) for each in refused.errors]})
    if any(each["errors"] for each in results) and error_policy in (None, "REJECT_EVERYTHING"):
        return {"count": 0, "results": [each | {"product_variant": None} for each in results]}
    for entry, result in zip(variants, results, strict=True):
        if result["product_variant"] is not None:
            _apply(shop, result["product_variant"], entry, result["_values"])
    return {"count": sum(each["product_variant"] is not None for each in results), "results": results}


def _variant_of(shop: Shop, product: int, gid: str) -> Variant:
    found: Variant = row(shop, gid, "ProductVariant", "id")
    if found.product != product:
        raise Invalid("id", "INVALID", "Variant is not in the product.")
    return found


def _apply(shop: Shop, variant: Variant, entry: dict[str, Any], values: dict[str, Any]) -> None:
    if entry.get("metadata") is not None:
        values["metadata"] = variant.metadata | metadata(entry["metadata"])
    shop.set(variant, **values, updated_at=shop.now())
    stocks = entry.get("stocks") or {}
    create_stocks(shop, variant, stocks.get("create") or ())
    for each in stocks.get("update") or ():
        shop.set(row(shop, each["stock"], "Stock", "stocks"), quantity=each["quantity"])
    for gone in rows(shop, stocks.get("remove"), "Stock", "stocks"):
        remove_stock(shop, gone)
    shop.happen("product_variant_updated", variant=variant)
