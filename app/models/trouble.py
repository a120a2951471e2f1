"""What went past the plan, and what there is to tell."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_key


class PoolShipment(Table):
    """Units staff shipped from the pool, which holds none: see DESIGN.md section 2.

    `state`: found -> taking -> repaired, or found -> reported; once `cancelled` back into the pool, repaired ->
    returning -> returned. In taking and returning, `writes` are recorded and under way:
    `[{"warehouse", "before", "after"}]`.
    """

    __tablename__ = "pool_shipments"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    fulfilment_id: Mapped[str]
    order_id: Mapped[str]
    line_id: Mapped[str]
    variant_id: Mapped[str]
    units: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="found")
    writes: Mapped[list[Any]] = mapped_column(server_default="[]")
    shipped_at: Mapped[datetime]
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Overrun(Table):
    """Units of one line that were accepted beyond the cap."""

    __tablename__ = "overruns"

    shop_id: Mapped[int] = shop_key()
    line_id: Mapped[str] = mapped_column(primary_key=True)
    variant_id: Mapped[str]
    units: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Notice(Table):
    """Something to tell, written in the transaction that decided it and sent afterwards. `kind`: order_note, problem.

    `key` makes it once only; the row goes when the matter is settled, so that it can be told again.
    """

    __tablename__ = "notices"

    shop_id: Mapped[int] = shop_key()
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempted: Mapped[bool] = mapped_column(server_default=text("false"))
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('order_note', 'problem')", name="kind"),
        Index("ix_notices_unsent", "shop_id", postgresql_where=text("sent_at IS NULL")),
    )
