"""Lines on hold, days given by hand, who undid a move; shops that are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), server_default="", nullable=False),
        sa.Column("undone_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_pauses_shop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_shop_id"), "pauses", ["shop_id"], unique=False)
    op.create_index(
        "ix_pauses_holding", "pauses", ["shop_id"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )
    op.add_column("queue_moves", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("queue_moves", sa.Column("undone_by", sa.Text(), server_default="", nullable=False))
    op.add_column("queue_moves", sa.Column("undone_why", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f("ck_queue_moves_kind"), "queue_moves")
    op.create_check_constraint(
        op.f("ck_queue_moves_kind"), "queue_moves", "kind IN ('pin', 'hand_over', 'hold', 'redate')"
    )
    op.create_check_constraint(op.f("ck_queue_moves_day"), "queue_moves", "(kind = 'redate') = (day IS NOT NULL)")
    _let_one_pin_hold()
    op.create_index(
        "ix_queue_moves_line",
        "queue_moves",
        ["shop_id", "line_id", "kind"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND kind <> 'hand_over'"),
    )


def _let_one_pin_hold() -> None:
    """Two people could pin the same line at the same moment; from now on the first of them does."""
    op.execute(
        """
        UPDATE queue_moves SET undone_at = now()
        WHERE kind = 'pin' AND undone_at IS NULL AND EXISTS (
            SELECT FROM queue_moves AS first
            WHERE first.kind = 'pin' AND first.undone_at IS NULL AND first.id < queue_moves.id
              AND first.shop_id = queue_moves.shop_id AND first.line_id = queue_moves.line_id
        )
        """
    )
