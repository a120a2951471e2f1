"""What the desk shows of orders: the buyer's address, and what lines were sold as."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
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
    op.add_column("lines", sa.Column("product_name", sa.Text(), server_default="", nullable=False))
    op.add_column("lines", sa.Column("variant_name", sa.Text(), server_default="", nullable=False))
    op.add_column("lines", sa.Column("unit_price", sa.Numeric(), nullable=True))
    op.add_column("lines", sa.Column("currency", sa.Text(), server_default="", nullable=False))
