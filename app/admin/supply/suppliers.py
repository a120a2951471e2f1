"""Whom the merchant buys from, and how they keep their dates."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, abort, render_template, request, url_for
from sqlalchemy import Connection

from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.staff import EITHER, PRODUCTS
from app.admin.supply.blueprint import views
from app.admin.supply.listing import Lines, page_of
from app.admin.supply.words import STATES
from app.admin.visit import Visit, reading
from app.supply import ChangedMeanwhile, NoSuchSupply, due, learned
from app.supply import suppliers as core
from app.wording import gettext as _

COLUMNS = ("supplier", "lead days told", "receipts", "units", "on time", "late days 50 %", "late days 80 %",
           "late days 95 %", "lead days 50 %", "lead days 95 %")  # fmt: skip


class Suppliers(Filters):
    """By a part of the name."""

    text: str = ""


@reading(views, "/supply/suppliers", EITHER)
def suppliers(visit: Visit) -> str:
    wanted = lists.filters(Suppliers)
    found = learned.punctuality(visit.connection, visit.shop.id, text=wanted.text, offset=wanted.offset, limit=PER_PAGE)
    page = Page(found, core.count(visit.connection, visit.shop.id, wanted.text), wanted)
    ids = [each["id"] for each in found]
    return render_template(
        "admin/supply/suppliers.html", visit=visit, filters=wanted, page=page, enough=learned.ENOUGH,
        coming=due.open_by_supplier(visit.connection, visit.shop.id, ids, visit.today),
    )  # fmt: skip


@reading(views, "/supply/suppliers.csv", EITHER)
def suppliers_csv(visit: Visit) -> Response:
    wanted = lists.filters(Suppliers)

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for each in learned.punctuality(connection, visit.shop.id, text=wanted.text):
            delays, leads = each["delay_days"] or {}, each["lead_days"] or {}
            yield [each["supplier"], each["lead_days_told"], each["receipts"], each["units"], each["on_time"],
                   delays.get(50), delays.get(80), delays.get(95), leads.get(50), leads.get(95)]  # fmt: skip

    return csv_file(visit, "suppliers", COLUMNS, rows)


@acting(views, "/supply/suppliers", PRODUCTS, again=suppliers)
def add_supplier(visit: Visit) -> Done:
    name = request.form.get("name", "")
    if core.find(visit.connection, visit.shop.id, name):
        raise Refused(_("name: There is a supplier of this name already."))
    row = core.put(visit.connection, visit.shop, name, lead_days=_lead_days())
    return Done(_("%(name)s is added.", name=row.name), _page_of(visit, row.id))


@reading(views, "/supply/suppliers/<int:supplier>", EITHER)
def supplier(visit: Visit, supplier: int) -> str:
    row = _one(visit, supplier)
    wanted = lists.filters(Lines).model_copy(update={"supplier": row.name})
    return render_template(
        "admin/supply/supplier.html", visit=visit, row=row, page=page_of(visit, wanted), filters=wanted,
        record=learned.punctuality(visit.connection, visit.shop.id, supplier_id=supplier)[0], enough=learned.ENOUGH,
        states=STATES,
    )  # fmt: skip


@acting(views, "/supply/suppliers/<int:supplier>", PRODUCTS, again=supplier)
def edit_supplier(visit: Visit, supplier: int) -> Done:
    _one(visit, supplier)
    was = (request.form.get("was_name", ""), _lead_days("was_lead_days"))
    try:
        row = core.edit(visit.connection, visit.shop, supplier, request.form.get("name", ""), _lead_days(), was=was)
    except ChangedMeanwhile as stale:
        raise Refused(
            _("Somebody has changed this supplier since you looked. Below is what is there now; send yours again.")
        ) from stale
    return Done(_("%(name)s is changed.", name=row.name), _page_of(visit, row.id))


def _one(visit: Visit, supplier_id: int) -> Any:
    try:
        return core.by_id(visit.connection, visit.shop.id, supplier_id)
    except NoSuchSupply:
        return abort(404)


def _page_of(visit: Visit, supplier_id: int) -> str:
    return url_for("supply.supplier", shop_id=visit.shop.id, supplier=supplier_id)


def _lead_days(field: str = "lead_days") -> int | None:
    """Raises Refused."""
    text = request.form.get(field, "").strip()
    try:
        return int(text[:10]) if text else None
    except ValueError as wrong:
        raise Refused(_("lead_days: It takes a whole number of days.")) from wrong
