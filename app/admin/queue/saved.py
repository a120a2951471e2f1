"""Filters that a person gave a name, as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, select

from app.admin.visit import Visit
from app.models import SavedView

MOST = 20


@dataclass(frozen=True, slots=True)
class View:
    """Filters by their name; `query` follows the question mark of the list."""

    number: int
    name: str
    filters: dict[str, str]
    is_default: bool

    @property
    def query(self) -> str:
        return f"?{urlencode(self.filters)}"


def views_of(visit: Visit) -> list[View]:
    """The views of whoever asks, by name."""
    query = select(SavedView.__table__).where(*mine(visit)).order_by(func.lower(SavedView.name))
    return [View(row.id, row.name, row.filters, row.is_default) for row in visit.connection.execute(query)]


def default_of(saved: Sequence[View]) -> View | None:
    """The one that the list opens with, if any."""
    return next((view for view in saved if view.is_default), None)


def mine(visit: Visit) -> tuple[ColumnElement[bool], ...]:
    """The views of whoever asks, as a condition."""
    return SavedView.shop_id == visit.shop.id, SavedView.who == visit.who
