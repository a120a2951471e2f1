"""How things are said: sentences with their values, numbers of units, days, the names of supplies and rules."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, time
from typing import Any

from babel.dates import format_date
from flask_babel import LazyString as Text
from flask_babel import get_locale, gettext, ngettext

from app.engine.cause import Cause
from app.engine.changes import Reason
from app.sentences import NAMES, ONE_CHANNEL, SCOPES, SENTENCES


def say(said: Text, **values: Any) -> str:
    """A sentence with its values, which begins with a capital letter, in the language of who asks: else in English."""
    told = str(said).format(**values)
    return told[0].upper() + told[1:]


def origin(scope: str, name: str, *, one_channel: bool) -> str:
    """Where a value of a rule comes from."""
    named = str(SCOPES[scope]).format(name=name).rstrip()
    return str(ONE_CHANNEL).format(rule=named) if one_channel and scope != "channel" else named


def sentence(reason: Reason, warehouses: Mapping[str, str], today: date) -> str:
    """The reason as people say it. `warehouses` are the names of warehouses by id."""
    return say(
        SENTENCES[_which(reason)],
        count=units(abs(reason.units)),
        supply=supply(reason.reference, reason.supply),
        warehouse=warehouses.get(reason.warehouse or "", "a warehouse"),
        order=reason.order,
        what=name_of(reason.what),
        was=value_of(reason.was, today),
        now=value_of(reason.now, today),
    )


def kept(reason: Reason, warehouses: Mapping[str, str]) -> dict[str, Any]:
    """The reason as JSON, by the names of now, so that it can be told later and in another language."""
    given = asdict(reason) | {"warehouse": warehouses.get(reason.warehouse or "")}
    nothing = asdict(Reason(reason.cause)) | {"cause": None}
    return {name: _plain(value) for name, value in given.items() if value != nothing[name]}


def retold(reason: Mapping[str, Any], why: str, today: date) -> str:
    """A kept reason in the language of who asks; `why` where it was kept as a sentence only."""
    if not reason:
        return why
    given = {name: _meant(value) for name, value in reason.items()}
    given["cause"] = Cause(given["cause"])
    place = given.get("warehouse")
    return sentence(Reason(**given), {place: place} if place else {}, today)


def _plain(value: Any) -> Any:
    match value:
        case date():
            return {"day": value.isoformat()}
        case time():
            return str(value)
        case _:
            return value


def _meant(value: Any) -> Any:
    match value:
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case _:
            return value


def _which(reason: Reason) -> str:
    """Some causes have more than one sentence."""
    match reason:
        case Reason(cause=Cause.ORDERED, supply=number) if number:
            return "ordered:supply"
        case Reason(cause=Cause.EDITED, units=units) if units < 0:
            return "edited:less"
        case Reason(cause=Cause.SUPPLY_SHRANK | Cause.REDATED | Cause.TIME_PASSED, what=what) if what:
            return f"{reason.cause}:{what}"
        case Reason(cause=Cause.LEAD_TIMES_LEARNED, supply=None):
            return "lead_times_learned:rule"
        case Reason(cause=Cause.OLDER_ORDER_LEFT | Cause.HANDED_OVER, order=order) if order:
            return f"{reason.cause}:order"
        case _:
            return reason.cause


def units(number: int) -> str:
    return str(ngettext("%(num)s unit", "%(num)s units", number))


def more_units(number: int) -> str:
    return str(ngettext("%(num)s more unit", "%(num)s more units", number))


def orders(number: int) -> str:
    return str(ngettext("%(num)s order", "%(num)s orders", number))


def lines(number: int) -> str:
    return str(ngettext("%(num)s line", "%(num)s lines", number))


def days(number: int) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", number))


def supply(reference: str, number: str | int | None) -> str:
    """A supply by its reference, or by our own number."""
    if reference:
        return str(gettext("purchase order %(reference)s", reference=reference))
    return str(gettext("supply %(number)s", number=number))


def day(value: date, today: date) -> str:
    """12 May; with its year where that is another one."""
    form = gettext("d MMMM") if value.year == today.year else gettext("d MMMM y")
    return format_date(value, form, locale=str(get_locale() or "en"))


def name_of(what: str) -> str:
    """The name of a field, its value or a policy, as people say it."""
    return str(NAMES.get(what, what.replace("_", " ")))


def value_of(value: Any, today: date) -> str:
    """A value of a rule, or a day, as people say it."""
    match value:
        case None | "":
            return str(gettext("not set"))
        case True | False:
            return str(gettext("yes") if value else gettext("no"))
        case date():
            return day(value, today)
        case _:
            return name_of(str(value))
