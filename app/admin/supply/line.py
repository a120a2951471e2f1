"""One purchase-order line: what it says, what arrived of it, and everything that was done to it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for

from app.admin.acting import Done, Refused, acting
from app.admin.staff import EITHER, PRODUCTS
from app.admin.supply.adding import why_given
from app.admin.supply.blueprint import views
from app.admin.supply.changing import MOST_LINES
from app.admin.supply.words import KINDS, Names
from app.admin.visit import Visit, reading
from app.platforms import ShopError
from app.supply import due, listing, receipts, receiving, rises
from app.wording import gettext as _
from app.wording import ngettext

HISTORY_SHOWN = 100


@reading(views, "/supply/<int:number>", EITHER)
def show(visit: Visit, number: int) -> str:
    row = _one(visit, number)
    changes = listing.history(visit.connection, visit.shop.id, number)[-HISTORY_SHOWN:]
    names = Names(visit)
    of_order = _same_order(visit, row)
    return render_template(
        "admin/supply/line.html", visit=visit, row=row,
        status=listing.status_of(row, visit.today), left=receipts.to_come(row), kinds=KINDS,
        history=[(made, list(names.changes(made["before"], made["after"]))) for made in reversed(changes)],
        receipts=receipts.of_supply(visit.connection, visit.shop.id, number),
        promised=due.promised_from(visit.connection, visit.shop.id, row),
        doubt=rises.in_doubt(visit.connection, row),
        of_order=of_order, of_lines=[f"{each.id}@{each.version}" for each in of_order],
        erp=visit.shop.settings.get("stock_owner") == "erp",
    )  # fmt: skip


@acting(views, "/supply/<int:number>/receive", PRODUCTS, again=show, whole=False)
def receive(visit: Visit, number: int) -> Done:
    _one(visit, number)
    raise_stock = request.form.get("stock") == "raise"
    try:
        done = receiving.receive(
            visit.runtime, visit.shop, number, _units(), who=visit.who, why=why_given(), raise_stock=raise_stock,
            on=_day(),
        )  # fmt: skip
    except ShopError as wrong:
        text = _("The shop could not be reached, and nothing was kept: %(reason)s", reason=wrong)
        raise Refused(text) from wrong
    unsure = raise_stock and done.receipt.stock_state != "raised"
    return Done(done.told, _page_of(visit, number), "warning" if unsure else "success")


@reading(views, "/supply/<int:number>/receipts/<int:receipt>/undo", PRODUCTS)
def undo(visit: Visit, number: int, receipt: int) -> str:
    """What taking it back means, before it is done."""
    row = _one(visit, number)
    found = _receipt(visit, number, receipt)
    return render_template("admin/supply/undo.html", visit=visit, row=row, receipt=found)


@acting(views, "/supply/<int:number>/receipts/<int:receipt>/undo", PRODUCTS, again=undo)
def take_back(visit: Visit, number: int, receipt: int) -> Done:
    _one(visit, number)
    _receipt(visit, number, receipt)
    row = receiving.undo(visit.connection, visit.shop, receipt, who=visit.who, why=why_given())
    left = receipts.to_come(row)
    said = ngettext(
        "The receipt is taken back: %(num)s unit is to come.",
        "The receipt is taken back: %(num)s units are to come.",
        left,
    )
    if doubt := rises.in_doubt(visit.connection, row):
        said += " " + ngettext(
            "%(num)s unit may be on the shelf already: say so under stock rises.",
            "%(num)s units may be on the shelf already: say so under stock rises.",
            doubt,
        )
    return Done(said, _page_of(visit, number), "warning" if doubt else "success")


def _one(visit: Visit, number: int) -> Any:
    found = listing.rows(visit.connection, visit.shop.id, number=number)
    return found[0] if found else abort(404)


def _same_order(visit: Visit, row: Any) -> Sequence[Any]:
    """The lines of its purchase order that are still to come, as many as can be changed together."""
    if not row.reference:
        return ()
    same = {"reference": row.reference, "supplier": row.supplier, "status": "open"}
    return listing.rows(visit.connection, visit.shop.id, **same, limit=MOST_LINES)


def _receipt(visit: Visit, number: int, receipt: int) -> Any:
    found = receipts.of_supply(visit.connection, visit.shop.id, number)
    return next((each for each in found if each.id == receipt), None) or abort(404)


def _page_of(visit: Visit, number: int) -> str:
    return url_for("supply.show", shop_id=visit.shop.id, number=number)


def _units() -> int | None:
    """How many arrived; None: all that were still to come. Raises Refused."""
    text = request.form.get("quantity", "").strip()
    if not text:
        return None
    try:
        return int(text[:20])
    except ValueError as wrong:
        raise Refused(_("quantity: It takes a whole number.")) from wrong


def _day() -> date | None:
    text = request.form.get("on", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Refused(_("on: It takes a date like 2026-12-24.")) from wrong
