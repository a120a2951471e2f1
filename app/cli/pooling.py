"""Making sure that channels have their pools, as commands need it."""

from collections.abc import Sequence

import click

from app import book
from app.activity import tell_pool
from app.cli.supplying import WHO
from app.models import Shop
from app.platforms import ChannelSeen, ShopError
from app.pools import NeedsConsent, open_pool
from app.runtime import Runtime


def open_pools(
    opened_runtime: Runtime, shop: Shop, groups: Sequence[Sequence[str]], *, yes: bool, quiet: bool = False
) -> None:
    """Open a pool for each group of channel ids, say what was done for it, and take it over into the book.

    A command that answers in JSON is `quiet`: what it prints is for programs.
    """
    platform = opened_runtime.platform(shop)
    try:
        channels = {channel.id: channel for channel in platform.layout().channels}
        for group in groups:
            opened = open_pool(platform, [channels[i] for i in group], may_change_strategy=yes)
            _tell(opened_runtime, shop, [channels[i] for i in group], opened.done, quiet=quiet)
        layout = platform.layout()
    except NeedsConsent as asked:
        raise click.ClickException(f"{asked} Run the command again with --yes to agree.") from asked
    except ShopError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    with opened_runtime.engine.begin() as connection:
        book.record_layout(connection, shop.id, layout)


def _tell(
    opened_runtime: Runtime, shop: Shop, channels: Sequence[ChannelSeen], done: Sequence[str], *, quiet: bool
) -> None:
    for sentence in () if quiet else done:
        click.echo(sentence)
    with opened_runtime.engine.begin() as connection:
        tell_pool(connection, shop.id, WHO, channels, done)
