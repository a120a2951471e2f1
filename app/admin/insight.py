"""What backorders brought, and how promises were kept: charts, each with its table and its file."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from babel.dates import format_skeleton
from flask import Blueprint, abort, render_template
from flask_babel import get_locale
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from app import insight
from app.admin import charts, exporting, language, lists
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.supply import learned

views = Blueprint("insight", __name__)

PERIODS = {"30": lazy("30 days"), "90": lazy("90 days"), "365": lazy("a year")}


class Period(lists.Filters):
    """How far back the figures go, in days."""

    days: Literal["30", "90", "365"] = "90"


@reading(views, "/insight", ORDERS)
def index(visit: Visit) -> str:
    period = lists.filters(Period)
    kept, waiting = _kept(visit, period, visit.connection), _waiting(visit, period, visit.connection)
    accuracy = learned.accuracy(visit.connection, visit.shop.id)
    return render_template(
        "admin/insight/index.html",
        visit=visit,
        filters=period,
        periods=lists.options({days: str(text) for days, text in PERIODS.items()}, period.days),
        kept=kept,
        kept_chart=_by_month(kept, "kept", "cancelled"),
        waiting=waiting,
        waiting_chart=charts.line([_day(row["day"]) for row in waiting], [row["units"] for row in waiting]),
        accuracy=accuracy,
        accuracy_chart=_accuracy(accuracy),
        suppliers=learned.punctuality(visit.connection, visit.shop.id),
        demand=insight.demand(visit.connection, visit.shop.id, visit.now, limit=10),
    )


@reading(views, "/insight/demand", ORDERS)
def demand(visit: Visit) -> str:
    filters = lists.filters(lists.Filters)
    rows = insight.demand(visit.connection, visit.shop.id, visit.now, offset=filters.offset, limit=lists.PER_PAGE)
    page = lists.Page(rows, insight.demanded(visit.connection, visit.shop.id, visit.now), filters)
    return render_template("admin/insight/demand.html", visit=visit, page=page)


def _kept(visit: Visit, period: Period, connection: Connection) -> list[dict[str, Any]]:
    return insight.kept(connection, visit.shop.id, visit.zone, _since(visit, period))


def _waiting(visit: Visit, period: Period, connection: Connection) -> list[dict[str, Any]]:
    return insight.waiting(connection, visit.shop.id, visit.zone, _since(visit, period), visit.today)


def _since(visit: Visit, period: Period) -> date:
    return visit.today - timedelta(days=int(period.days))


# The columns of each file, and its rows.
Rows = Callable[[Visit, Period, Connection], Iterable[dict[str, Any]]]
FILES: dict[str, tuple[Sequence[str], Rows]] = {
    "kept": (
        ("month", "currency", "ordered", "cancelled", "kept", "revenue"),
        _kept,
    ),
    "waiting": (("day", "units"), _waiting),
    "promises": (
        ("month", "supplier", "units", "kept_first", "kept_last", "worst_days"),
        lambda visit, _, connection: learned.accuracy(connection, visit.shop.id),
    ),
    "suppliers": (
        ("supplier", "receipts", "units", "on_time", "lead_days_told"),
        lambda visit, _, connection: learned.punctuality(connection, visit.shop.id),
    ),
    "demand": (
        ("sku", "product_name", "name", "waiting", "ordered", "incoming", "lead_days", "suggested"),
        lambda visit, _, connection: insight.demand(connection, visit.shop.id, visit.now),
    ),
}


@reading(views, "/insight/<name>.csv", ORDERS)
def file(visit: Visit, name: str) -> Any:
    if name not in FILES:
        abort(404)
    columns, rows = FILES[name]
    period = lists.filters(Period)
    return exporting.csv_file(
        visit, name, columns, lambda connection: ([row[c] for c in columns] for row in rows(visit, period, connection))
    )


def _by_month(rows: Sequence[dict[str, Any]], *values: str) -> charts.Chart:
    """Months on the x axis; what differs by currency is added up."""
    months = list(dict.fromkeys(row["month"] for row in rows))
    sums = [[sum(int(row[value]) for row in rows if row["month"] == month) for month in months] for value in values]
    return charts.bars(_short(months), *sums)


def _accuracy(rows: Sequence[dict[str, Any]]) -> charts.Chart:
    """The share of units that left by the first and by the last date told, in percent, by month."""
    months = sorted({row["month"] for row in rows})[-12:]

    def share(value: str, month: str) -> float:
        mine = [row for row in rows if row["month"] == month]
        units = sum(row["units"] for row in mine)
        return round(100 * sum(row["units"] * (row[value] or 0) for row in mine) / units) if units else 0

    return charts.bars(
        _short(months), *([share(value, month) for month in months] for value in ("kept_first", "kept_last"))
    )


def _short(months: Sequence[str]) -> list[str]:
    return [language.month(each, "yMMM") for each in months]


def _day(day: date) -> str:
    return format_skeleton("MMMd", day, locale=get_locale())
