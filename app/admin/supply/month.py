"""What is due on which day of a month."""

import calendar
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import format_date, get_locale
from pydantic import Field

from app.admin import lists
from app.admin.lists import Filters
from app.admin.staff import EITHER
from app.admin.supply.blueprint import views
from app.admin.visit import Visit, reading
from app.supply import due, listing

LISTED = 3
LATE_LISTED = 10


class Month(Filters):
    """Which month, such as 2026-12. No supply is due further away than five years."""

    month: str = Field("", pattern=r"^20\d\d-(0[1-9]|1[0-2])$")


@reading(views, "/supply/calendar", EITHER)
def month(visit: Visit) -> str:
    shown = date.fromisoformat(f"{lists.filters(Month).month or f'{visit.today:%Y-%m}'}-01")
    weeks = _weeks(shown)
    found = due.by_day(visit.connection, visit.shop.id, weeks[0][0], weeks[-1][-1], LISTED)
    late: dict[str, Any] = {"status": "late"}
    return render_template(
        "admin/supply/month.html", visit=visit, shown=shown, weeks=weeks, due=found, weekdays=_weekdays(weeks[0]),
        before=_other(shown, -1), after=_other(shown, 1),
        late=listing.urgent_first(visit.connection, visit.shop.id, visit.today, limit=LATE_LISTED, **late),
        late_count=listing.count(visit.connection, visit.shop.id, visit.today, **late),
        title=format_date(shown, "MMMM yyyy"),
    )  # fmt: skip


def _weeks(shown: date) -> list[list[date]]:
    """The weeks that the month touches, each from the day on which weeks begin here."""
    return calendar.Calendar(_first_weekday()).monthdatescalendar(shown.year, shown.month)


def _first_weekday() -> int:
    locale = get_locale()
    return int(locale.first_week_day) if locale else 0


def _weekdays(week: list[date]) -> list[tuple[str, str]]:
    """How the days of the week are called, short and in full."""
    return [(format_date(each, "EEE"), format_date(each, "EEEE")) for each in week]


def _other(shown: date, step: int) -> str | None:
    """The month before or after, where it can be asked for."""
    months = shown.year * 12 + shown.month - 1 + step
    year, place = divmod(months, 12)
    return f"{year}-{place + 1:02}" if year // 100 == 20 else None  # noqa: PLR2004 - see Month
