"""Units by which the shop's stock rose: supply that arrived, or something else?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from flask import Response, abort, render_template, request, url_for
from sqlalchemy import Connection, select, tuple_

from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.staff import EITHER, PRODUCTS
from app.admin.supply.blueprint import views
from app.admin.visit import Visit, reading
from app.models import Supply
from app.supply import NoSuchSupply
from app.supply import rises as core
from app.wording import gettext as _
from app.wording import ngettext

COLUMNS = ("sku", "product", "warehouse", "units", "state", "who", "at", "settled_at")


class Rises(Filters):
    """Open ones, or those that somebody has settled."""

    state: Literal["open", "taken", "dismissed"] = "open"


@reading(views, "/supply/rises", EITHER)
def rises(visit: Visit) -> str:
    wanted = lists.filters(Rises)
    found = core.rows(visit.connection, visit.shop.id, state=wanted.state, offset=wanted.offset, limit=PER_PAGE)
    page = Page(list(found), core.count(visit.connection, visit.shop.id, wanted.state), wanted)
    return render_template(
        "admin/supply/rises.html", visit=visit, filters=wanted, page=page,
        expected=_expected(visit, found),
    )  # fmt: skip


@reading(views, "/supply/rises.csv", EITHER)
def rises_csv(visit: Visit) -> Response:
    wanted = lists.filters(Rises)

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for row in core.rows(connection, visit.shop.id, state=wanted.state):
            yield [getattr(row, name) for name in COLUMNS]

    return csv_file(visit, "stock-rises", COLUMNS, rows)


@acting(views, "/supply/rises/<int:rise>/take", PRODUCTS, again=lambda visit, rise: rises(visit))  # noqa: ARG005
def take(visit: Visit, rise: int) -> Done:
    number = request.form.get("supply", "")
    if not number.isdecimal():
        raise Refused(_("Choose the purchase order that the units were of."))
    try:
        receipt = core.take(visit.connection, visit.shop, rise, int(number[:19]), who=visit.who)
    except NoSuchSupply:
        abort(404)
    said = ngettext("%(num)s unit is received.", "%(num)s units are received.", receipt.units)
    return Done(said, url_for("supply.rises", shop_id=visit.shop.id))


@acting(views, "/supply/rises/<int:rise>/dismiss", PRODUCTS, again=lambda visit, rise: rises(visit))  # noqa: ARG005
def dismiss(visit: Visit, rise: int) -> Done:
    try:
        row = core.dismiss(visit.connection, visit.shop, rise, who=visit.who)
    except NoSuchSupply:
        abort(404)
    said = _("The %(units)s units are of no purchase order: all that is expected there is still to come.",
             units=row.units)  # fmt: skip
    return Done(said, url_for("supply.rises", shop_id=visit.shop.id))


def _expected(visit: Visit, found: Sequence[Any]) -> dict[tuple[str, str], list[Any]]:
    """What is expected where these rises were, the earliest first, by variant and warehouse."""
    places = {(rise.variant_id, rise.warehouse_id) for rise in found if rise.state == "open"}
    query = (
        select(Supply.__table__)
        .where(
            Supply.shop_id == visit.shop.id,
            Supply.state == "expected",
            tuple_(Supply.variant_id, Supply.warehouse_id).in_(places),
        )
        .order_by(Supply.eta, Supply.id)
    )
    by_place = defaultdict(list)
    for row in visit.connection.execute(query):
        by_place[row.variant_id, row.warehouse_id].append(row)
    return by_place
