"""What people say about a purchase-order line, checked on the way in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from flask_babel import lazy_gettext as lazy
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app import faults
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
        raise _refusal(wrong) from wrong


def _refusal(wrong: ValidationError) -> BadSupply:
    """The first trouble."""
    first = wrong.errors(include_url=False)[0]
    match first["type"]:
        case "missing":
            return BadSupply(lazy("{field}: This is needed."), field=first["loc"][0])
        case "extra_forbidden":
            known = ", ".join(SupplyFields.model_fields)
            return BadSupply(
                lazy("{field}: No supply has such a field. There are: {known}."), field=first["loc"][0], known=known
            )
        case _:
            return BadSupply(faults.FAULT, **faults.first(wrong))


def check(fields: SupplyFields, today: date) -> None:
    """What each field alone cannot tell. Raises BadSupply."""
    if (fields.sku is None) == (fields.variant_id is None):
        raise BadSupply(lazy("sku: Name the variant by its sku or by its variant_id, one of the two."))
    check_eta(fields.eta, today)
    check_together(fields, today)


def check_eta(eta: date, today: date) -> None:
    """A supply whose day is past would serve nobody. Raises BadSupply."""
    if not today <= eta <= today + FARTHEST:
        raise BadSupply(
            lazy("eta: {day} is not between today ({today}) and five years from now."), day=eta, today=today
        )


def check_together(fields: SupplyFields, today: date) -> None:
    """Whether the fields fit each other. Raises BadSupply."""
    if fields.eta_latest and not fields.eta <= fields.eta_latest <= today + FARTHEST:
        raise BadSupply(
            lazy("eta_latest: {day} is not between the eta ({eta}) and five years from now."),
            day=fields.eta_latest,
            eta=fields.eta,
        )
    if fields.ordered_on and not today - FARTHEST <= fields.ordered_on <= today:
        raise BadSupply(
            lazy("ordered_on: {day} is not between five years ago and today ({today})."),
            day=fields.ordered_on,
            today=today,
        )
    if fields.held > fields.quantity:
        raise BadSupply(lazy("held: {held} cannot be held back of {units}."), held=fields.held, units=fields.quantity)
