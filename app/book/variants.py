"""Variants and their stocks, as the shop shows them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, text

from app.book import movements
from app.book.rows import as_json, upsert
from app.models import Stock, Variant
from app.platforms import VariantSeen


def record_variants(
    connection: Connection, shop_id: int, asked: Collection[str], seen: Sequence[VariantSeen], now: datetime
) -> None:
    """Take over what was read of the asked variants; those that were not found are gone from the shop.

    Where a stock rose while supply was expected there, the same transaction settles what that means for the supply.
    """
    gone = set(asked) - {variant.id for variant in seen}
    for table, key in ((Variant, Variant.id), (Stock, Stock.variant_id)):
        connection.execute(delete(table).where(table.shop_id == shop_id, key.in_(gone)))
    if seen:
        movements.read(connection, shop_id, seen, now)
        upsert(connection, Variant, [_variant_row(shop_id, variant, now) for variant in seen], once={"first_seen_at"})
        _replace_stocks(connection, shop_id, seen, now)


def _variant_row(shop_id: int, variant: VariantSeen, now: datetime) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "id": variant.id,
        "sku": variant.sku,
        "name": variant.name,
        "product_id": variant.product_id,
        "product_name": variant.product_name,
        "product_type_id": variant.product_type_id,
        "category_ids": list(variant.category_ids),
        "collection_ids": list(variant.collection_ids),
        "listed_in": list(variant.listed_in),
        "tracked": variant.tracked,
        "shown": dict(variant.metadata),
        "observed_at": now,
        "first_seen_at": now,
    }


def _replace_stocks(connection: Connection, shop_id: int, seen: Sequence[VariantSeen], now: datetime) -> None:
    rows = as_json(
        {
            "shop_id": shop_id,
            "variant_id": variant.id,
            "warehouse_id": stock.warehouse,
            "quantity": stock.quantity,
            "allocated": stock.allocated,
            "changed_at": now,
        }
        for variant in seen
        for stock in variant.stocks
    )
    connection.execute(_FORGET, {"shop": shop_id, "variants": [variant.id for variant in seen], "rows": rows})
    connection.execute(_KEEP, {"rows": rows})


_FORGET = text("""
    DELETE FROM stocks
    WHERE shop_id = :shop AND variant_id = ANY(:variants) AND NOT EXISTS (
        SELECT FROM json_populate_recordset(NULL::stocks, :rows) AS seen
        WHERE seen.variant_id = stocks.variant_id AND seen.warehouse_id = stocks.warehouse_id
    )
""")

_KEEP = text("""
    INSERT INTO stocks (shop_id, variant_id, warehouse_id, quantity, allocated, changed_at)
    SELECT shop_id, variant_id, warehouse_id, quantity, allocated, changed_at
    FROM json_populate_recordset(NULL::stocks, :rows)
    ON CONFLICT (shop_id, variant_id, warehouse_id) DO UPDATE
    SET quantity = excluded.quantity, allocated = excluded.allocated,
        changed_at = CASE WHEN stocks.quantity <> excluded.quantity THEN excluded.changed_at ELSE stocks.changed_at END
    WHERE stocks.quantity <> excluded.quantity OR stocks.allocated <> excluded.allocated
""")
