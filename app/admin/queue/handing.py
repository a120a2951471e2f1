"""Units of another order for this one: who could give, and what it would cost them."""

from flask import g, render_template, request, url_for

from app import turns
from app.admin.acting import Done, Refused, acting
from app.admin.queue.deciding import chosen
from app.admin.queue.line import entry_of, here, known_line
from app.admin.queue.listing import index
from app.admin.queue.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.turns import BadMove, effects
from app.wording import gettext as _

LONGEST_NUMBER = 7
NOBODY = effects.Givers([])


@reading(views, "/queue/lines/<line>/hand-over", ORDERS)
def hand_over(visit: Visit, line: str) -> str:
    known, entry = known_line(visit, line), entry_of(visit, line)
    units = _number(request.values.get("units", "")) or max(1, entry.waiting if entry else 1)
    try:
        givers = effects.givers(visit.connection, visit.shop, line, units, visit.today) if entry else NOBODY
    except BadMove as wrong:
        givers, g.wrong = NOBODY, g.get("wrong") or str(wrong)
    return render_template(
        "admin/queue/hand_over.html",
        visit=visit,
        line=known,
        entry=entry,
        units=units,
        givers=givers.found,
        more=givers.more,
    )


@acting(views, "/queue/hand-over", ORDERS, again=index)
def choose(visit: Visit) -> Done:
    """From the list, where a line is ticked, to who could give it units."""
    lines = chosen(visit)
    if len(lines) != 1:
        raise Refused(_("Tick one line: the one that is to get units of another order."))
    return Done("", url_for("queue.hand_over", shop_id=visit.shop.id, line=lines[0]))


@acting(views, "/queue/lines/<line>/hand-over", ORDERS, again=hand_over)
def give(visit: Visit, line: str) -> Done:
    known_line(visit, line)
    giver, units = request.form.get("giver", ""), _number(request.form.get("units", ""))
    if not giver or "\x00" in giver:
        raise Refused(_("Choose the order that gives."))
    turns.hand_over(
        visit.connection, visit.shop, giver, line, units, who=visit.who, why=request.form.get("why", "").strip()
    )
    return Done(_("The orders change places for so many units: %(units)s.", units=units), here(visit, line))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
