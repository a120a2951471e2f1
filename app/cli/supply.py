"""Purchase-order lines: dated units on their way."""

from collections.abc import Mapping
from typing import Any

import click

from app import wording
from app.cli import naming
from app.cli.arrivals import COMMANDS as ARRIVALS
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import refusing, today, why_option, writing
from app.preview.supply import of_supplies
from app.supply import lines, receipts, suppliers

# Nobody calls a variant by its id, and the first day told repeats the date.
KEPT_FOR_US = {"variant_id", "first_eta"}


@click.group()
def supply() -> None:
    """Add, list, change, receive and cancel supply."""


def _described(command: Any) -> Any:
    """The options of what a line may say besides its units and its date."""
    for option in (
        why_option,
        click.option("--held", type=int, metavar="UNITS", help="Units to keep back from everybody."),
        click.option("--confidence", type=int, metavar="PERCENT", help="How sure the date is."),
        click.option("--ordered-on", metavar="YYYY-MM-DD", help="The day it was ordered on."),
        click.option("--supplier", metavar="NAME", help="Whom it is bought from; a new name is kept."),
        click.option("--reference", help="Your own number for it, such as PO-1."),
        click.option("--eta-latest", metavar="YYYY-MM-DD", help="The end of the range, where the date is one."),
    ):
        command = option(command)
    return command


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@supply.command()
@shop_option
@click.option("--sku", required=True)
@click.option("--warehouse", required=True, metavar="SLUG")
@click.option("--quantity", required=True, type=int)
@click.option("--eta", required=True, metavar="YYYY-MM-DD")
@_described
def add(shop_url: str, why: str, **fields: Any) -> None:
    """Record units that will arrive."""
    with writing(shop_url) as (connection, shop, who):
        number = lines.add(connection, shop, _given(fields), who=who, why=why, today=today(shop))
    until = f" to {fields['eta_latest']}" if fields["eta_latest"] else ""
    what = f"{fields['quantity']} of {fields['sku']} for {fields['warehouse']}"
    click.echo(f"Supply {number}: {what} by {fields['eta']}{until}.")


@supply.command("list")
@shop_option
@click.option("--sku", help="Only this variant.")
@click.option("--supplier", help="Only what is bought there.")
@click.option("--reference", help="Only lines with this number of yours.")
@click.option("--status", type=click.Choice(["expected", "late", "received", "cancelled"]))
@click.option("--all", "every", is_flag=True, help="Received and cancelled lines too.")
@json_option
def list_supplies(shop_url: str, status: str | None, every: bool, as_json: bool, **only: Any) -> None:
    """Supply that is still expected, late or not, earliest first."""
    with refusing(), opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        day = today(shop)
        found = lines.rows(connection, shop.id, status=status, today=day, **only)
    wanted = [row for row in found if every or status or row.state == "expected"]
    if as_json:
        print_json([_shown(row) | {"status": lines.status_of(row, day)} for row in wanted])
        return
    for row in wanted:
        click.echo(_line(row, lines.status_of(row, day)))


def _shown(row: Any) -> dict[str, Any]:
    left_out = {
        "shop_id",
        "variant_id",
        "warehouse_id",
        "supplier_id",
        "state",
        "first_eta",
        "created_at",
        "changed_at",
    }
    return {name: value for name, value in row._asdict().items() if name not in left_out}


def _line(row: Any, status: str) -> str:
    until = f" to {row.eta_latest}" if row.eta_latest else ""
    said = [
        f"{row.id}: {receipts.to_come(row)} of {row.sku} for {row.warehouse} by {row.eta}{until}",
        row.reference,
        f"from {row.supplier}" if row.supplier else "",
        f"({row.held} held back)" if row.held else "",
        "" if status == "expected" else status,
    ]
    return " ".join(filter(None, said))


preview_option = click.option("--preview", is_flag=True, help="Say whose day would move; change nothing.")


