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
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_activities_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index("ix_activities_at", "activities", ["shop_id", "at", "id"], unique=False)
    op.create_index(op.f("ix_activities_shop_id"), "activities", ["shop_id"], unique=False)


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
