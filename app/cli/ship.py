"""Shipping what is ready."""

import click
from sqlalchemy import Connection, select

from app import shipping, wording
from app.cli.opening import opened, shop_option
from app.cli.supplying import WHO
from app.models import Order


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
        try:
            done = shipping.ship(opened_runtime, shop, order_id, None, tracking=tracking, notify=notify, who=WHO)
        except shipping.NotShipped as wrong:
            raise click.ClickException(str(wrong)) from wrong
    click.echo(" ".join([f"Shipped {wording.units(done.units)} of order {number}.", *map(str, done.held)]))


def _order(connection: Connection, shop_id: int, number: str) -> str:
    found = connection.scalar(select(Order.id).where(Order.shop_id == shop_id, Order.number == number))
    if found is None:
        raise click.ClickException(f"No order has the number {number}.")
    return found
