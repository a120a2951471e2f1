"""The buyer's e-mail address: kept while a person may have to ask for the order, and no longer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from app.models import Order
from app.platforms import OrderSeen

KEPT = timedelta(days=90)


def columns(order: OrderSeen, old: Mapping[Any, Any] | None, now: datetime, *, still_open: bool) -> dict[str, Any]:
    """`customer` and `closed_at` of an order. Of one that has nothing open no address is taken in, anew or again."""
    if still_open:
        return {"customer": order.customer, "closed_at": None}
    closed_at = old["closed_at"] if old else None
    return {"customer": old["customer"] if old else "", "closed_at": closed_at or now}


def forget(connection: Connection, shop_id: int, now: datetime) -> None:
    """Empty the addresses of orders that have had nothing open for so long."""
    connection.execute(_FORGET.where(Order.shop_id == shop_id, Order.closed_at < now - KEPT))


def forget_all(connection: Connection, shop_id: int) -> None:
    """The shop is left, or has uninstalled us: nobody sweeps it any more. Should it come back, open orders are read."""
    connection.execute(_FORGET.where(Order.shop_id == shop_id))


_FORGET = update(Order).where(Order.customer != "").values(customer="")
