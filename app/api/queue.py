"""Who waits for what, what a new buyer would get, and why."""

import dataclasses
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app import book, explain, history
from app import queue as claims
from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.api.supplies import today
from app.engine import ask, plan
from app.supply.fields import Units
from app.supply.naming import variants


class Piece(BaseModel):
    quantity: int
    source: Literal["on_hand", "supply", "lead_time", "unknown"]
    warehouse: str | None
    reference: str | None
    expected: date | None


class Claim(BaseModel):
    """The open units of one order line."""

    order: str
    order_id: str
    line_id: str
    sku: str
    channel: str | None
    placed_at: datetime
    quantity: int
    ready: int
    waiting: int
    expected: date | None
    pieces: list[Piece]


class Claims(BaseModel):
    items: list[Claim]
    next: str | None


class QueueQuery(PageQuery):
    sku: Text | None = None
    at_risk: bool = Field(default=False, description="Only claims that were told a day which does not hold.")


class Step(BaseModel):
    quantity: int
    expected: date | None


class Availability(BaseModel):
    status: Literal["in_stock", "backorder", "preorder", "out_of_stock"]
    available_now: int
    backorder_left: int
    steps: list[Step]


class AvailabilityQuery(Query):
    sku: Text
    channel: Text
    quantity: Units | None = Field(None, description="For so many units, on offer or not; else for all on offer.")


class Explanations(BaseModel):
    items: list[dict[str, Any]]


class ExplanationQuery(Query):
    """Of an order, or of a variant, in all channels or in one."""

    order: Text | None = None
    sku: Text | None = None
    channel: Text | None = None


class HistoryQuery(PageQuery):
    order: Text | None = None
    sku: Text | None = None


class Moves(BaseModel):
    items: list[dict[str, Any]]
    next: str | None


def list_queue(call: Call) -> Any:
    query = call.query
    connection, shop, last = call.connection, call.shop, paging.after(query, str)
    if query.at_risk:
        rows = claims.at_risk(connection, shop.id, today(shop), query.sku, after=last, limit=query.limit + 1)
    else:
        rows = claims.lines(connection, shop.id, query.sku, after=last, limit=query.limit + 1)
    return paging.page(rows, query, lambda item: item["line_id"])


def availability(call: Call) -> Any:
    day = today(call.shop)
    [facts] = book.load_facts(call.connection, call.shop, [_variant(call, call.query.sku)], day)
    offer = next((offer for offer in plan(facts, day).offers if offer.slug == call.query.channel), None)
    if offer is None:
        raise Problem(404, f"channel: The shop has no channel {call.query.channel}.")
    steps = ask(facts, offer.channel, call.query.quantity, day) if call.query.quantity else offer.steps
    return dataclasses.asdict(offer) | {"steps": [dataclasses.asdict(step) for step in steps]}


def explanations(call: Call) -> Any:
    query, day = call.query, today(call.shop)
    if (query.order is None) == (query.sku is None) or (query.order and query.channel):
        raise Problem(400, "order, sku: Ask about an order, or about a sku and perhaps a channel.")
    if query.order:
        return {"items": explain.order(call.connection, call.shop, query.order, day)}
    try:
        variant = _variant(call, query.sku)
        return {"items": explain.variant(call.connection, call.shop, variant, day, channel=query.channel)}
    except explain.NoSuchChannel as wrong:
        raise Problem(404, str(wrong)) from wrong


def list_history(call: Call) -> Any:
    query = call.query
    last = paging.after(query, int)
    rows = history.rows(
        call.connection, call.shop.id, order=query.order, sku=query.sku, after=last, limit=query.limit + 1
    )
    return paging.page(rows, query, lambda item: item["id"])


def _variant(call: Call, sku: str) -> str:
    return variants(call.connection, call.shop.id, [sku])[sku]


ROUTES = (
    Route("GET", "/queue", "read", "Every open claim, in turn", list_queue, Claims, QueueQuery),
    Route("GET", "/availability", "read", "What a new buyer would get", availability, Availability, AvailabilityQuery),
    Route("GET", "/explanations", "read", "Why, in sentences", explanations, Explanations, ExplanationQuery),
    Route("GET", "/history", "read", "Every move of what was promised", list_history, Moves, HistoryQuery),
)
