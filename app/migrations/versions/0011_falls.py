"""When a variant was first seen and when units went missing: an order heard of late says nothing of before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of variants known already it was not kept when they were first seen."""
    op.add_column("variants", sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("stocks", sa.Column("missing_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE stocks SET missing_at = changed_at WHERE missing > 0")
