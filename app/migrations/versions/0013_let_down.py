"""An order whose supply is late stays at risk, though it rests on a later supply by now."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lines", sa.Column("let_down_by", sa.BigInteger()))
