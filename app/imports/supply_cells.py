"""What the cells of a purchase order's row say."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as lazy

from app.imports import cells
from app.imports.table import Row
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


def read_cells(row: Row) -> tuple[dict[str, Any], dict[str, BadValue]]:
    """The cells as values, by column; of an empty one what that means, of a needed one nothing. Then what is wrong.

    What is wrong with a cell stands under its column, which then has no value.
    """
    given: dict[str, Any] = {}
    wrong = dict(row.wrong)
    for name, text in row.cells.items():
        if name in wrong:
            continue
        try:
            value = _value(name, text, row.cells)
        except BadValue as refused:
            wrong[name] = refused
        else:
            if name != "received":
                given[name] = value
    return given, wrong


def _value(name: str, text: str, row: Mapping[str, str]) -> Any:
    """Raises BadSupply."""
    if name == "state":
        if text.lower() not in STATES:
            raise BadSupply(lazy("state: {given} is neither expected nor cancelled."), given=repr(text[:20]))
        return text.lower()
    try:
        value = (READ.get(name) or cells.words)(text) if text else EMPTY.get(name)
    except BadValue as wrong:
        raise BadSupply("{field}: {reason}", field=name, reason=wrong) from wrong
    # A supply of a variant without a SKU is known by its id alone.
    if name in NEEDED and value is None and not row.get("id"):
        raise BadSupply(lazy("{field}: This cell is empty."), field=name)
    return value
