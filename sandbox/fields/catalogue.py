"""Products, variants and their stocks, as seen through a channel or as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Call, Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk, to_global
from sandbox.api.names import bare, channel_of, seen
from sandbox.api.refusals import QueryError
from sandbox.api.registry import attribute, field
from sandbox.state.catalogue import Category, Collection, Product, ProductType, Stock, Variant
from sandbox.state.places import Channel, Warehouse
from sandbox.state.shop import Shop
from sandbox.stock.counts import allocated, counted_warehouses, reserved, stocks_in
from sandbox.stock.shown import quantity_available

from .matching import between, fits, has_metadata, mentions, where
from .money import money, taxed
from .places import by_pk, channel_by_slug

_UNITS = ("MANAGE_PRODUCTS", "MANAGE_ORDERS")

attribute("ProductType.isShippingRequired", "shipping_required")
attribute("ProductVariant.quantityLimitPerCustomer", "quantity_limit")


def by_slug(row: Any) -> tuple[Any, ...]:
    return (row.slug, row.pk)


def by_sku(row: Any) -> tuple[Any, ...]:
    return (row.sku or "", row.pk)


def viewing_channel(call: Call, slug: str | None) -> str | None:
    """The channel a catalogue query looks through: staff and apps may do without, others get the only one there is."""
    if slug is not None or call.sees_unpublished:
        return slug
    active = [row.slug for row in call.shop.channels if row.is_active]
    if len(active) == 1:
        return active[0]
    raise QueryError("More than one channel exists. Specify which channel to use.")


def listed(shop: Shop, product: Product, channel: Channel | None) -> bool:
    """Whether a buyer in this channel can find the product."""
    listing = product.listings.get(channel.pk) if channel else None
    return bool(channel and channel.is_active and listing and listing.published)


def _visible_variant(call: Call, row: Variant, channel: Channel | None, slug: str | None) -> bool:
    if slug is None:
        return True
    if channel is None:
        return False
    product = call.shop.products[row.product]
    if call.sees_unpublished:
        return channel.pk in product.listings
    return channel.pk in row.prices and listed(call.shop, product, channel)


def _visible_product(call: Call, row: Product, channel: Channel | None, slug: str | None) -> bool:
    if slug is None:
        return True
    if call.sees_unpublished:
        return channel is not None and channel.pk in row.listings
    return listed(call.shop, row, channel)


@field("Query.productVariant")
def variant(
    _root: Any,
    info: Info,
    gid: str | None = None,
    sku: str | None = None,
    channel: str | None = None,
    external_reference: str | None = None,
) -> Any:
    call = info.context
    slug = viewing_channel(call, channel)
    row = find_variant(call.shop, gid, sku, external_reference)
    if row is None or not _visible_variant(call, row, channel_by_slug(call.shop, slug), slug):
        return None
    return seen(row, slug)


def find_variant(shop: Shop, gid: str | None, sku: str | None, external_reference: str | None = None) -> Variant | None:
    if gid is not None:
        return shop.variants.get(asked_pk(gid, "ProductVariant"))
    if sku is not None:
        return next((row for row in shop.variants if row.sku == sku), None)
    return next((row for row in shop.variants if row.external_reference == external_reference), None)


@field("Query.productVariants")
def variants(
    _root: Any,
    info: Info,
    ids: list[str] | None = None,
    channel: str | None = None,
    filters: dict[str, Any] | None = None,
    where: dict[str, Any] | None = None,
    **page: Any,
) -> dict[str, Any]:
    call = info.context
    slug = viewing_channel(call, channel)
    through = channel_by_slug(call.shop, slug)
    if not ids and slug is None and not filters and not where:
        every = call.shop.in_order(call.shop.variants, by_sku)
        return connection(every, by_sku, info, ordered=True, **page)
    rows: list[Any] = _named(call.shop, ids) if ids else list(call.shop.variants)
    rows = [
        row for row in rows if _visible_variant(call, row, through, slug) and _variant_fits(row, filters or {}, where)
    ]
    return connection(rows, by_sku, info, wrap=(lambda row: seen(row, slug)) if slug else None, **page)


def _named(shop: Shop, ids: list[str]) -> list[Variant]:
    found = (shop.variants.get(asked_pk(gid, "ProductVariant")) for gid in dict.fromkeys(ids))
    return [row for row in found if row is not None]


def _variant_fits(row: Variant, filters: dict[str, Any], condition: dict[str, Any] | None) -> bool:
    return (
        (not filters.get("sku") or row.sku in filters["sku"])
        and mentions(filters.get("search"), row.name, row.sku)
        and has_metadata(row, filters.get("metadata"))
        and between(row.updated_at, filters.get("updated_at"))
        # Nothing here makes a variant one.
        and not filters.get("is_preorder")
        and where(row, condition, _variant_where)
    )


def _variant_where(row: Variant, condition: dict[str, Any]) -> bool:
    ids = condition.get("ids")
    return (
        (ids is None or row.pk in {asked_pk(gid, "ProductVariant") for gid in ids})
        and fits(row.sku, condition.get("sku"))
        and has_metadata(row, condition.get("metadata"))
        and between(row.updated_at, condition.get("updated_at"))
    )


@field("Query.product")
def product(
    _root: Any,
    info: Info,
    gid: str | None = None,
    slug: str | None = None,
    channel: str | None = None,
    external_reference: str | None = None,
) -> Any:
    call = info.context
    through = viewing_channel(call, channel)
    if gid is not None:
        row = call.shop.products.get(asked_pk(gid, "Product"))
    else:
        row = next(
            (
                row
                for row in call.shop.products
                if (slug is not None and row.slug == slug)
                or (slug is None and row.external_reference == external_reference)
            ),
            None,
        )
    if row is None or not _visible_product(call, row, channel_by_slug(call.shop, through), through):
        return None
    return seen(row, through)


@field("Query.products")
def products(
    _root: Any,
    info: Info,
    filters: dict[str, Any] | None = None,
    where: dict[str, Any] | None = None,
    channel: str | None = None,
    **page: Any,
) -> dict[str, Any]:
    call = info.context
    slug = viewing_channel(call, channel or (filters or {}).get("channel"))
    through = channel_by_slug(call.shop, slug)
    rows = [
        row
        for row in call.shop.in_order(call.shop.products, by_slug)
        if _visible_product(call, row, through, slug) and _product_fits(row, filters or {}, where)
    ]
    return connection(rows, by_slug, info, ordered=True, wrap=(lambda row: seen(row, slug)) if slug else None, **page)


def _product_fits(row: Product, filters: dict[str, Any], condition: dict[str, Any] | None) -> bool:
    return (
        _one_of(row.pk, filters.get("ids"), "Product")
        and (not filters.get("slugs") or row.slug in filters["slugs"])
        and _one_of(row.product_type, filters.get("product_types"), "ProductType")
        and _one_of(row.category, filters.get("categories"), "Category")
        and (
            not filters.get("collections")
            or any(_one_of(pk, filters["collections"], "Collection") for pk in row.collections)
        )
        and mentions(filters.get("search"), row.name, row.slug)
        and has_metadata(row, filters.get("metadata"))
        and between(row.updated_at, filters.get("updated_at"))
        and where(row, condition, lambda row, part: _one_of(row.pk, part.get("ids"), "Product"))
    )


def _one_of(pk: Any, ids: list[str] | None, type_name: str) -> bool:
    return not ids or pk in {asked_pk(gid, type_name) for gid in ids}


@field("ProductVariant.product")
def product_of_variant(source: Any, info: Info) -> Any:
    return seen(info.context.shop.products[source.product], channel_of(source))


@field("ProductVariant.channelListings", needs=(AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER))
def variant_listings(source: Any, info: Info) -> list[dict[str, Any]]:
    rows = info.context.shop.channels
    return [
        {
            "id": to_global("ProductVariantChannelListing", f"{source.pk}{pk:04}"),
            "channel": rows[pk],
            "price": money(price, rows[pk].currency),
        }
        for pk, price in source.prices.items()
    ]


@field("ProductVariant.pricing")
def pricing(source: Any, info: Info) -> dict[str, Any] | None:
    channel = channel_by_slug(info.context.shop, channel_of(source))
    price = source.prices.get(channel.pk) if channel else None
    if channel is None or price is None:
        return None
    return {"price": taxed(price, channel.currency), "price_undiscounted": taxed(price, channel.currency)}


@field("ProductVariant.stocks", needs=_UNITS)
def variant_stocks(source: Any, info: Info, country_code: str | None = None) -> list[Stock]:
    """All stocks; through a channel, or for a country, those that count there."""
    shop = info.context.shop
    row, channel = bare(source), channel_by_slug(shop, channel_of(source))
    if channel is None and country_code is None:
        return shop.stocks.of("variant", row.pk)
    if channel is not None:
        return stocks_in(shop, row, counted_warehouses(shop, channel, country_code))
    zoned = {pk for zone in shop.zones if country_code in zone.countries for pk in zone.warehouses}
    return stocks_in(shop, row, zoned)


@field("ProductVariant.quantityAvailable")
def variant_quantity_available(source: Any, info: Info, country_code: str | None = None) -> int | None:
    shop = info.context.shop
    return quantity_available(shop, bare(source), channel_by_slug(shop, channel_of(source)), country_code)


@field("Stock.warehouse")
def stock_warehouse(source: Stock, info: Info) -> Warehouse:
    return info.context.shop.warehouses[source.warehouse]


@field("Stock.productVariant")
def stock_variant(source: Stock, info: Info) -> Variant:
    return info.context.shop.variants[source.variant]


@field("Stock.quantity", needs=_UNITS)
def stock_quantity(source: Stock, info: Info) -> int:
    return source.quantity


@field("Stock.quantityAllocated", needs=_UNITS)
def stock_allocated(source: Stock, info: Info) -> int:
    return allocated(info.context.shop, source)


@field("Stock.quantityReserved", needs=_UNITS)
def stock_reserved(source: Stock, info: Info) -> int:
    return reserved(info.context.shop, source)


@field("Query.stock", needs=("MANAGE_PRODUCTS",))
def stock(_root: Any, info: Info, gid: str) -> Stock | None:
    return info.context.shop.stocks.get(asked_pk(gid, "Stock"))


@field("Query.stocks", needs=("MANAGE_PRODUCTS",))
def stocks(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    wanted = (filters or {}).get("quantity")
    rows = [row for row in info.context.shop.stocks if wanted is None or row.quantity == wanted]
    return connection(rows, by_pk, info, **page)


@field("Product.productType")
def type_of_product(source: Any, info: Info) -> ProductType:
    return info.context.shop.product_types[source.product_type]


@field("Product.category")
def category_of_product(source: Any, info: Info) -> Category | None:
    return info.context.shop.categories.get(source.category)


@field("Product.collections")
def collections_of_product(source: Any, info: Info) -> list[Collection]:
    return [info.context.shop.collections[pk] for pk in source.collections]


@field("Product.variants")
def variants_of_product(source: Any, info: Info) -> list[Any]:
    call, slug = info.context, channel_of(source)
    through = channel_by_slug(call.shop, slug)
    rows = call.shop.variants.of("product", source.pk)
    return [seen(row, slug) for row in rows if _visible_variant(call, row, through, slug)]


@field("Product.productVariants")
def variant_pages_of_product(source: Any, info: Info, **page: Any) -> dict[str, Any]:
    slug = channel_of(source)
    return connection(
        [bare(row) for row in variants_of_product(source, info)], by_sku, info, wrap=lambda row: seen(row, slug), **page
    )


@field("Product.variant")
def variant_of_product(source: Any, info: Info, gid: str | None = None, sku: str | None = None) -> Any:
    row = find_variant(info.context.shop, gid, sku)
    return seen(row, channel_of(source)) if row and row.product == source.pk else None


@field("Product.defaultVariant")
def default_variant(source: Any, info: Info) -> Any:
    rows = info.context.shop.variants.of("product", source.pk)
    return seen(rows[0], channel_of(source)) if rows else None


@field("Product.channel", "ProductVariant.channel")
def seen_through(source: Any, info: Info) -> str | None:
    return channel_of(source)


@field("Product.isAvailable")
def product_is_available(source: Any, info: Info) -> bool | None:
    """Whether any variant shows units; whether stock is tracked plays no part."""
    shop = info.context.shop
    channel = channel_by_slug(shop, channel_of(source))
    if channel is None:
        return None
    return any(
        any(row.quantity > allocated(shop, row) for row in stocks_in(shop, each, counted_warehouses(shop, channel)))
        for each in shop.variants.of("product", source.pk)
    )


@field("Product.isAvailableForPurchase")
def product_is_for_sale(source: Any, info: Info) -> bool | None:
    channel = channel_by_slug(info.context.shop, channel_of(source))
    listing = source.listings.get(channel.pk) if channel else None
    return listing.available if listing else None


@field("Product.channelListings", needs=("MANAGE_PRODUCTS",))
def product_listings(source: Any, info: Info) -> list[dict[str, Any]]:
    rows = info.context.shop.channels
    return [
        {
            "id": to_global("ProductChannelListing", f"{source.pk}{pk:04}"),
            "channel": rows[pk],
            "is_published": listing.published,
            "visible_in_listings": listing.visible,
            "is_available_for_purchase": listing.available,
        }
        for pk, listing in source.listings.items()
    ]


@field("Query.productType")
def product_type(_root: Any, info: Info, gid: str) -> ProductType | None:
    return info.context.shop.product_types.get(asked_pk(gid, "ProductType"))


@field("Query.productTypes")
def product_types(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    return connection(_named_so(info.context.shop.product_types, filters, "ProductType"), by_slug, info, **page)


def _named_so(rows: Iterable[Any], filters: dict[str, Any] | None, type_name: str) -> list[Any]:
    """Those that a search, slugs and ids all mean."""
    wanted = filters or {}
    return [
        row
        for row in rows
        if mentions(wanted.get("search"), row.name, row.slug)
        and (not wanted.get("slugs") or row.slug in wanted["slugs"])
        and _one_of(row.pk, wanted.get("ids"), type_name)
    ]


@field("Query.category")
def category(_root: Any, info: Info, gid: str | None = None, slug: str | None = None) -> Category | None:
    rows = info.context.shop.categories
    return rows.get(asked_pk(gid, "Category")) if gid else next((row for row in rows if row.slug == slug), None)


@field("Query.categories")
def categories(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    return connection(_named_so(info.context.shop.categories, filters, "Category"), by_pk, info, **page)


@field("Category.parent")
def parent_category(source: Category, info: Info) -> Category | None:
    return info.context.shop.categories.get(source.parent)


@field("Category.level")
def category_level(source: Category, info: Info) -> int:
    level, parent = 0, source.parent
    while parent is not None:
        level, parent = level + 1, info.context.shop.categories[parent].parent
    return level


@field("Query.collection")
def collection(
    _root: Any, info: Info, gid: str | None = None, slug: str | None = None, channel: str | None = None
) -> Collection | None:
    rows = info.context.shop.collections
    return rows.get(asked_pk(gid, "Collection")) if gid else next((row for row in rows if row.slug == slug), None)


@field("Query.collections")
def collections(
    _root: Any, info: Info, channel: str | None = None, filters: dict[str, Any] | None = None, **page: Any
) -> dict[str, Any]:
    return connection(_named_so(info.context.shop.collections, filters, "Collection"), by_slug, info, **page)


@field("Query.taxClasses")
def tax_classes(_root: Any, info: Info, **page: Any) -> dict[str, Any]:
    """One class, which taxes nothing: imports have to name one."""
    return connection([NO_TAX], lambda row: (row["id"],), info, **page)


NO_TAX = {"id": to_global("TaxClass", 1), "name": "No taxes"}
