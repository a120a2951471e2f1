"""What is wrong with a file, and why a supply changed, is kept so that it can be said in another language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Reports of before cannot be read any more; a file waits an hour at most, so it is sent again."""
    op.execute("DELETE FROM uploads")
    op.execute("ALTER TABLE uploads ALTER wrong DROP DEFAULT, ALTER wrong DROP NOT NULL")
    op.execute("ALTER TABLE uploads ALTER wrong TYPE jsonb USING NULL::jsonb")
    op.add_column(
        "supply_changes",
        sa.Column(
            "reason", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
