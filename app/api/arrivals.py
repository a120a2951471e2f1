"""What arrived: receipts, and rises of the shop's stock that may be supply."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query
from app.api.supplies import Reason, Supply, one
from app.supply import receipts, receiving, rises
from app.supply.fields import Units, Words


class Receipt(BaseModel):
    """Units of a supply that arrived. `stock_state` says how far we are with raising the shop's stock, if asked to."""

    id: int
    supply_id: int
    units: int
    received_on: date
    source: Literal["person", "stock"]
    stock_state: Literal["none", "raising", "raised", "reported"]
    who: str
    at: datetime
    undone_at: datetime | None


class Receipts(BaseModel):
    items: list[Receipt]


class Received(BaseModel):
    receipt: Receipt
    told: str = Field(description="What was done, in a sentence.")


class NewReceipt(Query):
    """`quantity` left out: all that is still to come. With `raise_stock` the shop's stock is raised by the units."""

    quantity: Units | None = None
    raise_stock: bool = False
    received_on: date | None = None
    why: Words = ""


class Rise(BaseModel):
    """Units by which a stock grew where supply was expected. While it is open they are promised to nobody twice."""

    id: int
    sku: str | None
    warehouse: str | None
    units: int
    state: Literal["open", "taken", "dismissed"]
    supply: int | None = Field(description="The earliest supply expected there.")
    at: datetime


class Rises(BaseModel):
    items: list[Rise]
    next: str | None


class RiseQuery(PageQuery):
    state: Literal["open", "taken", "dismissed"] = "open"


class Taken(Query):
    supply: int = Field(description="The supply that the units are of.", ge=1, lt=2**63)
    why: Words = ""


class Settled(BaseModel):
    id: int
    state: Literal["open", "taken", "dismissed"]


def list_receipts(call: Call) -> Any:
    one(call, call.ids["id"])
    return {"items": [_row(row) for row in receipts.of_supply(call.connection, call.shop.id, call.ids["id"])]}


def receive(call: Call) -> Any:
    body = call.body
    done = receiving.receive(
        call.runtime,
        call.shop,
        call.ids["id"],
        body.quantity,
        who=call.who,
        why=body.why,
        raise_stock=body.raise_stock,
        on=body.received_on,
    )
    return {"receipt": _row(done.receipt), "told": done.told}


def undo(call: Call) -> Any:
    row = receiving.undo(call.connection, call.shop, call.ids["id"], who=call.who, why=call.body.why)
    return one(call, row.id)


def list_rises(call: Call) -> Any:
    query = call.query
    last = paging.after(query, int)
    rows = rises.rows(call.connection, call.shop.id, state=query.state, after=last, limit=query.limit + 1)
    return paging.page([_row(row) for row in rows], query, lambda item: item["id"])


def take(call: Call) -> Any:
    return _row(
        rises.take(call.connection, call.shop, call.ids["id"], call.body.supply, who=call.who, why=call.body.why)
    )


def dismiss(call: Call) -> Any:
    return _row(rises.dismiss(call.connection, call.shop, call.ids["id"], who=call.who))


def _row(row: Any) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name


ROUTES = (
    Route("GET", "/supplies/{id}/receipts", "read", "What arrived of a supply", list_receipts, Receipts),
    Route(
        "POST", "/supplies/{id}/receipts", "supply", "Record that units arrived", receive, Received, body=NewReceipt,
        status=201, whole=False,
    ),
    Route("POST", "/receipts/{id}/undo", "supply", "Take a receipt back", undo, Supply, body=Reason),
    Route("GET", "/rises", "read", "Rises of stock that may be supply", list_rises, Rises, RiseQuery),
    Route("POST", "/rises/{id}/take", "supply", "The rise was a receipt", take, Receipt, body=Taken),
    Route("POST", "/rises/{id}/dismiss", "supply", "The rise was something else", dismiss, Settled, body=Reason),
)  # fmt: skip
