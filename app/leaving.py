"""Leaving a shop safely: sale past zero closes, our metadata goes; what is owed stays owed and listed."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, func, select, update

from app import marks
from app.activity import APP, Subject, Thing, tell
from app.book import customers
from app.models import Line, Mark, Shop, Variant
from app.refusal import BadValue
from app.sentences import STATES

GOING = ("leaving", "left")


class CannotLeave(BadValue):
    """There is nothing to leave, or nothing to come back to; the message says why."""


@dataclass(frozen=True, slots=True)
class Left:
    """How far it is: of so many `variants` so many are still `pending`; and what stays owed."""

    variants: int
    pending: int
    orders: int
    units: int


def begin(connection: Connection, shop: Shop, *, who: str) -> None:
    """Begin to leave, or go on. A worker does the rest and ends it: see `finish`. Raises CannotLeave."""
    going = update(Shop).where(Shop.id == shop.id, Shop.state.in_(("installed", "leaving"))).values(state="leaving")
    if not connection.execute(going).rowcount:
        raise CannotLeave(lazy("The shop is {state}: there is nothing to leave."), state=STATES[shop.state])
    if shop.state != "leaving":
        tell(connection, shop.id, who, "shop.leaving", Thing(Subject.SHOP, str(shop.id), shop.name))
    marks.mark_every_variant(connection, shop.id)


def finish(connection: Connection, shop_id: int) -> bool:
    """The shop is left, if it was being left and nothing is to be done any more. Says whether it is left."""
    marked = select(Mark.target).where(Mark.shop_id == shop_id).exists()
    ended = update(Shop).where(Shop.id == shop_id, Shop.state == "leaving", ~marked).values(state="left")
    row = connection.execute(ended.returning(Shop.name)).first()
    if row is None:
        return connection.scalar(select(Shop.state).where(Shop.id == shop_id)) == "left"
    customers.forget_all(connection, shop_id)
    tell(connection, shop_id, APP, "shop.left", Thing(Subject.SHOP, str(shop_id), row.name))
    return True


def stay(connection: Connection, shop: Shop, *, who: str) -> None:
    """Stay after all, as if nothing had been: everything is looked at again. Raises CannotLeave."""
    back = update(Shop).where(Shop.id == shop.id, Shop.state.in_(GOING)).values(state="installed", swept_at=None)
    if not connection.execute(back).rowcount:
        raise CannotLeave(lazy("The shop is {state}: there is nothing to come back from."), state=STATES[shop.state])
    tell(connection, shop.id, who, "shop.stayed", Thing(Subject.SHOP, str(shop.id), shop.name))
    marks.mark_every_variant(connection, shop.id)


def progress(connection: Connection, shop_id: int) -> Left:
    """How far it is, and what buyers are still owed."""
    variants = select(func.count(Variant.id)).where(Variant.shop_id == shop_id)
    owed = select(func.count(Line.order_id.distinct()), func.coalesce(func.sum(Line.waiting), 0)).where(
        Line.shop_id == shop_id, Line.open > 0, Line.waiting > 0
    )
    orders, units = connection.execute(owed).one()
    return Left(connection.scalar(variants) or 0, marks.pending(connection, shop_id), orders, units)
