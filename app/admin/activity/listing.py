"""What was done, the newest first: as a page, and as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response, render_template, url_for
from pydantic import field_validator
from sqlalchemy import Connection, select

from app import activity
from app.activity import Entry, Subject, Thing
from app.admin import lists
from app.admin.activity import views, words
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.rules.words import Names
from app.admin.staff import BOTH, ORDERS
from app.admin.visit import Visit, reading
from app.models import Rule

COLUMNS = ("at", "who", "kind", "what", "subject", "name", "more", "effect")
# The page of each kind of subject, and what its address says of one.
PAGES: Mapping[Subject, tuple[str, Callable[[Thing], dict[str, Any]]]] = {
    Subject.ORDER: ("queue.index", lambda thing: {"text": thing.name}),
    Subject.VARIANT: ("variants.one", lambda thing: {"variant": thing.id}),
    Subject.RULE: ("rules.changes", lambda thing: {"text": thing.name}),
    Subject.CHANNEL: ("rules.channel_groups", lambda _thing: {}),
    Subject.KEY: ("settings.api_keys", lambda _thing: {}),
    Subject.SHOP: ("settings.index", lambda _thing: {}),
}
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


class ActivityFilters(Filters):
    """Days are those of the shop's calendar, both included. `subject` and its id come with links."""

    who: str = ""
    kind: str = ""
    from_day: date | None = None
    until_day: date | None = None
    subject: Subject | None = None
    subject_id: str = ""

    @field_validator("from_day", "until_day")
    @classmethod
    def _near(cls, value: date | None) -> date | None:
        if value is not None and not FIRST <= value <= LAST:
            raise ValueError("no day of ours")
        return value

    def asked(self, visit: Visit) -> activity.Filters:
        def begin(day: date | None, later: int) -> datetime | None:
            return datetime.combine(day + timedelta(days=later), time(), visit.zone) if day else None

        return activity.Filters(
            who=self.who,
            kind=self.kind,
            subject=self.subject,
            subject_id=self.subject_id,
            from_=begin(self.from_day, 0),
            until=begin(self.until_day, 1),
        )


@reading(views, "/activity", ORDERS)
def index(visit: Visit) -> str:
    filters = lists.filters(ActivityFilters)
    wanted = filters.asked(visit)
    found = activity.page(visit.connection, visit.shop.id, wanted, offset=filters.offset, limit=PER_PAGE)
    return render_template(
        "admin/activity/index.html",
        visit=visit,
        page=Page(list(found.rows), found.total, filters),
        names=Names(visit.connection, visit.shop.id),
        words=words,
        link=_Links(visit, found.rows).to,
        named=named,
        about=_about(filters, found.rows),
    )


@reading(views, "/activity.csv", ORDERS)
def file(visit: Visit) -> Response:
    wanted, names = lists.filters(ActivityFilters).asked(visit), Names(visit.connection, visit.shop.id)

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for entry in activity.rows(connection, visit.shop.id, wanted):
            told = ("; ".join(filter(None, words.behind(entry, names))), "; ".join(words.effect(entry)))
            what = (entry.kind, words.sentence(entry), entry.subject.kind.value, entry.subject.name)
            yield entry.at.isoformat(timespec="seconds"), entry.who, *what, *told

    return csv_file(visit, "activity", COLUMNS, rows)


def named(thing: Thing) -> str:
    """What people call it."""
    return str(words.SUBJECTS[thing.kind]) % {"name": thing.name or thing.id}


def _about(filters: ActivityFilters, rows: Sequence[Entry]) -> str:
    """What everything on the page is about, where a link asked for one thing only."""
    things = [thing for entry in rows for thing in (entry.subject, entry.also) if thing]
    wanted = (filters.subject, filters.subject_id)
    return next((named(thing) for thing in things if (thing.kind, thing.id) == wanted), "")


class _Links:
    """Where the subjects of these entries have a page that this person may see."""

    def __init__(self, visit: Visit, rows: Sequence[Entry]) -> None:
        self._visit = visit
        places = {entry.subject.id for entry in rows if entry.subject.kind is Subject.RULE}
        self._rules = _rule_numbers(visit, {place.split(":")[1] for place in places}) if places else {}

    def to(self, thing: Thing) -> str | None:
        shop_id = self._visit.shop.id
        if thing.kind is Subject.KEY and not self._visit.staff.allowed(BOTH):
            return None
        if thing.kind is Subject.SUPPLY:
            return f"{url_for('supply.index', shop_id=shop_id)}/{thing.id}"
        if number := self._rules.get(thing.id) if thing.kind is Subject.RULE else None:
            return url_for("rules.edit", shop_id=shop_id, rule_id=number)
        endpoint, given = PAGES[thing.kind]
        return url_for(endpoint, shop_id=shop_id, **given(thing))


def _rule_numbers(visit: Visit, targets: set[str]) -> Mapping[str, int]:
    """The numbers of rules that are there, by their place as activities name it."""
    query = select(Rule.id, Rule.scope, Rule.target, Rule.channel_id)
    rows = visit.connection.execute(query.where(Rule.shop_id == visit.shop.id, Rule.target.in_(targets)))
    return {f"{row.scope}:{row.target}:{row.channel_id}": row.id for row in rows}
