"""The rules as they are kept, and who changed them."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, Text, and_, cast, column, delete, func, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app import marks
from app.db import any_texts
from app.engine.rules import Rule as EngineRule
from app.engine.rules import Rules, Scope, VariantScopes
from app.models import Rule, RuleChange, Shop
from app.rulebook.fields import checked
from app.rulebook.place import Place, covered
from app.rulebook.wrong import BadRule, StaleRule

Kept = Row[*tuple[Any, ...]]

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('rules', :shop))")
BATCH = 2000
_NARROW = (Scope.VARIANT.value, Scope.PRODUCT.value)


class Edit(NamedTuple):
    """New fields for the rule at a place; None in them lets a field be inherited again.

    With `version`, only if the rule is still at that one; 0: only if there is none yet.
    """

    place: Place
    fields: Mapping[str, Any]
    version: int | None = None


def load(connection: Connection, shop_id: int, variants: Collection[VariantScopes] | None = None) -> Rules:
    """The rules of the shop, as the engine takes them; all, or at least those that concern these variants."""
    query = select(Rule).where(Rule.shop_id == shop_id).order_by(Rule.id)
    if variants is not None:
        # There may be one for each of a hundred thousand variants.
        narrow = {variant.id for variant in variants} | {variant.product for variant in variants}
        query = query.where(Rule.scope.not_in(_NARROW) | (Rule.target == any_texts(narrow)))
    return Rules(as_the_engine_takes(row) for row in connection.execute(query))


def as_the_engine_takes(row: Kept) -> EngineRule:
    return EngineRule(Scope(row.scope), row.target, row.channel_id, row.fields, row.target_name)


def rows(
    connection: Connection, shop_id: int, scope: Scope | None = None, *, after: int = 0, limit: int | None = None
) -> Sequence[Kept]:
    """The shop's rules as they are kept, oldest first; of one scope, beyond the id `after`, at most `limit`."""
    query = select(Rule.__table__).where(Rule.shop_id == shop_id, Rule.id > after).order_by(Rule.id).limit(limit)
    return connection.execute(query if scope is None else query.where(Rule.scope == scope.value)).all()


def of_channels(connection: Connection, shop_id: int) -> dict[str, dict[tuple[str, str], Any]]:
    """What rules decide for each channel alone, by its id: fields by scope and target; its own scope has no target."""
    query = select(Rule.__table__).where(
        Rule.shop_id == shop_id, (Rule.channel_id != "") | (Rule.scope == Scope.CHANNEL.value)
    )
    found: dict[str, dict[tuple[str, str], Any]] = defaultdict(dict)
    for row in connection.execute(query.order_by(Rule.channel_id)):
        own = row.scope == Scope.CHANNEL.value
        if own and row.channel_id in {"", row.target}:
            # For a channel in itself is for the channel; where both are set, that one decides.
            found[row.target][row.scope, ""] = found[row.target].get((row.scope, ""), {}) | row.fields
        elif not own:
            found[row.channel_id][row.scope, row.target] = row.fields
    return found


def find(connection: Connection, shop_id: int, place: Place) -> Kept | None:
    """The rule at the place."""
    return _at(connection, shop_id, [place]).get(place.key)


def put(
    connection: Connection, shop: Shop, place: Place, fields: Mapping[str, Any], *, who: str, version: int | None = None
) -> Kept:
    """Set these fields of the rule at the place; its other fields stay. See `Edit`. Raises BadRule, StaleRule."""
    [row] = put_many(connection, shop, [Edit(place, fields, version)], who=who)
    return row


def put_many(
    connection: Connection, shop: Shop, edits: Sequence[Edit], *, who: str, told: Callable[[int], object] = int
) -> list[Kept]:
    """Set many rules, in a few statements, and mark what they cover. Returns the rule of each edit.

    `told` hears how many are set. Raises BadRule or StaleRule for the first edit that cannot be; then nothing may be
    kept of the others. Marks come last and at once: what is marked holds the door up until the commit.
    """
    connection.execute(_ONE_AT_A_TIME, {"shop": shop.id})
    changed = []
    for start in range(0, len(edits), BATCH):
        changes = [
            _change(shop.id, edit.place, before, after, who)
            for edit, before, after in would_be(connection, shop.id, edits[start : start + BATCH])
            if after != before
        ]
        _write(connection, changes)
        changed += [_place(change) for change in changes]
        told(min(start + BATCH, len(edits)))
    _mark(connection, shop.id, changed)
    kept = _at(connection, shop.id, [edit.place for edit in edits])
    return [kept[edit.place.key] for edit in edits]


