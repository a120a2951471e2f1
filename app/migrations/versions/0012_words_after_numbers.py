"""Places of orders whose numbers are words come after those of numbers, as they are served."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A word stood behind twenty zeros, before any number of its moment. See `app.book.turn`."""
    op.execute(
        r"""
        UPDATE lines SET turn = regexp_replace(turn, '^([0-9]{20} )0{20}([^ ])', '\1~\2')
        WHERE turn ~ '^[0-9]{20} 0{20}[^ ]'
        """
    )
