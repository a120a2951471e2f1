"""What is on its way, from whom, and what arrived."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_of


class Supplier(Table):
    """Whom the merchant buys from. `lead_days` is what the supplier says it takes."""

    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    name: Mapped[str]
    lead_days: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("shop_id", "name"),)


class Supply(Table):
    """A purchase-order line. `quantity - received` units are still to come.

    `state`: expected, received, cancelled. `eta_latest` ends the range, where the supplier gave one; one that is
    expected and whose range has passed is late. `first_eta` is the end of the range as it was first told: what its
    supplier is measured by. `confidence` is how sure the date is, in percent. `held` units are kept back from
    everybody. `version` grows with every change.
    """

    __tablename__ = "supplies"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    variant_id: Mapped[str]
    warehouse_id: Mapped[str]
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("suppliers.id"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    held: Mapped[int] = mapped_column(server_default="0")
    ordered_on: Mapped[date | None]
    eta: Mapped[date]
    eta_latest: Mapped[date | None]
    first_eta: Mapped[date | None]
    confidence: Mapped[int | None]
    reference: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="expected")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("quantity > 0 AND received >= 0 AND received <= quantity AND held >= 0", name="units"),
        CheckConstraint("eta_latest >= eta", name="range"),
        CheckConstraint("confidence BETWEEN 1 AND 100", name="confidence"),
        CheckConstraint("state IN ('expected', 'received', 'cancelled')", name="state"),
        Index("ix_supplies_variant", "shop_id", "variant_id"),
        Index("ix_supplies_reference", "shop_id", "reference"),
        Index("ix_supplies_expected", "shop_id", "eta", "id", postgresql_where=text("state = 'expected'")),
        Index(
            "ix_supplies_due",
            "shop_id",
            text("coalesce(eta_latest, eta)"),
            "id",
            postgresql_where=text("state = 'expected'"),
        ),
    )


class SupplyChange(Table):
    """Append-only: one change of a supply: what was done, by whom, why, and the values it changed.

    `kind`: added, changed, received, cancelled, undone. `before` and `after` hold only the columns that differ.
    `why` in a person's own words, or in English where nobody was asked: then `reason` is what it is said from, as
    `app.wording.Said` keeps it.
    """

    __tablename__ = "supply_changes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    supply_id: Mapped[int] = mapped_column(ForeignKey("supplies.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    after: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    who: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_supply_changes_at", "shop_id", "at", "id"),)


class Receipt(Table):
    """Units of a supply that arrived.

    `source`: person (somebody said so), stock (the shop's stock rose by just that). Where the person asked us to raise
    the shop's stock, `stock_state` goes none -> raising -> raised or reported, with the row that is written recorded in
    `write` first: `{"warehouse", "before", "after"}`. `counted` of its units are known to be in the shop's stock.
    `undone_at` takes the receipt back.
    """

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    supply_id: Mapped[int] = mapped_column(ForeignKey("supplies.id", ondelete="CASCADE"), index=True)
    units: Mapped[int]
    counted: Mapped[int] = mapped_column(server_default="0")
    received_on: Mapped[date]
    source: Mapped[str]
    stock_state: Mapped[str] = mapped_column(server_default="none")
    write: Mapped[dict[str, Any] | None]
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("units > 0 AND counted BETWEEN 0 AND units", name="units"),
        CheckConstraint("source IN ('person', 'stock')", name="source"),
        CheckConstraint("stock_state IN ('none', 'raising', 'raised', 'reported')", name="stock_state"),
        Index("ix_receipts_at", "shop_id", "at", "id"),
        Index("ix_receipts_raising", "shop_id", postgresql_where=text("stock_state = 'raising'")),
    )


class StockRise(Table):
    """Units by which a stock grew that nobody has explained yet, while supply was expected there.

    While it is `open`, as many units of the expected supply there are in doubt and promised to nobody: they may be the
    same. It is settled once: `taken` as the receipt `receipt_id`, or `dismissed` as something else.
    """

    __tablename__ = "stock_rises"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    variant_id: Mapped[str]
    warehouse_id: Mapped[str]
    units: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="open")
    receipt_id: Mapped[int | None] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("state IN ('open', 'taken', 'dismissed')", name="state"),
        Index("ix_stock_rises_open", "shop_id", "variant_id", postgresql_where=text("state = 'open'")),
    )
