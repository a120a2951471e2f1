"""Purchase-order lines: dated units on their way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from sqlalchemy import Connection, Row, insert, select, update

from app import marks, tasks
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option
from app.models import Supply, Variant, Warehouse

FARTHEST = timedelta(days=5 * 366)
MOST_UNITS = 1_000_000
units_option = click.IntRange(1, MOST_UNITS)


@click.group()
def supply() -> None:
    """Add, list, change, receive and cancel supply."""


@supply.command()
@shop_option
@click.option("--sku", required=True)
@click.option("--warehouse", "warehouse_slug", required=True, metavar="SLUG")
@click.option("--quantity", required=True, type=units_option)
@click.option("--eta", required=True, metavar="YYYY-MM-DD")
@click.option("--reference", default="", help="Your own number for it, such as PO-1.")
def add(shop_url: str, sku: str, warehouse_slug: str, quantity: int, eta: str, reference: str) -> None:
    """Record units that will arrive."""
    day = _future(eta)
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.begin() as connection:
            variant_id = naming.variant(connection, shop.id, sku).id
            row = {
                "shop_id": shop.id,
                "variant_id": variant_id,
                "warehouse_id": naming.known(naming.warehouses(connection, shop.id), warehouse_slug, "warehouse"),
                "quantity": quantity,
                "eta": day,
                "reference": reference,
            }
            number = connection.scalar(insert(Supply).values(row).returning(Supply.id))
            marks.mark(connection, shop.id, [("variant", variant_id)])
        tasks.wake(shop.id)
    click.echo(f"Supply {number}: {quantity} of {sku} for {warehouse_slug} by {day}.")


@supply.command("list")
@shop_option
@click.option("--sku", help="Only this variant.")
@json_option
def list_supplies(shop_url: str, sku: str | None, as_json: bool) -> None:
    """Supply that is still expected, earliest first."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        query = (
            select(
                Supply.id, Variant.sku, Warehouse.slug.label("warehouse"), Supply.quantity, Supply.received, Supply.eta,
                Supply.reference,
            )
            .join(Variant, (Variant.shop_id == Supply.shop_id) & (Variant.id == Supply.variant_id))
            .join(Warehouse, (Warehouse.shop_id == Supply.shop_id) & (Warehouse.id == Supply.warehouse_id))
            .where(Supply.shop_id == shop.id, Supply.state == "expected", *([Variant.sku == sku] if sku else []))
            .order_by(Supply.eta, Supply.id)
        )  # fmt: skip
        rows = [dict(row) for row in connection.execute(query).mappings()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        left = row["quantity"] - row["received"]
        click.echo(
            f"{row['id']}: {left} of {row['sku']} for {row['warehouse']} by {row['eta']} {row['reference']}".rstrip()
        )


@supply.command()
@shop_option
@click.argument("number", type=int)
@click.option("--eta", required=True, metavar="YYYY-MM-DD")
def change(shop_url: str, number: int, eta: str) -> None:
    """Give a supply another date."""
    _change(shop_url, number, eta=_future(eta))
    click.echo(f"Supply {number} is expected by {eta}.")


@supply.command()
@shop_option
@click.argument("number", type=int)
@click.option("--quantity", type=units_option, help="Units that arrived; all that were still to come when left out.")
def receive(shop_url: str, number: int, quantity: int | None) -> None:
    """Record that units arrived. The stock itself is counted in the shop, or by your ERP: this writes nothing there."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        row = _supply(connection, shop.id, number)
    left = row.quantity - row.received
    if quantity is not None and quantity > left:
        raise click.ClickException(f"Supply {number} has only {left} units to come.")
    received = row.received + (quantity or left)
    _change(shop_url, number, received=received, state="received" if received == row.quantity else "expected")
    click.echo(f"Supply {number}: {received} of {row.quantity} received.")


@supply.command()
@shop_option
@click.argument("number", type=int)
def cancel(shop_url: str, number: int) -> None:
    """Take back a supply that will not come."""
    _change(shop_url, number, state="cancelled")
    click.echo(f"Supply {number} is cancelled.")


def _change(shop_url: str, number: int, **values: Any) -> None:
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.begin() as connection:
            row = _supply(connection, shop.id, number)
            changed = update(Supply).where(Supply.shop_id == shop.id, Supply.id == number)
            connection.execute(changed.values(values | {"changed_at": datetime.now(UTC)}))
            marks.mark(connection, shop.id, [("variant", row.variant_id)])
        tasks.wake(shop.id)


def _supply(connection: Connection, shop_id: int, number: int) -> Row[*tuple[Any, ...]]:
    query = select(Supply).where(Supply.shop_id == shop_id, Supply.id == number, Supply.state == "expected")
    row = connection.execute(query).first()
    if row is None:
        raise click.ClickException(f"No supply {number} is expected. `dueback supply list` shows those that are.")
    return row


def _future(text: str) -> date:
    """A day from today to five years on. A supply whose day is past would serve nobody."""
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise click.ClickException(f"{text!r} is no date; write it like 2026-12-24.") from wrong
    today = datetime.now(UTC).date()
    if not today <= day <= today + FARTHEST:
        raise click.ClickException(f"{text} is not between today and five years from now.")
    return day
