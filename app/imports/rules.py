"""Rules from a file, and out into one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app import rulebook
from app.engine.model import Display, Mode
from app.engine.rules import Scope
from app.imports import cells
from app.imports.report import Agreed, Progress, Report, column_of, silent
from app.imports.table import Row, Table, guarded
from app.models import Channel, Shop
from app.refusal import BadValue
from app.rulebook import BadRule, Edit, Kept, Place, RuleFields
from app.runtime import Runtime
from app.wording import Said

COLUMNS = ("scope", "channel", *RuleFields.model_fields)
NEEDED = ("scope",)
SWITCHES = {"require_date", "early_sale", "may_split"}
BATCH = 2000


def take_over(
    runtime: Runtime, connection: Connection, shop: Shop, table: Table, *, who: str, agreed: Agreed,
    open_pools: Callable[[Sequence[str]], object], progress: Progress = silent,
) -> Report:  # fmt: skip
    """Set what the file says, all or nothing; with any error, or where it is not `agreed`, nothing.

    `open_pools` is asked for the pools of channels, by id, that have none and need one: before anything is kept.

    An empty cell lets its field be inherited; a column that is not there leaves what is. Raises ShopError where slugs
    have to be asked of the shop and it does not answer, and BadRule where somebody changed a rule meanwhile.
    """
    report, edits = Report(), []
    rows = [row for row in table.rows if row.cells]
    places = rulebook.resolve_all(runtime, shop, {name for row in rows for name in _names(row)})
    kept = {_key(row): row for row in rulebook.rows(connection, shop.id)}
    seen: dict[Any, int] = {}
    for done, row in enumerate(table.rows, start=1):
        place, wrong = _place(row, places, seen)
        before = kept.get(place.key) if place else None
        fields, after = _fields(row, before, wrong)
        if wrong or place is None:
            report.error(row.line, *wrong.values())
        else:
            edits += _edit(row, place, before, fields, after, report)
        if not done % BATCH:
            progress("Checking", done, len(table.rows))
    lacking = _lacking_pools(connection, shop.id, edits)
    report.pools = list(lacking.values())
    if not report.errors and agreed(report):
        if lacking:
            open_pools(list(lacking))
        rulebook.put_many(connection, shop, edits, who=who, told=lambda done: progress("Setting", done, len(edits)))
    return report


def _lacking_pools(connection: Connection, shop_id: int, edits: Sequence[Edit]) -> dict[str, str]:
    """Slugs by id of the channels in which the rules may open sale past zero, and that have no pool for it."""
    opening = [edit.place for edit in edits if edit.fields.get("mode") in {Mode.BACKORDER, Mode.PREORDER}]
    lacking = select(Channel.id, Channel.slug).where(Channel.shop_id == shop_id, Channel.pool.is_(None))
    slugs = {row.id: row.slug for row in connection.execute(lacking)}
    concerned = rulebook.channels_concerned(connection, shop_id, opening) if slugs and opening else ()
    return {channel: slugs[channel] for channel in concerned if channel in slugs}


def _edit(
    row: Row, place: Place, kept: Kept | None, fields: Mapping[str, Any], after: Mapping[str, Any], report: Report
) -> list[Edit]:
    before = kept.fields if kept else {}
    scope, channel = row.cells["scope"], row.cells.get("channel")
    name = Said(lazy("{scope} in {channel}") if channel else "{scope}", scope=scope, channel=channel)
    if after == before:
        report.effect(row.line, "unchanged", name)
        return []
    changes = [f"{key} {before.get(key, '-')} -> {after.get(key, '-')}" for key in {**before, **after}
               if before.get(key) != after.get(key)]  # fmt: skip
    what = Said("{rule}: {changes}", rule=name, changes=", ".join(changes))
    report.effect(row.line, "changed" if kept else "added", what)
    return [Edit(place, fields, kept.version if kept else 0)]


def _fields(row: Row, kept: Kept | None, wrong: dict[str, BadValue]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What the row sets, and the whole rule after it; what is wrong with its cells is added to `wrong`.

    To find all, it is looked at again with what is wrong set right, until nothing new is wrong.
    """
    before, fields = dict(kept.fields) if kept else {}, {}
    for name, text in row.cells.items():
        if name in RuleFields.model_fields and name not in wrong:
            try:
                fields[name] = _value(name, text)
            except BadRule as refused:
                wrong[name] = refused
    while row.cells:
        right = {name: value for name, value in {**before, **fields}.items() if name not in wrong}
        # What no other field can be at odds with.
        suiting = {"display": Display.RANGE} if "display" in wrong else {}
        try:
            return fields, rulebook.checked(right | suiting)
        except BadRule as refused:
            column = column_of(refused)
            # Without the cells that are wrong nothing may be left of a rule.
            if column in wrong or (wrong and column not in RuleFields.model_fields):
                break
            wrong[column] = refused
    return {}, {}


def _place(
    row: Row, places: Mapping[tuple[str, str | None], Place | BadRule], seen: dict[Any, int]
) -> tuple[Place | None, dict[str, BadValue]]:
    """Where the rule holds, if that is known, and what is wrong with the row so far, by column."""
    wrong = dict(row.wrong)
    found = [places[name] for name in _names(row)] if row.cells else []
    for each in found:
        if isinstance(each, BadRule):
            wrong.setdefault(column_of(each), each)
    place = found[0] if found else None
    if not isinstance(place, Place) or wrong.keys() & {"scope", "channel"}:
        return None, wrong
    if first := seen.get(place.key):
        wrong["scope"] = BadRule(lazy("scope: Line {line} is about the same rule. Put the two together."), line=first)
    else:
        seen[place.key] = row.line
    return place, wrong


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    read: Callable[[str], Any] = cells.switch if name in SWITCHES else _number_or_words
    try:
        return read(text)
    except BadValue as wrong:
        raise BadRule("{field}: {reason}", field=name, reason=wrong) from wrong


def _number_or_words(text: str) -> int | str:
    return cells.whole(text) if text.lstrip("-").isdecimal() else cells.words(text)


def _names(row: Row) -> list[tuple[str, str | None]]:
    """The row's scope and channel; besides each of the two alone, where both may be wrong."""
    scope, channel = (row.cells.get(name, "").removeprefix("'") for name in ("scope", "channel"))
    return [(scope, channel), (scope, None), (Scope.SHOP.value, channel)] if channel else [(scope, None)]


def _key(row: Kept) -> tuple[str, str, str]:
    return row.scope, row.target, row.channel_id


def out(connection: Connection, shop: Shop) -> Iterator[Sequence[Any]]:
    """Every rule, in the columns that `take_over` reads."""
    for told in cells_of(connection, shop, rulebook.rows(connection, shop.id)):
        yield [guarded(value) if isinstance(value, str) else value for value in told]


def cells_of(connection: Connection, shop: Shop, kept: Iterable[Kept]) -> Iterator[Sequence[Any]]:
    """These rules in the same columns, for a file that guards its cells itself."""
    slugs = rulebook.channel_slugs(connection, shop.id)
    for row in kept:
        name = row.target_name or slugs.get(row.target, row.target)
        scope = row.scope if row.scope == Scope.SHOP else f"{row.scope}:{name}"
        fields = (row.fields.get(name) for name in RuleFields.model_fields)
        yield [scope, slugs.get(row.channel_id), *(_plain(value) for value in fields)]


def _plain(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
