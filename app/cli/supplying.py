"""What the commands about supply share: one transaction, who it was, today, and refusals in plain words."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime

import click
from sqlalchemy import Connection

from app import clock, tasks
from app.cli.opening import opened
from app.models import Shop
from app.platforms import ShopError
from app.supply import BadSupply

WHO = "dueback command"
why_option = click.option("--why", default="", help="Why; it is kept with the change.")


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """What cannot be meant, and a shop that fails, end the command with a sentence."""
    try:
        yield
    except BadSupply as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except ShopError as wrong:
        raise click.ClickException(f"The shop could not be reached, and nothing was kept: {wrong}") from wrong


@contextlib.contextmanager
def writing(shop_url: str) -> Iterator[tuple[Connection, Shop, str]]:
    """A transaction of ours, the shop, and who we are; afterwards somebody looks at what it marked."""
    with refusing(), opened(shop_url) as (runtime, shop):
        with runtime.engine.begin() as connection:
            yield connection, shop, WHO
        tasks.wake(shop.id)


def today(shop: Shop) -> date:
    """The shop's calendar date."""
    return clock.today(shop.settings, datetime.now(UTC))
