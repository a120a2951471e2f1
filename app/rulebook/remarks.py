"""What is odd about a rule that may be meant all the same: said beside its preview, and when it is set."""

from collections.abc import Iterator, Mapping, Sequence
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

UNSET: Mapping[str, Sequence[Any]] = {"cap": (), "release_on": (NONE,), "spread_days": (0,)}
"""Values of these fields that say as little as none at all."""


def remarks(
    connection: Connection, shop_id: int, place: Place, fields: Mapping[str, Any] | None, today: date
) -> list[str]:
    """What is odd about a rule with these fields at the place, in sentences; of none there is nothing to say."""
    return [told(REMARKS[name], **values) for name, values in _odd(connection, shop_id, place, fields or {}, today)]


def _odd(
    connection: Connection, shop_id: int, place: Place, fields: Mapping[str, Any], today: date
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, {}) for name in _unsaid(connection, shop_id, place, fields, today))
    release, ends = _day(fields.get("release_on")), _day(fields.get(ENDS_ON))
    if release and release <= today:
        yield "released", {"day": release}
    if ends and ends < today:
        yield "ended", {"day": ends}
    elif ends and release and ends < release:
        yield "ends_first", {"ends": ends, "day": release}


def _unsaid(
    connection: Connection, shop_id: int, place: Place, fields: Mapping[str, Any], today: date
) -> Iterator[str]:
    """Fields without which the others mean little, and that nobody sets: neither this rule nor a wider one."""
    mode = fields.get("mode")
    needed = ["cap"] if mode in {Mode.BACKORDER, Mode.PREORDER} else []
    needed += ["release_on"] if mode == Mode.PREORDER else []
    needed += ["spread_days"] if fields.get("display") == Display.RANGE else []
    # What wider rules come to takes a while.
    inherits = any(name not in fields for name in needed)
    wider = inherited(connection, shop_id, place, today) if inherits else {}
    for name in needed:
        values = [fields[name]] if name in fields else [each.value for each in wider[name] if each.rule is not None]
        if all(value in UNSET[name] for value in values):
            yield name


def _day(written: Any) -> date | None:
    return date.fromisoformat(written) if written and written != NONE else None
