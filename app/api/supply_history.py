"""Every change of a purchase-order line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery
from app.supply import listing, naming, suppliers


class SupplyChange(BaseModel):
    """`before` and `after` have the fields that changed, by their names in a supply; what was added, all it has.

    `warehouse` is a slug and `supplier` a name, those of now; null where it is gone. `state` is expected, received or
    cancelled. `first_eta` is the day first told.
    """

    id: int
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    who: str
    why: str
    at: datetime


class SupplyHistory(BaseModel):
    items: list[SupplyChange]
    next: str | None


def supply_history(call: Call) -> Any:
    last = paging.after(call.query, int)
    rows = listing.history(call.connection, call.shop.id, call.ids["id"], after=last, limit=call.query.limit + 1)
    sellers = {row.id: row.name for row in suppliers.rows(call.connection, call.shop.id)}
    places = {number: slug for slug, number in naming.warehouses(call.connection, call.shop.id).items()}
    names = {"supplier_id": ("supplier", sellers), "warehouse_id": ("warehouse", places)}
    items = [{**row, "before": _named(row["before"], names), "after": _named(row["after"], names)} for row in rows]
    return paging.page(items, call.query, lambda item: item["id"])


def _named(columns: Mapping[str, Any], names: Mapping[str, tuple[str, Mapping[Any, str]]]) -> dict[str, Any]:
    """The columns by the names that the API uses."""
    given = {name: value for name, value in columns.items() if name not in names}
    return given | {told: by_id.get(columns[name]) for name, (told, by_id) in names.items() if name in columns}


ROUTES = (
    Route("GET", "/supplies/{id}/history", "read", "Every change of it", supply_history, SupplyHistory, PageQuery),
)
