"""Product types, categories, collections and products."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.api.call import Call
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.state.catalogue import Category, Collection, Listing, Product, ProductType
from sandbox.state.shop import Shop

from .lookup import metadata, row, rows, slug_for
from .variants import remove_variant


@mutation("productTypeCreate", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
def create_type(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    name = data.get("name") or ""
    made = ProductType(
        shop.product_types.next_pk(),
        name,
        slug_for((each.slug for each in shop.product_types), name, data.get("slug")),
        shipping_required=data.get("is_shipping_required") is not False,
        has_variants=data.get("has_variants") is not False,
    )
    shop.add(made)
    return {"product_type": made}


@mutation("productTypeDelete", "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES")
def delete_type(call: Call, gid: str) -> dict[str, Any]:
    """Its products go with it."""
    gone = row(call.shop, gid, "ProductType")
    for product in [each for each in call.shop.products if each.product_type == gone.pk]:
        remove_product(call.shop, product)
    call.shop.remove(gone)
    return {"product_type": gone}


@mutation("categoryCreate", "MANAGE_PRODUCTS")
def create_category(call: Call, data: dict[str, Any], parent: str | None = None) -> dict[str, Any]:
    shop = call.shop
    above = row(shop, parent, "Category", "parent").pk if parent else None
    name = data.get("name") or ""
    slug = slug_for((each.slug for each in shop.categories), name, data.get("slug"))
    made = Category(shop.categories.next_pk(), name, slug, above)
    shop.add(made)
    shop.happen("category_created", category=made)
    return {"category": made}


@mutation("categoryDelete", "MANAGE_PRODUCTS")
def delete_category(call: Call, gid: str) -> dict[str, Any]:
    """Every category below goes too; the products of all of them stay, unpublished."""
    shop = call.shop
    gone = row(shop, gid, "Category")
    tree = _with_all_below(shop, gone)
    for product in [each for each in shop.products if each.category in tree]:
        listings = {channel: replace(listing, published=False) for channel, listing in product.listings.items()}
        shop.set(product, category=None, listings=listings)
        shop.happen("product_updated", product=product)
    for pk in tree:
        shop.remove(shop.categories[pk])
    return {"category": gone}


def _with_all_below(shop: Shop, top: Category) -> list[int]:
    found = [top.pk]
    for above in found:  # grows on the way
        found += [each.pk for each in shop.categories if each.parent == above]
    return found


@mutation("collectionCreate", "MANAGE_PRODUCTS")
def create_collection(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    name = data.get("name") or ""
    products = rows(shop, data.get("products"), "Product", "products")
    slug = slug_for((each.slug for each in shop.collections), name, data.get("slug"))
    made = Collection(shop.collections.next_pk(), name, slug)
    shop.add(made)
    for product in products:
        shop.set(product, collections=(*product.collections, made.pk))
    shop.happen("collection_created", collection=made)
    for product in products:
        shop.happen("product_updated", product=product)
    return {"collection": made}


@mutation("collectionDelete", "MANAGE_PRODUCTS")
def delete_collection(call: Call, gid: str) -> dict[str, Any]:
    shop = call.shop
    gone = row(shop, gid, "Collection")
    for product in [each for each in shop.products if gone.pk in each.collections]:
        shop.set(product, collections=tuple(pk for pk in product.collections if pk != gone.pk))
        shop.happen("product_updated", product=product)
    shop.remove(gone)
    return {"collection": gone}


@mutation("collectionAddProducts", "MANAGE_PRODUCTS")
def collect(call: Call, collection_id: str, products: list[str]) -> dict[str, Any]:
    shop = call.shop
    collection = row(shop, collection_id, "Collection", "collectionId")
    for product in rows(shop, products, "Product", "products"):
        shop.set(product, collections=tuple(dict.fromkeys((*product.collections, collection.pk))))
        shop.happen("product_updated", product=product)
    return {"collection": collection}


@mutation("collectionRemoveProducts", "MANAGE_PRODUCTS")
def uncollect(call: Call, collection_id: str, products: list[str]) -> dict[str, Any]:
    shop = call.shop
    collection = row(shop, collection_id, "Collection", "collectionId")
    for product in rows(shop, products, "Product", "products"):
        shop.set(product, collections=tuple(pk for pk in product.collections if pk != collection.pk))
        shop.happen("product_updated", product=product)
    return {"collection": collection}


@mutation("productCreate", "MANAGE_PRODUCTS")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    name = data.get("name") or ""
    made = Product(
        shop.products.next_pk(),
        name,
        slug_for((each.slug for each in shop.products), name, data.get("slug")),
        row(shop, data["product_type"], "ProductType", "productType").pk,
        shop.now(),
        shop.now(),
        category=row(shop, data["category"], "Category", "category").pk if data.get("category") else None,
        collections=tuple(each.pk for each in rows(shop, data.get("collections"), "Collection", "collections")),
        description=data.get("description"),
        external_reference=data.get("external_reference"),
        metadata=metadata(data.get("metadata")),
        private_metadata=metadata(data.get("private_metadata")),
    )
    shop.add(made)
    shop.happen("product_created", product=made)
    return {"product": made}


@mutation("productUpdate", "MANAGE_PRODUCTS")
def update(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    product = row(shop, gid, "Product")
    plain = ("name", "description", "external_reference")
    values: dict[str, Any] = {name: data[name] for name in plain if name in data}
    if data.get("category"):
        values["category"] = row(shop, data["category"], "Category", "category").pk
    if data.get("collections") is not None:
        values["collections"] = tuple(each.pk for each in rows(shop, data["collections"], "Collection", "collections"))
    if data.get("slug") and data["slug"] != product.slug:
        values["slug"] = slug_for((each.slug for each in shop.products), product.name, data["slug"])
    told = metadata(data.get("metadata"))
    if told:
        values["metadata"] = product.metadata | told
        shop.happen("product_metadata_updated", product=product)
    shop.set(product, **values, updated_at=shop.now())
    shop.happen("product_updated", product=product)
    return {"product": product}


@mutation("productDelete", "MANAGE_PRODUCTS")
def delete(call: Call, gid: str) -> dict[str, Any]:
    product = row(call.shop, gid, "Product")
    remove_product(call.shop, product)
    call.shop.happen("product_deleted", product=product)
    return {"product": product}


def remove_product(shop: Shop, product: Product) -> None:
    for variant in shop.variants.of("product", product.pk):
        remove_variant(shop, variant)
    shop.remove(product)


@mutation("productChannelListingUpdate", "MANAGE_PRODUCTS")
def list_in_channels(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    product = row(shop, gid, "Product")
    listings = dict(product.listings)
    for entry in data.get("update_channels") or ():
        channel = row(shop, entry["channel_id"], "Channel", "updateChannels")
        before = listings.get(channel.pk, Listing())
        listings[channel.pk] = Listing(
            published=_given(entry, "is_published", before.published),
            visible=_given(entry, "visible_in_listings", before.visible),
            available=_given(entry, "is_available_for_purchase", before.available),
        )
    for channel in rows(shop, data.get("remove_channels"), "Channel", "removeChannels"):
        listings.pop(channel.pk, None)
        for variant in shop.variants.of("product", product.pk):
            shop.set(variant, prices={pk: price for pk, price in variant.prices.items() if pk != channel.pk})
    shop.set(product, listings=listings)
    shop.happen("product_updated", product=product)
    return {"product": product}


def _given(entry: dict[str, Any], name: str, before: bool) -> bool:
    value = entry.get(name)
    if not isinstance(value, bool) and value is not None:
        raise Invalid(name, "INVALID", "A boolean is expected.")
    return before if value is None else value
