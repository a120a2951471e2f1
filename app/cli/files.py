"""Rules and purchase orders from files, and out into files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from xlsxwriter.exceptions import FileCreateError

from app import pooling, tasks
from app.cli.consent import consenting
from app.cli.opening import json_option, opened, print_json, shop_option
from app.cli.supplying import WHO, today
from app.imports import BadFile, Report, end, read, rules, supplies, writing
from app.imports.report import Progress
from app.platforms import ShopError
from app.pools import CannotOpen
from app.rulebook import BadRule
from app.supply import BadSupply

MOST_SHOWN = 1000
file_argument = click.argument("file", type=click.File("rb"))
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what each row would do; keep nothing.")
target_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)


@click.group("import")
def import_group() -> None:
    """Take over a CSV or XLSX file: all rows or none."""


@click.group("export")
def export_group() -> None:
    """Write what there is as a CSV or XLSX file that `dueback import` takes."""


@import_group.command("supplies")
@shop_option
@file_argument
@dry_run_option
@click.option("--why", default="", help="Why; it is kept with each change.")
@json_option
def import_supplies(shop_url: str, file: IO[bytes], dry_run: bool, why: str, as_json: bool) -> None:
    """Purchase-order lines. A row is the line of its id, else of its reference, SKU and warehouse, else a new one."""
    with opened(shop_url) as (runtime, shop), _refusing(), _bars() as progress:
        table = read(file.name, file.read(), supplies.COLUMNS, supplies.NEEDED)
        with runtime.engine.connect() as connection:
            report = supplies.take_over(
                connection, shop, table, who=_who(file), why=why, today=today(shop), agreed=lambda _: not dry_run,
                progress=progress,
            )  # fmt: skip
            end(connection, shop, report, file=Path(file.name).name, who=WHO, dry_run=dry_run)
        tasks.wake(shop.id)
    _tell(report, dry_run=dry_run, as_json=as_json)


@import_group.command("rules")
@shop_option
@file_argument
@dry_run_option
@json_option
@click.option("--yes", is_flag=True, help="Agree to changes in the shop's own settings.")
def import_rules(shop_url: str, file: IO[bytes], dry_run: bool, as_json: bool, yes: bool) -> None:
    """Rules by scope. An empty cell lets its field be inherited; a column that is not there leaves what is."""
    with opened(shop_url) as (runtime, shop), _refusing(), _bars() as progress:
        table = read(file.name, file.read(), rules.COLUMNS, rules.NEEDED)

        def open_pools(channels: Sequence[str]) -> None:
            groups = [[channel] for channel in channels]
            with consenting():
                done = pooling.open_pools(runtime, shop, groups, who=_who(file), agreed=yes)
            # What a command that answers in JSON prints is for programs.
            for sentence in done if not as_json else ():
                click.echo(sentence)

        with runtime.engine.connect() as connection:
            report = rules.take_over(
                runtime, connection, shop, table, who=_who(file), agreed=lambda _: not dry_run, open_pools=open_pools,
                progress=progress,
            )  # fmt: skip
            end(connection, shop, report, file=Path(file.name).name, who=WHO, dry_run=dry_run)
        tasks.wake(shop.id)
    _tell(report, dry_run=dry_run, as_json=as_json)


@export_group.command("supplies")
@shop_option
@target_argument
def export_supplies(shop_url: str, file: Path | None) -> None:
    """Supplies still to come, as CSV on standard output, or into a file: .csv or .xlsx by its name."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        _write(file, supplies.COLUMNS, supplies.out(connection, shop, today(shop)))


@export_group.command("rules")
@shop_option
@target_argument
def export_rules(shop_url: str, file: Path | None) -> None:
    """Every rule, as CSV on standard output, or into a file: .csv or .xlsx by its name."""
    with opened(shop_url) as (runtime, shop), runtime.engine.connect() as connection:
        _write(file, rules.COLUMNS, rules.out(connection, shop))


def _write(file: Path | None, columns: tuple[str, ...], rows: Iterator[Sequence[Any]]) -> None:
    if file is None:
        writing.csv_to(sys.stdout, columns, rows)
        return
    if file.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.ClickException(f"{file}: only .csv and .xlsx files can be written.")
    if not file.parent.is_dir():
        raise click.ClickException(f"{file} cannot be written: there is no folder {file.parent}.")
    try:
        if file.suffix.lower() == ".xlsx":
            writing.xlsx_to(file, columns, rows)
        else:
            with file.open("w", encoding="utf-8-sig", newline="") as target:
                writing.csv_to(target, columns, rows)
    except (OSError, FileCreateError) as wrong:
        raise click.ClickException(f"{file} cannot be written: {wrong}") from wrong


def _who(file: IO[bytes]) -> str:
    return f"{WHO}, file {Path(file.name).name}"[:200]


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (BadFile, BadSupply, BadRule, CannotOpen) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except ShopError as wrong:
        raise click.ClickException(f"The shop could not be asked, and nothing was kept: {wrong}") from wrong


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar for each stage, where somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        stages = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total)
            bars.update(stages[stage], completed=min(done, total))

        yield progress


def _tell(report: Report, *, dry_run: bool, as_json: bool) -> None:
    """Ends with 1 where anything is wrong."""
    if as_json:
        print_json(_as_json(report))
    else:
        told = report.errors or report.effects
        for each in told[:MOST_SHOWN]:
            click.echo(f"line {each.line}: {each}")
        if len(told) > MOST_SHOWN:
            click.echo(f"... and {len(told) - MOST_SHOWN} more; --json has them all.")
        click.echo(_sum(report, dry_run=dry_run))
    if report.errors:
        sys.exit(1)


def _as_json(report: Report) -> dict[str, Any]:
    effects, errors = (
        [{"line": told.line, "what": str(told)} for told in each] for each in (report.effects, report.errors)
    )
    return {"counts": report.counts, "effects": effects, "errors": errors, "pools": report.pools}


def _sum(report: Report, *, dry_run: bool) -> str:
    if report.errors:
        return f"{len(report.errors)} {'line is' if len(report.errors) == 1 else 'lines are'} wrong. Nothing was kept."
    return f"{'This would be: ' if dry_run else ''}{report.sentence()}."
