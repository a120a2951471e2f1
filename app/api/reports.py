"""How dates were kept: by suppliers, and by us."""

from typing import Any

from pydantic import BaseModel, Field

from app.api.call import Call, Route
from app.supply import learned

SHARE = "From 0 to 1; null: of nothing."


class Punctuality(BaseModel):
    """How a supplier keeps its dates, by its receipts that stand."""

    id: int
    supplier: str
    receipts: int
    units: int
    on_time: float | None = Field(description=f"The share of receipts no later than first told. {SHARE}")
    delay_days: dict[int, int] | None = Field(
        description="By percent, 50, 80 and 95: within so many days after the day first told so many receipts had come."
    )
    lead_days: dict[int, int] | None = Field(description="The same from the day of the order; null: none is known.")
    lead_days_told: int | None = Field(description="Days from order to arrival, as the supplier says.")
    learned: bool = Field(description=f"Whether that is enough to reckon with: {learned.ENOUGH} receipts.")


class SupplierReport(BaseModel):
    items: list[Punctuality]


class Kept(BaseModel):
    """Units shipped in a month that had waited for a date, by the supplier they came from; null: none is known."""

    month: str = Field(description="Such as 2026-11.")
    supplier: str | None
    units: int
    kept_first: float | None = Field(description=f"The share shipped no later than the first day told. {SHARE}")
    kept_last: float | None = Field(description=f"The share shipped no later than the last day told. {SHARE}")
    worst_days: int = Field(description="Days that the latest unit was late by the first day told.")


class PromiseReport(BaseModel):
    items: list[Kept]


def of_suppliers(call: Call) -> Any:
    return {"items": learned.punctuality(call.connection, call.shop.id)}


def of_promises(call: Call) -> Any:
    return {"items": learned.accuracy(call.connection, call.shop.id)}


ROUTES = (
    Route("GET", "/reports/suppliers", "read", "How suppliers keep their dates", of_suppliers, SupplierReport),
    Route("GET", "/reports/promises", "read", "Promised against shipped, by month", of_promises, PromiseReport),
)
