"""What one rule may say, checked on the way in."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as lazy
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from app import faults
from app.engine.model import Display, LeadIn, Mode
from app.engine.rules import ENDS_ON, NONE, STARTS_ON
from app.refusal import BadValue
from app.rulebook import days_off
from app.rulebook.wrong import BadRule
from app.whole import whole

MOST_UNITS = 1_000_000
MOST_DAYS = 730
MOST_SPREAD = 180
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def _known_zone(name: str) -> str:
    if name != NONE and name not in _zones():
        raise BadValue(lazy("no time zone {name} is known; write one such as Europe/Berlin"), name=repr(name))
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) and text != NONE:
        raise BadValue(lazy("should be a time of the day, from 00:00 to 23:59"))
    return text


def _known_country(name: str) -> str:
    if name != NONE and not days_off.is_known(name):
        raise BadValue(
            lazy("no holidays of {name} are known; write a country such as DE, or its part such as DE-BY"),
            name=repr(name),
        )
    return name


Nothing = Literal["none"]
Units = Annotated[int, BeforeValidator(whole), Field(ge=0, le=MOST_UNITS)]
Days = Annotated[int, BeforeValidator(whole), Field(ge=0, le=MOST_DAYS)]
Some = Annotated[int, BeforeValidator(whole), Field(ge=1, le=MOST_UNITS)]
Spread = Annotated[int, BeforeValidator(whole), Field(ge=0, le=MOST_SPREAD)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
ClockTime = Annotated[str, AfterValidator(_clock_time)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
Country = Annotated[str, Field(max_length=64), AfterValidator(_known_country)]


class RuleFields(BaseModel):
    """What one rule decides. A field left out is inherited from a wider scope; "none" takes back what that says."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True, str_strip_whitespace=True)

    mode: Mode | None = Field(None, description="What may be ordered once nothing is free.")
    cap: Units | Literal["incoming", "none"] | None = Field(
        None, description="How many units may be owed at once: a number, incoming (what dated supply still has), none."
    )
    open_at: Units | Literal["always"] | None = Field(
        None, description="Backorders open when so few units are free; 0 when sold out, always at any time."
    )
    horizon_days: Days | Nothing | None = Field(None, description="Nothing is sold that comes later than this.")
    require_date: bool | None = Field(None, description="Sell nothing that nobody can date.")
    lead_days: Days | Nothing | None = Field(None, description="Days to get a unit that no supply is known for.")
    lead_in: LeadIn | None = Field(None, description="Whether the lead time counts days or business days.")
    holidays: Country | None = Field(None, description="The country whose holidays are no business days, such as DE.")
    cut_off: ClockTime | Nothing | None = Field(None, description="Orders after this time count from the next day.")
    time_zone: Zone | None = Field(None, description="Where the cut-off time is meant; none for the shop's own.")
    buffer_days: Days | None = Field(None, description="Days added to every date.")
    confidence: Literal[50, 80, 95, "none"] | None = Field(
        None, description="Tell the date that held in so many percent of the supplier's past receipts."
    )
    release_on: Day | Nothing | None = Field(None, description="The day before which a preorder ships nothing.")
    early_sale: bool | None = Field(None, description="Sell and ship stock before the release while it is there.")
    units_per_order: Some | Nothing | None = Field(None, description="The most one order may take past zero.")
    may_split: bool | None = Field(None, description="Whether a line may ship in parts.")
    display: Display | None = Field(None, description="How dates are told: day, range, week, unknown.")
    spread_days: Spread | None = Field(None, description="How long a range is.")
    starts_on: Day | None = Field(None, description="The first day on which the rule decides anything.")
    ends_on: Day | None = Field(None, description="The last such day.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """What contradicts itself within one rule. What one rule leaves out, another may say."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise BadRule(
                lazy("ends_on: {end} is before the rule starts, on {start}."), end=self.ends_on, start=self.starts_on
            )
        if self.spread_days and self.display != Display.RANGE:
            raise BadRule(
                lazy(
                    "spread_days: Only a range has a spread. Set display to range in this rule, or take the spread out."
                )
            )
        if self.mode == Mode.BACKORDER and isinstance(self.release_on, date):
            raise BadRule(
                lazy("release_on: A backorder has no release. Set mode to preorder, or take the date out of the rule.")
            )
        if self.mode == Mode.BACKORDER and self.early_sale:
            raise BadRule(
                lazy(
                    "early_sale: A backorder has no release. Set mode to preorder, or take early sale out of the rule."
                )
            )
        return self


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept and as the engine reads them; None is left out. Raises BadRule."""
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        kept = RuleFields.model_validate(given).model_dump(mode="json", exclude_none=True)
    except ValidationError as wrong:
        raise _refusal(wrong) from wrong
    if not kept.keys() - {STARTS_ON, ENDS_ON}:
        raise BadRule(lazy("fields: A rule has to decide something. To inherit everything, remove the rule."))
    return kept


def _refusal(wrong: ValidationError) -> BadRule:
    """The first trouble."""
    first = wrong.errors(include_url=False)[0]
    if not first["loc"] and isinstance(first["ctx"]["error"], BadRule):
        return first["ctx"]["error"]
    if first["type"] == "extra_forbidden":
        known = ", ".join(RuleFields.model_fields)
        return BadRule(
            lazy("{field}: No rule has such a field. There are: {known}."), field=first["loc"][0], known=known
        )
    return BadRule(faults.FAULT, **faults.first(wrong))
