"""What people decide about lines: whose turn it is, what is on hold, which day holds; and a pause of everything."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app import turns
from app.api import fields, paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query
from app.api.problem import Problem
from app.api.supplies import Reason, today
from app.supply.fields import Name, Units, Words
from app.turns import BadMove, effects
from app.turns.lines import MOST


class TurnMove(BaseModel):
    id: int
    kind: Literal["pin", "hand_over", "hold", "redate"]
    sku: str | None
    order: str | None
    line_id: str
    to_order: str | None
    to_line_id: str | None
    units: int | None
    day: date | None
    who: str
    why: str
    at: datetime


class TurnMoves(BaseModel):
    items: list[TurnMove]
    next: str | None


class NewMove(Query):
    """Whose is `line_id`, or `order` and `sku`.

    With `to_line_id` or `to_order` so many units of the two lines change places; without, the line goes before all
    others.
    """

    order: Name | None = None
    sku: Name | None = None
    line_id: Name | None = None
    to_order: Name | None = None
    to_line_id: Name | None = None
    units: Units | None = None
    why: Words = ""


class Chosen(Query):
    """Order lines by id, or one by its `order` and `sku`. What is asked is done for all of them, or for none."""

    line_ids: Annotated[list[Name], Field(min_length=1, max_length=MOST)] | None = None
    order: Name | None = None
    sku: Name | None = None
    why: Words = ""


class Redated(Chosen):
    day: date


class GiverQuery(Query):
    """Whom units are to be handed to: `to_line_id`, or `to_order` and `sku`."""

    to_order: Name | None = None
    to_line_id: Name | None = None
    sku: Name | None = None
    units: Units


class Stands(BaseModel):
    """Units ready, and the day the last unit is expected: today where all is ready; null: nobody knows."""

    ready: int
    expected: date | None


class Giver(BaseModel):
    """A line that could hand the units over, before and after, and how the taker would stand.

    `sooner` of the taker's units would come sooner than now.
    """

    order: str
    line_id: str
    units: int
    before: Stands
    after: Stands
    taker: Stands
    sooner: int


class Givers(BaseModel):
    """Who could give, the least harmed first; `more` were not tried, since more harm is likely."""

    items: list[Giver]
    more: int


class Made(BaseModel):
    id: int


class MadeMany(BaseModel):
    """The moves' numbers, by line id."""

    ids: list[int]


class Undone(BaseModel):
    undone: bool


class Pausing(BaseModel):
    """Whether nothing is sold past zero now, whatever the rules say; since when, by whom and why."""

    paused: bool
    who: str | None = None
    why: str | None = None
    at: datetime | None = None


def list_moves(call: Call) -> Any:
    last = paging.after(call.query, int) or 0
    rows = turns.rows(call.connection, call.shop.id, after=last, limit=call.query.limit + 1)
    return paging.page([dict(row._mapping) for row in rows], call.query, lambda item: item["id"])  # noqa: SLF001


def move(call: Call) -> Any:
    body = call.body
    line = _line(call, body.line_id, body.order, body.sku)
    other = body.to_line_id is not None or body.to_order is not None
    if other != (body.units is not None):
        raise Problem(400, "to_order, units: To hand units over give both; to pin an order, neither.")
    if not other:
        [number] = turns.pin(call.connection, call.shop, [line], who=call.who, why=body.why)
        return {"id": number}
    taker = _line(call, body.to_line_id, body.to_order, body.sku if body.to_order else None, field="to_order")
    return {"id": turns.hand_over(call.connection, call.shop, line, taker, body.units, who=call.who, why=body.why)}


def list_givers(call: Call) -> Any:
    query = call.query
    try:
        line = _line(call, query.to_line_id, query.to_order, query.sku, field="to_order")
        found = effects.givers(call.connection, call.shop, line, query.units, today(call.shop))
    except BadMove as refused:
        # That the line has not so many units; else there is no such line.
        status = 400 if str(refused).startswith("units: ") else 404
        raise Problem(status, fields.told(refused)) from refused
    return {"items": [asdict(giver) | {"line_id": giver.line} for giver in found.found], "more": found.more}


def hold(call: Call) -> Any:
    return {"ids": turns.hold(call.connection, call.shop, _lines(call), who=call.who, why=call.body.why)}


def release(call: Call) -> Any:
    return {"ids": turns.release(call.connection, call.shop, _lines(call), who=call.who, why=call.body.why)}


def redate(call: Call) -> Any:
    day, why = call.body.day, call.body.why
    numbers = turns.redate(call.connection, call.shop, _lines(call), day, today(call.shop), who=call.who, why=why)
    return {"ids": numbers}


def undo_move(call: Call) -> Any:
    turns.undo(call.connection, call.shop, call.ids["id"], who=call.who, why=call.body.why)
    return {"undone": True}


def _lines(call: Call) -> list[str]:
    body = call.body
    if body.line_ids is not None and body.order is None and body.sku is None:
        return list(body.line_ids)
    if body.line_ids is not None:
        raise Problem(400, "line_ids: Name lines by line_ids, or one by order and sku.")
    return [_line(call, None, body.order, body.sku)]


def _line(call: Call, line: str | None, order: str | None, sku: str | None, *, field: str = "order") -> str:
    if line is not None and order is None and sku is None:
        return line
    if line is None and order is not None and sku is not None:
        return turns.find(call.connection, call.shop.id, order, sku)
    raise Problem(400, f"{field}, sku: Name an order line by its id, or by order and sku.")


def get_pause(call: Call) -> Any:
    found = turns.paused(call.connection, call.shop.id)
    return {"paused": True, "who": found.who, "why": found.why, "at": found.at} if found else {"paused": False}


def pause(call: Call) -> Any:
    return _after(call, turns.pause)


def resume(call: Call) -> Any:
    return _after(call, turns.resume)


def _after(call: Call, change: Callable[..., None]) -> Any:
    change(call.connection, call.shop, who=call.who, why=call.body.why)
    return get_pause(call)


ROUTES = (
    Route("GET", "/moves", "read", "What people decided about lines", list_moves, TurnMoves, PageQuery),
    Route("POST", "/moves", "queue", "Pin an order, or hand units over", move, Made, body=NewMove, status=201),
    Route("GET", "/moves/givers", "read", "Who could hand units over", list_givers, Givers, GiverQuery),
    Route("POST", "/moves/hold", "queue", "Put lines on hold", hold, MadeMany, body=Chosen, status=201),
    Route("POST", "/moves/release", "queue", "Take lines off hold", release, MadeMany, body=Chosen),
    Route("POST", "/moves/redate", "queue", "Give lines a day by hand", redate, MadeMany, body=Redated, status=201),
    Route("POST", "/moves/{id}/undo", "queue", "Take a move back", undo_move, Undone, body=Reason),
    Route("GET", "/pause", "read", "Whether the shop is paused", get_pause, Pausing),
    Route("POST", "/pause", "rules", "Sell nothing past zero for now", pause, Pausing, body=Reason),
    Route("POST", "/resume", "rules", "End the pause", resume, Pausing, body=Reason),
)
