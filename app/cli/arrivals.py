"""What arrived: receipts, and units on the shelf that may be some."""

from typing import Any

import click

from app import tasks, wording
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO, refusing, why_option, writing
from app.supply import BadSupply, receipts, receiving, rises


@click.command()
@shop_option
@click.argument("number", type=int)
@click.option("--quantity", type=int, help="Units that arrived; all that were still to come when left out.")
@click.option("--raise-stock", is_flag=True, help="Raise the shop's stock by them. Else it is counted there.")
@click.option("--on", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]), help="The day they arrived; today.")
@why_option
def receive(shop_url: str, number: int, quantity: int | None, raise_stock: bool, on: Any, why: str) -> None:
    """Record that units arrived."""
    day = on.date() if on else None
    with refusing(), opened(shop_url) as (runtime, shop):
        try:
            done = receiving.receive(runtime, shop, number, quantity, who=WHO, why=why, raise_stock=raise_stock, on=day)
        except BadSupply as wrong:
            if quantity is None or quantity < 1 or not str(wrong).startswith("quantity:"):
                raise
            change = f"dueback supply change {number} --quantity UNITS"
            raise click.ClickException(f"{wrong} If more came than was ordered, first say so: `{change}`.") from wrong
        tasks.wake(shop.id)
    click.echo(f"{done.told} Receipt {done.receipt.id}.")


@click.command()
@shop_option
@click.argument("receipt", type=int)
@why_option
def undo(shop_url: str, receipt: int, why: str) -> None:
    """Take a receipt back: its units are still to come. The shop's stock stays as it is."""
    with writing(shop_url) as (connection, shop, who):
        row = receiving.undo(connection, shop, receipt, who=who, why=why)
        doubt = rises.in_doubt(connection, row)
    click.echo(f"Receipt {receipt} is undone: supply {row.id} has {wording.units(receipts.to_come(row))} to come.")
    if doubt:
        click.echo(
            f"{wording.units(doubt)} there may be on the shelf already, promised to nobody: `dueback supply rises`."
        )


@click.command("rises")
@shop_option
@json_option
def list_rises(shop_url: str, as_json: bool) -> None:
    """Units by which the stock rose where supply is expected, and that nobody has explained."""
    with refusing(), opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = rises.rows(connection, shop.id)
    if as_json:
        shown = ("id", "sku", "warehouse", "units", "supply", "at")
        print_json([{name: getattr(row, name) for name in shown} for row in found])
        return
    for row in found:
        of = f", perhaps of supply {row.supply}" if row.supply else ""
        click.echo(f"{row.id}: {row.units} of {row.sku} in {row.warehouse} since {row.at:%Y-%m-%d %H:%M}{of}")


@click.command()
@shop_option
@click.argument("rise", type=int)
@click.option("--supply", "number", required=True, type=int, help="The supply they were of.")
@why_option
def take(shop_url: str, rise: int, number: int, why: str) -> None:
    """Say that units by which the stock rose were a receipt of this supply."""
    with writing(shop_url) as (connection, shop, who):
        row = rises.take(connection, shop, rise, number, who=who, why=why)
    click.echo(f"Supply {number}: {row.units} received. Receipt {row.id}.")


@click.command()
@shop_option
@click.argument("rise", type=int)
def dismiss(shop_url: str, rise: int) -> None:
    """Say that units by which the stock rose were something else: all supply there is still to come."""
    with writing(shop_url) as (connection, shop, who):
        row = rises.dismiss(connection, shop, rise, who=who)
    click.echo(f"Rise {rise}: its {row.units} units are of no supply.")


COMMANDS = (receive, undo, list_rises, take, dismiss)
