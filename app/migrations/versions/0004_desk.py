"""What the desk shows of orders: the buyer's address, and what lines were sold as."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
