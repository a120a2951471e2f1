"""Changing and cancelling lines: first a look at whose day moves and what they are told, then the change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, g, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.staff import PRODUCTS
from app.admin.supply.adding import why_given
from app.admin.supply.blueprint import views
from app.admin.supply.listing import supplier_names, warehouses
from app.admin.supply.words import Names, told
from app.admin.visit import Visit, reading
from app.preview.supply import SupplyPreview, of_supplies
from app.supply import BadSupply, ChangedMeanwhile, lines, listing
from app.supply.fields import CHANGEABLE
from app.supply.record import Kept
from app.wording import gettext as _
from app.wording import ngettext

MOST_LINES = 500
# What an empty field means; an empty one of the others is none that can be meant.
EMPTY = {"eta_latest": None, "supplier": None, "ordered_on": None, "confidence": None, "held": 0}
MOVES = ("order", "customer", "sku", "channel", "units", "before", "after", "direction", "told")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to change, read from an address or a form.

    `lines` are numbers, each with the version that was looked at where it is known. `fields` are as they were typed.
    """

    lines: Mapping[int, int | None]
    fields: Mapping[str, str]

    @property
    def changes(self) -> dict[str, Any]:
        """The fields as the core takes them."""
        return {
            name: EMPTY[name] if not text and name in EMPTY else (text or ("" if name == "reference" else None))
            for name, text in self.fields.items()
        }


def proposal() -> Proposal:
    """What is asked for; lines that are no numbers are not there, so there is nothing to show."""
    given: MultiDict[str, str] = request.form if request.method == "POST" else request.args
    wanted = {}
    for text in given.getlist("line")[:MOST_LINES]:
        number, _at, version = text.partition("@")
        if not number.isdecimal() or not (version or "0").isdecimal():
            abort(404)
        wanted[int(number[:19])] = int(version[:9]) if version else None
    fields = {name: given[name].replace("\x00", "").strip() for name in sorted(CHANGEABLE) if name in given}
    return Proposal(wanted, fields)


@reading(views, "/supply/change", PRODUCTS)
def change(visit: Visit) -> str:
    """The form; with something in it also what that would do."""
    wanted = proposal()
    rows = _rows(visit, wanted)
    found = _previewed(visit, wanted, wanted.changes) if wanted.fields else None
    return render_template(
        "admin/supply/change.html", visit=visit, rows=rows, wanted=wanted, one=rows[0] if len(rows) == 1 else None,
        warehouses=warehouses(visit), suppliers=supplier_names(visit), **_effect(visit, wanted, found),
    )  # fmt: skip


@reading(views, "/supply/cancel", PRODUCTS)
def cancel(visit: Visit) -> str:
    """What cancelling would do."""
    wanted = proposal()
    rows = _rows(visit, wanted)
    found = _previewed(visit, wanted, None)
    return render_template(
        "admin/supply/cancel.html", visit=visit, rows=rows, wanted=wanted,
        **_effect(visit, wanted, found),
    )  # fmt: skip


@reading(views, "/supply/moves.csv", PRODUCTS)
def moves_csv(visit: Visit) -> Response:
    """Everybody whose day would move."""
    wanted = proposal()
    found = _previewed(visit, wanted, None if "cancel" in request.args else wanted.changes)
    if found is None:
        abort(404)
    rows = [
        (move.order, move.customer, move.sku, move.channel, move.units, move.before, move.after,
         "later" if move.later else "earlier", told(move.told_after))
        for move in found.moves
    ]  # fmt: skip

    def listed(_connection: Connection) -> Iterator[Sequence[Any]]:
        return iter(rows)

    return csv_file(visit, "moves", MOVES, listed)


