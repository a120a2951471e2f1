"""What the cells of a purchase order's row say."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as lazy

from app.imports import cells
from app.refusal import BadValue
from app.supply import BadSupply

COLUMNS = (
    "id", "reference", "sku", "warehouse", "quantity", "received", "eta", "eta_latest", "supplier", "ordered_on",
    "confidence", "held", "state",
)  # fmt: skip
NEEDED = ("sku", "warehouse", "quantity", "eta")
READ: Mapping[str, Callable[[str], Any]] = {
    "id": cells.whole,
    "quantity": cells.whole,
    "eta": cells.day,
    "eta_latest": cells.day,
    "ordered_on": cells.day,
    "confidence": cells.whole,
    "held": cells.whole,
}
# What an empty cell means in a column that is there.
EMPTY = {"reference": "", "eta_latest": None, "supplier": None, "ordered_on": None, "confidence": None, "held": 0}
STATES = {"", "expected", "late", "cancelled"}


def read_cells(row: Mapping[str, str]) -> dict[str, Any]:
    """The cells as values; of an empty one what that means, of a needed one nothing. Raises BadSupply."""
    given: dict[str, Any] = {}
    for name, text in row.items():
        try:
            value = (READ.get(name) or cells.words)(text) if text else EMPTY.get(name)
        except BadValue as wrong:
            raise BadSupply("{field}: {reason}", field=name, reason=wrong) from wrong
        # A supply of a variant without a SKU is known by its id alone.
        if name in NEEDED and value is None and not row.get("id"):
            raise BadSupply(lazy("{field}: This cell is empty."), field=name)
        if name != "received":
            given[name] = value
    given["state"] = (row.get("state") or "").lower()
    if given["state"] not in STATES:
        raise BadSupply(lazy("state: {given} is neither expected nor cancelled."), given=repr(row["state"][:20]))
    return given
