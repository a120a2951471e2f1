"""Who waits for what, and what a new buyer would get."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import Connection

from app import book, clock
from app import queue as claims
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option
from app.engine import ask, plan
from app.engine.answer import Plan
from app.engine.limits import open_ended
from app.engine.model import Facts
from app.models import Shop


@click.command()
@shop_option
@click.option("--sku", help="Only this variant.")
@click.option("--at-risk", "risky", is_flag=True, help="Only claims whose day has passed, or whose supply is late.")
@json_option
def queue(shop_url: str, sku: str | None, risky: bool, as_json: bool) -> None:
    """Every open claim, in the order it will be served."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        today = clock.today(shop.settings, datetime.now(UTC))
        found = claims.at_risk(connection, shop.id, today, sku) if risky else claims.lines(connection, shop.id, sku)
    if as_json:
        print_json(found)
        return
    for claim in found:
        state = f"{claim['ready']} ready, {claim['waiting']} waiting"
        expected = f", expected {claim['expected'] or 'unknown'}" if claim["waiting"] else ""
        told = f", told {claim['promised']}" if claim.get("promised") else ""
        click.echo(f"order {claim['order']}  {claim['sku']}  {state}{expected}{told}{_late(claim)}")
    if not found:
        click.echo("Nothing is at risk." if risky else "Nobody waits.")


def _late(claim: Mapping[str, Any]) -> str:
    """The late supplies of a claim at risk, by reference or number."""
    named = ", ".join(each["reference"] or str(each["supply"]) for each in claim.get("late", ()))
    return f", late: {named}" if named else ""


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
    channel = next(each for each in facts.channels if each.id == offer.channel)
    open_end = open_ended(facts, planned, channel) and not quantity
    rest = max(given, key=lambda step: step.quantity) if open_end else None
    for number, step in enumerate(given):
        now = number == 0 and offer.available_now > 0
        when = "now" if now else f"by {step.expected or 'an unknown date'}"
        click.echo(f"  {'any further' if step is rest else step.quantity} {when}")


def _planned(connection: Connection, shop: Shop, sku: str) -> tuple[Facts, Plan]:
    [facts] = book.load_facts(connection, shop, [naming.variant(connection, shop.id, sku).id])
    return facts, plan(facts, clock.today(shop.settings, datetime.now(UTC)))
