"""What is said of supply on its pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import select

from app.admin.language import day, number
from app.admin.visit import Visit
from app.models import Supplier, Warehouse
from app.preview.supply import Days
from app.wording import gettext as _

STATES = {
    "open": lazy("Still to come"),
    "late": lazy("Late"),
    "expected": lazy("Expected"),
    "received": lazy("Received"),
    "cancelled": lazy("Cancelled"),
    "all": lazy("All"),
}
KINDS = {
    "added": lazy("added"),
    "changed": lazy("changed"),
    "received": lazy("received"),
    "cancelled": lazy("cancelled"),
    "undone": lazy("receipt taken back"),
}
FIELDS = {
    "quantity": lazy("Units ordered"),
    "received": lazy("Units received"),
    "held": lazy("Held back"),
    "eta": lazy("Due"),
    "eta_latest": lazy("Due at the latest"),
    "warehouse_id": lazy("Warehouse"),
    "supplier_id": lazy("Supplier"),
    "reference": lazy("Purchase order"),
    "ordered_on": lazy("Ordered on"),
    "confidence": lazy("Confidence in percent"),
    "state": lazy("State"),
    "source": lazy("Said by"),
}
SOURCES = {"person": lazy("a person"), "stock": lazy("the shop's stock")}
DATES = {"eta", "eta_latest", "ordered_on"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of a line before and after, as people read it."""

    field: str
    before: str
    after: str


def named(row: Any) -> str:
    """A line by its purchase order, or by our own number."""
    return str(row.reference or _("Line %(number)s", number=str(row.id)))


class Names:
    """The names of warehouses and suppliers by id. `supplier`: the name of one that is not kept yet."""

    def __init__(self, visit: Visit, supplier: str = "") -> None:
        own = visit.shop.id
        read = visit.connection.execute
        self._warehouses = {
            row.id: row.name for row in read(select(Warehouse.id, Warehouse.name).where(Warehouse.shop_id == own))
        }
        self._suppliers = {
            row.id: row.name for row in read(select(Supplier.id, Supplier.name).where(Supplier.shop_id == own))
        }
        self._new = supplier

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
        """The fields that differ, those with a name of their own."""
        for field, label in FIELDS.items():
            if before.get(field) != after.get(field):
                yield Changed(str(label), self._value(field, before.get(field)), self._value(field, after.get(field)))

    def _value(self, field: str, value: Any) -> str:
        if value in (None, ""):
            return "–"
        match field:
            case "warehouse_id":
                return str(self._warehouses.get(value) or _("a warehouse that is gone"))
            case "supplier_id":
                return str(self._suppliers.get(value, self._new))
            case "state" | "source":
                return str(SOURCES.get(value) or STATES[value])
            case _ if field in DATES:
                return day(value)
            case _:
                return number(value) if isinstance(value, int) else str(value)


def told(days: Days | None) -> str:
    """What a buyer reads of a day."""
    if days is None:
        return str(_("No date is known yet."))
    if days.first == days.last:
        return str(_("Expected on %(day)s.", day=day(days.first)))
    return str(_("Expected between %(first)s and %(last)s.", first=day(days.first), last=day(days.last)))


def due_between(first: date, last: date | None) -> str:
    """The day a supplier gave, or the range."""
    if last is None or last == first:
        return day(first)
    return str(_("%(first)s to %(last)s", first=day(first), last=day(last)))
