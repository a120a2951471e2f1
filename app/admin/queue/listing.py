"""The queue as a page and as a file."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, exists, select

from app import queue
from app.admin import entry, exporting, lists
from app.admin.queue import saved
from app.admin.queue.filtering import WORDS, QueueFilters, choices
from app.admin.queue.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.models import Mark
from app.queue import Entry
from app.turns.lines import MOST

COLUMNS = (
    "order", "placed_at", "channel", "customer", "sku", "product", "variant", "units", "ready", "waiting", "approving",
    "state", "at_risk", "supplies", "promised", "expected", "days_late", "unit_price", "currency",
)  # fmt: skip


@reading(views, "/queue", ORDERS)
def index(visit: Visit) -> ResponseReturnValue:
    filters = lists.filters(QueueFilters)
    views_saved = saved.views_of(visit)
    if not entry.own(request.args) and request.method == "GET" and (first := saved.default_of(views_saved)):
        return redirect(url_for("queue.index", shop_id=visit.shop.id) + first.query)
    found = queue.page(
        visit.connection, visit.shop.id, filters.asked(visit), today=visit.today, offset=filters.offset,
        limit=lists.PER_PAGE,
    )  # fmt: skip
    return render_template(
        "admin/queue/index.html",
        visit=visit,
        filters=filters,
        page=lists.Page(list(found.rows), found.total, filters),
        states=WORDS,
        choices=choices(visit, filters),
        saved=views_saved,
        most=MOST,
        most_views=saved.MOST,
        ticked=set(lists.chosen("line")),
        replanned=_is_replanned(visit.connection, visit.shop.id, found.rows),
    )


def _is_replanned(connection: Connection, shop_id: int, rows: tuple[Entry, ...]) -> bool:
    """Whether any of it is about to get another date."""
    variants = {row.variant_id for row in rows if row.variant_id}
    marked = exists().where(Mark.shop_id == shop_id, Mark.kind == "variant", Mark.target.in_(variants))
    return bool(connection.scalar(select(marked)))


@reading(views, "/queue.csv", ORDERS, methods=["GET", "POST"])
def file(visit: Visit) -> Response:
    """All lines that fit; of those that are ticked where some are."""
    filters = lists.filters(QueueFilters).asked(visit)
    ticked = lists.chosen("line") if request.form.get("which") != "all" else []

    def rows(connection: Connection) -> Any:
        found = queue.rows(connection, visit.shop.id, filters, today=visit.today, lines=ticked or None)
        return map(_row, found)

    return exporting.csv_file(visit, "queue", COLUMNS, rows)


def _row(entry: Entry) -> list[Any]:
    supplies = [f"{rest.reference or rest.id}{' (late)' if rest.late else ''}" for rest in entry.supplies]
    return [
        entry.order, entry.placed_at.isoformat(), entry.channel, entry.customer, entry.sku, entry.product_name,
        entry.variant_name, entry.quantity, entry.ready, entry.waiting, entry.approving, entry.state.value,
        " ".join(entry.risks), " ".join(supplies), entry.promised, entry.expected, entry.days_late, entry.unit_price,
        entry.currency,
    ]  # fmt: skip
