"""Orders of which something can leave now, in turn, as a page and as a file."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from flask import Response, render_template
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app import shipping
from app.admin import exporting, lists
from app.admin.shipping.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.models import Shop, Warehouse
from app.shipping import ReadyOrder

CHUNK = 200
COLUMNS = (
    "order", "placed_at", "channel", "customer", "sku", "product", "variant", "left", "ready", "approving", "on_hold",
    "warehouse", "units",
)  # fmt: skip


class Which(StrEnum):
    """Which orders are listed."""

    READY = ""
    WHOLE = "whole"
    APPROVING = "approving"
    HELD = "held"


WORDS = {
    Which.READY: lazy("All with something ready"),
    Which.WHOLE: lazy("Whole orders only"),
    Which.APPROVING: lazy("In a shipment that waits for approval"),
    Which.HELD: lazy("On hold"),
}


class ReadyFilters(lists.Filters):
    """What may be asked of the list."""

    text: str = ""
    warehouse: str = ""
    which: Which = Which.READY

    @property
    def asked(self) -> shipping.Filters:
        return shipping.Filters(
            warehouse=self.warehouse,
            whole=self.which is Which.WHOLE,
            approving=self.which is Which.APPROVING,
            held=self.which is Which.HELD,
            text=self.text,
        )


@reading(views, "/shipping", ORDERS)
def index(visit: Visit) -> str:
    filters = lists.filters(ReadyFilters)
    found = shipping.page(visit.connection, visit.shop.id, filters.asked, offset=filters.offset, limit=lists.PER_PAGE)
    return render_template(
        "admin/shipping/index.html",
        visit=visit,
        filters=filters,
        page=lists.Page(list(found.rows), found.total, filters),
        which=lists.options({each.value: str(text) for each, text in WORDS.items()}, filters.which.value),
        warehouses=lists.options({"": "", **warehouses(visit.connection, visit.shop)}, filters.warehouse),
        ticked=set(lists.chosen("order")),
        left_of=left_of,
    )


def left_of(order: ReadyOrder) -> str:
    """What is left of its lines, as a form keeps it."""
    return " ".join(f"{line.line_id}:{line.left}" for line in order.lines)


def warehouses(connection: Connection, shop: Shop) -> dict[str, str]:
    """The merchant's own, by id."""
    query = select(Warehouse.id, Warehouse.name).where(Warehouse.shop_id == shop.id, ~Warehouse.is_pool)
    return {row.id: row.name for row in connection.execute(query.order_by(Warehouse.name))}


@reading(views, "/shipping.csv", ORDERS)
def file(visit: Visit) -> Response:
    filters = lists.filters(ReadyFilters)
    return exporting.csv_file(
        visit,
        "ready-to-ship",
        COLUMNS,
        lambda connection: (row for order in everyone(connection, visit.shop, filters) for row in _rows(order)),
    )


def everyone(connection: Connection, shop: Shop, filters: ReadyFilters) -> Iterator[ReadyOrder]:
    """All orders that fit, whatever page is shown."""
    offset = 0
    while rows := shipping.page(connection, shop.id, filters.asked, offset=offset, limit=CHUNK).rows:
        yield from rows
        offset += CHUNK


def _rows(order: ReadyOrder) -> Iterator[list[Any]]:
    """One row for each warehouse that something is taken from; a line that nothing is taken of has one too."""
    for line in order.lines:
        about: list[Any] = [order.order, order.placed_at.isoformat(), order.channel, order.customer]
        about += [line.sku, line.product_name, line.variant_name, line.left, line.ready, line.approving]
        about.append("yes" if line.held else "")
        for warehouse, units in [(take.warehouse, take.units) for take in line.takes] or [("", 0)]:
            yield [*about, warehouse, units]
