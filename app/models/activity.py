"""What people and the app did, where no other table keeps it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_of


class Activity(Table):
    """Append-only: somebody did something. `kind` is one of `app.activity.KINDS`, which has its sentence.

    The subject is what it was done to, as it was called then, and `also` what it concerns besides; `params` are the
    values of the sentence, `effect` the numbers of what it concerned.
    """

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    who: Mapped[str]
    kind: Mapped[str]
    subject_kind: Mapped[str] = mapped_column(server_default="")
    subject_id: Mapped[str] = mapped_column(server_default="")
    subject_name: Mapped[str] = mapped_column(server_default="")
    also_kind: Mapped[str] = mapped_column(server_default="")
    also_id: Mapped[str] = mapped_column(server_default="")
    also_name: Mapped[str] = mapped_column(server_default="")
    params: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    effect: Mapped[dict[str, Any]] = mapped_column(server_default="{}")

    __table_args__ = (
        Index("ix_activities_at", "shop_id", "at", "id"),
        Index("ix_activities_subject", "shop_id", "subject_kind", "subject_id", "at"),
        Index("ix_activities_also", "shop_id", "also_kind", "also_id", "at", postgresql_where=text("also_kind <> ''")),
    )
