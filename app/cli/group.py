"""Channels run as one: one pool, one cap, one queue."""

import click

from app import grouping, groups, rulebook, tasks
from app.cli import naming
from app.cli.consent import consenting
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO


@click.group()
def group() -> None:
    """Propose, make and dissolve groups of channels."""


@group.command()
@shop_option
@json_option
def propose(shop_url: str, as_json: bool) -> None:
    """Which channels have the same warehouses and equal rules, so that one pool would serve them exactly."""
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.connect() as connection:
            rules = rulebook.of_channels(connection, shop.id)
        with consenting():
            found = groups.proposals(opened_runtime.platform(shop).layout(), rules)
    proposed = [[channel.slug for channel in each] for each in found]
    if as_json:
        print_json(proposed)
        return
    for slugs in proposed:
        click.echo(f"dueback group make --shop {shop_url} {' '.join(slugs)}")
    if not proposed:
        click.echo("No channels that are apart have the same warehouses and equal rules.")


@group.command()
@shop_option
@click.argument("slugs", nargs=-1, required=True, metavar="CHANNEL CHANNEL...")
@click.option("--yes", is_flag=True, help="Agree to changes in the shop's own settings.")
def make(shop_url: str, slugs: tuple[str, ...], yes: bool) -> None:
    """Run channels with the same warehouses as one. Open orders keep their place in the queue.

    Where they have a pool each, the first channel's serves all of them. The others stay until no open order is in them
    any more: run the command again then, and they are left.
    """
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.connect() as connection:
            known = naming.channels(connection, shop.id)
        channels = [naming.known(known, slug, "channel") for slug in slugs]
        with consenting():
            done = grouping.make(opened_runtime, shop, channels, who=WHO, agreed=yes)
        tasks.wake(shop.id)
    for sentence in [*done, f"{', '.join(slugs)} are one group."]:
        click.echo(sentence)


@group.command("dissolve")
@shop_option
@click.argument("slug", metavar="CHANNEL")
@click.option("--yes", is_flag=True, help="Agree although the others have open orders in the pool they share.")
def dissolve_group(shop_url: str, slug: str, yes: bool) -> None:
    """Give each channel of a group a pool of its own; CHANNEL keeps theirs. Orders keep their place in the queue."""
    with opened(shop_url) as (opened_runtime, shop):
        with opened_runtime.engine.connect() as connection:
            keeper = naming.known(rulebook.channel_ids(connection, shop.id), slug, "channel")
        with consenting():
            done = grouping.dissolve(opened_runtime, shop, keeper, who=WHO, agreed=yes)
        tasks.wake(shop.id)
    for sentence in [*done, f"{slug} is in no group any more."]:
        click.echo(sentence)
