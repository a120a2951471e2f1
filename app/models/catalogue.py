"""The book's places and goods, as the platform showed them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_key


class Warehouse(Table):
    """A warehouse of the shop; `is_pool` marks ours."""

    __tablename__ = "warehouses"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    is_pool: Mapped[bool] = mapped_column(server_default=text("false"))


class Channel(Table):
    """A sales channel. `warehouses` are ids in allocation order, pools included; `pool` is ours, shared by a group."""

    __tablename__ = "channels"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool]
    strategy: Mapped[str]
    warehouses: Mapped[list[str]]
    pool: Mapped[str | None]


class Variant(Table):
    """A sellable variant.

    `category_ids` are its product's category and all above it, the nearest first. `shown` is our own metadata as the
    platform shows it; `first_seen_at` is None where that was not kept; `revisit` see `Plan.revisit`. `basis` is what
    the last plan went by, while anybody waits: see `app.engine.changes`. `words` is what people look for, in small
    letters.
    """

    __tablename__ = "variants"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    name: Mapped[str]
    product_id: Mapped[str]
    product_name: Mapped[str]
    product_type_id: Mapped[str]
    category_ids: Mapped[list[str]] = mapped_column(server_default="[]")
    collection_ids: Mapped[list[str]] = mapped_column(server_default="[]")
    listed_in: Mapped[list[str]] = mapped_column(server_default="[]")
    tracked: Mapped[bool]
    shown: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    observed_at: Mapped[datetime]
    first_seen_at: Mapped[datetime | None]
    revisit: Mapped[date | None]
    basis: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    words: Mapped[str] = mapped_column(Computed("lower(sku || ' ' || product_name || ' ' || name)"))

    __table_args__ = (
        Index("ix_variants_name", "shop_id", "product_name", "name", "id"),
        Index("ix_variants_sku", "shop_id", "sku"),
        Index("ix_variants_revisit", "revisit", postgresql_where=text("revisit IS NOT NULL")),
    )


class Stock(Table):
    """Units of a variant in a warehouse, as last observed. `changed_at` is when another quantity was first seen.

    `shipped` and `restocked` units are those that orders say left and came back since; `missing` ones left before, as
    was last seen at `missing_at`, and no order has said so yet. See `app.book.movements`.
    """

    __tablename__ = "stocks"

    shop_id: Mapped[int] = shop_key()
    variant_id: Mapped[str] = mapped_column(primary_key=True)
    warehouse_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    allocated: Mapped[int]
    changed_at: Mapped[datetime]
    shipped: Mapped[int] = mapped_column(server_default="0")
    restocked: Mapped[int] = mapped_column(server_default="0")
    missing: Mapped[int] = mapped_column(server_default="0")
    missing_at: Mapped[datetime | None]
