"""The first page: what needs somebody today, or the guide where nothing is set up yet."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext as lazy

from app import setting_up, today
from app.admin import setup
from app.admin.staff import EITHER, ORDERS, Needs
from app.admin.visit import Visit, reading

views = Blueprint("home", __name__)


class Card(NamedTuple):
    """One of `today.Counts`, in words; `kind` colours it while there are any. `filters`: of the list it leads to."""

    figure: str
    title: Any
    about: Any
    kind: str
    endpoint: str
    filters: Mapping[str, Any] = MappingProxyType({})
    needs: Needs = EITHER


CARDS = (
    Card(
        "late",
        lazy("Late order lines"),
        lazy("The day they were told has passed."),
        "bad",
        "queue.index",
        {"state": "late"},
        ORDERS,
    ),
    Card(
        "at_risk",
        lazy("Order lines at risk"),
        lazy("Late, or their day does not hold, or their supply is late."),
        "soon",
        "queue.index",
        {"state": "at_risk"},
        ORDERS,
    ),
    Card(
        "ready",
        lazy("Orders ready to ship"),
        lazy("All or some of their units are on hand."),
        "good",
        "shipping.index",
        needs=ORDERS,
    ),
    Card(
        "late_supplies",
        lazy("Late supply"),
        lazy("It dates nothing until it has a new day."),
        "bad",
        "supply.index",
        {"status": "late"},
    ),
    Card(
        "rises",
        lazy("Stock that rose"),
        lazy("Is it the supply you expect? Until you say so, as much of that is promised to nobody."),
        "soon",
        "supply.rises",
    ),
    Card(
        "findings",
        lazy("Found by the doctor"),
        lazy("What the shop's staff must put right, as last looked at."),
        "bad",
        "setup.index",
    ),
)


@reading(views, "/", EITHER)
def index(visit: Visit) -> str:
    if not setting_up.is_begun(visit.connection, visit.shop):
        return setup.page(visit)
    counts = today.counts(visit.connection, visit.shop.id, visit.today)._asdict()
    cards = [
        (card, counts[card.figure], url_for(card.endpoint, shop_id=visit.shop.id, **card.filters))
        for card in CARDS
        if visit.staff.allowed(card.needs)
    ]
    needed = any(count for _card, count, _url in cards)
    return render_template("admin/home.html", visit=visit, cards=cards, needed=needed)