def would_be(
    connection: Connection, shop_id: int, edits: Sequence[Edit]
) -> Iterator[tuple[Edit, dict[str, Any] | None, dict[str, Any]]]:
    """Each edit with all fields of its rule before and after. Changes nothing. Raises BadRule, StaleRule."""
    known = _at(connection, shop_id, [edit.place for edit in edits])
    fields = {key: dict(row.fields) for key, row in known.items()}
    for edit in edits:
        key = edit.place.key
        _check_version(known.get(key), edit.version)
        before = fields.get(key)
        if not edit.fields and before is not None:
            raise BadRule(lazy("fields: There is nothing to set. Give at least one field."))
        fields[key] = checked({**(before or {}), **edit.fields})
        yield edit, before, fields[key]


def remove(connection: Connection, shop: Shop, place: Place, *, who: str, version: int | None = None) -> bool:
    """Remove the rule at the place. False when there was none. Raises StaleRule."""
    connection.execute(_ONE_AT_A_TIME, {"shop": shop.id})
    row = find(connection, shop.id, place)
    _check_version(row, version)
    if row is None:
        return False
    connection.execute(delete(Rule).where(Rule.id == row.id))
    change = _change(shop.id, place._replace(target_name=row.target_name), row.fields, None, who)
    connection.execute(_NOTE, {"rows": json.dumps([change])})
    _mark(connection, shop.id, [place])
    return True


def history(
    connection: Connection, shop_id: int, place: Place | None = None, *, before: int | None = None, limit: int = 100
) -> Sequence[Kept]:
    """Changes of the rules, the newest first; of one place, or older than the change `before`."""
    query = (
        select(RuleChange.__table__).where(RuleChange.shop_id == shop_id).order_by(RuleChange.id.desc()).limit(limit)
    )
    if place is not None:
        key = (RuleChange.scope == place.scope.value) & (RuleChange.target == place.target)
        query = query.where(key, RuleChange.channel_id == place.channel_id)
    return connection.execute(query if before is None else query.where(RuleChange.id < before)).all()


def _at(connection: Connection, shop_id: int, places: Iterable[Place]) -> dict[tuple[str, str, str], Kept]:
    """The rules at these places.

    Each is looked up by its whole key: among very many rules that were just set, PostgreSQL takes worse ways otherwise.
    """
    names = ("scope", "target", "channel_id")
    keys = [dict(zip(names, place.key, strict=True)) for place in places]
    rows = func.jsonb_to_recordset(cast(keys, JSONB))
    wanted = rows.table_valued(*(column(name, Text) for name in names), name="wanted").render_derived(with_types=True)
    same = [Rule.__table__.c[name] == wanted.c[name] for name in names]
    query = select(Rule.__table__).join(wanted, and_(Rule.shop_id == shop_id, *same))
    return {(row.scope, row.target, row.channel_id): row for row in connection.execute(query)}


def _place(change: Mapping[str, Any]) -> Place:
    return Place(Scope(change["scope"]), change["target"], change["target_name"], change["channel_id"])


def _check_version(row: Kept | None, wanted: int | None) -> None:
    if wanted is None or wanted == (row.version if row else 0):
        return
    if row is None:
        raise StaleRule(
            lazy("version: There is no rule here any more; {given} was given. Look at the rules again."),
            given=str(wanted),
        )
    raise StaleRule(
        lazy("version: The rule is at version {now} now, not {given}. Look at it again."),
        now=str(row.version),
        given=str(wanted),
    )


def _change(
    shop_id: int, place: Place, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, who: str
) -> dict[str, Any]:
    scope, target, channel_id = place.key
    named = {"shop_id": shop_id, "scope": scope, "target": target, "channel_id": channel_id}
    return named | {"target_name": place.target_name, "before": before, "after": after, "who": who}


def _write(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """The rules as they are after the changes, and the changes. The rows go as one JSON text: they may be many."""
    last = {(change["scope"], change["target"], change["channel_id"]): change for change in changes}
    connection.execute(_KEEP, {"rows": json.dumps(list(last.values()))})
    connection.execute(_NOTE, {"rows": json.dumps(changes)})


_KEEP = text("""
    INSERT INTO rules (shop_id, scope, target, target_name, channel_id, fields)
    SELECT shop_id, scope, target, target_name, channel_id, after
    FROM json_populate_recordset(NULL::rule_changes, :rows)
    ON CONFLICT (shop_id, scope, target, channel_id) DO UPDATE
    SET fields = excluded.fields, target_name = excluded.target_name, version = rules.version + 1, changed_at = now()
""")

_NOTE = text("""
    INSERT INTO rule_changes (shop_id, scope, target, target_name, channel_id, before, after, who)
    SELECT shop_id, scope, target, target_name, channel_id, before, after, who
    FROM json_populate_recordset(NULL::rule_changes, :rows)
""")


def _mark(connection: Connection, shop_id: int, places: Sequence[Place]) -> None:
    """Every variant they cover, in one statement. Whole assortments let single variants go first."""
    if not places:
        return
    routine = any(place.scope is not Scope.VARIANT for place in places)
    marks.mark_variants(connection, shop_id, covered(places), routine=routine)
