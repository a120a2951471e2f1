"""Filters get a name, to come back to; one such view may be what the queue opens with."""

from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.queue.filtering import QueueFilters
from app.admin.queue.listing import index
from app.admin.queue.mounting import views
from app.admin.queue.saved import MOST, View, mine, views_of
from app.admin.staff import ORDERS
from app.admin.visit import Visit
from app.models import SavedView
from app.wording import gettext as _

LONGEST_NAME = 60


def _again(visit: Visit, number: int = 0) -> ResponseReturnValue:  # noqa: ARG001 - stands in the address
    return index(visit)


@acting(views, "/queue/views", ORDERS, again=_again)
def save(visit: Visit) -> Done:
    """Keep the filters of the address under a name; one of this name is replaced."""
    name, filters = " ".join(request.form.get("name", "").split()), lists.filters(QueueFilters).given()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused(_("name: A name has 1 to %(most)s characters.", most=LONGEST_NAME))
    if not filters:
        raise Refused(_("Filter the list first: then its filters can be saved."))
    if _is_full(visit, name):
        raise Refused(_("You have %(most)s views. Delete one first.", most=MOST))
    default = request.form.get("default") == "yes"
    if default:
        _no_default(visit)
    values = {"filters": filters, "is_default": default}
    statement = upsert(SavedView).values(shop_id=visit.shop.id, who=visit.who, name=name, **values)
    visit.connection.execute(statement.on_conflict_do_update(index_elements=["shop_id", "who", "name"], set_=values))
    return Done(_("Saved as %(name)s.", name=name), _list(visit) + f"?{urlencode(filters)}")


@acting(views, "/queue/views/<int:number>/default", ORDERS, again=_again)
def make_default(visit: Visit, number: int) -> Done:
    """Open the list with it; sent for the one it opens with, without any."""
    view = _one(visit, number)
    _no_default(visit)
    if view.is_default:
        return Done(_("The queue opens with everything again."), _list(visit) + "?all=1")
    visit.connection.execute(update(SavedView).where(*mine(visit), SavedView.id == number).values(is_default=True))
    return Done(_("The queue opens with %(name)s now.", name=view.name), _list(visit) + view.query)


@acting(views, "/queue/views/<int:number>/delete", ORDERS, again=_again)
def remove(visit: Visit, number: int) -> Done:
    view = _one(visit, number)
    visit.connection.execute(delete(SavedView).where(*mine(visit), SavedView.id == number))
    return Done(_("Deleted the view %(name)s.", name=view.name), _list(visit) + "?all=1")


def _one(visit: Visit, number: int) -> View:
    found = next((view for view in views_of(visit) if view.number == number), None)
    if found is None:
        raise Refused(_("There is no such view any more."))
    return found


def _is_full(visit: Visit, name: str) -> bool:
    names = {view.name for view in views_of(visit)}
    return name not in names and len(names) >= MOST


def _no_default(visit: Visit) -> None:
    visit.connection.execute(update(SavedView).where(*mine(visit)).values(is_default=False))


def _list(visit: Visit) -> str:
    return url_for("queue.index", shop_id=visit.shop.id)
