"""The language of the pages: the shop's own choice, else the dashboard's; dates and numbers as it writes them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from flask import Flask, g
from flask_babel import (
    Babel,
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    get_locale,
)
from flask_babel import lazy_gettext as lazy
from jinja2 import pass_context
from jinja2.runtime import Context

from app.admin import looks
from app.admin.fields import plainly
from app.admin.looks import LANGUAGES
from app.wording import shown

# What acts under a name of its own, which is kept with what it did.
NOBODYS: Mapping[str, Any] = {"dueback command": lazy("the dueback command")}


def register(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE=LANGUAGES[0], BABEL_TRANSLATION_DIRECTORIES="../translations")
    Babel(app, locale_selector=_locale, timezone_selector=_zone)
    app.jinja_env.filters.update(day=day, moment=moment, number=number, clock=clock, money=money, percent=percent)
    app.jinja_env.filters.update(month=month, person=person)
    app.jinja_env.filters["plainly"] = plainly
    for name in ("gettext", "ngettext"):
        app.jinja_env.globals[name] = _with_figures(app.jinja_env.globals[name])
    app.jinja_env.globals["language"] = lambda: str(get_locale() or LANGUAGES[0])


def _with_figures(say: Any) -> Callable[..., Any]:
    """As in `app.wording`: numbers within a text of a template are written as the language does."""

    @pass_context
    def said(context: Context, *given: Any, **values: Any) -> Any:
        return say(context, *map(shown, given), **{name: shown(value) for name, value in values.items()})

    return said


def _locale() -> str:
    visit = g.get("visit")
    chosen: str = (visit.shop.settings.get("language") or "") if visit else ""
    return chosen or looks.language(looks.locale())


def _zone() -> tzinfo:
    visit = g.get("visit")
    return UTC if visit is None else visit.zone


def day(value: date | str | None, form: str = "medium") -> str:
    """12 May 2026, as the language writes it; a dash for no day."""
    if not value:
        return "–"
    return str(format_date(date.fromisoformat(value) if isinstance(value, str) else value, form))


def month(value: str, skeleton: str = "yMMMM") -> str:
    """A month such as 2026-11 by its name and year."""
    return str(format_skeleton(skeleton, date.fromisoformat(f"{value}-01"), locale=get_locale()))


def person(who: str) -> str:
    """Whoever did something, as people are told: a person's address as it is kept, what is no person by its name."""
    return str(NOBODYS.get(who, who))


def moment(value: datetime | None) -> str:
    """Day and time in the shop's own time zone."""
    return format_datetime(value, "medium") if value else "–"


def clock(value: datetime | None) -> str:
    """The time of day in the shop's own time zone."""
    return format_datetime(value, "HH:mm") if value else "–"


def number(value: float | Decimal | None) -> str:
    return "–" if value is None else format_decimal(value)


def money(value: Decimal | None, currency: str) -> str:
    """An amount; without a currency it is a plain number."""
    return number(value) if value is None or not currency else str(format_currency(value, currency))


def percent(share: float | None) -> str:
    """A share of 1 as a percentage."""
    return "–" if share is None else str(format_percent(share))
