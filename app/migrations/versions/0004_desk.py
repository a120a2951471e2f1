"""What the desk shows: buyers, names and prices of lines, places in the queue, and what was done."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _activities()
    op.add_column("orders", sa.Column("customer", sa.Text(), server_default="", nullable=False))
    op.add_column("orders", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_orders_kept_customers",
        "orders",
        ["shop_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("customer <> ''"),
    )
    op.add_column("lines", sa.Column("turn", sa.Text(collation="C"), server_default="", nullable=False))
    op.add_column("lines", sa.Column("due", sa.Date(), nullable=True))
    op.add_column("lines", sa.Column("product_name", sa.Text(), server_default="", nullable=False))
    op.add_column("lines", sa.Column("variant_name", sa.Text(), server_default="", nullable=False))
    op.add_column("lines", sa.Column("unit_price", sa.Numeric(), nullable=True))
    op.add_column("lines", sa.Column("currency", sa.Text(), server_default="", nullable=False))
    words = sa.Computed("lower(sku || ' ' || product_name || ' ' || variant_name)", persisted=True)
    op.add_column("lines", sa.Column("words", sa.Text(), words, nullable=False))
    words = sa.Computed("lower(sku || ' ' || product_name || ' ' || name)", persisted=True)
    op.add_column("variants", sa.Column("words", sa.Text(), words, nullable=False))
    op.create_index("ix_variants_name", "variants", ["shop_id", "product_name", "name", "id"], unique=False)
    _give_turns()
    op.create_index(
        "ix_lines_turn", "lines", ["shop_id", "turn", "id"], unique=False, postgresql_where=sa.text("open > 0")
    )


def _activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_name", sa.Text(), server_default="", nullable=False),
        sa.Column("also_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("also_id", sa.Text(), server_default="", nullable=False),
        sa.Column("also_name", sa.Text(), server_default="", nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_activities_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index("ix_activities_at", "activities", ["shop_id", "at", "id"], unique=False)
    op.create_index(op.f("ix_activities_shop_id"), "activities", ["shop_id"], unique=False)
    op.create_index(
        "ix_activities_subject", "activities", ["shop_id", "subject_kind", "subject_id", "at"], unique=False
    )
    op.create_index(
        "ix_activities_also",
        "activities",
        ["shop_id", "also_kind", "also_id", "at"],
        unique=False,
        postgresql_where=sa.text("also_kind <> ''"),
    )
    for table in ("rule_changes", "supply_changes", "receipts"):
        op.create_index(f"ix_{table}_at", table, ["shop_id", "at", "id"], unique=False)
    _tell_what_moved()


def _tell_what_moved() -> None:
    """As `app.book.moves` tells it from now on."""
    op.execute(
        """
        INSERT INTO activities (shop_id, at, who, kind, subject_kind, subject_id, subject_name,
            also_kind, also_id, also_name, params, effect)
        SELECT m.shop_id, m.at, 'Dueback', 'queue.moved', 'variant', l.variant_id, max(l.sku),
            CASE WHEN m.supply_id IS NULL THEN '' ELSE 'supply' END, coalesce(m.supply_id::text, ''),
            coalesce(max(s.reference), ''),
            jsonb_build_object('cause', m.cause, 'why', max(m.why), 'sku', max(l.sku), 'lines', count(*)),
            jsonb_build_object('lines', count(*),
                'later', count(*) FILTER (WHERE m.expected_after > m.expected_before
                    OR (m.expected_after IS NULL AND m.expected_before IS NOT NULL AND m.waiting_after > 0)),
                'sooner', count(*) FILTER (WHERE m.expected_after < m.expected_before
                    OR (m.expected_before IS NULL AND m.expected_after IS NOT NULL AND m.waiting_before > 0)))
        FROM promise_moves AS m
        JOIN lines AS l ON l.shop_id = m.shop_id AND l.id = m.line_id AND l.variant_id IS NOT NULL
        LEFT JOIN supplies AS s ON s.id = m.supply_id
        WHERE m.cause <> 'ordered'
        GROUP BY m.shop_id, m.at, l.variant_id, m.cause, m.supply_id
        """
    )


def _give_turns() -> None:
    """First come, first served, until the next plan says otherwise. See `app.book.turn`."""
    op.execute(
        """
        UPDATE lines SET turn = to_char(queued_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || ' ' || (
            CASE WHEN number ~ '^[0-9]+$' THEN lpad(number, greatest(20, length(number)), '0')
            ELSE repeat('0', 20) || number END
        ) || ' ' || lines.id
        FROM orders WHERE orders.shop_id = lines.shop_id AND orders.id = lines.order_id AND lines.open > 0
        """
    )
