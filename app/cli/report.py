"""How dates were kept: by suppliers, and by us."""

from typing import Any

import click

from app import wording
from app.cli.opening import json_option, opened, print_json, shop_option
from app.supply import learned


@click.group()
def report() -> None:
    """How suppliers keep their dates, and how our promises were kept."""


@report.command()
@shop_option
@json_option
def suppliers(shop_url: str, as_json: bool) -> None:
    """The share of receipts that came on time, and how many days late 50, 80 and 95 percent had come."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = learned.punctuality(connection, shop.id)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(_supplier_line(row))
    if not found:
        click.echo("No supplier is known yet.")


def _supplier_line(row: dict[str, Any]) -> str:
    if not row["receipts"]:
        return f"{row['supplier']}: no receipt yet"
    receipts = "receipt" if row["receipts"] == 1 else "receipts"
    said = f"{row['supplier']}: {row['receipts']} {receipts}, {row['on_time']:.0%} on time"
    for what, days in (("days late", row["delay_days"]), ("days from the order", row["lead_days"])):
        if days:
            said += f"; {what}: " + ", ".join(f"{number} in {percent} %" for percent, number in days.items())
    return said if row["learned"] else f"{said} (fewer than {learned.ENOUGH}: not reckoned with)"


@report.command()
@shop_option
@json_option
def promises(shop_url: str, as_json: bool) -> None:
    """Promised against shipped, by month and supplier."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = learned.accuracy(connection, shop.id)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(
            f"{row['month']} {row['supplier'] or 'no supplier'}: {wording.units(row['units'])}, "
            f"{row['kept_first']:.0%} by the first date told, {row['kept_last']:.0%} by the last, at worst "
            f"{row['worst_days']} days late"
        )
    if not found:
        click.echo("Nothing that had a date has been shipped yet.")
