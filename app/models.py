"""The tables: marks, the book (what the platform showed us), what merchants told us, and what we still have to say.

Ids of the platform are opaque text. Every row belongs to one shop. Times are aware; an ETA is a date.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Sequence,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Every table of ours. The job queue's own tables belong to Procrastinate."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        dict[str, str]: JSONB,
    }


def _shop_key() -> Mapped[int]:
    return mapped_column(ForeignKey("shops.id", ondelete="CASCADE"), primary_key=True)


def _shop() -> Mapped[int]:
    return mapped_column(ForeignKey("shops.id", ondelete="CASCADE"), index=True)


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


mark_generation = Sequence("mark_generation", metadata=Table.metadata)


class Mark(Table):
    """Something of a shop that must be looked at again: an order, a variant, or the shop's own layout.

    `generation` grows over the whole table, so a mark set again after it was taken is never cleared by mistake.
    `routine` marks, a sweep's, let the others go first.
    """

    __tablename__ = "marks"

    shop_id: Mapped[int] = _shop_key()
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


class Warehouse(Table):
    """A warehouse of the shop; `is_pool` marks ours."""

    __tablename__ = "warehouses"

    shop_id: Mapped[int] = _shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    is_pool: Mapped[bool] = mapped_column(server_default=text("false"))


class Channel(Table):
    """A sales channel. `warehouses` are ids in allocation order, pools included; `pool` is ours, shared by a group."""

    __tablename__ = "channels"

    shop_id: Mapped[int] = _shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool]
    strategy: Mapped[str]
    warehouses: Mapped[list[str]]
    pool: Mapped[str | None]


class Variant(Table):
    """A sellable variant. `shown` is our own metadata as the platform shows it; `revisit` see `Plan.revisit`."""

    __tablename__ = "variants"

    shop_id: Mapped[int] = _shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    name: Mapped[str]
    product_id: Mapped[str]
    product_name: Mapped[str]
    product_type_id: Mapped[str]
    category_ids: Mapped[list[str]] = mapped_column(server_default="[]")
    collection_ids: Mapped[list[str]] = mapped_column(server_default="[]")
    listed_in: Mapped[list[str]] = mapped_column(server_default="[]")
    tracked: Mapped[bool]
    shown: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    observed_at: Mapped[datetime]
    revisit: Mapped[date | None]

    __table_args__ = (
        Index("ix_variants_sku", "shop_id", "sku"),
        Index("ix_variants_revisit", "revisit", postgresql_where=text("revisit IS NOT NULL")),
    )


class Stock(Table):
    """Units of a variant in a warehouse, as last observed. `changed_at` is when another quantity was first seen."""

    __tablename__ = "stocks"

    shop_id: Mapped[int] = _shop_key()
    variant_id: Mapped[str] = mapped_column(primary_key=True)
    warehouse_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    allocated: Mapped[int]
    changed_at: Mapped[datetime]


class Order(Table):
    """An order the shop accepted. `queued_at` is its place in the queue: see DESIGN.md section 3."""

    __tablename__ = "orders"

    shop_id: Mapped[int] = _shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    channel_id: Mapped[str]
    status: Mapped[str]
    origin: Mapped[str]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    shown: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    observed_at: Mapped[datetime]


class Line(Table):
    """One order line and its place in the plan.

    `open` units are not yet fulfilled; `approving` of them wait in a shipment for approval. `layers` says when its
    ordered units joined the queue: `[{"at": iso, "units": n}]`, oldest first. `pieces` is the engine's answer,
    `promised` the last date told, `beyond` its units beyond the cap. `judged` is set once the line has been held
    against the cap, `told` once we wrote its metadata.
    """

    __tablename__ = "lines"

    shop_id: Mapped[int] = _shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str]
    variant_id: Mapped[str | None]
    sku: Mapped[str]
    quantity: Mapped[int]
    open: Mapped[int]
    approving: Mapped[int] = mapped_column(server_default="0")
    allocations: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    layers: Mapped[list[Any]] = mapped_column(server_default="[]")
    shown: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    pieces: Mapped[list[Any]] = mapped_column(server_default="[]")
    ready: Mapped[int] = mapped_column(server_default="0")
    waiting: Mapped[int] = mapped_column(server_default="0")
    expected: Mapped[date | None]
    promised: Mapped[date | None]
    beyond: Mapped[int] = mapped_column(server_default="0")
    judged: Mapped[bool] = mapped_column(server_default=text("false"))
    told: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"], ondelete="CASCADE"),
        Index("ix_lines_order", "shop_id", "order_id"),
        Index("ix_lines_open", "shop_id", "variant_id", postgresql_where=text("open > 0")),
        Index(
            "ix_lines_unsettled",
            "shop_id",
            "variant_id",
            postgresql_where=text(
                "open > 0 OR (shown <> '{}'::jsonb AND shown ->> 'dueback.status' IS DISTINCT FROM 'done')"
            ),
        ),
    )


class PromiseMove(Table):
    """Append-only: one change of what a line was promised."""

    __tablename__ = "promise_moves"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = _shop()
    line_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    ready_before: Mapped[int]
    ready_after: Mapped[int]
    waiting_before: Mapped[int]
    waiting_after: Mapped[int]
    expected_before: Mapped[date | None]
    expected_after: Mapped[date | None]

    __table_args__ = (Index("ix_promise_moves_line", "shop_id", "line_id", "id"),)


class Rule(Table):
    """What the merchant allows for a scope. `fields` holds only what this rule decides; the rest is inherited.

    `target` is the platform's id of the scope's object, empty for the shop; `channel_id` empty means every channel.
    """

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = _shop()
    scope: Mapped[str]
    target: Mapped[str]
    channel_id: Mapped[str] = mapped_column(server_default="")
    fields: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("shop_id", "scope", "target", "channel_id"),
        CheckConstraint("scope IN ('shop', 'channel', 'variant')", name="scope"),
    )


class Supply(Table):
    """A purchase-order line. `quantity - received` units are still to come. `state`: expected, received, cancelled."""

    __tablename__ = "supplies"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = _shop()
    variant_id: Mapped[str]
    warehouse_id: Mapped[str]
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    eta: Mapped[date]
    reference: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="expected")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("quantity > 0 AND received >= 0 AND received <= quantity", name="units"),
        CheckConstraint("state IN ('expected', 'received', 'cancelled')", name="state"),
        Index("ix_supplies_variant", "shop_id", "variant_id"),
    )


class PoolShipment(Table):
    """Units staff shipped from the pool, which holds none: see DESIGN.md section 2.

    `state`: found -> taking -> repaired, or found -> reported; once `cancelled` back into the pool, repaired ->
    returning -> returned. In taking and returning, `writes` are recorded and under way:
    `[{"warehouse", "before", "after"}]`.
    """

    __tablename__ = "pool_shipments"

    shop_id: Mapped[int] = _shop_key()
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

    shop_id: Mapped[int] = _shop_key()
    line_id: Mapped[str] = mapped_column(primary_key=True)
    variant_id: Mapped[str]
    units: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Notice(Table):
    """Something to tell, written in the transaction that decided it and sent afterwards. `kind`: order_note, problem.

    `key` makes it once only; the row goes when the matter is settled, so that it can be told again.
    """

    __tablename__ = "notices"

    shop_id: Mapped[int] = _shop_key()
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
