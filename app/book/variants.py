"""Variants and their stocks, as the shop shows them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, or_, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.book.rows import upsert
from app.models import Stock, Variant
from app.platforms import VariantSeen


def record_variants(
    connection: Connection, shop_id: int, asked: Collection[str], seen: Sequence[VariantSeen], now: datetime
) -> None:
    """Take over what was read of the asked variants; those that were not found are gone from the shop."""
    gone = set(asked) - {variant.id for variant in seen}
    for table, key in ((Variant, Variant.id), (Stock, Stock.variant_id)):
        connection.execute(delete(table).where(table.shop_id == shop_id, key.in_(gone)))
    if seen:
        upsert(connection, Variant, [_variant_row(shop_id, variant, now) for variant in seen])
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
        "category_ids": [variant.category_id] if variant.category_id else [],
        "collection_ids": list(variant.collection_ids),
        "listed_in": list(variant.listed_in),
        "tracked": variant.tracked,
        "shown": dict(variant.metadata),
        "observed_at": now,
    }


def _replace_stocks(connection: Connection, shop_id: int, seen: Sequence[VariantSeen], now: datetime) -> None:
    rows = [
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
    ]
    kept = [(row["variant_id"], row["warehouse_id"]) for row in rows]
    connection.execute(
        delete(Stock).where(
            Stock.shop_id == shop_id,
            Stock.variant_id.in_([variant.id for variant in seen]),
            tuple_(Stock.variant_id, Stock.warehouse_id).not_in(kept),
        )
    )
    if rows:
        rewrite = insert(Stock).values(rows)
        new = rewrite.excluded
        connection.execute(
            rewrite.on_conflict_do_update(
                index_elements=["shop_id", "variant_id", "warehouse_id"],
                set_={
                    "changed_at": case((Stock.quantity != new.quantity, new.changed_at), else_=Stock.changed_at),
                    "quantity": new.quantity,
                    "allocated": new.allocated,
                },
                where=or_(Stock.quantity != new.quantity, Stock.allocated != new.allocated),
            )
        )
