"""Purchase-order lines."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Literal

from flask_babel import lazy_gettext as lazy
from pydantic import BaseModel, Field
from sqlalchemy import text

from app import clock
from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query, Text
from app.api.problem import Problem
from app.models import Shop
from app.preview.supply import of_supplies
from app.supply import BadSupply, NoSuchSupply, lines, listing
from app.supply.fields import HeldUnits, Name, Percent, SupplyFields, Units, Words

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, :shop))")


class Supply(BaseModel):
    """A purchase-order line. `quantity - received` units are still to come; `version` grows with every change."""

    id: int
    sku: str | None
    variant_id: str
    warehouse: str | None
    supplier: str | None
    quantity: int
    received: int
    held: int
    ordered_on: date | None
    eta: date
    eta_latest: date | None
    confidence: int | None
    reference: str
    status: Literal["expected", "late", "received", "cancelled"]
    version: int
    changed_at: datetime


class Supplies(BaseModel):
    items: list[Supply]
    next: str | None


class SupplyQuery(PageQuery):
    sku: Text | None = None
    warehouse: Text | None = Field(None, description="Its slug.")
    supplier: Text | None = Field(None, description="Its name.")
    reference: Text | None = None
    status: Literal["expected", "late", "received", "cancelled"] | None = None


class NewSupply(SupplyFields):
    """A purchase-order line: `sku` or `variant_id`, the slug of a warehouse of the shop's own, units and dates.

    `eta_latest` ends a range that begins at `eta`. `supplier` is a name; one not known yet is made. `confidence` is how
    sure the date is, in percent. `held` units are kept back from everybody.

    Where one of the same reference, SKU and warehouse is expected already, it is refused unless `another` is true.
    """

    another: bool = False
    why: Words = ""


class ChangedSupply(Query):
    """Fields left out stay as they are, but for one: another `eta` without `eta_latest` takes the place of the range.

    With `version` it is changed only if it is still at that version.
    """

    warehouse: Name | None = None
    quantity: Units | None = None
    eta: date | None = None
    eta_latest: date | None = None
    reference: Words | None = None
    supplier: Name | None = None
    ordered_on: date | None = None
    confidence: Percent | None = None
    held: HeldUnits | None = None
    version: int | None = None
    why: Words = ""


class PreviewedSupply(ChangedSupply):
    """As for changing it; with `cancel` what cancelling it would do."""

    cancel: bool = False


class Told(BaseModel):
    """What a buyer is told: one day, or from the first to the last."""

    first: date
    last: date


class Move(BaseModel):
    """A waiting order line of which the day moves; null: it has none. `units` of it wait."""

    order: str
    order_id: str
    line_id: str
    customer: str
    sku: str
    channel: str
    units: int
    before: date | None
    after: date | None
    told_before: Told | None
    told_after: Told | None


class SupplyEffect(BaseModel):
    """How many orders move, with all their lines: those that come later first, then in queue order.

    `opens` and `closes` are the channels in which sale past zero begins and ends.
    """

    orders: int
    later: int
    earlier: int
    moves: list[Move]
    opens: list[str]
    closes: list[str]


class Reason(Query):
    why: Words = ""


def today(shop: Shop) -> date:
    """The shop's calendar date."""
    return clock.today(shop.settings, datetime.now(UTC))


def shown(row: Any, day: date) -> dict[str, Any]:
    """A supply's row as it is answered."""
    return dict(row._mapping) | {"status": listing.status_of(row, day)}  # noqa: SLF001 - SQLAlchemy's own name


def one(call: Call, number: int) -> dict[str, Any]:
    """The supply of this number. Raises NoSuchSupply."""
    rows = listing.rows(call.connection, call.shop.id, number=number)
    if not rows:
        raise NoSuchSupply(lazy("supply: There is no supply {supply}."), supply=str(number))
    return shown(rows[0], today(call.shop))


def list_supplies(call: Call) -> Any:
    query, day = call.query, today(call.shop)
    wanted = query.model_dump(exclude={"limit", "cursor"})
    last = paging.after(query, int)
    rows = listing.rows(call.connection, call.shop.id, **wanted, today=day, after=last, limit=query.limit + 1)
    return paging.page([shown(row, day) for row in rows], query, lambda item: item["id"])


def get_supply(call: Call) -> Any:
    return one(call, call.ids["id"])


def add_supply(call: Call) -> Any:
    fields, why = _with_reason(call.body.model_dump(exclude_unset=True))
    if not fields.pop("another", False):
        _refuse_another(call, call.body)
    number = lines.add(call.connection, call.shop, fields, who=call.who, why=why, today=today(call.shop))
    return one(call, number)


def _refuse_another(call: Call, body: NewSupply) -> None:
    """Who sends a line again, without an Idempotency-Key, would have it come twice; and no file could name it then."""
    if not body.reference or (body.sku is None) == (body.variant_id is None):
        return
    # One of two equal requests waits here until the other's line is kept.
    call.connection.execute(_ONE_AT_A_TIME, {"name": f"supply {body.reference}", "shop": call.shop.id})
    same = listing.rows(
        call.connection, call.shop.id, reference=body.reference, sku=body.sku, variant_id=body.variant_id,
        warehouse=body.warehouse, status="open", limit=1,
    )  # fmt: skip
    if same:
        number = same[0].id
        raise Problem(
            409,
            f"reference: Supply {number} of this reference, SKU and warehouse is expected already. Change that one, or "
            "send this again with another set to true.",
            more={"supply": number},
        )


def change_supply(call: Call) -> Any:
    changes, why = _with_reason(call.body.model_dump(exclude_unset=True))
    version, number = changes.pop("version", None), call.ids["id"]
    lines.change(
        call.connection, call.shop, number, changes, who=call.who, why=why, today=today(call.shop), version=version
    )
    return one(call, number)


def preview_supply(call: Call) -> Any:
    changes, _ = _with_reason(call.body.model_dump(exclude_unset=True))
    version, cancel = changes.pop("version", None), changes.pop("cancel", False)
    if cancel and changes:
        raise BadSupply(lazy("cancel: A supply is cancelled as it is. Leave out {field}."), field=next(iter(changes)))
    versions = {call.ids["id"]: version}
    found = of_supplies(call.connection, call.shop, versions, None if cancel else changes, today(call.shop))
    return {
        "orders": found.orders,
        "later": found.later,
        "earlier": found.earlier,
        "moves": [asdict(move) | {"line_id": move.line} for move in found.moves],
        "opens": [turned.channel for turned in found.opens],
        "closes": [turned.channel for turned in found.closes],
    }


def cancel_supply(call: Call) -> Any:
    lines.cancel(call.connection, call.shop, call.ids["id"], who=call.who, why=call.body.why)
    return one(call, call.ids["id"])


def _with_reason(given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    fields = dict(given)
    return fields, fields.pop("why", "")


ROUTES = (
    Route("GET", "/supplies", "read", "Supplies by date", list_supplies, Supplies, SupplyQuery),
    Route("POST", "/supplies", "supply", "Record what will arrive", add_supply, Supply, body=NewSupply, status=201),
    Route("GET", "/supplies/{id}", "read", "One supply", get_supply, Supply),
    Route("PATCH", "/supplies/{id}", "supply", "Change a supply", change_supply, Supply, body=ChangedSupply),
    Route(
        "POST", "/supplies/{id}/preview", "read", "Whose day a change would move", preview_supply, SupplyEffect,
        body=PreviewedSupply,
    ),
    Route("POST", "/supplies/{id}/cancel", "supply", "Take back what is to come", cancel_supply, Supply, body=Reason),
)  # fmt: skip
