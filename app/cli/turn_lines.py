"""What people decide about single lines: which go first, what is on hold, and which day holds."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection

from app import turns
from app.cli.deciding import deciding
from app.cli.opening import shop_option
from app.cli.supplying import WHO, today, why_option
from app.models import Shop
from app.turns.lines import name, read

Decide = Callable[[Connection, Shop, list[str]], list[int]]


def which(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name lines: one by its order and SKU, or any number by their ids."""
    for option in (
        click.option("--line", "lines", multiple=True, metavar="ID", help="An order line by its id; give it again."),
        click.option("--sku", help="With --order: of which variant."),
        click.option("--order", metavar="NUMBER", help="The order whose line it is."),
        shop_option,
    ):
        command = option(command)
    return command


@click.command()
@which
@why_option
def pin(why: str, **named: Any) -> None:
    """Let lines go before all that are not pinned."""
    _decide("goes first", lambda *whose: turns.pin(*whose, who=WHO, why=why), **named)


@click.command()
@which
@why_option
def hold(why: str, **named: Any) -> None:
    """Let nothing of lines ship until they are released. They keep their turn and their units."""
    _decide("is on hold", lambda *whose: turns.hold(*whose, who=WHO, why=why), **named)


@click.command()
@which
@why_option
def release(why: str, **named: Any) -> None:
    """Take lines off hold."""
    _decide("is on hold no longer", lambda *whose: turns.release(*whose, who=WHO, why=why), **named)


@click.command()
@which
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="YYYY-MM-DD")
@why_option
def redate(day: Any, why: str, **named: Any) -> None:
    """Give what is not on hand of lines a day by hand, until it is undone or nothing of them waits."""
    chosen: date = day.date()

    def decide(connection: Connection, shop: Shop, lines: list[str]) -> list[int]:
        return turns.redate(connection, shop, lines, chosen, today(shop), who=WHO, why=why)

    _decide(f"is expected {chosen}", decide, **named)


def _decide(
    what: str, decide: Decide, *, shop_url: str, order: str | None, sku: str | None, lines: tuple[str, ...]
) -> None:
    if bool(lines) == bool(order or sku) or (order is None) != (sku is None):
        raise click.UsageError("Name lines with --line, or one with --order and --sku.")
    with deciding(shop_url) as (connection, shop):
        ids = list(lines) or [turns.find(connection, shop.id, order or "", sku or "")]
        lines_read, numbers = read(connection, shop.id, ids), decide(connection, shop, ids)
    for line, number in zip(lines_read, numbers, strict=True):
        click.echo(f"Move {number}: {name(line)} {what}.")
