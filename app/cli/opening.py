"""What every command opens: the settings, the database, the queue, and the shop it was asked about."""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import select

from app import logs, tasks
from app.config import Config
from app.db import database_url, open_engine
from app.models import Shop
from app.runtime import Runtime

shop_option = click.option("--shop", "shop_url", required=True, metavar="URL", help="The shop's API URL.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextlib.contextmanager
def runtime() -> Iterator[Runtime]:
    """Everything a command needs, closed when it ends."""
    config = Config.from_env(os.environ)
    logs.set_up(config.log_level)
    url = database_url(config)
    engine = open_engine(url)
    try:
        with tasks.open_queue(url):
            yield Runtime(config, engine)
    finally:
        engine.dispose()


@contextlib.contextmanager
def opened(shop_url: str) -> Iterator[tuple[Runtime, Shop]]:
    """The runtime and the shop with this API URL; its host alone will do."""
    with runtime() as opened_runtime:
        yield opened_runtime, _find(opened_runtime, shop_url)


def _find(opened_runtime: Runtime, shop_url: str) -> Shop:
    wanted = shop_url.rstrip("/").removesuffix("/graphql")
    with opened_runtime.engine.connect() as connection:
        known = {row.api_url: row.id for row in connection.execute(select(Shop.api_url, Shop.id))}
    for api_url, shop_id in known.items():
        base = api_url.rstrip("/").removesuffix("/graphql")
        if wanted in {base, base.partition("://")[2]}:
            return opened_runtime.shop(shop_id)
    names = ", ".join(sorted(known)) or "none yet; install the app in a shop first"
    raise click.ClickException(f"No shop {shop_url} is installed. Installed: {names}.")


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, default=str))
