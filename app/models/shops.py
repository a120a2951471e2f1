"""Installations, and who may speak for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_key, shop_of


class Shop(Table):
    """One installation. `token` is encrypted.

    `state`: installed; inactive (switched off by staff); leaving (closing sale past zero and taking our metadata away);
    left (that is done); removed (uninstalled: the token is dead).
    """

    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    platform: Mapped[str] = mapped_column(server_default="saleor")
    api_url: Mapped[str] = mapped_column(unique=True)
    app_id: Mapped[str]
    token: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="installed")
    name: Mapped[str] = mapped_column(server_default="")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    jwks: Mapped[dict[str, Any]] = mapped_column(server_default='{"keys": []}')
    jwks_at: Mapped[datetime | None]
    installed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    orders_seen_until: Mapped[datetime | None]
    swept_at: Mapped[datetime | None]
    fully_swept_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('installed', 'inactive', 'leaving', 'left', 'removed')", name="state"),
    )


class Pause(Table):
    """Append-only: a person paused the shop: nothing is sold past zero until `undone_at`. One holds at a time."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    who: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="")
    undone_why: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (Index("ix_pauses_holding", "shop_id", unique=True, postgresql_where=text("undone_at IS NULL")),)


class Key(Table):
    """A key of the JSON API. Only its hash is kept; `prefix` is the part people may see.

    `scopes` are of "read", "supply", "rules", "queue". `revoked_at` ends it for good.
    """

    __tablename__ = "keys"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    name: Mapped[str]
    prefix: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    per_minute: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Answer(Table):
    """What a write through the API was answered, kept for a day under its idempotency key.

    `request` is a hash of what was asked: the same key with another request is refused.
    """

    __tablename__ = "answers"

    shop_id: Mapped[int] = shop_key()
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class SavedView(Table):
    """Filters of the queue that one member of staff gave a name. It opens with the one that `is_default`, if any."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    who: Mapped[str]
    name: Mapped[str]
    filters: Mapped[dict[str, str]]
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("shop_id", "who", "name"),
        Index("ix_saved_views_default", "shop_id", "who", unique=True, postgresql_where=text("is_default")),
    )
