"""What is decided about several lines at once: the ticked ones, or all that fit the filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import queue, turns
from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.queue.filtering import QueueFilters
from app.admin.queue.listing import index
from app.admin.queue.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.turns import BadMove
from app.turns.lines import MOST
from app.wording import gettext as _
from app.wording import ngettext

MOST_TOLD = 3
KINDS = "<any(hold, release, pin, redate):kind>"


@dataclass(frozen=True, slots=True)
class Decision:
    """One kind of decision: `make` makes it about lines; `said` tells of so many, `asks` asks before it is made."""

    make: Callable[[Visit, Sequence[str], str], object]
    said: Callable[[int], str]
    asks: Callable[[int], str]


DECISIONS: Mapping[str, Decision] = {
    "hold": Decision(
        lambda visit, ids, why: turns.hold(visit.connection, visit.shop, ids, who=visit.who, why=why),
        lambda n: ngettext("%(num)s line is on hold now.", "%(num)s lines are on hold now.", n),
        lambda n: ngettext("Put %(num)s line on hold", "Put %(num)s lines on hold", n),
    ),
    "release": Decision(
        lambda visit, ids, why: turns.release(visit.connection, visit.shop, ids, who=visit.who, why=why),
        lambda n: ngettext("%(num)s line is off hold.", "%(num)s lines are off hold.", n),
        lambda n: ngettext("Take %(num)s line off hold", "Take %(num)s lines off hold", n),
    ),
    "pin": Decision(
        lambda visit, ids, why: turns.pin(visit.connection, visit.shop, ids, who=visit.who, why=why),
        lambda n: ngettext("%(num)s line goes first now.", "%(num)s lines go first now.", n),
        lambda n: ngettext("Let %(num)s line go first", "Let %(num)s lines go first", n),
    ),
    "redate": Decision(
        lambda visit, ids, why: turns.redate(
            visit.connection, visit.shop, ids, given_day(), visit.today, who=visit.who, why=why
        ),
        lambda n: ngettext("%(num)s line has another day now.", "%(num)s lines have another day now.", n),
        lambda n: ngettext("Give %(num)s line another day", "Give %(num)s lines another day", n),
    ),
}


def _again(visit: Visit, kind: str) -> ResponseReturnValue:  # noqa: ARG001 - stands in the address
    return index(visit)


@acting(views, f"/queue/{KINDS}", ORDERS, again=_again)
def decide(visit: Visit, kind: str) -> Done:
    """Decide about the lines that it can be decided about; those that have left meanwhile are named."""
    if request.form.get("which") == "all" and not request.form.get("sure"):
        given = {"why": request.form.get("why", ""), "day": request.form.get("day", "")}
        query = lists.filters(QueueFilters).query(**given)
        matching(visit)
        return Done("", url_for("queue.sure", shop_id=visit.shop.id, kind=kind) + query)
    done, left_out = decided(visit, kind, chosen(visit))
    said = [DECISIONS[kind].said(len(done)), *told(left_out)]
    return Done(" ".join(said), back(visit), "warning" if left_out else "success")


@reading(views, f"/queue/sure/{KINDS}", ORDERS)
def sure(visit: Visit, kind: str) -> ResponseReturnValue:
    """What will happen to all that fit the filters, before it does."""
    filters = lists.filters(QueueFilters)
    try:
        ids = matching(visit)
    except Refused as wrong:
        g.wrong = str(wrong)
        return index(visit)
    sifted = turns.sift(visit.connection, visit.shop, kind, ids)
    return render_template(
        "admin/queue/sure.html",
        visit=visit,
        kind=kind,
        filters=filters,
        sifted=sifted,
        asks=DECISIONS[kind].asks(len(sifted.ids)),
        day=request.args.get("day", ""),
        why=request.args.get("why", ""),
    )


def decided(visit: Visit, kind: str, ids: Sequence[str]) -> tuple[Sequence[str], Sequence[BadMove]]:
    """Make the decision about those of the lines that it fits. Returns them, and why the others were left out."""
    sifted = turns.sift(visit.connection, visit.shop, kind, ids)
    if not sifted.ids:
        raise Refused(" ".join([_("Nothing was changed."), *told(sifted.left_out)]))
    DECISIONS[kind].make(visit, sifted.ids, request.form.get("why", "").strip())
    return sifted.ids, sifted.left_out


def chosen(visit: Visit) -> list[str]:
    """The lines of the form: the ticked ones, or all that fit the filters of the address."""
    ids = matching(visit) if request.form.get("which") == "all" else lists.chosen("line")
    if not ids:
        raise Refused(_("Tick the lines that you mean first."))
    if len(ids) > MOST:
        raise Refused(_("At most %(most)s lines can be changed at once.", most=MOST))
    return ids


def matching(visit: Visit) -> list[str]:
    """All that fit the filters of the address. Raises Refused where they are too many."""
    asked = lists.filters(QueueFilters).asked(visit)
    ids = queue.ids(visit.connection, visit.shop.id, asked, today=visit.today, limit=MOST + 1)
    if len(ids) > MOST:
        raise Refused(_("More than %(most)s lines fit. Filter the list until fewer do.", most=MOST))
    return ids


def told(left_out: Sequence[BadMove]) -> list[str]:
    """The first of those that were left out, and how many more there are."""
    more = len(left_out) - MOST_TOLD
    rest = [ngettext("%(num)s more was left out.", "%(num)s more were left out.", more)] if more > 0 else []
    return [*map(str, left_out[:MOST_TOLD]), *rest]


def given_day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError as wrong:
        raise Refused(_("day: Choose the day on which they are expected.")) from wrong


def back(visit: Visit) -> str:
    """The list with the filters and the page of the address."""
    filters = lists.filters(QueueFilters)
    query = filters.query(page=filters.page if filters.page > 1 else None)
    return url_for("queue.index", shop_id=visit.shop.id) + (query if query != "?" else "?all=1")
