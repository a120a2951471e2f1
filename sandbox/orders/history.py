"""The events of an order, as staff read them."""

from __future__ import annotations

from typing import Any

from sandbox.state.sales import Order, OrderEvent
from sandbox.state.shop import Shop


def write(shop: Shop, order: Order, kind: str, **details: Any) -> OrderEvent:
    """Add an event to the order's history, by whoever this unit of work is for."""
    work = shop.work
    event = OrderEvent(shop.order_events.next_pk(), order.pk, kind, shop.now(), work.user, work.app, details)
    shop.add(event)
    return event
