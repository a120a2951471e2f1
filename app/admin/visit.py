"""One request of a member of staff: who, in which shop, when, and what pages need to answer it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, NotFound

from app import clock
from app.admin import entry, staff
from app.admin.staff import Needs, Staff
from app.models import Shop
from app.runtime import Runtime, UnknownShop

Handler = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Visit:
    """`connection` is a transaction; a page that acts commits by returning, a page that reads has nothing to commit."""

    runtime: Runtime
    shop: Shop
    staff: Staff
    connection: Connection
    now: datetime

    @property
    def today(self) -> date:
        """The shop's calendar date."""
        return clock.today(self.shop.settings, self.now)

    @property
    def zone(self) -> ZoneInfo:
        return clock.zone(self.shop.settings)

    @property
    def who(self) -> str:
        """As it is kept with what the person does."""
        return self.staff.email


def reading(views: Blueprint, path: str, needs: Needs, **options: Any) -> Callable[[Handler], Handler]:
    """A page at `/admin/<shop>/path` that changes nothing, for those who may see it.

    The handler takes the Visit, then what stands in the path. `methods` may have POST, for what is too long for an
    address.
    """
    options.setdefault("methods", ["GET"])

    def around(handle: Handler) -> Handler:
        @wraps(handle)
        def answered(shop_id: int, **arguments: Any) -> ResponseReturnValue:
            person = staff.of_shop(shop_id)
            if person is None:
                return entry.sign_in_first(shop_id)
            with opened(person, needs) as visit:
                return handle(visit, **arguments)

        views.add_url_rule(f"/admin/<int:shop_id>{path}", view_func=answered, **options)
        return handle

    return around


@contextmanager
def opened(person: Staff, needs: Needs) -> Iterator[Visit]:
    """The visit of this person. Raises Forbidden, and NotFound where the shop has gone."""
    runtime: Runtime = current_app.extensions["dueback"]
    try:
        shop = runtime.shop(person.shop_id)
    except UnknownShop as gone:
        raise NotFound from gone
    with runtime.engine.begin() as connection:
        g.visit = visit = Visit(runtime, shop, person, connection, datetime.now(UTC))
        if not person.allowed(needs):
            raise Forbidden(needs)  # type: ignore[arg-type]  # the error page says in words what is needed
        yield visit


def is_htmx() -> bool:
    """Whether a part of a page is asked for."""
    return request.headers.get("HX-Request") == "true"
