"""Purchase orders from a file, and out into one."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import BigInteger, Connection, any_, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app import marks
from app.imports.report import Agreed, Progress, Report, silent
from app.imports.supply_cells import COLUMNS, NEEDED
from app.imports.supply_rows import Reading
from app.imports.supply_work import Work
from app.imports.table import Table, guarded
from app.models import Shop, Supply
from app.supply import BadSupply, learned, lines, listing, record

BATCH = 2000
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('import', :shop))")

__all__ = ["COLUMNS", "NEEDED", "out", "take_over"]


def take_over(
    connection: Connection, shop: Shop, table: Table, *, who: str, why: str, today: date, agreed: Agreed,
    progress: Progress = silent,
) -> Report:  # fmt: skip
    """Keep what the file says, all or nothing; with any error, or where it is not `agreed`, nothing.

    A row is the supply of its id, else the one of the same reference, SKU and warehouse, an expected one before those
    that are over, else a new one. What is over is not added again. A column that is not there leaves what is;
    `received` is only ever told, not read. Until the transaction ends, the shop's other files wait.
    """
    report, work = Report(), Work()
    connection.execute(_ONE_AT_A_TIME, {"shop": shop.id})
    reading = Reading(connection, shop, table, today)
    for done, row in enumerate(table.rows, start=1):
        if wrong := reading.look(row, report, work):
            report.error(row.line, *wrong)
        if not done % BATCH:
            progress("Checking", done, len(table.rows))
    report.notes += work.notes()
    if not report.errors and agreed(report) and _locked(connection, work, report):
        _keep(connection, shop, work, who=who, why=why, progress=progress)
    return report


def _locked(connection: Connection, work: Work, report: Report) -> bool:
    """From here on nobody else changes them; what somebody has changed since we read it is an error."""
    wanted = cast([move.row.id for move in work.moved.values()], ARRAY(BigInteger))
    query = select(Supply.id, Supply.version).where(Supply.id == any_(wanted)).order_by(Supply.id).with_for_update()
    versions = {row.id: row.version for row in connection.execute(query)}
    for line, move in work.moved.items():
        if versions.get(move.row.id) != move.row.version:
            changed = lazy("Somebody else changed supply {supply} meanwhile. Import the file again.")
            report.error(line, BadSupply(changed, supply=str(move.row.id)))
    return not report.errors


def _keep(connection: Connection, shop: Shop, work: Work, *, who: str, why: str, progress: Progress) -> None:
    """Marks come last and at once: what is marked holds the door up until we commit."""
    moves = list(work.moved.values())
    variants = {move.row.variant_id for move in moves}
    for start in range(0, len(work.new), BATCH):
        variants |= set(lines.insert_all(connection, shop, work.new[start : start + BATCH], who=who, why=why).values())
        progress("Adding", start + BATCH, len(work.new))
    for start in range(0, len(moves), BATCH):
        record.move_many(connection, moves[start : start + BATCH], who=who, why=why)
        progress("Changing", start + BATCH, len(moves))
    teachers = {seller for move in moves for seller in learned.teachers(move.row, move.values)}
    concerned = {("variant", variant) for variant in variants}
    marks.mark(connection, shop.id, concerned | learned.taught_by(connection, shop.id, teachers))


def out(connection: Connection, shop: Shop, today: date) -> Iterator[Sequence[Any]]:
    """The supplies still to come, in the columns that `take_over` reads."""
    for row in listing.rows(connection, shop.id):
        if row.state == "expected":
            told = {name: getattr(row, name) for name in COLUMNS if name != "state"}
            told |= {"state": listing.status_of(row, today)}
            yield [guarded(value) if isinstance(value, str) else value for value in told.values()]
