"""How things are said: sentences with their values, numbers, counts of things, days, and the names of things."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import has_app_context
from flask_babel import LazyString as Text
from flask_babel import force_locale, get_locale, get_timezone
from flask_babel import gettext as translated
from flask_babel import lazy_gettext as later
from flask_babel import ngettext as translated_count

from app.sentences import NAMES, ONE_CHANNEL, SCOPES


class Said:
    """A sentence with its values, said anew in the language of who asks, whenever that is: else in English.

    Numbers and days are written as the language does; whole numbers called as in COUNTED have their noun with them, and
    what must not be grouped, such as the number of a supply, is given as a text. A list is told with an "and". What
    already is one of these, or a text to be translated, may stand within.
    """

    __slots__ = ("text", "values")

    def __init__(self, text: Text | str, /, **values: Any) -> None:
        self.text, self.values = text, values

    def __str__(self) -> str:
        # A text without places may be somebody else's, with braces of its own.
        if not self.values:
            return str(self.text)
        return str(self.text).format(**{name: _told(name, value) for name, value in self.values.items()})

    def __repr__(self) -> str:
        return f"Said({str(self)!r})"

    def kept(self) -> dict[str, Any]:
        """As JSON takes it, to be told later by `retold`."""
        values = {name: as_json(value) for name, value in self.values.items()}
        return {"text": english(self.text)} | ({"values": values} if values else {})


def together(first: Said, *more: Said) -> Said:
    """One sentence after another."""
    for said in more:
        first = Said("{first} {then}", first=first, then=said)
    return first


def retold(kept: Any) -> str:
    """What was kept of a sentence, in the language of who asks; what was kept as a plain text as it stands."""
    return str(meant(kept))


def english(said: object) -> str:
    """In English, whoever asks: for logs, for other programs, for what is kept of a text."""
    return said_in("en", said)


def said_in(language: str, said: object) -> str:
    """In this language, whoever asks."""
    with force_locale(language):
        return str(said)


def told(text: Text, /, **values: Any) -> str:
    """A sentence with its values, as a `Said` has them."""
    return str(Said(text, **values))


def say(text: Text, /, **values: Any) -> str:
    """The same, beginning with a capital letter."""
    said = told(text, **values)
    return said[0].upper() + said[1:]


def _told(name: str, value: Any) -> str:
    match value:
        case bool() | None:
            return str(value)
        case int():
            return COUNTED.get(name, figure)(value)
        case datetime():
            return moment(value)
        case date():
            return full_day(value)
        case list() | tuple():
            return str(format_list([_told("", each) for each in value], locale=_language()))
        case _:
            return str(value)


def as_json(value: Any) -> Any:
    """A value of a sentence as JSON takes it; `meant` gives it back."""
    match value:
        case Said():
            return value.kept()
        case Text():
            return {"text": english(value)}
        case date():
            return {"day": value.isoformat()}
        case list() | tuple():
            return [as_json(each) for each in value]
        case None | bool() | int() | str():
            return value
        case _:
            return english(value)


def meant(kept: Any) -> Any:
    """What `Said.kept` kept, to be told as often as wanted; a plain text as it stands."""
    match kept:
        case {"text": str(text)}:
            return Said(later(text), **{name: meant(value) for name, value in kept.get("values", {}).items()})
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case list():
            return [meant(each) for each in kept]
        case _:
            return kept


def _language() -> str:
    return str(get_locale() or "en")


def figure(number: int) -> str:
    """1,000 or 1.000, as the language writes it."""
    return format_decimal(number, locale=_language())


def gettext(text: str, /, **values: Any) -> str:
    """As of flask_babel, with numbers as the language writes them."""
    return str(translated(text, **{name: shown(value) for name, value in values.items()}))


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """As of flask_babel, with numbers, `num` too, as the language writes them."""
    return str(translated_count(one, many, shown(number), **{name: shown(value) for name, value in values.items()}))


def shown(value: Any) -> Any:
    """A whole number as one that is written as the language does where it stands in a text; others as they are."""
    return _Figure(value) if isinstance(value, int) and not isinstance(value, bool) else value


class _Figure(int):
    def __str__(self) -> str:
        return figure(int(self))


def units(number: int) -> str:
    return ngettext("%(num)s unit", "%(num)s units", number)


def more_units(number: int) -> str:
    return ngettext("%(num)s more unit", "%(num)s more units", number)


def orders(number: int) -> str:
    return ngettext("%(num)s order", "%(num)s orders", number)


def lines(number: int) -> str:
    return ngettext("%(num)s line", "%(num)s lines", number)


def days(number: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", number)


def seconds(number: int) -> str:
    return ngettext("%(num)s second", "%(num)s seconds", number)


def variants(number: int) -> str:
    return ngettext("%(num)s variant", "%(num)s variants", number)


COUNTED: Mapping[str, Callable[[int], str]] = {
    "units": units,
    "orders": orders,
    "lines": lines,
    "days": days,
    "seconds": seconds,
    "variants": variants,
}
"""How a number is told that is called so in a sentence."""


def supply(reference: str, number: str | int | None) -> str:
    """A supply by its reference, or by our own number."""
    if reference:
        return gettext("purchase order %(reference)s", reference=reference)
    return gettext("supply %(number)s", number=str(number))


def day(value: date, today: date) -> str:
    """12 May; with its year where that is another one."""
    return full_day(value) if value.year != today.year else _day(value, gettext("d MMMM"))


def full_day(value: date) -> str:
    """12 May 2026."""
    return _day(value, gettext("d MMMM y"))


def _day(value: date, form: str) -> str:
    return format_date(value, form, locale=_language())


def moment(value: datetime) -> str:
    """12 May 2026, 14:05 UTC; in the desk in the shop's time zone."""
    zone = get_timezone() if has_app_context() else UTC
    return format_datetime(value, gettext("d MMMM y, HH:mm z"), tzinfo=zone, locale=_language())


def origin(scope: str, name: str, *, one_channel: bool) -> str:
    """Where a value of a rule comes from."""
    named = str(SCOPES[scope]).format(name=name).rstrip()
    return str(ONE_CHANNEL).format(rule=named) if one_channel and scope != "channel" else named


def name_of(what: str) -> str:
    """The name of a field, its value or a policy, as people say it."""
    return str(NAMES.get(what, what.replace("_", " ")))


def value_of(value: Any, today: date) -> str:
    """A value of a rule, or a day, as people say it."""
    match value:
        case None | "":
            return gettext("not set")
        case True | False:
            return gettext("yes") if value else gettext("no")
        case int():
            return figure(value)
        case date():
            return day(value, today)
        case _:
            return name_of(str(value))
