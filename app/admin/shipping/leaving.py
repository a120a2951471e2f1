"""Letting orders leave: one with its lines, units and tracking number, or several at once with all that is ready."""

from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from sqlalchemy import select

from app import shipping, wording
from app.admin import lists, outcomes
from app.admin.acting import ONCE, Done, Refused, acting
from app.admin.shipping.listing import ReadyFilters, index, left_of
from app.admin.shipping.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.models import Order
from app.shipping import NotShipped, Shipped
from app.wording import gettext as _
from app.wording import ngettext

LONGEST_TRACKING = 200
LONGEST_NUMBER = 7


@reading(views, "/shipping/orders/<order>", ORDERS)
def one(visit: Visit, order: str) -> str:
    known = select(Order.number).where(Order.shop_id == visit.shop.id, Order.id == order)
    number = visit.connection.scalar(known) or abort(404)
    found = next(shipping.orders_of(visit.connection, visit.shop.id, [order]), None)
    return render_template("admin/shipping/order.html", visit=visit, number=number, order=found, left_of=left_of)


@acting(views, "/shipping/orders/<order>", ORDERS, again=one, whole=False)
def ship(visit: Visit, order: str) -> Done:
    units = {line: _units(request.form.get(f"units:{line}", "")) for line in lists.chosen("line")}
    try:
        done = shipping.ship(
            visit.runtime, visit.shop, order, units, left=_left(order), tracking=_tracking(), notify=_asked("notify"),
            whole=_asked("whole"), who=visit.who,
        )  # fmt: skip
    except NotShipped as wrong:
        raise Refused(str(wrong)) from wrong
    return Done(_said(done), _list(visit))


@acting(views, "/shipping", ORDERS, again=index, whole=False)
def ship_several(visit: Visit) -> Done:
    orders = lists.chosen("order")
    if not 1 <= len(orders) <= lists.PER_PAGE:
        raise Refused(_("Tick the orders to ship, %(most)s at most.", most=lists.PER_PAGE))
    how = Wanted(visit, _asked("notify"), _asked("whole"), {order: _left(order) for order in orders})
    found = outcomes.each(outcomes.numbers(visit, orders), how.ship, _said, NotShipped)
    said = ngettext("%(num)s order was shipped.", "%(num)s orders were shipped.", outcomes.count_done(found))
    to = url_for("shipping.several", shop_id=visit.shop.id, form=request.form[ONCE])
    return outcomes.done(found, said, to)


@reading(views, "/shipping/sent/<form>", ORDERS)
def several(visit: Visit, form: str) -> str:
    return outcomes.page(visit, form, title=_("What was shipped"), back=_list(visit))


@dataclass(frozen=True, slots=True)
class Wanted:
    """How several orders are to be shipped. `left` says of each what was left of its lines when it was ticked."""

    visit: Visit
    notify: bool
    whole: bool
    left: dict[str, dict[str, int]]

    def ship(self, order: str, seconds: float) -> Shipped:
        return shipping.ship(
            self.visit.runtime, self.visit.shop, order, None, left=self.left[order], notify=self.notify,
            whole=self.whole, who=self.visit.who, patience=min(seconds, shipping.LOOK_SECONDS),
        )  # fmt: skip


def _left(order: str) -> dict[str, int]:
    pairs = (pair.rpartition(":") for pair in request.form.get(f"left:{order}", "").split())
    return {
        line: int(units) for line, _colon, units in pairs if line and units.isdecimal() and len(units) <= LONGEST_NUMBER
    }


def _said(done: Shipped) -> str:
    said = _("Shipped %(units)s of order %(order)s.", units=wording.units(done.units), order=done.order)
    return " ".join([said, *map(str, done.held)])


def _units(text: str) -> int:
    typed = text.strip() or "0"
    if not typed.isdecimal() or len(typed) > LONGEST_NUMBER:
        raise Refused(_("%(typed)s is no number of units.", typed=typed[:40]))
    return int(typed)


def _tracking() -> str:
    tracking = request.form.get("tracking", "").strip()
    if len(tracking) > LONGEST_TRACKING or not tracking.isprintable():
        raise Refused(_("tracking: A tracking number has %(most)s characters at most.", most=LONGEST_TRACKING))
    return tracking


def _asked(name: str) -> bool:
    return request.form.get(name) == "yes"


def _list(visit: Visit) -> str:
    return url_for("shipping.index", shop_id=visit.shop.id) + lists.filters(ReadyFilters).query()
