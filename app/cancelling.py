"""Cancelling whole orders in the shop, as staff would in its own dashboard."""

import contextlib

from sqlalchemy import Connection, select

from app import reconcile
from app.activity import Subject, Thing, tell
from app.models import Order, Shop
from app.platforms import ShopError
from app.runtime import Runtime
from app.shipping import looking


class NotCancelled(Exception):
    """The order was not cancelled, or nobody knows; the message says which and why."""


def cancel(runtime: Runtime, shop: Shop, order_id: str, *, who: str) -> str:
    """Cancel the order and have it looked at. Returns its number. Raises NotCancelled.

    What was paid is not paid back: that is the shop's own business.
    """
    with runtime.engine.connect() as connection:
        number = connection.scalar(select(Order.number).where(Order.shop_id == shop.id, Order.id == order_id))
    if number is None:
        raise NotCancelled("The shop has no such order any more.")
    if shop.state in reconcile.RESTING:
        raise NotCancelled(f"The shop is {shop.state}, so Dueback cannot cancel orders there.")
    try:
        with contextlib.closing(runtime.platform(shop)) as platform:
            platform.cancel_order(order_id)
    except ShopError as wrong:
        looking.mark(runtime, shop.id, order_id)
        raise NotCancelled(_refusal(number, wrong)) from wrong
    seen = looking.mark(
        runtime, shop.id, order_id, lambda connection: _tell(connection, shop.id, who, order_id, number)
    )
    looking.wait(runtime, shop.id, seen, looking.SEEN_SECONDS)
    return str(number)


def _tell(connection: Connection, shop_id: int, who: str, order_id: str, number: str) -> None:
    tell(connection, shop_id, who, "order.cancelled", Thing(Subject.ORDER, order_id, number), order=number)


def _refusal(number: str, wrong: ShopError) -> str:
    if wrong.retry:
        return f"The shop did not say whether order {number} was cancelled: {wrong} Look at it before you try again."
    return f"The shop did not cancel it: {wrong}"
