"""Whom the merchant buys from."""

from typing import Any

from pydantic import BaseModel, Field

from app.api import paging
from app.api.call import Call, Route
from app.api.paging import PageQuery, Query
from app.supply import suppliers
from app.supply.fields import Name


class Supplier(BaseModel):
    name: str
    lead_days: int | None = Field(description="Days from order to arrival, as the supplier says.")


class NewSupplier(Query):
    name: Name
    lead_days: int | None = Field(None, ge=0, le=730)


class Suppliers(BaseModel):
    items: list[Supplier]
    next: str | None


def list_suppliers(call: Call) -> Any:
    rows = suppliers.rows(
        call.connection, call.shop.id, after=paging.after(call.query, str), limit=call.query.limit + 1
    )
    found = [{"name": row.name, "lead_days": row.lead_days} for row in rows]
    return paging.page(found, call.query, lambda item: item["name"])


def put_supplier(call: Call) -> Any:
    row = suppliers.put(call.connection, call.shop, call.body.name, lead_days=call.body.lead_days)
    return {"name": row.name, "lead_days": row.lead_days}


ROUTES = (
    Route("GET", "/suppliers", "read", "Suppliers by name", list_suppliers, Suppliers, PageQuery),
    Route("PUT", "/suppliers", "supply", "Keep a supplier", put_supplier, Supplier, body=NewSupplier),
)
