"""What the commands about people's decisions share: one transaction, who it was, and refusals in plain words."""

import contextlib
from collections.abc import Iterator

import click
from sqlalchemy import Connection

from app import tasks, turns
from app.cli.opening import opened
from app.models import Shop


@contextlib.contextmanager
def deciding(shop_url: str) -> Iterator[tuple[Connection, Shop]]:
    """A transaction of ours and the shop; afterwards somebody looks at what it marked."""
    with opened(shop_url) as (runtime, shop):
        try:
            with runtime.engine.begin() as connection:
                yield connection, shop
        except (turns.BadMove, turns.BadPolicy) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        tasks.wake(shop.id)
