"""Purchase-order lines as a list: the late ones first."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal

from flask import Response, render_template
from sqlalchemy import Connection, select

from app.admin import lists
from app.admin.exporting import ROWS_AT_ONCE, csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.staff import EITHER
from app.admin.supply.blueprint import views
from app.admin.visit import Visit, reading
from app.imports.supplies import COLUMNS
from app.models import Warehouse
from app.supply import listing, suppliers

MOST_NAMES = 200


class Lines(Filters):
    """Which lines. `status` is what there is in STATES; lines that are over are shown when asked for."""

    text: str = ""
    reference: str = ""
    supplier: str = ""
    warehouse: str = ""
    status: Literal["open", "late", "expected", "received", "cancelled", "all"] = "open"
    due_from: date | None = None
    due_until: date | None = None

    def wanted(self) -> listing.Wanted:
        """As the core takes them."""
        return {
            "text": self.text or None,
            "reference": self.reference or None,
            "supplier": self.supplier or None,
            "warehouse": self.warehouse or None,
            "status": None if self.status == "all" else self.status,
            "due_from": self.due_from,
            "due_until": self.due_until,
        }


@reading(views, "/supply", EITHER)
def index(visit: Visit) -> str:
    wanted = lists.filters(Lines)
    page = page_of(visit, wanted)
    return render_template(
        "admin/supply/index.html", visit=visit, filters=wanted, page=page,
        warehouses=warehouses(visit), suppliers=supplier_names(visit),
    )  # fmt: skip


@reading(views, "/supply.csv", EITHER)
def index_csv(visit: Visit) -> Response:
    """In the columns that an import reads."""
    query = listing.urgent_query(visit.shop.id, visit.today, **lists.filters(Lines).wanted())

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
            told = {name: getattr(row, name) for name in COLUMNS if name != "state"}
            yield [*told.values(), listing.status_of(row, visit.today)]

    return csv_file(visit, "supply", COLUMNS, rows)


def page_of(visit: Visit, wanted: Lines) -> Page:
    """One page of these lines."""
    found = listing.urgent_first(
        visit.connection, visit.shop.id, visit.today, offset=wanted.offset, limit=PER_PAGE, **wanted.wanted()
    )
    total = listing.count(visit.connection, visit.shop.id, visit.today, **wanted.wanted())
    return Page(list(found), total, wanted)


def warehouses(visit: Visit) -> dict[str, str]:
    """The names of the shop's own warehouses by slug."""
    query = select(Warehouse.slug, Warehouse.name).where(Warehouse.shop_id == visit.shop.id, ~Warehouse.is_pool)
    return {row.slug: row.name for row in visit.connection.execute(query.order_by(Warehouse.name))}


def supplier_names(visit: Visit) -> list[str]:
    """As many as a field may propose."""
    return [row.name for row in suppliers.rows(visit.connection, visit.shop.id, limit=MOST_NAMES)]
