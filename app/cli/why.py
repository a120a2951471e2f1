"""Why things are as they are, and how they came to be so."""

from datetime import UTC, datetime
from typing import Any

import click

from app import clock, history
from app import explain as reasons
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option


@click.command()
@shop_option
@click.option(
    "--order", "number", metavar="NUMBER", help="Why this order waits, or not, and what would bring it sooner."
)
@click.option("--sku", help="Why this variant can be ordered, or not.")
@click.option("--channel", "channel_slug", metavar="SLUG", help="With --sku: only in this channel.")
@json_option
def explain(shop_url: str, number: str | None, sku: str | None, channel_slug: str | None, as_json: bool) -> None:
    """Say why, in sentences: of an order, or of a variant."""
    if bool(number) == bool(sku):
        raise click.UsageError("Give either --order or --sku.")
    if number and channel_slug:
        raise click.UsageError("--channel goes with --sku.")
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        today = clock.today(shop.settings, datetime.now(UTC))
        if number:
            if not reasons.knows(connection, shop.id, number):
                raise click.ClickException(f"Dueback knows no order {number}.")
            found = reasons.order(connection, shop, number, today)
        else:
            variant_id = naming.variant(connection, shop.id, sku or "").id
            try:
                found = reasons.variant(connection, shop, variant_id, today, channel=channel_slug)
            except reasons.NoSuchChannel as wrong:
                raise click.ClickException(str(wrong)) from wrong
    if as_json:
        print_json(found)
        return
    for part in found:
        click.echo(f"{part['sku'] if number else part['channel']}: {part['status'].replace('_', ' ')}")
        for sentence in part["why"]:
            click.echo(f"  {sentence}")
    if not found:
        click.echo(f"Nothing of order {number} is open: all of it was shipped or taken back.")


@click.command("history")
@shop_option
@click.option("--order", "number", required=True, metavar="NUMBER")
@click.option("--sku", help="Only the lines of this variant.")
@json_option
def history_command(shop_url: str, number: str, sku: str | None, as_json: bool) -> None:
    """Every move of what an order was promised, oldest first, and why."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        found = history.rows(connection, shop.id, order=number, sku=sku)
    if as_json:
        print_json(found)
        return
    for move in found:
        click.echo(f"{move['at'][:16].replace('T', ' ')}  {move['sku']}  {_moved(move)}  {move['why']}")
    if not found:
        click.echo(f"Nothing was promised to order {number} yet.")


def _moved(move: dict[str, Any]) -> str:
    """How many are ready and waiting now, and the day: before and after where it moved."""
    units = move["units"]
    state = f"{units['ready_after']} ready, {units['waiting_after']} waiting"
    if not units["waiting_after"]:
        return f"{state}."
    was = f"{move['from'] or 'no day'} -> " if units["waiting_before"] and move["from"] != move["to"] else ""
    return f"{state}, expected {was}{move['to'] or 'no day'}."
