"""Cancelling whole orders in the shop, as staff would in its own dashboard."""

import contextlib

from sqlalchemy import Connection, func, select

from app import reconcile, wording
from app.activity import Subject, Thing, tell
from app.book.orders import GIVEN_UP
from app.models import Line, Order, Shop
from app.platforms import CANNOT_CANCEL, ShopError
from app.runtime import Runtime
from app.shipping import looking


class NotCancelled(Exception):
    """The order was not cancelled, or nobody knows; the message says which and why."""


def cancel(runtime: Runtime, shop: Shop, order_id: str, *, who: str, why: str = "") -> str:
    """Cancel the order and have it looked at. Returns its number. Raises NotCancelled.

    What was paid is not paid back: that is the shop's own business. The shop refuses what was shipped in part, or lies
    in a shipment.
    """
    with runtime.engine.connect() as connection:
        number, shipped = _order(connection, shop.id, order_id)
    if shop.state in reconcile.RESTING:
        raise NotCancelled(f"The shop is {shop.state}, so Dueback cannot cancel orders there.")
    try:
        with contextlib.closing(runtime.platform(shop)) as platform:
            platform.cancel_order(order_id)
    except ShopError as wrong:
        looking.mark(runtime, shop.id, order_id)
        raise NotCancelled(_refusal(number, shipped, wrong)) from wrong
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
        raise NotCancelled("The shop has no such order any more.")
    if row.status in GIVEN_UP:
        raise NotCancelled(f"Order {row.number} is cancelled already.")
    return row.number, row.shipped or 0


def _refusal(number: str, shipped: int, wrong: ShopError) -> str:
    if wrong.retry:
        return f"The shop did not say whether order {number} was cancelled: {wrong} Look at it before you try again."
    if wrong.code != CANNOT_CANCEL:
        return f"The shop did not cancel order {number}: {wrong}"
    if shipped:
        return (
            f"Order {number} cannot be cancelled any more: {wording.units(shipped)} of it left or lie in a shipment. "
            "Cancel the shipment in the shop first, or return what is left of the order there."
        )
    return (
        f"Order {number} cannot be cancelled. It is cancelled already, or something of it was shipped meanwhile. "
        "Look at it again."
    )
