"""The shops this Dueback serves, and looking at them anew."""

import time

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select

from app import leaving, marks, shop_settings, sweep, tasks, turns, wording
from app.cli.deciding import deciding
from app.cli.opening import json_option, opened, print_json, runtime, shop_option
from app.cli.supplying import WHO, why_option
from app.models import Shop
from app.runtime import Runtime

POLL_SECONDS = 0.05


@click.group()
def shop() -> None:
    """List, leave, pause and set shops."""


@shop.command("list")
@json_option
def list_shops(as_json: bool) -> None:
    """Every shop that ever installed the app, and how it stands."""
    with runtime() as opened_runtime, opened_runtime.engine.connect() as connection:
        columns = (Shop.api_url, Shop.name, Shop.state, Shop.installed_at, Shop.swept_at)
        rows = [dict(row) for row in connection.execute(select(*columns).order_by(Shop.api_url)).mappings()]
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(f"{row['api_url']}  {row['state']}  {row['name']}")


@shop.command()
@shop_option
@click.option("--timeout", default=600, show_default=True, help="Seconds to wait for the work to end.")
@click.confirmation_option(prompt="Close sale past zero and take Dueback's metadata out of the shop?")
def leave(shop_url: str, timeout: int) -> None:
    """Leave a shop safely: sale past zero closes, our metadata goes; what is owed stays owed and listed.

    Uninstall the app in the shop afterwards. Installing it again picks up where this left off.
    """
    with opened(shop_url) as (opened_runtime, found):
        try:
            with opened_runtime.engine.begin() as connection:
                leaving.begin(connection, found, who=WHO)
        except leaving.CannotLeave as wrong:
            raise click.ClickException(str(wrong)) from wrong
        tasks.wake(found.id)
        idle = _idle(opened_runtime, found.id, timeout)
        with opened_runtime.engine.begin() as connection:
            if not (idle and leaving.finish(connection, found.id)):
                raise click.ClickException("Still closing. Nothing is lost: run the command again to wait on.")
    click.echo("Sale past zero is closed and our metadata is gone. You can uninstall the app in the shop now.")


@shop.command()
@shop_option
@why_option
def pause(shop_url: str, why: str) -> None:
    """Sell nothing past zero in any channel until the shop is resumed. Who waits keeps turn and date."""
    with deciding(shop_url) as (connection, found):
        turns.pause(connection, found, who=WHO, why=why)
    click.echo("Paused: nothing is sold past zero until `dueback shop resume`.")


@shop.command()
@shop_option
@why_option
def resume(shop_url: str, why: str) -> None:
    """End a pause: what the rules allow is sold past zero again."""
    with deciding(shop_url) as (connection, found):
        turns.resume(connection, found, who=WHO, why=why)
    click.echo("Resumed: what the rules allow is sold past zero again.")


@shop.command("set")
@shop_option
@click.option(
    "--stock-owner", type=click.Choice(["staff", "erp"]), help="erp: report pool shipments, never write stock."
)
@click.option("--time-zone", help="The shop's calendar, such as Europe/Berlin.")
@click.option("--language", type=click.Choice(["auto", "en", "de"]), help="Of the pages; auto: the dashboard's own.")
def set_shop(shop_url: str, stock_owner: str | None, time_zone: str | None, language: str | None) -> None:
    """Change how Dueback works in one shop."""
    spoken = "" if language == "auto" else language
    given = {"stock_owner": stock_owner, "time_zone": time_zone, "language": spoken}
    with opened(shop_url) as (opened_runtime, found):
        try:
            with opened_runtime.engine.begin() as connection:
                changes = {name: value for name, value in given.items() if value is not None}
                after = shop_settings.put(connection, found, changes, who=WHO)
        except shop_settings.BadSetting as wrong:
            raise click.ClickException(str(wrong)) from wrong
        tasks.wake(found.id)
    click.echo(f"stock_owner {after.stock_owner}, time_zone {after.time_zone}, language {after.language or 'auto'}")


@click.command("sweep")
@shop_option
@click.option("--full", is_flag=True, help="Read every order with open units, not only changed ones.")
def sweep_command(shop_url: str, full: bool) -> None:
    """Look at everything in the shop anew, and wait until it is done."""
    with opened(shop_url) as (opened_runtime, found):
        listed = {"variant": 0, "order": 0}
        with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bar:
            task = bar.add_task("Listing", total=None)

            def count(kind: str, number: int) -> None:
                listed[kind] += number
                bar.update(task, completed=sum(listed.values()))

            sweep.run(opened_runtime, found.id, full=full, progress=count)
            tasks.wake(found.id)
            _follow(opened_runtime, found.id, bar)
    click.echo(f"Looked at {wording.variants(listed['variant'])} and {wording.orders(listed['order'])}.")


def _follow(opened_runtime: Runtime, shop_id: int, bar: Progress) -> None:
    """Show the marks melting away."""
    first = _pending(opened_runtime, shop_id)
    task = bar.add_task("Planning", total=first)
    while left := _pending(opened_runtime, shop_id):
        bar.update(task, completed=first - left)
        time.sleep(POLL_SECONDS)
    bar.update(task, completed=first)


@click.command()
@shop_option
@click.option("--timeout", default=60, show_default=True, help="Seconds to wait at most.")
def wait(shop_url: str, timeout: int) -> None:
    """Return when nothing of the shop is left to do: no mark, no job. Fails when that takes longer."""
    with opened(shop_url) as (opened_runtime, found):
        if not _idle(opened_runtime, found.id, timeout):
            raise click.ClickException(f"Still at work after {timeout} seconds. Is a worker running?")


def _idle(opened_runtime: Runtime, shop_id: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while _pending(opened_runtime, shop_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _pending(opened_runtime: Runtime, shop_id: int) -> int:
    """Marks still set, or 1 while a job of the shop waits or runs."""
    with opened_runtime.engine.connect() as connection:
        return marks.pending(connection, shop_id) or int(tasks.busy(connection, shop_id))
