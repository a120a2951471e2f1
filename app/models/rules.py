"""What merchants allow."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_of


class Rule(Table):
    """What the merchant allows for a scope. `fields` holds only what this rule decides; the rest is inherited.

    `target` is the platform's id of the scope's object, empty for the shop, and `target_name` what people call it: a
    slug, a SKU; `channel_id` empty means every channel. `version` grows with every change.
    """

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    scope: Mapped[str]
    target: Mapped[str]
    target_name: Mapped[str] = mapped_column(server_default="")
    channel_id: Mapped[str] = mapped_column(server_default="")
    fields: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("shop_id", "scope", "target", "channel_id"),
        CheckConstraint(
            "scope IN ('shop', 'channel', 'product_type', 'category', 'collection', 'product', 'variant')",
            name="scope",
        ),
    )


class RuleChange(Table):
    """Append-only: one change of a rule. `before` None: it was made; `after` None: it was removed."""

    __tablename__ = "rule_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    scope: Mapped[str]
    target: Mapped[str]
    target_name: Mapped[str]
    channel_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_rule_changes_place", "shop_id", "scope", "target", "channel_id", "id"),
        Index("ix_rule_changes_at", "shop_id", "at", "id"),
    )
