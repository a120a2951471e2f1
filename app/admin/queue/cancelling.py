"""Cancelling whole orders: first what will happen, then the shop does it."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app import cancelling
from app.admin import lists, outcomes
from app.admin.acting import ONCE, Done, Refused, acting
from app.admin.queue.deciding import chosen
from app.admin.queue.listing import index
from app.admin.queue.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.cancelling import NotCancelled
from app.models import Line, Order
from app.wording import gettext as _
from app.wording import ngettext

MOST = 100


@reading(views, "/queue/cancel", ORDERS, methods=["POST"])
def before(visit: Visit) -> ResponseReturnValue:
    """What will happen to the orders of the chosen lines, or to those that were asked about before."""
    try:
        orders = lists.chosen("order") or _orders_of(visit, chosen(visit))
    except Refused as wrong:
        g.wrong = str(wrong)
        return index(visit)
    return _page(visit, orders)


@acting(views, "/queue/cancelled", ORDERS, again=before, whole=False)
def cancel(visit: Visit) -> Done:
    orders = lists.chosen("order")
    if not 1 <= len(orders) <= MOST:
        raise Refused(_("At most %(most)s orders can be cancelled at once.", most=MOST))
    found = outcomes.each(
        outcomes.numbers(visit, orders),
        lambda order, _seconds: cancelling.cancel(visit.runtime, visit.shop, order, who=visit.who),
        lambda number: _("Cancelled order %(number)s.", number=number),
        NotCancelled,
    )
    said = ngettext("%(num)s order was cancelled.", "%(num)s orders were cancelled.", outcomes.count_done(found))
    to = url_for("queue.after_cancelling", shop_id=visit.shop.id, form=request.form[ONCE])
    return outcomes.done(found, said, to)


@reading(views, "/queue/cancelled/<form>", ORDERS)
def after_cancelling(visit: Visit, form: str) -> str:
    back = url_for("queue.index", shop_id=visit.shop.id)
    return outcomes.page(visit, form, title=_("What was cancelled"), back=back)


def _orders_of(visit: Visit, lines: list[str]) -> list[str]:
    query = select(Line.order_id).distinct().where(Line.shop_id == visit.shop.id, Line.id.in_(lines), Line.open > 0)
    found = list(visit.connection.scalars(query))
    if not found:
        raise Refused(_("Nothing of these lines is open any more."))
    if len(found) > MOST:
        raise Refused(_("At most %(most)s orders can be cancelled at once.", most=MOST))
    return found


def _page(visit: Visit, orders: list[str]) -> str:
    shipped = func.sum(Line.quantity - Line.open + Line.approving)
    query = (
        select(Order.id, Order.number, Order.customer, func.count(Line.id).label("lines"),
               func.sum(Line.ready).label("ready"), func.sum(Line.waiting).label("waiting"), shipped.label("shipped"))
        .join(Line, (Line.shop_id == Order.shop_id) & (Line.order_id == Order.id))
        .where(Order.shop_id == visit.shop.id, Order.id.in_(orders))
        .group_by(Order.id, Order.number, Order.customer, Order.queued_at)
        .order_by(Order.queued_at)
    )  # fmt: skip
    found = visit.connection.execute(query).all()
    return render_template("admin/queue/cancel.html", visit=visit, orders=found)
