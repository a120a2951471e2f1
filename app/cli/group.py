"""Channels run as one: one pool, one cap, one queue."""

import contextlib
from collections.abc import Iterator, Sequence

import click
from sqlalchemy import Connection, func, select

from app import book, groups, marks, rulebook, tasks
from app.activity import Subject, Thing, tell
from app.cli import naming, pooling
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO
from app.models import Line, Order, Shop, Stock
from app.platforms import ChannelSeen, Platform, ShopError
from app.runtime import Runtime


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
        with _plainly():
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
            empty = _drained(connection, shop.id)
        pooling.open_pools(opened_runtime, shop, [[naming.known(known, slug, "channel") for slug in slugs]], yes=yes)
        with _plainly():
            platform = opened_runtime.platform(shop)
            for sentence in groups.drop_drained(platform, platform.layout(), empty):
                click.echo(sentence)
            _look_at_all(opened_runtime, shop, platform, "group.made", slugs)
    click.echo(f"{', '.join(slugs)} are one group.")


@group.command("dissolve")
@shop_option
@click.argument("slug", metavar="CHANNEL")
@click.option("--yes", is_flag=True, help="Agree although the others have open orders in the pool they share.")
def dissolve_group(shop_url: str, slug: str, yes: bool) -> None:
    """Give each channel of a group a pool of its own; CHANNEL keeps theirs. Orders keep their place in the queue."""
    with opened(shop_url) as (opened_runtime, shop), _plainly():
        platform = opened_runtime.platform(shop)
        layout = platform.layout()
        channels = {channel.slug: channel for channel in layout.channels}
        keeper = channels[naming.known({name: name for name in channels}, slug, "channel")]
        leaving = [channel for channel in groups.members(layout, keeper) if channel != keeper]
        _ask_consent(opened_runtime, shop, leaving, yes=yes)
        for sentence in groups.dissolve(platform, keeper):
            click.echo(sentence)
        _look_at_all(opened_runtime, shop, platform, "group.dissolved", [slug, *(each.slug for each in leaving)])
    click.echo(f"{slug} is in no group any more.")


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """What the shop refuses, as the command's own error."""
    try:
        yield
    except ShopError as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _ask_consent(opened_runtime: Runtime, shop: Shop, leaving: list[ChannelSeen], *, yes: bool) -> None:
    """What is allocated in the pool counts only where it is sold from, and that is the keeper's channel alone then."""
    query = (
        select(func.sum(Line.open))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop.id, Order.channel_id.in_([channel.id for channel in leaving]))
    )
    with opened_runtime.engine.connect() as connection:
        units = connection.scalar(query) or 0
    if units and not yes:
        names = ", ".join(channel.slug for channel in leaving)
        raise click.ClickException(
            f"{units} units of open orders of {names} may be allocated in the pool they share. They keep their place "
            "in the queue, but until they ship, the shop may sell a restock to newcomers before them; each such order "
            "is found and listed. Dissolve the group once they have shipped, or run the command again with --yes."
        )


def _drained(connection: Connection, shop_id: int) -> set[str]:
    """Pools that a group replaced before, and in which nothing was allocated when last observed."""
    replaced = {place for channel in book.load_channels(connection, shop_id) for place in channel.draining}
    query = select(Stock.warehouse_id).where(
        Stock.shop_id == shop_id, Stock.warehouse_id.in_(replaced), (Stock.allocated > 0) | (Stock.quantity > 0)
    )
    return replaced - set(connection.scalars(query))


def _look_at_all(opened_runtime: Runtime, shop: Shop, platform: Platform, kind: str, channels: Sequence[str]) -> None:
    """What was done is kept with it."""
    layout = platform.layout()
    first = next(channel for channel in layout.channels if channel.slug == channels[0])
    subject = Thing(Subject.CHANNEL, first.id, first.name)
    with opened_runtime.engine.begin() as connection:
        tell(connection, shop.id, WHO, kind, subject, channels=", ".join(channels))
        book.record_layout(connection, shop.id, layout)
        marks.mark_every_variant(connection, shop.id)
    tasks.wake(shop.id)
