"""Files that wait for somebody's yes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_of


class Upload(Table):
    """A file to be taken over, kept for an hour: see `app.imports.uploads`.

    `state`: checking (what it would do is being found out) -> checked -> keeping (somebody said yes) -> kept, or back
    to checked where it would now do something else; failed with `wrong`, what is wrong with it as a whole, as
    `app.wording.Said` keeps it. `report` is what it would do, or did: `{"counts", "effects", "errors", "wrong",
    "wrong_lines", "notes", "pools"}`, as in `app.imports.Report`; an effect or error is [line, kind, sentence].
    `stage`, `done`, `total` tell how far it is; `attempts` how often it was begun since the last answer.
    """

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    kind: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes]
    who: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="checking")
    stage: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    attempts: Mapped[int] = mapped_column(server_default="0")
    report: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    wrong: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("kind IN ('supplies', 'rules')", name="kind"),
        CheckConstraint("state IN ('checking', 'checked', 'keeping', 'kept', 'failed')", name="state"),
    )
