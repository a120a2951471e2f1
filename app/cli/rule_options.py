"""The options that set a rule's fields."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import click

from app.engine.rules import NONE
from app.rulebook import BadRule

Command = TypeVar("Command", bound=Callable[..., Any])

INHERIT = "inherit"
SWITCHES: Mapping[str, bool] = {"yes": True, "no": False}

# Option, what it takes, help. Every option also takes `inherit`; what a value must be is checked by the rulebook.
OPTIONS = (
    ("--mode", "off|backorder|preorder", "What may be ordered once nothing is free."),
    ("--cap", "UNITS|incoming|none", "How many units may be owed at once; incoming: what dated supply still has."),
    ("--open-at", "UNITS|always", "Open when so few units are free. Default 0: when sold out."),
    ("--horizon-days", "DAYS|none", "Sell nothing that comes later than this."),
    ("--require-date", "yes|no", "Sell nothing that nobody can date."),
    ("--lead-days", "DAYS|none", "Days you need to get a unit that no supply is known for."),
    ("--lead-in", "days|business_days", "What a lead time counts."),
    ("--holidays", "COUNTRY|none", "Whose holidays are no business days: DE, or DE-BY."),
    ("--cut-off", "HH:MM|none", "Orders after this time count from the next day."),
    ("--time-zone", "ZONE|none", "Where the cut-off is meant, such as Europe/Berlin. Default: the shop's."),
    ("--buffer-days", "DAYS", "Days added to every date."),
    ("--confidence", "50|80|95|none", "Tell the date that held in so many percent of past receipts."),
    ("--release-on", "DATE|none", "The day before which a preorder ships nothing."),
    ("--early-sale", "yes|no", "Sell and ship stock before the release while it is there."),
    ("--units-per-order", "UNITS|none", "The most that one order may take past zero."),
    ("--may-split", "yes|no", "Whether a line may ship in parts."),
    ("--display", "day|range|week|unknown", "How dates are told."),
    ("--spread-days", "DAYS", "How long a range is."),
    ("--starts-on", "DATE", "The first day on which the rule decides anything."),
    ("--ends-on", "DATE", "The last such day."),
)


def field_options(command: Command) -> Command:
    """Give a command an option for each field of a rule."""
    for name, takes, told in reversed(OPTIONS):
        command = click.option(name, metavar=takes, help=told)(command)
    return command


def fields_of(given: Mapping[str, str | None]) -> dict[str, Any]:
    """The fields that were given, None for those to inherit."""
    return {name: _value(name, text) for name, text in given.items() if text is not None}


@contextlib.contextmanager
def refusing(given: Mapping[str, Any] | None) -> Iterator[None]:
    """A rule that cannot be ends the command: it names the option, and how to take out what the rule has already."""
    try:
        yield
    except BadRule as wrong:
        name, _, why = str(wrong).partition(": ")
        option = f"--{name.replace('_', '-')}"
        if option not in {each[0] for each in OPTIONS}:
            raise click.ClickException(str(wrong)) from wrong
        kept = (given or {}).get(name) in {None, NONE}
        told = f"{option}: {why}{f' {option} {INHERIT} takes it out of the rule.' if kept else ''}"
        raise click.ClickException(told) from wrong


def _value(name: str, text: str) -> Any:
    if text == INHERIT:
        return None
    if name in {"require_date", "early_sale", "may_split"}:
        return SWITCHES.get(text, text)
    # In a value a word may stand for a number, so a number must be one.
    return int(text) if text.isdecimal() else text
