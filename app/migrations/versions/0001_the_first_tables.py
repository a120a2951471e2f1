"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("mark_generation")))
    op.create_table(
        "shops",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("platform", sa.Text(), server_default="saleor", nullable=False),
        sa.Column("api_url", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="installed", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), server_default='{"keys": []}', nullable=False),
        sa.Column("jwks_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("installed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("orders_seen_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fully_swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('installed', 'inactive', 'leaving', 'left', 'removed')", name=op.f("ck_shops_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("api_url", name=op.f("uq_shops_api_url")),
    )
    op.create_table(
        "channels",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("warehouses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pool", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_channels_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_channels")),
    )
    op.create_table(
        "marks",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("nextval('mark_generation')"), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("routine", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'variant', 'layout')", name=op.f("ck_marks_kind")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_marks_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "kind", "target", name=op.f("pk_marks")),
    )
    op.create_index("ix_marks_due", "marks", ["shop_id", "kind", "routine", "generation"], unique=False)
    op.create_table(
        "notices",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('order_note', 'problem')", name=op.f("ck_notices_kind")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_notices_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "kind", "key", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_unsent", "notices", ["shop_id"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_table(
        "orders",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_orders_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_orders")),
    )
    op.create_table(
        "overruns",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_overruns_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "line_id", name=op.f("pk_overruns")),
    )
    op.create_table(
        "pool_shipments",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fulfilment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="found", nullable=False),
        sa.Column("writes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_pool_shipments_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_pool_shipments")),
    )
    op.create_table(
        "promise_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ready_before", sa.Integer(), nullable=False),
        sa.Column("ready_after", sa.Integer(), nullable=False),
        sa.Column("waiting_before", sa.Integer(), nullable=False),
        sa.Column("waiting_after", sa.Integer(), nullable=False),
        sa.Column("expected_before", sa.Date(), nullable=True),
        sa.Column("expected_after", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_promise_moves_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_moves")),
    )
    op.create_index("ix_promise_moves_line", "promise_moves", ["shop_id", "line_id", "id"], unique=False)
    op.create_index(op.f("ix_promise_moves_shop_id"), "promise_moves", ["shop_id"], unique=False)
    op.create_table(
        "rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), server_default="", nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scope IN ('shop', 'channel', 'variant')", name=op.f("ck_rules_scope")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_rules_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint(
            "shop_id", "scope", "target", "channel_id", name=op.f("uq_rules_shop_id_scope_target_channel_id")
        ),
    )
    op.create_index(op.f("ix_rules_shop_id"), "rules", ["shop_id"], unique=False)
    op.create_table(
        "stocks",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_stocks_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "variant_id", "warehouse_id", name=op.f("pk_stocks")),
    )
    op.create_table(
        "supplies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("eta", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="expected", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('expected', 'received', 'cancelled')", name=op.f("ck_supplies_state")),
        sa.CheckConstraint("quantity > 0 AND received >= 0 AND received <= quantity", name=op.f("ck_supplies_units")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_supplies_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplies")),
    )
    op.create_index(op.f("ix_supplies_shop_id"), "supplies", ["shop_id"], unique=False)
    op.create_index("ix_supplies_variant", "supplies", ["shop_id", "variant_id"], unique=False)
    op.create_table(
        "variants",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("product_type_id", sa.Text(), nullable=False),
        sa.Column("category_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("collection_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("listed_in", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revisit", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_variants_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_variants")),
    )
    op.create_index(
        "ix_variants_revisit", "variants", ["revisit"], unique=False, postgresql_where=sa.text("revisit IS NOT NULL")
    )
    op.create_index("ix_variants_sku", "variants", ["shop_id", "sku"], unique=False)
    op.create_table(
        "warehouses",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_pool", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_warehouses_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_warehouses")),
    )
    op.create_table(
        "lines",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("approving", sa.Integer(), server_default="0", nullable=False),
        sa.Column("allocations", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("layers", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("pieces", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("ready", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expected", sa.Date(), nullable=True),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.Column("beyond", sa.Integer(), server_default="0", nullable=False),
        sa.Column("judged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_id"],
            ["orders.shop_id", "orders.id"],
            name=op.f("fk_lines_shop_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_lines_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "id", name=op.f("pk_lines")),
    )
    op.create_index(
        "ix_lines_open", "lines", ["shop_id", "variant_id"], unique=False, postgresql_where=sa.text("open > 0")
    )
    op.create_index("ix_lines_order", "lines", ["shop_id", "order_id"], unique=False)
    op.create_index(
        "ix_lines_unsettled",
        "lines",
        ["shop_id", "variant_id"],
        unique=False,
        postgresql_where=sa.text(
            "open > 0 OR (shown <> '{}'::jsonb AND shown ->> 'dueback.status' IS DISTINCT FROM 'done')"
        ),
    )
    # Many statements in one text: only the driver itself takes them.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(SchemaManager.get_schema())
