"""Purchase orders from a file, and out into one."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import BigInteger, Connection, any_, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app import marks
from app.imports import cells
from app.imports.report import Agreed, Progress, Report, silent
from app.imports.supply_cells import COLUMNS, NEEDED, read_cells
from app.imports.table import Table, guarded
from app.models import Shop, Supply, Variant
from app.refusal import BadValue
from app.sentences import STATES as TOLD
from app.supply import BadSupply, learned, lines, listing, naming, record, suppliers
from app.supply.fields import SupplyFields, check, fields_of
from app.supply.record import Kept, Move
from app.wording import Said

BATCH = 2000
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('import', :shop))")

__all__ = ["COLUMNS", "NEEDED", "out", "take_over"]


@dataclass(slots=True)
class Work:
    """What the file asks for, once it is known to be right; what is moved by the line of the file."""

    new: list[SupplyFields] = field(default_factory=list)
    moved: dict[int, Move] = field(default_factory=dict)


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
    reading = _Reading(connection, shop, table, today)
    for done, (number, row) in enumerate(table.rows, start=1):
        try:
            reading.look(number, row, report, work)
        except BadValue as wrong:
            report.error(number, wrong)
        if not done % BATCH:
            progress("Checking", done, len(table.rows))
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


class _Reading:
    """The file against what is kept: names and supplies are looked up for all rows at once."""

    def __init__(self, connection: Connection, shop: Shop, table: Table, today: date) -> None:
        self.today = today
        self.places = naming.warehouses(connection, shop.id)
        self.sellers = suppliers.ids(connection, shop, _names(table))
        self.variants = _variants(connection, shop.id)
        kept = listing.rows(connection, shop.id)
        self.by_id = {row.id: row for row in kept}
        self.by_key: dict[tuple[str, str, str], list[Kept]] = defaultdict(list)
        for row in kept:
            if row.reference:
                self.by_key[row.reference, row.sku, row.warehouse].append(row)
        self.seen: dict[Any, int] = {}

    def look(self, number: int, row: Mapping[str, str], report: Report, work: Work) -> None:
        """Say what the row would do. Raises BadValue."""
        given = read_cells(row)
        state, kept = given.pop("state", ""), self._kept(given)
        self._once(number, given, kept)
        by_id = given.pop("id", None) is not None
        name = f"{given['sku'] or ''} {given.get('reference') or ''}".strip()
        if kept is None:
            self._new(number, given, state, name, report, work)
        elif state == "cancelled":
            self._cancelled(number, kept, name, report, work)
        elif kept.state != "expected" and not by_id:
            self._over(number, given, kept, name, report)
        else:
            self._changed(number, given, kept, name, report, work)

    def _new(self, number: int, given: dict[str, Any], state: str, name: str, report: Report, work: Work) -> None:
        if state == "cancelled":
            raise BadSupply(lazy("state: There is no such supply to cancel."))
        fields = fields_of({key: value for key, value in given.items() if value is not None})
        check(fields, self.today)
        naming.warehouse(self.places, fields.warehouse)
        if len(self.variants[fields.sku or ""]) != 1:
            raise BadSupply(
                lazy("sku: {variants} have the SKU {sku}."),
                variants=len(self.variants[fields.sku or ""]),
                sku=fields.sku,
            )
        what = Said(lazy("{quantity} of {what} by {eta}"), quantity=fields.quantity, what=name, eta=fields.eta)
        report.effect(number, "added", what)
        work.new.append(fields)

    def _changed(self, number: int, given: dict[str, Any], kept: Kept, name: str, report: Report, work: Work) -> None:
        if (kept.sku or None) != given.pop("sku"):
            raise BadSupply(
                lazy("sku: Supply {supply} is of {sku}; that cannot be changed."), supply=str(kept.id), sku=kept.sku
            )
        changes = {key: value for key, value in given.items() if value != getattr(kept, key)}
        if not changes:
            report.effect(number, "unchanged", Said(name))
            return
        if kept.state != "expected":
            raise BadSupply(
                lazy("id: Supply {supply} is {state}, so it cannot be changed."),
                supply=str(kept.id),
                state=TOLD[kept.state],
            )
        # A day that the file states is given, also where it is the one we have.
        stated = {key: given[key] for key in ("eta", "eta_latest") if key in given}
        values = lines.changed_columns(kept, stated | changes, self.places, self.sellers, self.today)
        if values["eta_latest"] != kept.eta_latest:
            changes["eta_latest"] = values["eta_latest"]
        told = ", ".join(f"{key} {getattr(kept, key)} -> {value}" for key, value in changes.items())
        what = Said(lazy("supply {supply}, {what}: {changes}"), supply=str(kept.id), what=name, changes=told)
        report.effect(number, "changed", what)
        work.moved[number] = Move(kept, "changed", values)

    def _over(self, number: int, given: Mapping[str, Any], kept: Kept, name: str, report: Report) -> None:
        """The file still has what arrived or was cancelled. Other units, or another day to come, cannot be of that."""
        to_come = given["eta"] != kept.eta and given["eta"] >= self.today
        if to_come or given["quantity"] != kept.quantity:
            raise BadSupply(
                lazy(
                    "reference: Supply {supply}, of this reference, SKU and warehouse, is {state}. Give what is still "
                    "to come another reference, or leave the line out."
                ),
                supply=str(kept.id),
                state=TOLD[kept.state],
            )
        report.effect(number, "unchanged", Said(name))

    def _cancelled(self, number: int, kept: Kept, name: str, report: Report, work: Work) -> None:
        if kept.state == "received":
            raise BadSupply(
                lazy("state: Supply {supply} is received, so nothing of it can be cancelled."), supply=str(kept.id)
            )
        if kept.state == "cancelled":
            report.effect(number, "unchanged", Said(name))
            return
        report.effect(number, "cancelled", Said(lazy("supply {supply}, {what}"), supply=str(kept.id), what=name))
        work.moved[number] = Move(kept, "cancelled", {"state": "cancelled"})

    def _kept(self, given: Mapping[str, Any]) -> Kept | None:
        if given.get("id") is not None:
            if given["id"] not in self.by_id:
                raise BadSupply(
                    lazy("id: There is no supply {supply}. Leave the id out to add one."), supply=str(given["id"])
                )
            return self.by_id[given["id"]]
        found = self.by_key.get(_key(given), []) if given.get("reference") else []
        expected = [row for row in found if row.state == "expected"]
        if len(expected) > 1:
            ids = [str(row.id) for row in expected]
            raise BadSupply(
                lazy("reference: Supplies {supplies} are all of this reference, SKU and warehouse. Give the id."),
                supplies=ids,
            )
        return expected[0] if expected else max(found, key=lambda row: row.id, default=None)

    def _once(self, number: int, given: Mapping[str, Any], kept: Kept | None) -> None:
        if kept is None and not given.get("reference"):
            return
        key = kept.id if kept is not None else _key(given)
        if first := self.seen.get(key):
            raise BadSupply(lazy("reference: Line {line} is about the same supply. Put the two together."), line=first)
        self.seen[key] = number


def _key(given: Mapping[str, Any]) -> tuple[str, str, str]:
    return given["reference"], given["sku"], given["warehouse"]


def _names(table: Table) -> set[str]:
    """The suppliers that the file names; what cannot be a name is told when its row is looked at."""
    found = set()
    for name in {row.get("supplier") or "" for _, row in table.rows}:
        with contextlib.suppress(ValueError):
            found.add(suppliers.checked_name(cells.words(name)))
    return found


def _variants(connection: Connection, shop_id: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(Variant.sku, Variant.id).where(Variant.shop_id == shop_id)):
        found[row.sku].append(row.id)
    return found


def out(connection: Connection, shop: Shop, today: date) -> Iterator[Sequence[Any]]:
    """The supplies still to come, in the columns that `take_over` reads."""
    for row in listing.rows(connection, shop.id):
        if row.state == "expected":
            told = {name: getattr(row, name) for name in COLUMNS if name != "state"}
            told |= {"state": listing.status_of(row, today)}
            yield [guarded(value) if isinstance(value, str) else value for value in told.values()]
