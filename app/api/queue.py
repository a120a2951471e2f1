"""Who waits for what, what a new buyer would get, whose turn it is, and why."""

import dataclasses
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app import book, explain, history, turns
from app import queue as claims
from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.api.supplies import Reason, today
from app.engine import ask, plan
from app.engine.model import Policy
from app.supply.fields import Name, Units, Words
from app.supply.naming import variants
from app.turns import effects


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


class TurnMove(BaseModel):
    id: int
    kind: Literal["pin", "hand_over"]
    sku: str | None
    order: str | None
    to_order: str | None
    units: int | None
    who: str
    why: str
    at: datetime


class TurnMoves(BaseModel):
    items: list[TurnMove]
    next: str | None


class NewMove(Query):
    """With `to_order` so many units of the two orders change places; without, the order goes before all others."""

    order: Name
    sku: Name
    to_order: Name | None = None
    units: Units | None = None
    why: Words = ""


class Made(BaseModel):
    id: int


class Undone(BaseModel):
    undone: bool


class QueuePolicy(BaseModel):
    policy: Policy
    wanted_key: str
    rank_key: str


class NewPolicy(Query):
    policy: Policy | None = None
    wanted_key: Words | None = None
    rank_key: Words | None = None


class PolicyQuery(Query):
    policy: Policy


class PolicyEffect(BaseModel):
    """How many lines would gain and lose, and the first fifty of each."""

    lines: int
    gaining: int
    losing: int
    gains: list[dict[str, Any]]
    losses: list[dict[str, Any]]


def list_queue(call: Call) -> Any:
    query = call.query
    connection, shop, last = call.connection, call.shop, paging.after(query, str)
    if query.at_risk:
        found = claims.at_risk(connection, shop.id, today(shop), query.sku)
        ids = [claim["line_id"] for claim in found]
        begin = ids.index(last) + 1 if last in ids else 0
        rows = found[begin : begin + query.limit + 1]
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


def list_moves(call: Call) -> Any:
    last = paging.after(call.query, int) or 0
    rows = turns.rows(call.connection, call.shop.id, after=last, limit=call.query.limit + 1)
    return paging.page([dict(row._mapping) for row in rows], call.query, lambda item: item["id"])  # noqa: SLF001


def move(call: Call) -> Any:
    body = call.body
    if (body.to_order is None) != (body.units is None):
        raise Problem(400, "to_order, units: To hand units over give both; to pin an order, neither.")
    if body.to_order is None:
        return {"id": turns.pin(call.connection, call.shop, body.order, body.sku, who=call.who, why=body.why)}
    number = turns.hand_over(
        call.connection, call.shop, body.order, body.to_order, body.sku, body.units, who=call.who, why=body.why
    )
    return {"id": number}


def undo_move(call: Call) -> Any:
    turns.undo(call.connection, call.shop, call.ids["id"])
    return {"undone": True}


def get_policy(call: Call) -> Any:
    return turns.of(call.shop).model_dump()


def put_policy(call: Call) -> Any:
    changes = call.body.model_dump(exclude_none=True)
    return turns.put(call.connection, call.shop, changes, who=call.who).model_dump()


def preview_policy(call: Call) -> Any:
    return dataclasses.asdict(effects.of_policy(call.connection, call.shop, call.query.policy, today(call.shop)))


def _variant(call: Call, sku: str) -> str:
    return variants(call.connection, call.shop.id, [sku])[sku]


ROUTES = (
    Route("GET", "/queue", "read", "Every open claim, in turn", list_queue, Claims, QueueQuery),
    Route("GET", "/availability", "read", "What a new buyer would get", availability, Availability, AvailabilityQuery),
    Route("GET", "/explanations", "read", "Why, in sentences", explanations, Explanations, ExplanationQuery),
    Route("GET", "/history", "read", "Every move of what was promised", list_history, Moves, HistoryQuery),
    Route("GET", "/moves", "read", "Pins and hand-overs that hold", list_moves, TurnMoves, PageQuery),
    Route("POST", "/moves", "queue", "Pin an order, or hand units over", move, Made, body=NewMove, status=201),
    Route("POST", "/moves/{id}/undo", "queue", "Take a move back", undo_move, Undone, body=Reason),
    Route("GET", "/queue/policy", "read", "Who is served first", get_policy, QueuePolicy),
    Route("PUT", "/queue/policy", "queue", "Change who is served first", put_policy, QueuePolicy, body=NewPolicy),
    Route("GET", "/queue/policy/preview", "read", "Who gains, who loses", preview_policy, PolicyEffect, PolicyQuery),
)
