"""What is odd about a rule that may be meant all the same: said beside its preview, and when it is set."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from app.engine.model import Display, Mode
from app.engine.rules import ENDS_ON, NONE
from app.rulebook.inheriting import inherited
from app.rulebook.place import Place
from app.wording import told

REMARKS: Mapping[str, Text] = {
    "cap": lazy("Neither this rule nor a wider one sets a cap, so nothing may be owed: set one."),
    "release_on": lazy("Neither this rule nor a wider one sets a release, so these preorders ship like backorders."),
    "released": lazy("The release, on {day}, is over: it holds nothing back any more."),
    "ended": lazy("The rule ended on {day}: it decides nothing any more."),
    "ends_first": lazy("The rule ends on {ends}, before the release on {day}: the release holds no longer than that."),
    "spread_days": lazy("A range without a spread is told as a single day: set the spread."),
}


def remarks(
    connection: Connection, shop_id: int, place: Place, fields: Mapping[str, Any] | None, today: date
) -> list[str]:
    """What is odd about a rule with these fields at the place, in sentences; of none there is nothing to say."""
    return [told(REMARKS[name], **values) for name, values in _odd(connection, shop_id, place, fields or {}, today)]


def _odd(
    connection: Connection, shop_id: int, place: Place, fields: Mapping[str, Any], today: date
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not fields:
        return
    wider = inherited(connection, shop_id, place, today)
    holds = {name: {fields[name]} if name in fields else {each.value for each in ways} for name, ways in wider.items()}
    sells = fields.get("mode") in {Mode.BACKORDER, Mode.PREORDER}
    if sells and "cap" not in fields and all(each.rule is None for each in wider["cap"]):
        yield "cap", {}
    if fields.get("mode") == Mode.PREORDER and holds["release_on"] == {NONE}:
        yield "release_on", {}
    release, ends = _day(fields.get("release_on")), _day(fields.get(ENDS_ON))
    if release and release <= today:
        yield "released", {"day": release}
    if ends and ends < today:
        yield "ended", {"day": ends}
    elif ends and release and ends < release:
        yield "ends_first", {"ends": ends, "day": release}
    if fields.get("display") == Display.RANGE and not holds["spread_days"] - {0}:
        yield "spread_days", {}


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if written and written != NONE else None