def _preview(shop_url: str, number: int, changes: dict[str, Any] | None) -> None:
    with refusing(), opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = of_supplies(connection, shop, {number: None}, changes, today(shop))
    for move in found.moves:
        days = f"{move.before or 'no date'} -> {move.after or 'no date'}"
        click.echo(f"{move.order}: {move.units} of {move.sku}, {days}, {'later' if move.later else 'earlier'}")
    for word, turned in (("opens", found.opens), ("closes", found.closes)):
        for each in turned:
            click.echo(f"Sale past zero {word}: {each.sku} in {each.channel}")
    orders = wording.orders(found.orders)
    click.echo(f"{orders} would move, {found.later} later, {found.earlier} earlier. Nothing was changed.")


@supply.command()
@shop_option
@click.argument("number", type=int)
@click.option("--eta", metavar="YYYY-MM-DD")
@click.option("--quantity", type=int, help="Units of the whole line, received ones included.")
@click.option("--warehouse", metavar="SLUG")
@_described
@preview_option
def change(shop_url: str, number: int, why: str, preview: bool, **fields: Any) -> None:
    """Change what a supply says; what is not named stays. A new date takes the place of a range."""
    if not _given(fields):
        raise click.UsageError("Say what to change, such as --eta 2026-12-24.")
    if preview:
        _preview(shop_url, number, _given(fields))
        return
    with writing(shop_url) as (connection, shop, who):
        row = lines.change(connection, shop, number, _given(fields), who=who, why=why, today=today(shop))
    until = f" to {row.eta_latest}" if row.eta_latest else ""
    click.echo(f"Supply {number}: {receipts.to_come(row)} to come by {row.eta}{until}, version {row.version}.")


@supply.command()
@shop_option
@click.argument("number", type=int)
@why_option
@preview_option
def cancel(shop_url: str, number: int, why: str, preview: bool) -> None:
    """Take back a supply that will not come."""
    if preview:
        _preview(shop_url, number, None)
        return
    with writing(shop_url) as (connection, shop, who):
        lines.cancel(connection, shop, number, who=who, why=why)
    click.echo(f"Supply {number} is cancelled.")


@supply.command()
@shop_option
@click.argument("number", type=int)
@json_option
def history(shop_url: str, number: int, as_json: bool) -> None:
    """Every change of a supply, oldest first, and its receipts."""
    with refusing(), opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        changes = [dict(change) for change in lines.history(connection, shop.id, number)]
        arrived = [row._asdict() for row in receipts.of_supply(connection, shop.id, number)]
        warehouses = {number: slug for slug, number in naming.warehouses(connection, shop.id).items()}
        known = {row.id: row.name for row in suppliers.rows(connection, shop.id)}
    if as_json:
        print_json({"changes": changes, "receipts": arrived})
        return
    for made in changes:
        what = _changed(made["before"], made["after"], {"warehouse_id": warehouses, "supplier_id": known})
        click.echo(f"{made['at']:%Y-%m-%d %H:%M} {made['kind']} by {made['who']}: {what} {made['why']}".rstrip())
    for row in arrived:
        undone = ", undone" if row["undone_at"] else ""
        click.echo(f"Receipt {row['id']}: {row['units']} on {row['received_on']}, stock {row['stock_state']}{undone}")


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]]) -> str:
    """What a change made of a line; of a new one what it says. `names` are what people call the things in a column."""

    def told(column: str, value: Any) -> str:
        return "-" if value in {None, ""} else str(names.get(column, {}).get(value, value))

    said = []
    for column, value in after.items():
        was = f"{told(column, before.get(column))} -> " if before else ""
        if column not in KEPT_FOR_US and (was or value not in {None, "", 0}):
            said.append(f"{column.removesuffix('_id').replace('_', ' ')} {was}{told(column, value)}")
    return ", ".join(said)


for command in ARRIVALS:
    supply.add_command(command)
