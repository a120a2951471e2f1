"""From the names people use to the ids the book has."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app.models import Variant, Warehouse
from app.sentences import NONE
from app.supply.wrong import BadSupply


def variants(connection: Connection, shop_id: int, skus: Collection[str]) -> dict[str, str]:
    """The ids of the variants by SKU. Raises BadSupply where one is unknown or two share a SKU."""
    found = defaultdict(list)
    query = select(Variant.sku, Variant.id).where(Variant.shop_id == shop_id, Variant.sku.in_(set(skus)))
    for row in connection.execute(query):
        found[row.sku].append(row.id)
    for sku in skus:
        if not found[sku]:
            raise BadSupply(
                lazy("sku: No variant has the SKU {sku}. If it is new in the shop, the next sweep finds it."), sku=sku
            )
        if len(found[sku]) > 1:
            raise BadSupply(
                lazy("sku: {variants} have the SKU {sku}; give each its own in the shop."),
                variants=len(found[sku]),
                sku=sku,
            )
    return {sku: ids[0] for sku, ids in found.items()}


def check_variants(connection: Connection, shop_id: int, ids: Collection[str]) -> None:
    """Raises BadSupply where the shop has no such variant."""
    known = set(connection.scalars(select(Variant.id).where(Variant.shop_id == shop_id, Variant.id.in_(set(ids)))))
    for variant in ids:
        if variant not in known:
            raise BadSupply(lazy("variant_id: The shop has no variant {variant}."), variant=variant)


def warehouses(connection: Connection, shop_id: int) -> dict[str, str]:
    """The ids of the shop's own warehouses by slug; pools are ours and receive nothing."""
    query = select(Warehouse.slug, Warehouse.id).where(Warehouse.shop_id == shop_id, ~Warehouse.is_pool)
    return {row.slug: row.id for row in connection.execute(query)}


def warehouse(known: Mapping[str, str], slug: str) -> str:
    """The id of the warehouse. Raises BadSupply."""
    if slug not in known:
        raise BadSupply(
            lazy("warehouse: The shop has no warehouse {slug}. It has: {known}."),
            slug=slug,
            known=", ".join(sorted(known)) or NONE,
        )
    return known[slug]
