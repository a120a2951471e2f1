"""Suppliers, receipts, histories, turns people decided, API keys; more of rules, supplies and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_answers_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("shop_id", "key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_at"), "answers", ["at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("promised_first", sa.Date(), nullable=True),
        sa.Column("promised_last", sa.Date(), nullable=True),
        sa.Column("shipped_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_deliveries_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_shop_id"), "deliveries", ["shop_id"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_keys_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_keys_hash")),
    )
    op.create_index(op.f("ix_keys_shop_id"), "keys", ["shop_id"], unique=False)
    op.create_table(
        "queue_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("to_line_id", sa.Text(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("to_line_left", sa.Integer(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pin', 'hand_over')", name=op.f("ck_queue_moves_kind")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_queue_moves_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_moves")),
    )
    op.create_index(op.f("ix_queue_moves_shop_id"), "queue_moves", ["shop_id"], unique=False)
    op.create_index(
        "ix_queue_moves_variant",
        "queue_moves",
        ["shop_id", "variant_id"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_rule_changes_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_changes")),
    )
    op.create_index(
        "ix_rule_changes_place", "rule_changes", ["shop_id", "scope", "target", "channel_id", "id"], unique=False
    )
    op.create_index(op.f("ix_rule_changes_shop_id"), "rule_changes", ["shop_id"], unique=False)
    op.create_table(
        "stock_rises",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'taken', 'dismissed')", name=op.f("ck_stock_rises_state")),
        sa.CheckConstraint("units > 0", name=op.f("ck_stock_rises_units")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_stock_rises_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_rises")),
    )
    op.create_index(
        "ix_stock_rises_open",
        "stock_rises",
        ["shop_id", "variant_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_stock_rises_shop_id"), "stock_rises", ["shop_id"], unique=False)
    op.create_table(
        "suppliers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_suppliers_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_suppliers_shop_id_name")),
    )
    op.create_index(op.f("ix_suppliers_shop_id"), "suppliers", ["shop_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("supply_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stock_state", sa.Text(), server_default="none", nullable=False),
        sa.Column("write", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('person', 'stock')", name=op.f("ck_receipts_source")),
        sa.CheckConstraint(
            "stock_state IN ('none', 'raising', 'raised', 'reported')", name=op.f("ck_receipts_stock_state")
        ),
        sa.CheckConstraint("units > 0 AND counted BETWEEN 0 AND units", name=op.f("ck_receipts_units")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_receipts_shop_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["supply_id"], ["supplies.id"], name=op.f("fk_receipts_supply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(
        "ix_receipts_raising",
        "receipts",
        ["shop_id"],
        unique=False,
        postgresql_where=sa.text("stock_state = 'raising'"),
    )
    op.create_index(op.f("ix_receipts_shop_id"), "receipts", ["shop_id"], unique=False)
    op.create_index(op.f("ix_receipts_supply_id"), "receipts", ["supply_id"], unique=False)
    op.create_table(
        "supply_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("supply_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_supply_changes_shop_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["supply_id"], ["supplies.id"], name=op.f("fk_supply_changes_supply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_changes")),
    )
    op.create_index(op.f("ix_supply_changes_shop_id"), "supply_changes", ["shop_id"], unique=False)
    op.create_index(op.f("ix_supply_changes_supply_id"), "supply_changes", ["supply_id"], unique=False)
    _widen()


def _widen() -> None:
    """Columns of tables there were."""
    op.add_column("lines", sa.Column("shipped", sa.Integer(), nullable=True))
    op.add_column("lines", sa.Column("rests_on", sa.BigInteger(), nullable=True))
    op.add_column("lines", sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "variants",
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("orders", sa.Column("paid", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("orders", sa.Column("wanted_on", sa.Date(), nullable=True))
    op.add_column("orders", sa.Column("rank", sa.Integer(), nullable=True))
    op.add_column("orders", sa.Column("completes", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "orders",
        sa.Column("shipments", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.add_column("stocks", sa.Column("shipped", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stocks", sa.Column("restocked", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stocks", sa.Column("missing", sa.Integer(), server_default="0", nullable=False))
    op.add_column("promise_moves", sa.Column("cause", sa.Text(), server_default="", nullable=False))
    op.add_column("promise_moves", sa.Column("why", sa.Text(), server_default="", nullable=False))
    op.add_column("promise_moves", sa.Column("supply_id", sa.BigInteger(), nullable=True))
    op.add_column("rules", sa.Column("target_name", sa.Text(), server_default="", nullable=False))
    op.add_column("rules", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("supplies", sa.Column("supplier_id", sa.BigInteger(), nullable=True))
    op.add_column("supplies", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    op.add_column("supplies", sa.Column("ordered_on", sa.Date(), nullable=True))
    op.add_column("supplies", sa.Column("eta_latest", sa.Date(), nullable=True))
    op.add_column("supplies", sa.Column("first_eta", sa.Date(), nullable=True))
    op.add_column("supplies", sa.Column("confidence", sa.Integer(), nullable=True))
    op.add_column("supplies", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "supplies", sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.create_index(
        "ix_supplies_expected",
        "supplies",
        ["shop_id", "eta", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'expected'"),
    )
    op.create_index("ix_supplies_reference", "supplies", ["shop_id", "reference"], unique=False)
    op.create_foreign_key(op.f("fk_supplies_supplier_id"), "supplies", "suppliers", ["supplier_id"], ["id"])
    op.drop_constraint(op.f("ck_rules_scope"), "rules")
    op.create_check_constraint(
        op.f("ck_rules_scope"),
        "rules",
        "scope IN ('shop', 'channel', 'product_type', 'category', 'collection', 'product', 'variant')",
    )
    op.drop_constraint(op.f("ck_supplies_units"), "supplies")
    op.create_check_constraint(
        op.f("ck_supplies_units"), "supplies", "quantity > 0 AND received >= 0 AND received <= quantity AND held >= 0"
    )
    op.create_check_constraint(op.f("ck_supplies_range"), "supplies", "eta_latest >= eta")
    op.create_check_constraint(op.f("ck_supplies_confidence"), "supplies", "confidence BETWEEN 1 AND 100")
