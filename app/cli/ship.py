"""Shipping what is ready."""

import time

import click
from sqlalchemy import Connection, func, select, tuple_

from app import marks, tasks, turns
from app.cli.opening import opened, shop_option
from app.models import Line, Mark, Order, Shop
from app.platforms import ShipLine, ShopError
from app.runtime import Runtime

LOOK_SECONDS = 60
POLL_SECONDS = 0.05


@click.command()
@shop_option
@click.option("--order", "number", required=True, metavar="NUMBER")
@click.option("--tracking", default="", help="Tracking number of the parcel.")
@click.option("--notify/--no-notify", default=True, show_default=True, help="Let the shop mail the customer.")
def ship(shop_url: str, number: str, tracking: str, notify: bool) -> None:
    """Ship what is ready of an order, from the warehouses that hold it. Looks at the shop anew first."""
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.connect() as connection:
            order_id = _order(connection, shop.id, number)
        _look_again(opened_runtime, shop.id, order_id)
        with opened_runtime.engine.connect() as connection:
            held = _on_hold(connection, shop.id, order_id)
            lines = [line for line in _ready(connection, shop.id, order_id) if line.line not in held]
        if not lines:
            raise click.ClickException(" ".join([f"Nothing of order {number} is ready to ship.", *held.values()]))
        _ship(opened_runtime, shop, order_id, lines, tracking=tracking, notify=notify)
    click.echo(" ".join([f"Shipped {sum(line.units for line in lines)} units of order {number}.", *held.values()]))


def _order(connection: Connection, shop_id: int, number: str) -> str:
    found = connection.scalar(select(Order.id).where(Order.shop_id == shop_id, Order.number == number))
    if found is None:
        raise click.ClickException(f"No order has the number {number}.")
    return found


def _look_again(opened_runtime: Runtime, shop_id: int, order_id: str) -> None:
    """Have the order and its variants looked at: what was on hand a minute ago may have left meanwhile."""
    with opened_runtime.engine.begin() as connection:
        variants = select(Line.variant_id).where(Line.shop_id == shop_id, Line.order_id == order_id, Line.open > 0)
        looked_at = [("order", order_id), *(("variant", found) for found in connection.scalars(variants) if found)]
        marks.mark(connection, shop_id, looked_at)
    tasks.wake(shop_id)
    still = select(func.count()).where(Mark.shop_id == shop_id, tuple_(Mark.kind, Mark.target).in_(looked_at))
    deadline = time.monotonic() + LOOK_SECONDS
    while time.monotonic() < deadline:
        with opened_runtime.engine.connect() as connection:
            if not connection.scalar(still):
                return
        time.sleep(POLL_SECONDS)
    raise click.ClickException(f"The shop was not looked at within {LOOK_SECONDS} seconds. Is a worker running?")


def _on_hold(connection: Connection, shop_id: int, order_id: str) -> dict[str, str]:
    """The lines of the order that are on hold, by id, and why."""
    lines = connection.scalars(select(Line.id).where(Line.shop_id == shop_id, Line.order_id == order_id)).all()
    return {
        move.line_id: f"{move.sku} is on hold since {move.at:%Y-%m-%d} by {move.who}{move.why and f': {move.why}'}."
        for move in turns.rows(connection, shop_id, lines=lines)
        if move.kind == "hold"
    }


def _ready(connection: Connection, shop_id: int, order_id: str) -> list[ShipLine]:
    """All that may leave now of the order."""
    query = select(Line.id, Line.pieces).where(Line.shop_id == shop_id, Line.order_id == order_id, Line.ready > 0)
    return [
        ShipLine(row.id, piece["warehouse"], piece["quantity"])
        for row in connection.execute(query)
        for piece in row.pieces
        if piece["source"] == "on_hand" and piece["warehouse"] and not piece["expected"]
    ]


def _ship(
    opened_runtime: Runtime, shop: Shop, order_id: str, lines: list[ShipLine], *, tracking: str, notify: bool
) -> None:
    """Younger orders may over-fill a warehouse; the shop then refuses honest shipments. What we cover may exceed."""
    try:
        opened_runtime.platform(shop).ship(order_id, lines, exceed=True, tracking=tracking, notify=notify)
    except ShopError as wrong:
        raise click.ClickException(f"The shop did not ship it: {wrong}") from wrong
    with opened_runtime.engine.begin() as connection:
        marks.mark(connection, shop.id, [("order", order_id)])
    tasks.wake(shop.id)
