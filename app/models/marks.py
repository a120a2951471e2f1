"""What must be looked at again."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Sequence, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_key

mark_generation = Sequence("mark_generation", metadata=Table.metadata)


class Mark(Table):
    """Something of a shop that must be looked at again: an order, a variant, or the shop's own layout.

    `generation` grows over the whole table, so a mark set again after it was taken is never cleared by mistake.
    `routine` marks, a sweep's, let the others go first.
    """

    __tablename__ = "marks"

    shop_id: Mapped[int] = shop_key()
    kind: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, mark_generation, server_default=mark_generation.next_value())
    marked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    routine: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("kind IN ('order', 'variant', 'layout')", name="kind"),
        Index("ix_marks_due", "shop_id", "kind", "routine", "generation"),
    )
