"""Who changed which rule, and taking a change back."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from flask import Response, render_template, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound

from app import rulebook
from app.admin import consent, lists
from app.admin.acting import Done, acting
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.rules import editing, previewing, shapes, views
from app.admin.rules.words import SCOPES, Names
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.engine.rules import Scope
from app.rulebook import Kept, Place, StaleRule, Wanted
from app.wording import gettext as _

COLUMNS = ("at", "who", "rule", "before", "after")


class ChangeFilters(Filters):
    """`channel` as in the list of rules; `rule` is the number of a rule whose changes are wanted alone."""

    text: str = ""
    scope: Scope | Literal[""] = ""
    channel: str = ""

    def wanted(self, names: Names) -> Wanted:
        return Wanted(self.text, self.scope, names.channel_id(self.channel))


@reading(views, "/rules/history", EITHER)
def changes(visit: Visit) -> str:
    chosen, names = lists.filters(ChangeFilters), Names(visit.connection, visit.shop.id)
    return _page(visit, chosen, chosen.wanted(names), names)


@reading(views, "/rules/<int:rule_id>/history", EITHER)
def changes_of(visit: Visit, rule_id: int) -> str:
    place = rulebook.place_of(editing.found(visit, rule_id))
    names = Names(visit.connection, visit.shop.id)
    return _page(visit, lists.filters(Filters), Wanted(place=place), names, rule_id, place)


@reading(views, "/rules/history.csv", EITHER)
def changes_csv(visit: Visit) -> Response:
    names = Names(visit.connection, visit.shop.id)
    wanted = lists.filters(ChangeFilters).wanted(names)

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for row in rulebook.changes(connection, visit.shop.id, wanted):
            told = (shapes.sentence(row.before), shapes.sentence(row.after))
            yield row.at.isoformat(timespec="seconds"), row.who, names.of(row), *told

    return csv_file(visit, "rule-history", COLUMNS, rows)


@reading(views, "/rules/history/<int:change_id>/undo", PRODUCTS)
def ask_undo(visit: Visit, change_id: int) -> str:
    """What the change did, what is there now, and what taking it back would do."""
    made = _change(visit, change_id)
    place = rulebook.place_of(made)
    try:
        edit, stale = rulebook.reversal(visit.connection, visit.shop.id, made), False
    except StaleRule:
        edit, stale = None, True
    kept = rulebook.find(visit.connection, visit.shop.id, place)
    effect = None if stale else previewing.effect(visit, place, edit.fields if edit else None)
    return render_template(
        "admin/rules/undo.html",
        visit=visit,
        made=made,
        kept=kept,
        stale=stale,
        effect=effect,
        place=Names(visit.connection, visit.shop.id).of(place),
        rows=_beside(made, kept),
    )


@acting(views, "/rules/history/<int:change_id>/undo", PRODUCTS, again=consent.or_ask(ask_undo))
def undo(visit: Visit, change_id: int) -> Done:
    made = _change(visit, change_id)
    edit = rulebook.reversal(visit.connection, visit.shop.id, made)
    with consent.asking():
        done = editing.open_pools(visit, edit) if edit else []
    kept = rulebook.undo(visit.connection, visit.shop, made, who=visit.who)
    said = _("The change is taken back: %(place)s.", place=Names(visit.connection, visit.shop.id).of(made))
    shop_id = visit.shop.id
    to = url_for("rules.edit", shop_id=shop_id, rule_id=kept.id) if kept else url_for("rules.index", shop_id=shop_id)
    return Done(" ".join([*map(str, done), said]), to)


def _change(visit: Visit, number: int) -> Kept:
    made = rulebook.change(visit.connection, visit.shop.id, number) if number < 2**63 else None
    if made is None:
        raise NotFound
    return made


def _beside(made: Kept, kept: Kept | None) -> list[tuple[str, list[str]]]:
    """Each field that the change, or anybody since, has touched: its label; what it was before, after, and is now."""
    three = [made.before or {}, made.after or {}, kept.fields if kept else {}]
    return [
        (str(shape.label), [_value(name, fields) for fields in three])
        for name, shape in shapes.SHAPES.items()
        if len({str(fields.get(name)) for fields in three}) > 1
    ]


def _page(
    visit: Visit, chosen: Filters, wanted: Wanted, names: Names, rule_id: int | None = None, place: Place | None = None
) -> str:
    rows = rulebook.changes(visit.connection, visit.shop.id, wanted, offset=chosen.offset, limit=PER_PAGE)
    total = rulebook.how_many_changes(visit.connection, visit.shop.id, wanted)
    return render_template(
        "admin/rules/history.html",
        visit=visit,
        page=Page(list(rows), total, chosen),
        names=names,
        titles=rulebook.titles(visit.connection, visit.shop.id, rows),
        told=_told,
        rule_id=rule_id,
        place=names.of(place) if place else "",
        scopes=SCOPES,
        may_write=visit.staff.allowed(PRODUCTS),
    )


def _told(row: Kept) -> list[tuple[str, str, str]]:
    """Each field that a change touched: label, before, after."""
    before, after = row.before or {}, row.after or {}
    return [
        (str(shape.label), _value(name, before), _value(name, after))
        for name, shape in shapes.SHAPES.items()
        if before.get(name) != after.get(name)
    ]


def _value(name: str, fields: dict[str, Any]) -> str:
    return shapes.told(name, fields[name]) if name in fields else str(_("inherited"))
