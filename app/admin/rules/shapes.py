"""The fields of a rule as a form asks for them, and their values in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy

from app.admin.fields import plainly
from app.admin.language import day, number
from app.engine.rules import NONE
from app.wording import gettext as _
from app.wording import ngettext

YES, NO = "yes", "no"
SWITCH = {YES: lazy("Yes"), NO: lazy("No")}


@dataclass(frozen=True, slots=True)
class Shape:
    """One field. `words` are the values to choose from; `typed` is the kind of input for any other, empty for none.

    `unit`: what a number counts, "units" or "days". A field that is not `inherits` is the rule's own affair.
    """

    name: str
    label: Any
    help: Any
    words: Mapping[str, Any] = field(default_factory=dict)
    typed: str = ""
    other: Any = ""
    unit: str = ""
    inherits: bool = True


ALLOWED = (
    Shape(
        "mode",
        lazy("Mode"),
        lazy("What may be ordered once nothing is free."),
        {
            "backorder": lazy("Backorders"),
            "preorder": lazy("Preorders"),
            "off": lazy("Off: nothing past zero"),
        },
    ),
    Shape(
        "release_on",
        lazy("Release day"),
        lazy("A preorder ships nothing before this day."),
        {NONE: lazy("None")},
        "date",
        lazy("This day"),
    ),
    Shape(
        "early_sale",
        lazy("Sell stock before the release"),
        lazy("Sell and ship stock before the release day while it is there."),
        SWITCH,
    ),
)
LIMITS = (
    Shape(
        "cap",
        lazy("Cap"),
        lazy("How many units may be owed at once. Incoming supply: as many as dated supply still has for nobody."),
        {"incoming": lazy("Incoming supply"), NONE: lazy("None")},
        "number",
        lazy("A number"),
        "units",
    ),
    Shape(
        "open_at",
        lazy("Open at"),
        lazy("Open when so few units are free. With 0 a line of 5 is refused while 3 are free; always takes it."),
        {"always": lazy("Always")},
        "number",
        lazy("A number"),
        "units",
    ),
    Shape(
        "units_per_order",
        lazy("Units per order"),
        lazy("The most that one order may take past zero."),
        {NONE: lazy("None")},
        "number",
        lazy("A number"),
        "units",
    ),
    Shape(
        "horizon_days",
        lazy("Horizon"),
        lazy("Sell nothing that comes later than so many days from now."),
        {NONE: lazy("None")},
        "number",
        lazy("A number"),
        "days",
    ),
    Shape("require_date", lazy("Only with a date"), lazy("Sell nothing that nobody can date."), SWITCH),
)
DATES = (
    Shape(
        "lead_days",
        lazy("Lead time"),
        lazy("How long you need to get a unit that no supply is known for. Without it such units have no date."),
        {NONE: lazy("None")},
        "number",
        lazy("A number"),
        "days",
    ),
    Shape(
        "lead_in",
        lazy("Lead time counts"),
        lazy("Business days leave out weekends and holidays."),
        {"days": lazy("Every day"), "business_days": lazy("Business days")},
    ),
    Shape(
        "holidays",
        lazy("Holidays of"),
        lazy("A country such as DE, or a part of one such as DE-BY: its holidays are no business days."),
        {NONE: lazy("No country")},
        "text",
        lazy("This country"),
    ),
    Shape(
        "cut_off",
        lazy("Cut-off time"),
        lazy("Orders after this time of the day count from the next day."),
        {NONE: lazy("Any time")},
        "time",
        lazy("This time"),
    ),
    Shape(
        "time_zone",
        lazy("Time zone"),
        lazy("Where that time is meant, such as Europe/Berlin."),
        {NONE: lazy("The shop's own")},
        "text",
        lazy("This zone"),
    ),
    Shape(
        "buffer_days",
        lazy("Buffer"),
        lazy("Added to every date, to be on the safe side."),
        {},
        "number",
        lazy("A number"),
        "days",
    ),
    Shape(
        "confidence",
        lazy("Confidence"),
        lazy("Tell the day that held in so many of 100 past receipts of the supplier."),
        {NONE: lazy("As the supplier says"), "50": "50 %", "80": "80 %", "95": "95 %"},
    ),
)
DISPLAY = (
    Shape("may_split", lazy("Lines may ship in parts"), lazy("No: a line leaves as a whole."), SWITCH),
    Shape(
        "display",
        lazy("Dates are told as"),
        lazy("What buyers see."),
        {"day": lazy("A day"), "range": lazy("A range of days"), "week": lazy("A week"), "unknown": lazy("No date")},
    ),
    Shape(
        "spread_days",
        lazy("Length of a range"),
        lazy("Only where this rule tells dates as a range."),
        {},
        "number",
        lazy("A number"),
        "days",
    ),
)
HOLDS = (
    Shape("starts_on", lazy("First day"), lazy("The rule decides nothing before."), {}, "date", inherits=False),
    Shape("ends_on", lazy("Last day"), lazy("The rule decides nothing after."), {}, "date", inherits=False),
)

GROUPS = (
    (lazy("What may be ordered"), ALLOWED),
    (lazy("Limits"), LIMITS),
    (lazy("Dates"), DATES),
    (lazy("Shipping and display"), DISPLAY),
    (lazy("When this rule holds"), HOLDS),
)
SHAPES: Mapping[str, Shape] = {shape.name: shape for _title, shapes in GROUPS for shape in shapes}


def told(name: str, value: Any) -> str:
    """A value of a field as people say it."""
    shape, text = SHAPES[name], _as_choice(value)
    if text in shape.words:
        return str(shape.words[text])
    match shape.typed:
        case "number" if text.lstrip("-").isdecimal():
            return counted(shape.unit, int(text))
        case "date":
            return day(date.fromisoformat(text))
        case _:
            return text


def counted(unit: str, count: int) -> str:
    """So many units, or days."""
    if unit == "days":
        return str(ngettext("%(shown)s day", "%(shown)s days", count, shown=number(count)))
    return str(ngettext("%(shown)s unit", "%(shown)s units", count, shown=number(count)))


def wrong_told(wrong: str) -> tuple[str, str]:
    """From what the rulebook says is wrong: the field, empty for none, and the same with the name people know."""
    name = wrong.partition(": ")[0]
    return name if name in SHAPES else "", plainly(wrong, {each: shape.label for each, shape in SHAPES.items()})


def all_told(fields: Mapping[str, Any] | None, *, without: str = "") -> list[tuple[str, str]]:
    """What a rule says, as (label, value) in the order of the form."""
    known = fields or {}
    return [(str(SHAPES[name].label), told(name, known[name])) for name in SHAPES if name in known and name != without]


def sentence(fields: Mapping[str, Any] | None) -> str:
    """What a rule says, on one line."""
    if fields is None:
        return str(_("no rule"))
    return "; ".join(f"{label}: {value}" for label, value in all_told(fields))


def _as_choice(value: Any) -> str:
    """A value as the form's select has it."""
    return {True: YES, False: NO}[value] if isinstance(value, bool) else str(value)
