"""Cancelling whole orders in the shop, as staff would in its own dashboard."""

import contextlib

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, func, select

from app import reconcile
from app.activity import Subject, Thing, tell
from app.book.orders import GIVEN_UP
from app.models import Line, Order, Shop
from app.platforms import CANNOT_CANCEL, ShopError
from app.refusal import Refusal
from app.runtime import Runtime
from app.sentences import STATES
from app.shipping import looking


class NotCancelled(Refusal):
    """The order was not cancelled, or nobody knows; the text says which and why."""


def cancel(runtime: Runtime, shop: Shop, order_id: str, *, who: str, why: str = "") -> str:
    """Cancel the order and have it looked at. Returns its number. Raises NotCancelled.

    What was paid is not paid back: that is the shop's own business. The shop refuses what was shipped in part, or lies
    in a shipment.
    """
    with runtime.engine.connect() as connection:
        number, shipped = _order(connection, shop.id, order_id)
    if shop.state in reconcile.RESTING:
        raise NotCancelled(
            lazy("The shop is {state}, so Dueback cannot cancel orders there."), state=STATES[shop.state]
        )
    try:
        with contextlib.closing(runtime.platform(shop)) as platform:
            platform.cancel_order(order_id)
    except ShopError as wrong:
        looking.mark(runtime, shop.id, order_id)
        raise _refusal(number, shipped, wrong) from wrong
    subject = Thing(Subject.ORDER, order_id, number)

    def keep(connection: Connection) -> None:
        tell(connection, shop.id, who, "order.cancelled", subject, order=number, why=why)

    seen = looking.mark(runtime, shop.id, order_id, keep)
    looking.wait(runtime, shop.id, seen, looking.SEEN_SECONDS)
    return number


def _order(connection: Connection, shop_id: int, order_id: str) -> tuple[str, int]:
    """Its number, and how many units of it have left or lie in a shipment, by the book."""
    query = (
        select(Order.number, Order.status, func.sum(Line.quantity - Line.open + Line.approving).label("shipped"))
        .outerjoin(Line, (Line.shop_id == Order.shop_id) & (Line.order_id == Order.id))
        .where(Order.shop_id == shop_id, Order.id == order_id)
        .group_by(Order.number, Order.status)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotCancelled(lazy("The shop has no such order any more."))
    if row.status in GIVEN_UP:
        raise NotCancelled(lazy("Order {order} is cancelled already."), order=row.number)
    return row.number, row.shipped or 0


def _refusal(number: str, shipped: int, wrong: ShopError) -> NotCancelled:
    if wrong.retry:
        return NotCancelled(
            lazy("The shop did not say whether order {order} was cancelled: {reason} Look at it before you try again."),
            order=number,
            reason=wrong,
        )
    if wrong.code != CANNOT_CANCEL:
        return NotCancelled(lazy("The shop did not cancel order {order}: {reason}"), order=number, reason=wrong)
    if shipped:
        return NotCancelled(
            lazy(
                "Order {order} cannot be cancelled any more: of it left or in a shipment: {units}. Cancel the "
                "shipment in the shop first, or return what is left of the order there."
            ),
            order=number,
            units=shipped,
        )
    return NotCancelled(
        lazy(
            "Order {order} cannot be cancelled. It is cancelled already, or something of it was shipped meanwhile. "
            "Look at it again."
        ),
        order=number,
    )
