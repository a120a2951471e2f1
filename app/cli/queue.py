"""Who waits for what, what a new buyer would get, and why; and shipping what is ready."""

from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from app import book, clock
from app import explain as reasons
from app import queue as claims
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option
from app.engine import ask, plan
from app.engine.model import Facts, Plan
from app.models import Shop


@click.command()
@shop_option
@click.option("--sku", help="Only this variant.")
@json_option
def queue(shop_url: str, sku: str | None, as_json: bool) -> None:
    """Every open claim, in the order it will be served."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        found = claims.lines(connection, shop.id, sku)
    if as_json:
        print_json(found)
        return
    for claim in found:
        state = f"{claim['ready']} ready, {claim['waiting']} waiting"
        expected = f", expected {claim['expected'] or 'unknown'}" if claim["waiting"] else ""
        click.echo(f"order {claim['order']}  {claim['sku']}  {state}{expected}")
    if not found:
        click.echo("Nobody waits.")


@click.command()
@shop_option
@click.option("--sku", required=True)
@click.option("--channel", "channel_slug", required=True, metavar="SLUG")
@click.option("--quantity", type=click.IntRange(1), help="For so many units, on offer or not; else for all on offer.")
@json_option
def availability(shop_url: str, sku: str, channel_slug: str, quantity: int | None, as_json: bool) -> None:
    """What a new buyer would get, and when."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        facts, planned = _planned(connection, shop, sku)
    offer = next((offer for offer in planned.offers if offer.slug == channel_slug), None)
    if offer is None:
        known = ", ".join(offer.slug for offer in planned.offers)
        raise click.ClickException(f"The shop has no channel {channel_slug}. It has: {known}.")
    today = clock.today(shop.settings, datetime.now(UTC))
    given = ask(facts, offer.channel, quantity, today) if quantity else offer.steps
    steps = [{"quantity": step.quantity, "expected": step.expected} for step in given]
    if as_json:
        left = {"available_now": offer.available_now, "backorder_left": offer.backorder_left}
        print_json({"status": offer.status, **left, "steps": steps})
        return
    click.echo(f"{sku} in {channel_slug}: {offer.status.replace('_', ' ')}")
    for step in steps:
        click.echo(f"  {step['quantity']} by {step['expected'] or 'an unknown date'}")


def _planned(connection: Connection, shop: Shop, sku: str) -> tuple[Facts, Plan]:
    [facts] = book.load_facts(connection, shop, [naming.variant(connection, shop.id, sku).id])
    return facts, plan(facts, clock.today(shop.settings, datetime.now(UTC)))


@click.command()
@shop_option
@click.option("--order", "number", metavar="NUMBER", help="Why this order waits, or not.")
@click.option("--sku", help="Why this variant can be ordered, or not.")
@json_option
def explain(shop_url: str, number: str | None, sku: str | None, as_json: bool) -> None:
    """Say why, in sentences: of an order, or of a variant."""
    if bool(number) == bool(sku):
        raise click.UsageError("Give either --order or --sku.")
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        if number:
            found = reasons.claims(connection, shop.id, number)
        else:
            facts, planned = _planned(connection, shop, sku or "")
            merged = book.load_merged(connection, shop, [facts.variant], clock.today(shop.settings, datetime.now(UTC)))
            found = reasons.variant(facts, planned, merged[facts.variant])
    if as_json:
        print_json(found)
        return
    for part in found:
        click.echo(part.get("sku") or f"{part['channel']}: {part['status'].replace('_', ' ')}")
        for sentence in part["why"]:
            click.echo(f"  {sentence}")
    if not found:
        click.echo(f"Nothing of order {number} is open.")
