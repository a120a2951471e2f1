"""Why: explanations of orders and variants, and every move of what was promised."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import select

from app import explain, history
from app.api import paging
from app.api.call import Call, Route
from app.api.names import variant_of
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.api.queue import STANDS_FOR_ANY, Piece, Status, Step
from app.api.supplies import today
from app.engine.cause import Cause
from app.engine.state import LineStatus
from app.models import Line

Value = bool | int | str


class Rests(Piece):
    """Units of a line and what they rest on; the day that a supply itself is expected, as it was told."""

    supply: int | None
    supplier: str | None
    eta: date | None
    eta_latest: date | None


class Ahead(BaseModel):
    orders: int
    units: int


class Decision(BaseModel):
    """What a person decided about the line: see `/moves`."""

    id: int
    day: date | None
    who: str
    why: str
    at: datetime


class RuleValue(BaseModel):
    """A value that holds, and the rule it comes from."""

    field: str
    value: Value
    scope: str
    target: str | None = Field(description="Slug or SKU; null: the whole shop.")
    channel: str | None = Field(description="The one channel that rule holds in; null: every channel.")


class SupplierLead(BaseModel):
    """A supplier's lead time, which holds in place of the rule's."""

    supplier: str
    days: int
    confidence: int | None = Field(description="The percent of past receipts that kept to it; null: as it says itself.")


class Way(BaseModel):
    """The least that would bring the line sooner: units on hand or in a supply, or a supply earlier or dated again."""

    kind: Literal["stock", "supply_units", "supply_days", "supply_date"]
    warehouse: str | None
    supply: int | None
    reference: str | None
    units: int | None
    days: int | None
    expected: date | None = Field(description="When the last unit would come then; null: at once, or nobody knows.")


class ExplainedLine(BaseModel):
    """An open order line; `why` says all of it in sentences."""

    order: str
    order_id: str
    line_id: str
    sku: str
    channel: str | None
    quantity: int
    status: LineStatus
    ready: int
    waiting: int
    expected: date | None = Field(description="When the last waiting unit comes; null: none waits, or nobody knows.")
    pieces: list[Rests]
    ahead: Ahead
    hold: Decision | None
    redate: Decision | None
    rule: list[RuleValue]
    supplier_lead: SupplierLead | None
    sooner: list[Way]
    why: list[str]


class Limit(BaseModel):
    """A field of the rule, and how many units it would let through alone; null: any number."""

    field: str
    value: Value
    room: int | None


class ExplainedChannel(BaseModel):
    """A variant in one channel; `why` says all of it in sentences."""

    channel: str
    status: Status
    available_now: int
    backorder_left: int = Field(description=STANDS_FOR_ANY)
    unlimited: bool = Field(description="Whether any number of units can be ordered.")
    outstanding: int | None = Field(description="Units owed past zero; null: the channel has no pool.")
    reasons: list[str]
    limits: list[Limit]
    rule: list[RuleValue]
    supplier_lead: SupplierLead | None
    steps: list[Step]
    why: list[str]


class Explanations(BaseModel):
    """Of an order its open lines, of a variant its channels."""

    items: list[ExplainedLine | ExplainedChannel]


class ExplanationQuery(Query):
    """Of an order, or of a variant, in all channels or in one."""

    order: Text | None = None
    sku: Text | None = None
    channel: Text | None = None


class MovedUnits(BaseModel):
    ready_before: int
    ready_after: int
    waiting_before: int
    waiting_after: int


class PromiseMove(BaseModel):
    """One move of what a line was promised: the day of its last waiting unit; null: none waits, or nobody knows it."""

    id: int
    order: str
    order_id: str
    line_id: str
    sku: str
    at: datetime
    from_: date | None = Field(alias="from")
    to: date | None
    units: MovedUnits
    cause: Cause | Literal[""]
    why: str
    supply: int | None
    reference: str | None


class PromiseMoves(BaseModel):
    items: list[PromiseMove]
    next: str | None


class HistoryQuery(PageQuery):
    order: Text | None = None
    sku: Text | None = None


def explanations(call: Call) -> Any:
    query, day = call.query, today(call.shop)
    if (query.order is None) == (query.sku is None) or (query.order and query.channel):
        raise Problem(400, "order, sku: Ask about an order, or about a sku and perhaps a channel.")
    if query.order:
        _check_order(call, query.order)
        return {"items": explain.order(call.connection, call.shop, query.order, day)}
    variant = variant_of(call, query.sku)
    try:
        return {"items": explain.variant(call.connection, call.shop, variant, day, channel=query.channel)}
    except explain.NoSuchChannel as wrong:
        raise Problem(404, f"channel: {wrong}") from wrong


def list_history(call: Call) -> Any:
    query = call.query
    if query.order is not None:
        _check_order(call, query.order)
    if query.sku is not None:
        _check_sku(call, query.sku)
    last = paging.after(query, int)
    rows = history.rows(
        call.connection, call.shop.id, order=query.order, sku=query.sku, after=last, limit=query.limit + 1
    )
    return paging.page(rows, query, lambda item: item["id"])


def _check_order(call: Call, number: str) -> None:
    if not explain.knows(call.connection, call.shop.id, number):
        raise Problem(404, f"order: Dueback knows no order {number}. One that was just placed is read within seconds.")


def _check_sku(call: Call, sku: str) -> None:
    """A variant that is gone from the shop has its history all the same."""
    ordered = select(Line.id).where(Line.shop_id == call.shop.id, Line.sku == sku).limit(1)
    if call.connection.scalar(ordered) is None:
        variant_of(call, sku)


ROUTES = (
    Route("GET", "/explanations", "read", "Why, in sentences", explanations, Explanations, ExplanationQuery),
    Route("GET", "/history", "read", "Every move of what was promised", list_history, PromiseMoves, HistoryQuery),
)