@acting(views, "/supply/change", PRODUCTS, again=change)
def make_change(visit: Visit) -> Done:
    wanted, why = proposal(), _why()
    _rows(visit, wanted)
    try:
        changed = lines.change_all(
            visit.connection, visit.shop, wanted.lines, wanted.changes, who=visit.who, why=why, today=visit.today
        )
    except ChangedMeanwhile as stale:
        raise Refused(_looked_again()) from stale
    return _done(visit, changed, ngettext("%(num)s line is changed. The dates of waiting orders follow in seconds.",
                                          "%(num)s lines are changed. The dates of waiting orders follow in seconds.",
                                          len(changed)))  # fmt: skip


@acting(views, "/supply/cancel", PRODUCTS, again=cancel)
def make_cancel(visit: Visit) -> Done:
    wanted, why = proposal(), _why()
    _rows(visit, wanted)
    try:
        gone = lines.cancel_all(visit.connection, visit.shop, wanted.lines, who=visit.who, why=why)
    except ChangedMeanwhile as stale:
        raise Refused(_looked_again()) from stale
    return _done(visit, gone, ngettext("%(num)s line is cancelled. The dates of waiting orders follow in seconds.",
                                       "%(num)s lines are cancelled. The dates of waiting orders follow in seconds.",
                                       len(gone)))  # fmt: skip


def _done(visit: Visit, rows: Sequence[Kept], said: str) -> Done:
    if len(rows) == 1:
        return Done(said, url_for("supply.show", shop_id=visit.shop.id, number=rows[0].id))
    return Done(said, url_for("supply.index", shop_id=visit.shop.id))


def _why() -> str:
    why = why_given()
    if not why:
        raise Refused(_("why: Say why: it is kept with the change."))
    return why


def _looked_again() -> str:
    text = _("Somebody has changed this since you looked. Below is how it stands now, beside what you typed.")
    return str(text)


def _rows(visit: Visit, wanted: Proposal) -> list[Any]:
    """The lines, by what they are. Those of another shop are not there."""
    found = listing.numbered(visit.connection, visit.shop.id, wanted.lines)
    if not found or len(found) != len(wanted.lines):
        abort(404)
    return list(found)


def _previewed(visit: Visit, wanted: Proposal, changes: Mapping[str, Any] | None) -> SupplyPreview | None:
    """What it would do to the lines as they are now; None, with what is wrong in `g.wrong`, where it cannot be done."""
    try:
        now = dict.fromkeys(wanted.lines)
        found = of_supplies(visit.connection, visit.shop, now, changes, visit.today)
        if any(wanted.lines[row.id] not in {None, row.version} for row, _after in found.changed):
            g.wrong = g.get("wrong") or _looked_again()
    except BadSupply as wrong:
        g.wrong = g.get("wrong") or str(wrong)
        return None
    return found


def _effect(visit: Visit, wanted: Proposal, found: SupplyPreview | None) -> dict[str, Any]:
    """What the part about the effect shows."""
    if found is None:
        return {"found": None}
    filters = lists.filters(Filters)
    moves = found.moves[filters.offset : filters.offset + PER_PAGE]
    names = Names(visit, wanted.fields.get("supplier", ""))
    changed = [(before, list(names.changes(_plain(before), _plain(after)))) for before, after in found.changed]
    return {
        "found": found,
        "page": Page(moves, len(found.moves), filters),
        "changed": changed,
        "nothing": not any(each for _, each in changed),
        "sentence": _sentence(found),
        "address": _address(wanted, found),
    }


def _address(wanted: Proposal, found: SupplyPreview) -> str:
    """What follows the question mark where the same is asked for."""
    gone = [("cancel", "1")] if any(row.state == "cancelled" for _, row in found.changed) else []
    numbers = [("line", f"{number}@{version}" if version else number) for number, version in wanted.lines.items()]
    return urlencode([*numbers, *gone, *wanted.fields.items()])


def _plain(row: Kept) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name


def _sentence(found: SupplyPreview) -> str:
    if not found.moves:
        return str(_("No waiting order's date moves."))
    orders = ngettext("%(num)s order moves", "%(num)s orders move", found.orders)
    counts = {"orders": orders, "later": found.later, "earlier": found.earlier}
    return str(_("%(orders)s, %(later)s later, %(earlier)s earlier.", **counts))
