"""Why promises moved, as people say it, and as it is kept to be said again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from app.engine.cause import Cause
from app.engine.changes import Reason
from app.sentences import SENTENCES
from app.wording import as_json, gettext, meant, name_of, say, supply, units, value_of


def sentence(reason: Reason, warehouses: Mapping[str, str], today: date) -> str:
    """The reason as people say it. `warehouses` are the names of warehouses by id."""
    return say(
        SENTENCES[_which(reason)],
        count=units(abs(reason.units)),
        supply=supply(reason.reference, reason.supply),
        warehouse=warehouses.get(reason.warehouse or "") or gettext("a warehouse"),
        order=reason.order,
        what=name_of(reason.what),
        was=value_of(reason.was, today),
        now=value_of(reason.now, today),
    )


def kept(reason: Reason, warehouses: Mapping[str, str]) -> dict[str, Any]:
    """The reason as JSON, by the names of now, so that it can be told later and in another language."""
    given = asdict(reason) | {"warehouse": warehouses.get(reason.warehouse or "")}
    nothing = asdict(Reason(reason.cause)) | {"cause": None}
    return {name: as_json(value) for name, value in given.items() if value != nothing[name]}


def retold(reason: Mapping[str, Any], why: str, today: date) -> str:
    """A kept reason in the language of who asks; `why` where it was kept as a sentence only."""
    if not reason:
        return why
    given = {name: meant(value) for name, value in reason.items()}
    given["cause"] = Cause(given["cause"])
    place = given.get("warehouse")
    return sentence(Reason(**given), {place: place} if place else {}, today)


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
