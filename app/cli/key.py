"""Keys of the JSON API."""

import click

from app import keys
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO


@click.group()
def key() -> None:
    """Make, list and revoke keys of the JSON API."""


@key.command()
@shop_option
@click.option("--name", required=True, help="What uses it, such as the ERP's name.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(keys.SCOPES), required=True)
@click.option("--per-minute", default=600, show_default=True, help="Requests it may make in a minute.")
def add(shop_url: str, name: str, scopes: tuple[str, ...], per_minute: int) -> None:
    """Make a key and print it. It is shown this once only."""
    with opened(shop_url) as (runtime, shop), runtime.engine.begin() as connection:
        try:
            made = keys.add(connection, shop.id, name, scopes, per_minute, who=WHO)
        except keys.BadKey as wrong:
            raise click.ClickException(str(wrong)) from wrong
    click.echo(made)


@key.command("list")
@shop_option
@json_option
def list_keys(shop_url: str, as_json: bool) -> None:
    """The shop's keys, without what makes them keys."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        found = keys.rows(connection, shop.id)
    names = ("id", "name", "prefix", "scopes", "per_minute", "created_at", "used_at", "revoked_at")
    if as_json:
        print_json([{name: getattr(row, name) for name in names} for row in found])
        return
    for row in found:
        ended = f", revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else ""
        used = f"{row.used_at:%Y-%m-%d}" if row.used_at else "never"
        click.echo(f"{row.id}: {row.name} {row.prefix}... {'+'.join(row.scopes)}, last used {used}{ended}")


@key.command()
@shop_option
@click.argument("number", type=int)
def revoke(shop_url: str, number: int) -> None:
    """End a key for good."""
    with opened(shop_url) as (runtime, shop), runtime.engine.begin() as connection:
        try:
            keys.revoke(connection, shop.id, number, who=WHO)
        except keys.BadKey as wrong:
            raise click.ClickException(str(wrong)) from wrong
    click.echo(f"Key {number} is revoked.")
