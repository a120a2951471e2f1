"""What the merchant allows."""

from collections.abc import Mapping
from typing import Any

import click

from app import rulebook, tasks
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.pooling import open_pools
from app.cli.rule_options import field_options, fields_of
from app.engine.rules import Scope
from app.models import Shop
from app.platforms import ShopError
from app.rulebook import BadRule, Edit, Place
from app.runtime import Runtime

WHO = "dueback command"

scope_option = click.option(
    "--scope",
    "scope_text",
    required=True,
    metavar="SCOPE",
    help="shop, channel:SLUG, product_type:SLUG, category:SLUG, collection:SLUG, product:SLUG or variant:SKU.",
)
channel_option = click.option("--channel", "channel_slug", metavar="SLUG", help="Hold only in this channel.")
version_option = click.option(
    "--version", type=int, help="Only if the rule is still at this version; 0: only if there is none."
)


@click.group()
def rule() -> None:
    """Set, list, test and remove rules: what may be ordered past zero, and how far."""


@rule.command("set")
@shop_option
@scope_option
@channel_option
@field_options
@version_option
@click.option("--yes", is_flag=True, help="Agree to changes in the shop's own settings.")
def set_rule(
    shop_url: str, scope_text: str, channel_slug: str | None, version: int | None, yes: bool, **given: str | None
) -> None:
    """Set fields of one rule. Fields you leave out keep what they are; `inherit` takes one out of the rule again."""
    fields = fields_of(given)
    with opened(shop_url) as (opened_runtime, shop):
        place = resolved(opened_runtime, shop, scope_text, channel_slug)
        try:
            with opened_runtime.engine.connect() as connection:
                list(rulebook.would_be(connection, shop.id, [Edit(place, fields, version)]))
                concerned = rulebook.channels_concerned(connection, shop.id, place)
            # First the pools: a shop where none can be opened keeps no rule that needs one.
            if fields.get("mode") in {"backorder", "preorder"}:
                open_pools(opened_runtime, shop, [[channel] for channel in concerned], yes=yes)
            with opened_runtime.engine.begin() as connection:
                kept = rulebook.put(connection, shop, place, fields, who=WHO, version=version)
        except BadRule as wrong:
            raise click.ClickException(str(wrong)) from wrong
        tasks.wake(shop.id)
    click.echo(f"{_name(scope_text, channel_slug)}: {_sentence(kept.fields)}")


@rule.command("list")
@shop_option
@json_option
def list_rules(shop_url: str, as_json: bool) -> None:
    """Every rule of the shop, the most specific scope first."""
    with opened(shop_url) as (opened_runtime, shop), opened_runtime.engine.connect() as connection:
        slugs = {found: slug for slug, found in rulebook.channel_ids(connection, shop.id).items()}
        order = list(Scope)
        kept = sorted(rulebook.rows(connection, shop.id), key=lambda row: (order.index(Scope(row.scope)), row.id))
        rules = [
            {
                "scope": scope_name(row.scope, row.target_name or slugs.get(row.target, "")),
                "channel": slugs.get(row.channel_id),
                "fields": row.fields,
                "version": row.version,
            }
            for row in kept
        ]
    if as_json:
        print_json(rules)
        return
    for found in rules:
        click.echo(f"{_name(found['scope'], found['channel'])}: {_sentence(found['fields'])}")


@rule.command("remove")
@shop_option
@scope_option
@channel_option
@version_option
def remove_rule(shop_url: str, scope_text: str, channel_slug: str | None, version: int | None) -> None:
    """Remove one rule; what it decided is inherited from a wider scope again."""
    with opened(shop_url) as (opened_runtime, shop):
        place = resolved(opened_runtime, shop, scope_text, channel_slug)
        try:
            with opened_runtime.engine.begin() as connection:
                gone = rulebook.remove(connection, shop, place, who=WHO, version=version)
        except BadRule as wrong:
            raise click.ClickException(str(wrong)) from wrong
        if not gone:
            raise click.ClickException(f"There is no rule for {_name(scope_text, channel_slug)}.")
        tasks.wake(shop.id)
    click.echo(f"Removed the rule for {_name(scope_text, channel_slug)}.")


def resolved(opened_runtime: Runtime, shop: Shop, scope_text: str, channel_slug: str | None) -> Place:
    """The place that is meant, or an error that says what is wrong with it."""
    try:
        return rulebook.resolve(opened_runtime, shop, scope_text, channel_slug)
    except (BadRule, ShopError) as wrong:
        raise click.ClickException(str(wrong)) from wrong


def scope_name(scope: str, name: str) -> str:
    return f"{scope}:{name}" if name else scope


def _name(scope: str, channel_slug: str | None) -> str:
    return f"{scope} in {channel_slug}" if channel_slug else scope


def _sentence(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in fields.items()) or "decides nothing"
