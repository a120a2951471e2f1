"""How a date is told to shoppers."""

from datetime import date, timedelta

from app.engine.model import Display, Terms

SUNDAY = 6


def first_day(day: date | None, terms: Terms) -> date | None:
    """The earliest day to tell for units that come on `day`."""
    match terms.display:
        case Display.UNKNOWN:
            return None
        case Display.WEEK if day:
            return day - timedelta(days=day.weekday())
        case _:
            return day


def last_day(day: date | None, terms: Terms) -> date | None:
    """The latest day to tell for units that come on `day`."""
    match terms.display:
        case Display.UNKNOWN:
            return None
        case Display.RANGE if day:
            return day + timedelta(days=terms.spread_days)
        case Display.WEEK if day:
            return day + timedelta(days=SUNDAY - day.weekday())
        case _:
            return day
