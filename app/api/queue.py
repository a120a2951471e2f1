"""Who waits for what, and what a new buyer would get."""

import dataclasses
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app import book
from app import queue as claims
from app.api import paging
from app.api.call import Call, Route
from app.api.names import variant_of
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.api.supplies import today
from app.engine import ask, plan
from app.engine.limits import open_ended
from app.supply.fields import Units

Status = Literal["in_stock", "backorder", "preorder", "out_of_stock"]
STANDS_FOR_ANY = "Where `unlimited` is true, a large number that stands for any number; so is the largest step's."


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
    status: Status
    available_now: int
    backorder_left: int = Field(description=STANDS_FOR_ANY)
    unlimited: bool = Field(description="Whether any number of units can be ordered.")
    steps: list[Step]


class AvailabilityQuery(Query):
    sku: Text
    channel: Text
    quantity: Units | None = Field(None, description="For so many units, on offer or not; else for all on offer.")


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
    [facts] = book.load_facts(call.connection, call.shop, [variant_of(call, call.query.sku)], day)
    planned = plan(facts, day)
    channel = next((channel for channel in facts.channels if channel.slug == call.query.channel), None)
    if channel is None:
        raise Problem(404, f"channel: The shop has no channel {call.query.channel}.")
    offer = next(offer for offer in planned.offers if offer.channel == channel.id)
    steps = ask(facts, offer.channel, call.query.quantity, day) if call.query.quantity else offer.steps
    told = {"steps": [dataclasses.asdict(step) for step in steps], "unlimited": open_ended(facts, planned, channel)}
    return dataclasses.asdict(offer) | told


ROUTES = (
    Route("GET", "/queue", "read", "Every open claim, in turn", list_queue, Claims, QueueQuery),
    Route("GET", "/availability", "read", "What a new buyer would get", availability, Availability, AvailabilityQuery),
)
