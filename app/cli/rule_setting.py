"""Setting and removing rules."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import click

from app import clock, pooling, preview, rulebook, tasks
from app.cli.consent import consenting
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.rule_options import field_options, fields_of, refusing
from app.cli.rule_words import fields_told, place_name, preview_told
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
preview_option = click.option("--preview", "only_preview", is_flag=True, help="Say what it would do; change nothing.")


@click.command("set")
@shop_option
@scope_option
@channel_option
@field_options
@version_option
@preview_option
@json_option
@click.option("--yes", is_flag=True, help="Agree to changes in the shop's own settings.")
def set_rule(
    shop_url: str, scope_text: str, channel_slug: str | None, version: int | None, only_preview: bool, as_json: bool,
    yes: bool, **given: str | None,
) -> None:  # fmt: skip
    """Set fields of one rule. Fields you leave out keep what they are; `inherit` takes one out of the rule again."""
    fields = fields_of(given)
    with opened(shop_url) as (opened_runtime, shop):
        place = resolved(opened_runtime, shop, scope_text, channel_slug)
        if only_preview:
            _show_preview(opened_runtime, shop, place, fields, as_json=as_json)
            return
        edit = Edit(place, fields, version)
        with consenting(), refusing(fields):
            with opened_runtime.engine.connect() as connection:
                done = pooling.open_for_rule(opened_runtime, connection, shop, edit, who=WHO, agreed=yes)
            with opened_runtime.engine.begin() as connection:
                kept = rulebook.put(connection, shop, place, fields, who=WHO, version=version)
                remarks = rulebook.remarks(connection, shop.id, place, kept.fields, _today(shop))
        tasks.wake(shop.id)
    if as_json:
        answer = {"scope": scope_text, "channel": channel_slug, "fields": kept.fields, "version": kept.version}
        print_json(answer | {"remarks": remarks})
    else:
        for sentence in [*done, f"{place_name(scope_text, channel_slug)}: {fields_told(kept.fields)}", *remarks]:
            click.echo(sentence)


@click.command("remove")
@shop_option
@scope_option
@channel_option
@version_option
@preview_option
@json_option
def remove_rule(
    shop_url: str, scope_text: str, channel_slug: str | None, version: int | None, only_preview: bool, as_json: bool
) -> None:
    """Remove one rule; what it decided is inherited from a wider scope again."""
    with opened(shop_url) as (opened_runtime, shop):
        place = resolved(opened_runtime, shop, scope_text, channel_slug)
        if only_preview:
            _show_preview(opened_runtime, shop, place, None, as_json=as_json)
            return
        try:
            with opened_runtime.engine.begin() as connection:
                gone = rulebook.remove(connection, shop, place, who=WHO, version=version)
        except BadRule as wrong:
            raise click.ClickException(str(wrong)) from wrong
        if not gone:
            raise click.ClickException(f"There is no rule for {place_name(scope_text, channel_slug)}.")
        tasks.wake(shop.id)
    click.echo(f"Removed the rule for {place_name(scope_text, channel_slug)}.")


def resolved(opened_runtime: Runtime, shop: Shop, scope_text: str, channel_slug: str | None) -> Place:
    """The place that is meant, or an error that says what is wrong with it."""
    try:
        return rulebook.resolve(opened_runtime, shop, scope_text, channel_slug)
    except (BadRule, ShopError) as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _show_preview(
    opened_runtime: Runtime, shop: Shop, place: Place, fields: Mapping[str, Any] | None, *, as_json: bool
) -> None:
    with refusing(fields), opened_runtime.engine.connect() as connection:
        found = preview.of_rule(connection, shop, place, fields, _today(shop))
        slugs = rulebook.channel_slugs(connection, shop.id)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    for sentence in preview_told(found, slugs):
        click.echo(sentence)


def _today(shop: Shop) -> date:
    return clock.today(shop.settings, datetime.now(UTC))
