"""The backorders of one order: how its lines stand, and what staff may do about them."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from app import history, shipping, standing, turns
from app.admin import lists, mounts, states
from app.admin.acting import Done, Refused, acting
from app.admin.language import day, number
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.admin.widgets import views
from app.shipping import NotShipped, ReadyOrder
from app.standing import OrderStands
from app.wording import gettext as _
from app.wording import ngettext

# Somebody waits before an open popup.
SHIP_WITHIN = 20.0
LONGEST_TRACKING = 100
MOST_DIGITS = 7


@reading(views, "/widgets/order", ORDERS)
def order_widget(visit: Visit) -> str:
    return render_template("admin/widgets/order.html", visit=visit, order=_asked(visit), states=states.LINE)


@reading(views, "/popups/order", ORDERS)
def order_popup(visit: Visit) -> str:
    order = _asked(visit)
    return render_template(
        "admin/widgets/order_popup.html",
        visit=visit,
        order=order,
        states=states.LINE,
        moves=_moves(visit, order) if order else {},
        ready=_ready(visit, order) if order else None,
        chosen=lists.chosen("line"),
    )


@acting(views, "/popups/order/hold", ORDERS, again=order_popup)
def hold(visit: Visit) -> Done:
    order = _known(visit)
    held = turns.hold(visit.connection, visit.shop, _lines(order), who=visit.who, why=_why())
    said = ngettext("One line is on hold: nothing of it ships.", "%(shown)s lines are on hold.", len(held),
                    shown=number(len(held)))  # fmt: skip
    return _done(visit, said)


@acting(views, "/popups/order/release", ORDERS, again=order_popup)
def release(visit: Visit) -> Done:
    order = _known(visit)
    released = turns.release(visit.connection, visit.shop, _lines(order), who=visit.who, why=_why())
    said = ngettext("One line is off hold.", "%(shown)s lines are off hold.", len(released),
                    shown=number(len(released)))  # fmt: skip
    return _done(visit, said)


@acting(views, "/popups/order/redate", ORDERS, again=order_popup)
def redate(visit: Visit) -> Done:
    order = _known(visit)
    try:
        wanted = date.fromisoformat(request.form.get("day", ""))
    except ValueError as wrong:
        raise Refused(_("day: Choose the day on which it is expected.")) from wrong
    turns.redate(visit.connection, visit.shop, _lines(order), wanted, visit.today, who=visit.who, why=_why())
    return _done(visit, _("What is not on hand is expected on %(day)s.", day=day(wanted)))


@acting(views, "/popups/order/ship", ORDERS, again=order_popup)
def ship(visit: Visit) -> Done:
    """The shop is looked at anew first; nothing leaves where the order is not as the form showed it."""
    order = _known(visit)
    ready = _ready(visit, order)
    known = [line.line_id for line in ready.lines] if ready else []
    units = {line: _units(f"units-{line}") for line in known}
    wanted = {line: number for line, number in units.items() if number}
    if not wanted:
        raise Refused(_("Say how many units of at least one line leave."))
    tracking = request.form.get("tracking", "").strip()
    if len(tracking) > LONGEST_TRACKING or "\x00" in tracking:
        raise Refused(_("tracking: A tracking number has %(most)s characters at most.", most=LONGEST_TRACKING))
    try:
        done = shipping.ship(
            visit.runtime,
            visit.shop,
            order.id,
            wanted,
            tracking=tracking,
            notify="notify" in request.form,
            who=visit.who,
            left={line: _units(f"left-{line}") for line in wanted},
            patience=SHIP_WITHIN,
        )
    except NotShipped as wrong:
        raise Refused(str(wrong)) from wrong
    said = ngettext("One unit is on its way.", "%(shown)s units are on their way.", done.units,
                    shown=number(done.units))  # fmt: skip
    return _done(visit, " ".join([said, *map(str, done.held)]))


def _asked(visit: Visit) -> OrderStands | None:
    """The order that the dashboard shows, if we know it."""
    order_id = mounts.told().get("orderId", "")
    if not order_id or "\x00" in order_id:
        return None
    return standing.of_order(visit.connection, visit.shop.id, order_id, visit.today)


def _known(visit: Visit) -> OrderStands:
    order = _asked(visit)
    if order is None:
        raise NotFound
    return order


def _ready(visit: Visit, order: OrderStands) -> ReadyOrder | None:
    """What of it can leave now."""
    found = next(shipping.orders_of(visit.connection, visit.shop.id, [order.id]), None)
    return found if found and found.ready else None


def _moves(visit: Visit, order: OrderStands) -> dict[str, list[dict[str, Any]]]:
    """What happened to each line, the newest first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for move in reversed(history.rows(visit.connection, visit.shop.id, order=order.number)):
        found[move["line_id"]].append(move | {"at": datetime.fromisoformat(move["at"])})
    return found


def _lines(order: OrderStands) -> list[str]:
    chosen = [line for line in lists.chosen("line") if line in {each.id for each in order.open}]
    if not chosen:
        raise Refused(_("Tick the lines that it is for."))
    return chosen


def _why() -> str:
    return request.form.get("why", "").strip()


def _units(name: str) -> int:
    text = request.form.get(name, "").strip() or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Refused(_("%(text)s is no number of units.", text=text[:20]))
    return int(text)


def _done(visit: Visit, said: str) -> Done:
    return Done(said, url_for("widgets.order_popup", shop_id=visit.shop.id, orderId=request.form["orderId"]))
