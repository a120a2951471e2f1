"""The pages in the order of the menu, each for those who may see it."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as lazy

from app import setting_up
from app.admin.staff import EITHER, ORDERS, Needs, Staff
from app.models import Shop
from app.wording import gettext as _


@dataclass(frozen=True, slots=True)
class Entry:
    """`endpoint` is where it leads; pages of the same blueprint count as within it."""

    endpoint: str
    text: str
    needs: Needs

    @property
    def section(self) -> str:
        return self.endpoint.partition(".")[0]


SET_UP = "setup.index"

MENU = (
    Entry("home.index", lazy("Overview"), EITHER),
    Entry(SET_UP, lazy("Set up"), EITHER),
    Entry("queue.index", lazy("Queue"), ORDERS),
    Entry("shipping.index", lazy("Ready to ship"), ORDERS),
    Entry("variants.index", lazy("Variants"), EITHER),
    Entry("supply.index", lazy("Supply"), EITHER),
    Entry("rules.index", lazy("Rules"), EITHER),
    Entry("insight.index", lazy("Insight"), ORDERS),
    Entry("activity.index", lazy("Activity"), ORDERS),
    Entry("settings.index", lazy("Settings"), EITHER),
)

NAMES = {"MANAGE_ORDERS": lazy("manage orders"), "MANAGE_PRODUCTS": lazy("manage products")}


def entries(person: Staff, shop: Shop) -> list[Entry]:
    """What this person may open. The guide through setting up is there until somebody is done with it."""
    shown = [entry for entry in MENU if entry.endpoint != SET_UP or not setting_up.is_done(shop)]
    return [entry for entry in shown if person.allowed(entry.needs)]


def told(needs: Needs) -> str:
    """What has to be granted, in words."""
    ways = [_(" and ").join(str(NAMES[each]) for each in sorted(wanted)) for wanted in needs]
    return str(_(" or ").join(ways))


def link(entry: Entry, shop_id: int) -> str:
    return url_for(entry.endpoint, shop_id=shop_id)
