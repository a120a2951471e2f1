"""One line: why it has its date, what was decided about it, and deciding about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select

from app import explain, history, queue, turns, wording
from app.admin.acting import Done, Refused, acting
from app.admin.queue.deciding import DECISIONS, KINDS, decided
from app.admin.queue.filtering import WORDS
from app.admin.queue.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.models import Line, Mark, Order, Warehouse
from app.queue import Entry
from app.wording import gettext as _

LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that holds for the line: its number, kind, and what of it is to be said."""

    number: int
    kind: str
    order: str
    to_order: str
    is_taker: bool
    units: int | None
    day: date | None
    who: str
    why: str
    at: Any


@reading(views, "/queue/lines/<line>", ORDERS, endpoint="line")
def about(visit: Visit, line: str) -> ResponseReturnValue:
    known = known_line(visit, line)
    explained = explain.order(visit.connection, visit.shop, known.number, visit.today) if known.open else []
    why = next((each for each in explained if each["line_id"] == line), None)
    moves = [_decided(row, line) for row in turns.rows(visit.connection, visit.shop.id, lines=[line])]
    return render_template(
        "admin/queue/line.html",
        visit=visit,
        line=known,
        entry=entry_of(visit, line),
        states=WORDS,
        why=why,
        rule=[_value(each, visit.today) for each in why["rule"]] if why else [],
        warehouses=_warehouses(visit),
        moves=moves,
        kinds={move.kind for move in moves if not move.is_taker},
        history=[_move(row) for row in reversed(history.rows(visit.connection, visit.shop.id, line=line))],
        replanned=_is_marked(visit, known.variant_id),
    )


def _value(value: dict[str, Any], today: date) -> dict[str, str]:
    """A value of the rule that holds, in words."""
    one_channel = value["channel"] is not None
    return {
        "name": wording.name_of(value["field"]),
        "value": wording.value_of(value["value"], today),
        "origin": wording.origin(value["scope"], value["target"] or "", one_channel=one_channel),
    }


def _move(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"at": datetime.fromisoformat(row["at"])}


def _warehouses(visit: Visit) -> dict[str, str]:
    query = select(Warehouse.slug, Warehouse.name).where(Warehouse.shop_id == visit.shop.id)
    return {row.slug: row.name for row in visit.connection.execute(query)}


def known_line(visit: Visit, line: str) -> Row[Any]:
    """The line with its order, whether anything of it is open or not; else the page is not found."""
    query = (
        select(Line.__table__, Order.number, Order.customer, Order.status)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == visit.shop.id, Line.id == line)
    )
    return visit.connection.execute(query).one_or_none() or abort(404)


def entry_of(visit: Visit, line: str) -> Entry | None:
    """The line as the queue lists it; None where nothing of it is open."""
    found = queue.rows(visit.connection, visit.shop.id, queue.Filters(), today=visit.today, lines=[line])
    return next(iter(list(found)), None)


def _decided(row: Row[Any], line: str) -> Decided:
    return Decided(
        row.id, row.kind, row.order, row.to_order or "", row.line_id != line, row.units, row.day, row.who, row.why,
        row.at,
    )  # fmt: skip


def _is_marked(visit: Visit, variant: str | None) -> bool:
    marked = select(Mark.target).where(Mark.shop_id == visit.shop.id, Mark.kind == "variant", Mark.target == variant)
    return visit.connection.scalar(marked) is not None


def _again(visit: Visit, line: str, kind: str) -> ResponseReturnValue:  # noqa: ARG001 - stands in the address
    return about(visit, line)


@acting(views, f"/queue/lines/<line>/{KINDS}", ORDERS, again=_again)
def decide_one(visit: Visit, line: str, kind: str) -> Done:
    known_line(visit, line)
    decided(visit, kind, [line])
    return Done(DECISIONS[kind].said(1), here(visit, line))


@acting(views, "/queue/lines/<line>/undo", ORDERS, again=about)
def undo(visit: Visit, line: str) -> Done:
    """Take back a decision that holds for the line."""
    number, known = request.form.get("number", ""), known_line(visit, line)
    holding = {row.id for row in turns.rows(visit.connection, visit.shop.id, lines=[known.id])}
    if not number.isdecimal() or len(number) > LONGEST_NUMBER or int(number) not in holding:
        raise Refused(_("That decision does not hold any more."))
    turns.undo(visit.connection, visit.shop, int(number), who=visit.who, why=request.form.get("why", "").strip())
    return Done(_("The decision was taken back."), here(visit, line))


def here(visit: Visit, line: str) -> str:
    return url_for("queue.line", shop_id=visit.shop.id, line=line)
