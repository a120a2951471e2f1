"""Whom the merchant buys from."""

import click

from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import refusing, writing
from app.supply import suppliers


@click.group()
def supplier() -> None:
    """Set and list suppliers."""


@supplier.command("set")
@shop_option
@click.argument("name")
@click.option("--lead-days", type=int, help="Days from order to arrival, as the supplier says.")
def set_supplier(shop_url: str, name: str, lead_days: int | None) -> None:
    """Keep a supplier, or give it another lead time."""
    with writing(shop_url) as (connection, shop, _):
        row = suppliers.put(connection, shop, name, lead_days=lead_days)
    click.echo(_line(row.name, row.lead_days))


@supplier.command("list")
@shop_option
@json_option
def list_suppliers(shop_url: str, as_json: bool) -> None:
    """All suppliers. `dueback report suppliers` says how they keep their dates."""
    with refusing(), opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = suppliers.rows(connection, shop.id)
    if as_json:
        print_json([{"name": row.name, "lead_days": row.lead_days} for row in found])
        return
    for row in found:
        click.echo(_line(row.name, row.lead_days))


def _line(name: str, lead_days: int | None) -> str:
    return name if lead_days is None else f"{name}: {lead_days} days"
