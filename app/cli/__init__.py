"""The `dueback` command: everything an operator or a script needs."""

import sys

import click

from app.cli.doctor import doctor
from app.cli.files import export_group, import_group
from app.cli.group import group
from app.cli.key import key
from app.cli.queue import availability, queue
from app.cli.report import report
from app.cli.rule import rule
from app.cli.serve import migrate_command, serve, web, worker
from app.cli.ship import ship
from app.cli.shop import shop, sweep_command, wait
from app.cli.supplier import supplier
from app.cli.supply import supply
from app.cli.turn import turn
from app.cli.why import explain, history_command
from app.config import BadSetting


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="dueback")
def dueback() -> None:
    """Backorders with honest dates for headless shops."""


RUNNING = (serve, web, worker, migrate_command)
SETTING = (shop, group, rule, supplier, supply, turn, key, import_group, export_group, doctor)
LOOKING = (report, queue, availability, explain, history_command, ship, sweep_command, wait)

for command in (*RUNNING, *SETTING, *LOOKING):
    dueback.add_command(command)


def main() -> None:
    try:
        dueback()
    except BadSetting as wrong:
        click.echo(f"Error: {wrong}", err=True)
        sys.exit(2)
