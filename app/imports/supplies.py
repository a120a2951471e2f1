"""Purchase orders from a file, and out into one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app import marks
from app.imports import cells
from app.imports.report import Progress, Report, silent
from app.imports.table import Table, guarded
from app.models import Shop, Variant
from app.supply import BadSupply, lines, listing, naming, record, suppliers
from app.supply.fields import SupplyFields, check, fields_of
from app.supply.record import Kept

COLUMNS = (
    "id", "reference", "sku", "warehouse", "quantity", "received", "eta", "eta_latest", "supplier", "ordered_on",
    "confidence", "held", "state",
)  # fmt: skip
NEEDED = ("sku", "warehouse", "quantity", "eta")
READ: Mapping[str, Callable[[str], Any]] = {
    "id": cells.whole,
    "quantity": cells.whole,
    "eta": cells.day,
    "eta_latest": cells.day,
    "ordered_on": cells.day,
    "confidence": cells.whole,
    "held": cells.whole,
}
# What an empty cell means in a column that is there.
EMPTY = {"reference": "", "eta_latest": None, "supplier": None, "ordered_on": None, "confidence": None, "held": 0}
STATES = {"", "expected", "late", "cancelled"}
BATCH = 2000


@dataclass(slots=True)
class Work:
    """What the file asks for, once it is known to be right."""

    new: list[SupplyFields] = field(default_factory=list)
    changed: list[tuple[Kept, dict[str, Any]]] = field(default_factory=list)
    cancelled: list[Kept] = field(default_factory=list)


def take_over(
    connection: Connection, shop: Shop, table: Table, *, who: str, why: str, today: date, dry_run: bool,
    progress: Progress = silent,
) -> Report:  # fmt: skip
    """Keep what the file says, all or nothing; with `dry_run`, or any error, nothing.

    A row is the supply of its id, else the expected one of the same reference, SKU and warehouse, else a new one. A
    column that is not there leaves what is; `received` is only ever told, not read.
    """
    report, work = Report(), Work()
    reading = _Reading(connection, shop, table, today)
    for done, (number, row) in enumerate(table.rows, start=1):
        try:
            reading.look(number, row, report, work)
        except ValueError as wrong:
            report.error(number, str(wrong))
        if not done % BATCH:
            progress("Checking", done, len(table.rows))
    if not report.errors and not dry_run:
        _keep(connection, shop, work, reading, who=who, why=why, today=today, progress=progress)
    return report


def _keep(
    connection: Connection, shop: Shop, work: Work, reading: "_Reading", *, who: str, why: str, today: date,
    progress: Progress,
) -> None:  # fmt: skip
    for start in range(0, len(work.new), BATCH):
        lines.add_all(connection, shop, work.new[start : start + BATCH], who=who, why=why, today=today)
        progress("Adding", start + BATCH, len(work.new))
    for done, (row, changes) in enumerate(work.changed, start=1):
        values = lines.changed_columns(row, changes, reading.places, reading.sellers, today)
        record.move(connection, row, "changed", values, who=who, why=why)
        if not done % BATCH:
            progress("Changing", done, len(work.changed))
    for row in work.cancelled:
        lines.cancel(connection, shop, row.id, who=who, why=why)
    marks.mark(connection, shop.id, {("variant", row.variant_id) for row, _ in work.changed})


class _Reading:
    """The file against what is kept: names and supplies are looked up for all rows at once."""

    def __init__(self, connection: Connection, shop: Shop, table: Table, today: date) -> None:
        self.today = today
        self.places = naming.warehouses(connection, shop.id)
        self.sellers = suppliers.ids(connection, shop, _texts(table, "supplier"))
        self.variants = _variants(connection, shop.id)
        kept = listing.rows(connection, shop.id)
        self.by_id = {row.id: row for row in kept}
        self.by_key: dict[tuple[str, str, str], list[Kept]] = defaultdict(list)
        for row in kept:
            if row.state == "expected" and row.reference:
                self.by_key[row.reference, row.sku, row.warehouse].append(row)
        self.seen: dict[Any, int] = {}

    def look(self, number: int, row: Mapping[str, str], report: Report, work: Work) -> None:
        """Say what the row would do. Raises ValueError."""
        given = _values(row)
        state, kept = given.pop("state", ""), self._kept(given)
        self._once(number, given, kept)
        given.pop("id", None)
        name = f"{given['sku']} {given.get('reference') or ''}".strip()
        if kept is None:
            self._new(number, given, state, name, report, work)
        elif state == "cancelled":
            report.effect(number, "cancelled", f"supply {kept.id}, {name}")
            work.cancelled.append(kept)
        else:
            self._changed(number, given, kept, name, report, work)

    def _new(self, number: int, given: dict[str, Any], state: str, name: str, report: Report, work: Work) -> None:
        if state == "cancelled":
            raise BadSupply("state: There is no such supply to cancel.")
        fields = fields_of({key: value for key, value in given.items() if value is not None})
        check(fields, self.today)
        naming.warehouse(self.places, fields.warehouse)
        if len(self.variants[fields.sku or ""]) != 1:
            raise BadSupply(f"sku: {len(self.variants[fields.sku or '']) or 'No'} variants have the SKU {fields.sku}.")
        report.effect(number, "added", f"{fields.quantity} of {name} by {fields.eta}")
        work.new.append(fields)

    def _changed(self, number: int, given: dict[str, Any], kept: Kept, name: str, report: Report, work: Work) -> None:
        if kept.sku != given.pop("sku"):
            raise BadSupply(f"sku: Supply {kept.id} is of {kept.sku}; that cannot be changed.")
        changes = {key: value for key, value in given.items() if value != getattr(kept, key)}
        if not changes:
            report.effect(number, "unchanged", name)
            return
        if kept.state != "expected":
            raise BadSupply(f"id: Supply {kept.id} is {kept.state}, so it cannot be changed.")
        lines.changed_columns(kept, changes, self.places, self.sellers, self.today)
        told = ", ".join(f"{key} {getattr(kept, key)} -> {value}" for key, value in changes.items())
        report.effect(number, "changed", f"supply {kept.id}, {name}: {told}")
        work.changed.append((kept, changes))

    def _kept(self, given: Mapping[str, Any]) -> Kept | None:
        if given.get("id") is not None:
            if given["id"] not in self.by_id:
                raise BadSupply(f"id: There is no supply {given['id']}. Leave the id out to add one.")
            return self.by_id[given["id"]]
        found = self.by_key.get(_key(given), []) if given.get("reference") else []
        if len(found) > 1:
            ids = ", ".join(str(row.id) for row in found)
            raise BadSupply(f"reference: Supplies {ids} are all of this reference, SKU and warehouse. Give the id.")
        return found[0] if found else None

    def _once(self, number: int, given: Mapping[str, Any], kept: Kept | None) -> None:
        if kept is None and not given.get("reference"):
            return
        key = kept.id if kept is not None else _key(given)
        if first := self.seen.get(key):
            raise BadSupply(f"reference: Line {first} is about the same supply. Put the two together.")
        self.seen[key] = number


def _values(row: Mapping[str, str]) -> dict[str, Any]:
    """The cells as values; of an empty one what that means, of a needed one nothing. Raises ValueError."""
    given: dict[str, Any] = {}
    for name, text in row.items():
        try:
            value = (READ.get(name) or cells.words)(text) if text else EMPTY.get(name)
        except ValueError as wrong:
            raise BadSupply(f"{name}: {wrong}") from wrong
        if name in NEEDED and value is None:
            raise BadSupply(f"{name}: This cell is empty.")
        if name != "received":
            given[name] = value
    given["state"] = (row.get("state") or "").lower()
    if given["state"] not in STATES:
        raise BadSupply(f"state: {row['state'][:20]!r} is neither expected nor cancelled.")
    return given


def _key(given: Mapping[str, Any]) -> tuple[str, str, str]:
    return given["reference"], given["sku"], given["warehouse"]


def _texts(table: Table, column: str) -> set[str]:
    """What stands in the column, where it is a text that can be meant."""
    found = set()
    for _, row in table.rows:
        text = row.get(column) or ""
        if text and not text.startswith(("=", "+", "-", "@")):
            found.add(cells.words(text))
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
