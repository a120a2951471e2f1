"""Lines know their order's channel and number: what is served first come, first served is read without orders."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lines", sa.Column("channel_id", sa.Text(), server_default="", nullable=False))
    op.add_column("lines", sa.Column("order_number", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE lines SET channel_id = orders.channel_id, order_number = orders.number"
        " FROM orders WHERE orders.shop_id = lines.shop_id AND orders.id = lines.order_id"
    )
