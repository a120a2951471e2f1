"""What people say about a purchase-order line, checked on the way in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.supply.wrong import BadSupply
from app.whole import whole

FARTHEST = timedelta(days=5 * 366)
MOST_UNITS = 1_000_000

Units = Annotated[int, BeforeValidator(whole), Field(ge=1, le=MOST_UNITS)]
HeldUnits = Annotated[int, BeforeValidator(whole), Field(ge=0, le=MOST_UNITS)]
Percent = Annotated[int, BeforeValidator(whole), Field(ge=1, le=100)]
# PostgreSQL keeps no NUL in a text.
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]

CHANGEABLE = frozenset(
    {"warehouse", "quantity", "eta", "eta_latest", "reference", "supplier", "ordered_on", "confidence", "held"}
)


class SupplyFields(BaseModel):
    """A purchase-order line: `sku` or `variant_id`, the slug of a warehouse of the shop's own, units and dates.

    `eta_latest` ends a range that begins at `eta`. `supplier` is a name; one not known yet is made. `confidence` is how
    sure the date is, in percent. `held` units are kept back from everybody.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    sku: Name | None = None
    variant_id: Name | None = None
    warehouse: Name
    quantity: Units
    eta: date
    eta_latest: date | None = None
    reference: Words = ""
    supplier: Name | None = None
    ordered_on: date | None = None
    confidence: Percent | None = None
    held: HeldUnits = 0


def fields_of(given: Mapping[str, Any]) -> SupplyFields:
    """What was given, as fields. Raises BadSupply."""
    try:
        return SupplyFields.model_validate(dict(given))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "supply"
        if first["type"] == "missing":
            raise BadSupply(f"{place}: This is needed.") from wrong
        wish = (
            "It takes a date like 2026-12-24"
            if first["type"].startswith("date")
            else first["msg"].removeprefix("Value error, ")
        )
        raise BadSupply(f"{place}: {wish}, not {_short(first['input'])}.") from wrong


def check(fields: SupplyFields, today: date) -> None:
    """What each field alone cannot tell. Raises BadSupply."""
    if (fields.sku is None) == (fields.variant_id is None):
        raise BadSupply("sku: Name the variant by its sku or by its variant_id, one of the two.")
    check_eta(fields.eta, today)
    check_together(fields, today)


def check_eta(eta: date, today: date) -> None:
    """A supply whose day is past would serve nobody. Raises BadSupply."""
    if not today <= eta <= today + FARTHEST:
        raise BadSupply(f"eta: {eta} is not between today ({today}) and five years from now.")


def check_together(fields: SupplyFields, today: date) -> None:
    """Whether the fields fit each other. Raises BadSupply."""
    if fields.eta_latest and not fields.eta <= fields.eta_latest <= today + FARTHEST:
        raise BadSupply(
            f"eta_latest: {fields.eta_latest} is not between the eta ({fields.eta}) and five years from now."
        )
    if fields.ordered_on and not today - FARTHEST <= fields.ordered_on <= today:
        raise BadSupply(f"ordered_on: {fields.ordered_on} is not between five years ago and today ({today}).")
    if fields.held > fields.quantity:
        raise BadSupply(f"held: {fields.held} cannot be held back of {fields.quantity} units.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - as much as a message can hold
