"""The book's orders: what is owed, to whom in which turn, and what was promised."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKeyConstraint, Identity, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.table import Table, shop_key, shop_of


class Order(Table):
    """An order the shop accepted. `queued_at` is its place in the queue: see DESIGN.md section 3.

    What a shop's own queue policy may go by: `paid`; `wanted_on`, the day its buyer wants it shipped; `rank`, its mark,
    lower first; `completes`, whether all it has open can ship from what is on hand.

    `shipments` says of each shipment that its units are counted as "gone" from their warehouse or as "back" there, or
    that it is "waiting" to be approved; None where nobody has counted yet: see `app.book.movements`.

    `customer` is the buyer's e-mail address, kept for as long as `app.book.customers` says; `closed_at` when nothing of
    the order was open any more.
    """

    __tablename__ = "orders"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    channel_id: Mapped[str]
    status: Mapped[str]
    origin: Mapped[str]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    paid: Mapped[bool] = mapped_column(server_default=text("false"))
    wanted_on: Mapped[date | None]
    rank: Mapped[int | None]
    completes: Mapped[bool] = mapped_column(server_default=text("false"))
    shipments: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    shown: Mapped[dict[str, str]] = mapped_column(server_default="{}")
    observed_at: Mapped[datetime]
    customer: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_orders_kept_customers", "shop_id", "closed_at", postgresql_where=text("customer <> ''")),
    )


class Line(Table):
    """One order line and its place in the plan.

    `open` units are not yet fulfilled; `approving` of them wait in a shipment for approval. `layers` says when its
    ordered units joined the queue: `[{"at": iso, "units": n}]`, oldest first. `pieces` is the engine's answer,
    `promised` the last date told, `beyond` its units beyond the cap. `judged` is set once the line has been held
    against the cap, `told` once we wrote its metadata. `shipped` units had left when the last plan was kept; `rests_on`
    is the supply its units last rested on, `shipped_at` when the last of them left.

    `channel_id` and `order_number` are its order's, kept here so that a long queue is read from one table.

    `turn` is its place in the queue as the last plan gave it: see `app.book.turn`. `due` is the day of the first
    supply that it rests on: once it has passed, that one is late. `let_down_by` is a late supply that it rested on
    before. The names and `unit_price`, with taxes and discounts, are those it was sold under; they outlive the
    product. `words` is what people look for, in small letters.
    """

    __tablename__ = "lines"

    shop_id: Mapped[int] = shop_key()
    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str]
    channel_id: Mapped[str] = mapped_column(server_default="")
    order_number: Mapped[str] = mapped_column(server_default="")
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
    shipped: Mapped[int | None]
    rests_on: Mapped[int | None] = mapped_column(BigInteger)
    let_down_by: Mapped[int | None] = mapped_column(BigInteger)
    shipped_at: Mapped[datetime | None]
    turn: Mapped[str] = mapped_column(Text(collation="C"), server_default="")
    due: Mapped[date | None]
    product_name: Mapped[str] = mapped_column(server_default="")
    variant_name: Mapped[str] = mapped_column(server_default="")
    unit_price: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(server_default="")
    words: Mapped[str] = mapped_column(Computed("lower(sku || ' ' || product_name || ' ' || variant_name)"))

    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_id"], ["orders.shop_id", "orders.id"], ondelete="CASCADE"),
        Index("ix_lines_order", "shop_id", "order_id"),
        Index("ix_lines_open", "shop_id", "variant_id", postgresql_where=text("open > 0")),
        Index("ix_lines_turn", "shop_id", "turn", "id", postgresql_where=text("open > 0")),
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
    """Append-only: one change of what a line was promised, and why.

    `cause` is a word programs know (see `app.engine.cause`), `why` a sentence, and `reason` what it was said from, so
    that it can be said in another language: see `app.reasons.kept`. `supply_id` is the supply it names, if any.
    """

    __tablename__ = "promise_moves"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    line_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    ready_before: Mapped[int]
    ready_after: Mapped[int]
    waiting_before: Mapped[int]
    waiting_after: Mapped[int]
    expected_before: Mapped[date | None]
    expected_after: Mapped[date | None]
    cause: Mapped[str] = mapped_column(server_default="")
    why: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    supply_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_promise_moves_line", "shop_id", "line_id", "id"),)


class QueueMove(Table):
    """Append-only: what a person decided about a line.

    `kind`: pin (the line goes before all that are not pinned); hand_over (`units` of the line change places in the
    queue with as many of `to_line_id`, of which `to_line_left` units had left by then); hold (nothing of the line
    ships); redate (what of it is not on hand is expected on `day`). `undone_at` ends it: by a person, `undone_by`, or
    by itself, where that is empty. Of all kinds but hand_over a line has one at a time.
    """

    __tablename__ = "queue_moves"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    kind: Mapped[str]
    variant_id: Mapped[str]
    line_id: Mapped[str]
    to_line_id: Mapped[str | None]
    units: Mapped[int | None]
    to_line_left: Mapped[int | None]
    day: Mapped[date | None]
    who: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="")
    undone_why: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        CheckConstraint("kind IN ('pin', 'hand_over', 'hold', 'redate')", name="kind"),
        CheckConstraint("(kind = 'redate') = (day IS NOT NULL)", name="day"),
        Index("ix_queue_moves_variant", "shop_id", "variant_id", postgresql_where=text("undone_at IS NULL")),
        Index(
            "ix_queue_moves_line",
            "shop_id",
            "line_id",
            "kind",
            unique=True,
            postgresql_where=text("undone_at IS NULL AND kind <> 'hand_over'"),
        ),
    )


class Delivery(Table):
    """Append-only: units of a line that were shipped, and what had been promised for them.

    `promised_first` and `promised_last` are the first and the last date that was told; both None when none ever was.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    shop_id: Mapped[int] = shop_of()
    line_id: Mapped[str]
    variant_id: Mapped[str]
    supplier_id: Mapped[int | None] = mapped_column(BigInteger)
    units: Mapped[int]
    promised_first: Mapped[date | None]
    promised_last: Mapped[date | None]
    shipped_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
