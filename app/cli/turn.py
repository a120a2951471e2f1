"""Whose turn it is: the shop's policy, and what people decide for single orders."""

from dataclasses import asdict
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection

from app import turns
from app.cli import naming
from app.cli.deciding import deciding
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO, today, why_option
from app.cli.turn_lines import hold, pin, redate, release
from app.engine.model import Policy
from app.models import Shop
from app.rulebook.naming import channel_slugs
from app.turns import effects, supposing
from app.turns.effects import Effect, Stands

sku_option = click.option("--sku", required=True)
MOVES = {
    "pin": "goes first",
    "hand_over": "hands {units} to order {to_order}",
    "hold": "is on hold",
    "redate": "is expected {day}",
}

units_option = click.option("--units", type=click.IntRange(min=1), required=True)


@click.group()
def turn() -> None:
    """Decide whose turn it is: policy, pins, units handed over; what is on hold; days given by hand."""


for command in (pin, hold, release, redate):
    turn.add_command(command)


@turn.command()
@shop_option
@click.option("--policy", "chosen", type=click.Choice([policy.value for policy in Policy]), help="Who is served first.")
@click.option("--wanted-key", help="Key of the orders' metadata with the day they are wanted; empty: none.")
@click.option("--rank-key", help="Key of the orders' metadata with their rank, lower first; empty: none.")
@click.option("--rank", "ranks", multiple=True, metavar="CHANNEL=RANK", help="The rank of a channel's orders.")
@click.option("--preview", is_flag=True, help="Say who would gain and who would lose; change nothing.")
@json_option
def policy(
    shop_url: str, chosen: str | None, wanted_key: str | None, rank_key: str | None, ranks: tuple[str, ...],
    preview: bool, as_json: bool,
) -> None:  # fmt: skip
    """Show or change who is served first. Among equals it is always first come, first served."""
    given = {"policy": chosen, "wanted_key": wanted_key, "rank_key": rank_key}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    with deciding(shop_url) as (connection, shop):
        if ranks:
            changes["ranks"] = turns.of(shop).ranks | _ranks(connection, shop, ranks)
        if preview:
            day = today(shop)
            _print_effect(effects.of_policy(connection, shop, changes, day), day, as_json=as_json)
            return
        setting = turns.put(connection, shop, changes, who=WHO)
        slugs = channel_slugs(connection, shop.id)
    shown = {slugs.get(channel, channel): rank for channel, rank in setting.ranks.items()}
    if as_json:
        print_json(setting.model_dump(mode="json") | {"ranks": shown})
        return
    click.echo(f"Served first: {setting.policy.value}.")
    if setting.wanted_key:
        click.echo(f"Key of the wanted day: {setting.wanted_key}.")
    if setting.rank_key:
        click.echo(f"Key of the rank: {setting.rank_key}.")
    if shown:
        click.echo(f"Ranks of channels: {', '.join(f'{slug}={rank}' for slug, rank in shown.items())}.")
    for remark in supposing.remarks(setting, setting):
        click.echo(remark)


def _ranks(connection: Connection, shop: Shop, given: tuple[str, ...]) -> dict[str, int]:
    channels = naming.channels(connection, shop.id)
    found = {}
    for text in given:
        slug, _, rank = text.partition("=")
        if not rank.removeprefix("-").isdecimal():
            raise click.ClickException(f"{text!r} is no rank. Write it like web=1.")
        found[naming.known(channels, slug, "channel")] = int(rank)
    return found


@turn.command("hand-over")
@shop_option
@click.option("--from-order", "giver", required=True, metavar="NUMBER")
@click.option("--to-order", "taker", required=True, metavar="NUMBER")
@sku_option
@units_option
@why_option
def hand_over(shop_url: str, giver: str, taker: str, sku: str, units: int, why: str) -> None:
    """Let units of two orders change places in the queue."""
    with deciding(shop_url) as (connection, shop):
        giving, taking = (turns.find(connection, shop.id, order, sku) for order in (giver, taker))
        number = turns.hand_over(connection, shop, giving, taking, units, who=WHO, why=why)
    click.echo(f"Move {number}: {units} of {sku} from order {giver} to order {taker}.")


@turn.command()
@shop_option
@click.option("--to-order", "taker", required=True, metavar="NUMBER")
@sku_option
@units_option
@json_option
def suggest(shop_url: str, taker: str, sku: str, units: int, as_json: bool) -> None:
    """Say who could hand units over to an order, the least harmed first."""
    with deciding(shop_url) as (connection, shop):
        line = turns.find(connection, shop.id, taker, sku)
        day = today(shop)
        found = effects.givers(connection, shop, line, units, day)
    if as_json:
        print_json([asdict(giver) for giver in found.found])
        return
    for giver in found.found:
        click.echo(
            f"Order {giver.order}: {_moves(giver.before, giver.after, day)}. "
            f"Order {taker} then: {_says(giver.taker, day)}, {giver.sooner} of its units sooner than now."
        )
    if found.more:
        click.echo(f"{found.more} more might; they are likely to be harmed more.")
    if not found.found:
        click.echo(f"Nobody's {units} of {sku} would bring order {taker} sooner.")


@turn.command("list")
@shop_option
@json_option
def list_moves(shop_url: str, as_json: bool) -> None:
    """The moves that hold, oldest first."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        rows = [dict(row._mapping) for row in turns.rows(connection, shop.id)]  # noqa: SLF001 - SQLAlchemy's own name
    if as_json:
        print_json(rows)
        return
    for row in rows:
        what = MOVES[row["kind"]].format(**row)
        click.echo(
            f"{row['id']}: order {row['order']} {what}, {row['sku']}, {row['at']:%Y-%m-%d} {row['why']}".rstrip()
        )


@turn.command()
@shop_option
@click.argument("number", type=int)
@why_option
def undo(shop_url: str, number: int, why: str) -> None:
    """Take a move back."""
    with deciding(shop_url) as (connection, shop):
        turns.undo(connection, shop, number, who=WHO, why=why)
    click.echo(f"Move {number} holds no longer.")


def _print_effect(effect: Effect, day: date, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(effect))
        return
    lines = "line" if effect.lines == 1 else "lines"
    click.echo(f"Of {effect.lines} open {lines} {effect.gaining} would gain and {effect.losing} would lose.")
    for remark in effect.remarks:
        click.echo(remark)
    for word, changes in (("gains", effect.gains), ("loses", effect.losses)):
        for change in changes:
            click.echo(f"Order {change.order}, {change.sku} {word}: {_moves(change.before, change.after, day)}.")


def _moves(before: Stands, after: Stands, day: date) -> str:
    return f"from {_says(before, day)} to {_says(after, day)}"


def _says(stands: Stands, day: date) -> str:
    """How a line stands on that day, today."""
    if stands.expected == day:
        return "all ready"
    return f"{stands.ready} ready, the last by {stands.expected or 'no known day'}"
