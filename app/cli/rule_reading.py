"""Reading rules: which there are, what holds for a variant and from where, and who changed what."""

from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import Connection

from app import book, clock, rulebook
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.rule_setting import channel_option, resolved
from app.cli.rule_words import clash_told, fields_told, place_name, plain, scope_name
from app.engine.rules import READ, Rule, Scope
from app.models import Shop
from app.rulebook import Kept


@click.command("list")
@shop_option
@json_option
def list_rules(shop_url: str, as_json: bool) -> None:
    """Every rule of the shop, the most specific scope first, and which of two that disagree decides."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        slugs = rulebook.channel_slugs(connection, shop.id)
        rules = [_readable(row, slugs) for row in sorted(rulebook.rows(connection, shop.id), key=_specific)]
        clashes = rulebook.clashes(connection, shop.id)
    if as_json:
        print_json(rules)
        return
    for found in rules:
        click.echo(f"{place_name(found['scope'], found['channel'])}: {fields_told(found['fields'])}")
    for clash in clashes:
        click.echo(clash_told(clash, slugs.get(clash.channel_id)))


@click.command("test")
@shop_option
@click.option("--sku", required=True)
@click.option("--channel", "channel_slug", required=True, metavar="SLUG")
@json_option
def test_rule(shop_url: str, sku: str, channel_slug: str, as_json: bool) -> None:
    """What holds for a variant in a channel today, and which rule each value comes from."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        told = _held(connection, shop, sku, channel_slug)
    if as_json:
        print_json(told)
        return
    for name, field in told["fields"].items():
        click.echo(f"{name.replace('_', ' ')} {plain(field['value'])}: {field['from']}")
    if told["changes_on"]:
        click.echo(f"On {told['changes_on']} a rule starts or ends.")


@click.command("history")
@shop_option
@click.option("--scope", "scope_text", metavar="SCOPE", help="Only the rule for this; default: all rules.")
@channel_option
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
def rule_history(shop_url: str, scope_text: str | None, channel_slug: str | None, limit: int, as_json: bool) -> None:
    """Who changed which rule, the newest first."""
    with opened(shop_url) as (opened_runtime, shop):
        place = resolved(opened_runtime, shop, scope_text, channel_slug) if scope_text else None
        with opened_runtime.engine.connect() as connection:
            slugs = rulebook.channel_slugs(connection, shop.id)
            changes = [
                _readable(row, slugs, "before", "after", "who", "at")
                for row in rulebook.history(connection, shop.id, place, limit=limit)
            ]
    if as_json:
        print_json(changes)
        return
    for change in changes:
        name = place_name(change["scope"], change["channel"])
        told = f"{fields_told(change['before'])} -> {fields_told(change['after'])}"
        click.echo(f"{change['at']:%Y-%m-%d %H:%M}  {change['who']}  {name}: {told}")


def _held(connection: Connection, shop: Shop, sku: str, channel_slug: str) -> dict[str, Any]:
    """Each field's value and origin."""
    variant = naming.variant(connection, shop.id, sku)
    channel = naming.known(naming.channels(connection, shop.id), channel_slug, "channel")
    today = clock.today(shop.settings, datetime.now(UTC))
    slugs = rulebook.channel_slugs(connection, shop.id)
    merged = book.load_merged(connection, shop, [variant.id], today)[variant.id][channel]
    fields = {
        name: {"value": getattr(merged.terms, name), "from": _origin(merged.origins.get(name), slugs)} for name in READ
    }
    return {"sku": sku, "channel": channel_slug, "fields": fields, "changes_on": merged.changes_on}


def _origin(origin: Rule | None, slugs: dict[str, str]) -> str:
    if origin is None:
        return "no rule says so"
    name = scope_name(origin.scope, origin.name or slugs.get(origin.target, ""))
    return place_name(name, slugs.get(origin.channel))


def _specific(row: Kept) -> tuple[int, str, str, str]:
    return list(Scope).index(Scope(row.scope)), row.target_name, row.target, row.channel_id


def _readable(row: Kept, slugs: dict[str, str], *columns: str) -> dict[str, Any]:
    """With names where the row has ids."""
    told = {
        "scope": scope_name(row.scope, row.target_name or slugs.get(row.target, "")),
        "channel": slugs.get(row.channel_id),
    }
    return told | {name: getattr(row, name) for name in columns or ("fields", "version")}
