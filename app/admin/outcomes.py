"""The same done to several orders through the shop: each told apart, within a time that a person waits."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import abort, render_template
from sqlalchemy import select

from app.admin import acting
from app.admin.acting import Done
from app.admin.visit import Visit
from app.models import Order
from app.wording import gettext as _
from app.wording import ngettext

log = structlog.get_logger()
T = TypeVar("T")

# The shop works on several at once; each takes connections to the database, which other pages need too.
AT_ONCE = 3
SECONDS = 50.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one order, in a sentence. `kind`: done, refused."""

    order: str
    kind: str
    said: str

    def as_dict(self) -> dict[str, str]:
        return {"order": self.order, "kind": self.kind, "said": self.said}


def each(
    orders: Mapping[str, str], do: Callable[[str, float], T], say: Callable[[T], str], refusal: type[Exception]
) -> list[Outcome]:
    """Do it to these orders, numbers by id, a few at a time; those that time runs out for are not begun.

    `do` takes an id and how many seconds are left, and raises `refusal`; `say` tells what came of it.
    """
    deadline = time.monotonic() + SECONDS

    def one(order: str) -> T | Exception | None:
        left = deadline - time.monotonic()
        try:
            return do(order, left) if left > 0 else None
        except Exception as wrong:  # noqa: BLE001 - the others must not be lost for it
            return wrong

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(one, orders))
    return [_told(number, came, say, refusal) for number, came in zip(orders.values(), found, strict=True)]


def _told(number: str, came: T | Exception | None, say: Callable[[T], str], refusal: type[Exception]) -> Outcome:
    if came is None:
        return Outcome(number, "refused", _("Not tried: the others took too long. Send it again."))
    if isinstance(came, refusal):
        return Outcome(number, "refused", str(came))
    if isinstance(came, Exception):
        log.error("failed for one order of several", order=number, exc_info=came)
        return Outcome(
            number, "refused", _("Something went wrong. Look at the order in the shop before you try again.")
        )
    return Outcome(number, "done", say(came))


def numbers(visit: Visit, orders: Sequence[str]) -> dict[str, str]:
    """The numbers of those of these orders that are the shop's, by id; in no transaction of the visit."""
    query = select(Order.id, Order.number).where(Order.shop_id == visit.shop.id, Order.id.in_(orders))
    with visit.runtime.engine.connect() as connection:
        known = {row.id: row.number for row in connection.execute(query)}
    return {order: known.get(order, "?") for order in orders}


def done(found: Sequence[Outcome], said: str, to: str) -> Done:
    """What came of them all: `said` of those that were done, then how many were refused; `to` tells each apart."""
    refused = sum(outcome.kind != "done" for outcome in found)
    if refused:
        said += " " + ngettext("%(num)s was refused.", "%(num)s were refused.", refused)
    return Done(said, to, "warning" if refused else "success", outcomes=[outcome.as_dict() for outcome in found])


def count_done(found: Sequence[Outcome]) -> int:
    return sum(outcome.kind == "done" for outcome in found)


def page(visit: Visit, form: str, *, title: str, back: str) -> str:
    """What came of the form that counts once by this name."""
    done = acting.kept(visit, form)
    if done is None or not done.outcomes:
        abort(404)
    outcomes: Sequence[dict[str, Any]] = done.outcomes
    return render_template("admin/outcomes.html", visit=visit, outcomes=outcomes, title=title, back=back)
