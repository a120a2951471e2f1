"""What the merchant allows."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import Connection, Row, select

from app import marks, rulebook, tasks
from app.cli import naming
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.pooling import open_pools
from app.engine.rules import Scope
from app.models import Shop, Variant
from app.runtime import Runtime

scope_option = click.option(
    "--scope", "scope_text", required=True, metavar="SCOPE", help="shop, channel:SLUG or variant:SKU."
)
channel_option = click.option("--channel", "channel_slug", help="Hold only in this channel.")


@click.group()
def rule() -> None:
    """Set, list and remove rules: what may be ordered past zero, and how far."""


@rule.command("set")
@shop_option
@scope_option
@channel_option
@click.option("--mode", type=click.Choice(["off", "backorder", "preorder"]))
@click.option("--cap", metavar="UNITS|none", help="How many units may be owed at once.")
@click.option("--open-at", metavar="UNITS|always", help="Open when so few units are free. Default 0: when sold out.")
@click.option("--lead-days", type=int, help="Days you need to get a unit that no supply is known for.")
@click.option("--yes", is_flag=True, help="Agree to changes in the shop's own settings.")
def set_rule(
    shop_url: str, scope_text: str, channel_slug: str | None, mode: str | None, cap: str | None, open_at: str | None,
    lead_days: int | None, yes: bool,
) -> None:  # fmt: skip
    """Set fields of one rule; fields you leave out keep what they are, or are inherited from a wider scope."""
    fields = {"mode": mode, "cap": _number(cap), "open_at": _number(open_at), "lead_days": lead_days}
    with opened(shop_url) as (opened_runtime, shop):
        scope, target, channels = _resolve(opened_runtime, shop, scope_text, channel_slug)
        channel_id = channels[0] if channel_slug else ""
        if mode in {"backorder", "preorder"}:
            open_pools(opened_runtime, shop, [[channel] for channel in channels], yes=yes)
        try:
            with opened_runtime.engine.begin() as connection:
                merged = rulebook.put(connection, shop.id, scope, target, channel_id, fields)
                _mark(connection, shop.id, scope, target)
        except rulebook.BadRule as wrong:
            raise click.ClickException(str(wrong)) from wrong
        tasks.wake(shop.id)
    click.echo(f"{_name(scope_text, channel_slug)}: {_sentence(merged)}")


@rule.command("list")
@shop_option
@json_option
def list_rules(shop_url: str, as_json: bool) -> None:
    """Every rule of the shop, most specific scope first."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        rules = [_readable(connection, shop.id, row) for row in rulebook.rows(connection, shop.id)]
    if as_json:
        print_json(rules)
        return
    for found in rules:
        click.echo(f"{_name(found['scope'], found['channel'])}: {_sentence(found['fields'])}")


@rule.command("remove")
@shop_option
@scope_option
@channel_option
def remove_rule(shop_url: str, scope_text: str, channel_slug: str | None) -> None:
    """Remove one rule; what it decided is inherited from a wider scope again."""
    with opened(shop_url) as (opened_runtime, shop):
        scope, target, channels = _resolve(opened_runtime, shop, scope_text, channel_slug)
        with opened_runtime.engine.begin() as connection:
            channel_id = channels[0] if channel_slug else ""
            if not rulebook.remove(connection, shop.id, scope, target, channel_id):
                raise click.ClickException(f"There is no rule for {_name(scope_text, channel_slug)}.")
            _mark(connection, shop.id, scope, target)
        tasks.wake(shop.id)
    click.echo(f"Removed the rule for {_name(scope_text, channel_slug)}.")


def _number(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text


def _name(scope: str, channel_slug: str | None) -> str:
    return f"{scope} in {channel_slug}" if channel_slug else scope


def _sentence(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in fields.items()) or "decides nothing"


def _resolve(
    opened_runtime: Runtime, shop: Shop, scope_text: str, channel_slug: str | None
) -> tuple[Scope, str, list[str]]:
    """The scope, the id it points at, and the ids of the channels it concerns. Refuses what the shop does not have."""
    kind, _, name = scope_text.partition(":")
    with opened_runtime.engine.connect() as connection:
        channels = naming.channels(connection, shop.id)
        match kind:
            case "shop" if not name:
                target, concerned = "", list(channels.values())
            case "channel":
                target = naming.known(channels, name, "channel")
                concerned = [target]
            case "variant":
                target, concerned = naming.variant(connection, shop.id, name)
            case _:
                raise click.ClickException(f"{scope_text!r} is no scope. Write shop, channel:SLUG or variant:SKU.")
    return Scope(kind), target, [naming.known(channels, channel_slug, "channel")] if channel_slug else concerned


def _mark(connection: Connection, shop_id: int, scope: Scope, target: str) -> None:
    if scope is Scope.VARIANT:
        marks.mark(connection, shop_id, [("variant", target)])
    else:
        marks.mark_every_variant(connection, shop_id)


def _readable(connection: Connection, shop_id: int, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """The rule with names where the row has ids."""
    slugs = {found: slug for slug, found in naming.channels(connection, shop_id).items()}
    sku = select(Variant.sku).where(Variant.shop_id == shop_id, Variant.id == row.target)
    names = {"shop": "", "channel": f":{slugs.get(row.target)}", "variant": f":{connection.scalar(sku)}"}
    scope = row.scope + names[row.scope]
    return {"scope": scope, "channel": slugs.get(row.channel_id), "fields": row.fields}
