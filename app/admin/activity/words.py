"""What was done, in words: kinds and effects, what settings are called, and what stands behind a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as lazy

from app import activity, wording
from app.activity import Entry, Subject
from app.admin.language import day, number
from app.admin.rules import shapes
from app.admin.rules.words import Names
from app.wording import gettext as _

# Families of kinds, by the word before the dot.
FAMILIES: Mapping[str, Any] = {
    "order": lazy("Orders"),
    "queue": lazy("Queue"),
    "supply": lazy("Supply"),
    "rule": lazy("Rules"),
    "setting": lazy("Settings"),
    "key": lazy("API keys"),
    "pool": lazy("Backorder pools"),
    "group": lazy("Channel groups"),
    "file": lazy("Files"),
    "shop": lazy("The shop"),
}
SUBJECTS: Mapping[Subject, Any] = {
    Subject.SHOP: lazy("the shop"),
    Subject.ORDER: lazy("order %(name)s"),
    Subject.VARIANT: lazy("variant %(name)s"),
    Subject.SUPPLY: lazy("supply %(name)s"),
    Subject.RULE: lazy("a rule"),
    Subject.CHANNEL: lazy("channel %(name)s"),
    Subject.KEY: lazy("API key %(name)s"),
}
EFFECTS: Mapping[str, Any] = {
    "units": lazy("units"),
    "lines": lazy("order lines"),
    "sooner": lazy("sooner"),
    "later": lazy("later"),
    "lost": lazy("without a date"),
    "added": lazy("added"),
    "changed": lazy("changed"),
    "removed": lazy("removed"),
}
SETTINGS: Mapping[str, Any] = {
    "policy": lazy("whom the queue serves first"),
    "wanted_key": lazy("the key of the wanted day"),
    "rank_key": lazy("the key of the rank"),
    "ranks": lazy("the ranks of channels"),
    "stock_owner": lazy("who keeps the stock"),
    "time_zone": lazy("the time zone"),
    "language": lazy("the language of the pages"),
    "quiet": lazy("what staff are not told"),
}
SUPPLY: Mapping[str, Any] = {
    "quantity": lazy("units"),
    "received": lazy("received"),
    "held": lazy("held back"),
    "eta": lazy("expected on"),
    "eta_latest": lazy("expected by"),
    "reference": lazy("reference"),
    "state": lazy("state"),
}


def sentence(entry: Entry) -> str:
    """What was done."""
    if entry.kind == "setting.changed":
        name = str(entry.params.get("name", ""))
        what = SETTINGS.get(name, name.replace("_", " "))
        before, after = (plain(entry.params.get(side)) for side in ("before", "after"))
        return str(_("Changed %(what)s from %(before)s to %(after)s.", what=what, before=before, after=after))
    return activity.say(entry)


def behind(entry: Entry, names: Names) -> Iterator[str]:
    """What else there is to say of it: where a rule holds and what it says, what of a supply changed, and why."""
    params = entry.params
    if entry.subject.kind is Subject.RULE:
        yield names.place(params["scope"], "", params["target"], params["channel"])
        told = [shapes.sentence(params[side]) for side in ("before", "after")]
        yield _("%(after)s; before: %(before)s", before=told[0], after=told[1]) if params["before"] else told[1]
    elif entry.subject.kind is Subject.SUPPLY:
        yield "; ".join(_differences(params.get("before") or {}, params.get("after") or {}))
    if params.get("day"):
        yield day(params["day"])
    if isinstance(params.get("done"), list):
        yield from map(wording.retold, params["done"])
    why = params.get("undone_why" if entry.kind == "queue.undone" else "why")
    if why and entry.kind != "queue.moved":
        yield wording.retold(params.get("reason") or why)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, label in SUPPLY.items():
        was, now = before.get(name), after.get(name)
        if (was or now) and was != now and name in after:
            yield f"{label}: {plain(was)} → {plain(now)}" if name in before else f"{label}: {plain(now)}"


def effect(entry: Entry) -> Iterator[str]:
    """What was concerned, counted."""
    for name, count in entry.effect.items():
        if count:
            yield f"{EFFECTS.get(name, name.replace('_', ' '))}: {number(count)}"


def plain(value: Any) -> str:
    """A value as people say it."""
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return str(shapes.SWITCH[shapes.YES if value else shapes.NO])
        case int():
            return number(value)
        case list() | dict():
            return ", ".join(map(plain, value.values() if isinstance(value, dict) else value))
        case str() if len(value) == len("2026-01-01") and value[:4].isdecimal() and value[4] == "-":
            return day(value)
        case _:
            return str(value).replace("_", " ")
