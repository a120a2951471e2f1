"""Purchase-order lines: added, changed, cancelled; every change is kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, insert

from app import marks
from app.models import Shop, Supply
from app.sentences import STATES
from app.supply import learned, naming, record, suppliers
from app.supply.fields import CHANGEABLE, SupplyFields, check, check_eta, check_together, fields_of
from app.supply.listing import history, rows, status_of
from app.supply.record import Kept
from app.supply.wrong import BadSupply, ChangedMeanwhile

__all__ = [
    "SupplyFields",
    "add",
    "add_all",
    "cancel",
    "cancel_all",
    "change",
    "change_all",
    "history",
    "rows",
    "status_of",
]

TOLD = ("quantity", "eta", "eta_latest", "reference", "ordered_on", "confidence", "held")


def add(
    connection: Connection,
    shop: Shop,
    fields: SupplyFields | Mapping[str, Any],
    *,
    who: str,
    why: str = "",
    today: date,
) -> int:
    """Keep a line. Returns its number. Raises BadSupply."""
    return add_all(connection, shop, [fields], who=who, why=why, today=today)[0]


def add_all(
    connection: Connection,
    shop: Shop,
    given: Sequence[SupplyFields | Mapping[str, Any]],
    *,
    who: str,
    why: str = "",
    today: date,
) -> list[int]:
    """Keep many lines in few statements, all or none. Returns their numbers in the same order. Raises BadSupply."""
    lines = [line if isinstance(line, SupplyFields) else fields_of(line) for line in given]
    for line in lines:
        check(line, today)
    kept = insert_all(connection, shop, lines, who=who, why=why)
    marks.mark(connection, shop.id, [("variant", variant) for variant in kept.values()])
    return list(kept)


def insert_all(
    connection: Connection, shop: Shop, lines: Sequence[SupplyFields], *, who: str, why: str
) -> dict[int, str]:
    """Keep lines that were checked. Returns the variants, by the lines' numbers in the same order, to be marked.

    Raises BadSupply.
    """
    new = _new_rows(connection, shop, lines)
    if not new:
        return {}
    kept = insert(Supply).returning(Supply.id, sort_by_parameter_order=True)
    numbers = list(connection.scalars(kept, new))
    added = [
        record.change(shop.id, number, "added", {}, _without(row, "shop_id"), who=who, why=why)
        for number, row in zip(numbers, new, strict=True)
    ]
    record.note(connection, added)
    return {number: row["variant_id"] for number, row in zip(numbers, new, strict=True)}


def change(
    connection: Connection,
    shop: Shop,
    number: int,
    changes: Mapping[str, Any],
    *,
    who: str,
    why: str = "",
    today: date,
    version: int | None = None,
) -> Kept:
    """Change fields of an expected line; those not named stay. Returns its row.

    `version` is the one that was looked at: ChangedMeanwhile is raised where it is another by now. Raises BadSupply.
    """
    return change_all(connection, shop, {number: version}, changes, who=who, why=why, today=today)[0]


def change_all(
    connection: Connection,
    shop: Shop,
    versions: Mapping[int, int | None],
    changes: Mapping[str, Any],
    *,
    who: str,
    why: str = "",
    today: date,
) -> list[Kept]:
    """The same for many lines, by number with the version that was looked at; all or none. Returns rows by number."""
    sellers = suppliers.ids(connection, shop, {changes["supplier"]} if changes.get("supplier") else set())
    places = naming.warehouses(connection, shop.id)
    changed, teachers = [], set[int]()
    for row in _seen(connection, shop, versions):
        if row.state != "expected":
            raise BadSupply(
                lazy("supply: {supply} is {state}, so it cannot be changed."),
                supply=str(row.id),
                state=STATES[row.state],
            )
        values = changed_columns(row, changes, places, sellers, today)
        changed.append(record.move(connection, row, "changed", values, who=who, why=why))
        teachers |= learned.teachers(row, values)
    concerned = {("variant", row.variant_id) for row in changed}
    marks.mark(connection, shop.id, concerned | learned.taught_by(connection, shop.id, teachers))
    return changed


def cancel(connection: Connection, shop: Shop, number: int, *, who: str, why: str = "") -> Kept:
    """Take back what is still to come of a line. Returns its row. Raises BadSupply."""
    return cancel_all(connection, shop, {number: None}, who=who, why=why)[0]


def cancel_all(
    connection: Connection, shop: Shop, versions: Mapping[int, int | None], *, who: str, why: str = ""
) -> list[Kept]:
    """The same for many lines, as in `change_all`."""
    cancelled = []
    for row in _seen(connection, shop, versions):
        if row.state == "received":
            raise BadSupply(lazy("supply: {supply} is received. Take its receipt back first."), supply=str(row.id))
        cancelled.append(record.move(connection, row, "cancelled", {"state": "cancelled"}, who=who, why=why))
    marks.mark(connection, shop.id, {("variant", row.variant_id) for row in cancelled})
    return cancelled


def _seen(connection: Connection, shop: Shop, versions: Mapping[int, int | None]) -> Iterator[Kept]:
    """The lines, locked, each at the version that was looked at."""
    for number, version in sorted(versions.items()):
        row = record.locked(connection, shop.id, number)
        if version is not None and version != row.version:
            raise ChangedMeanwhile(
                lazy("version: Supply {supply} is at version {now} now, not {given}. Look again."),
                supply=str(number),
                now=str(row.version),
                given=str(version),
            )
        yield row


def _new_rows(connection: Connection, shop: Shop, lines: Sequence[SupplyFields]) -> list[dict[str, Any]]:
    by_sku = naming.variants(connection, shop.id, list(dict.fromkeys(line.sku for line in lines if line.sku)))
    naming.check_variants(connection, shop.id, list(dict.fromkeys(li.variant_id for li in lines if li.variant_id)))
    places = naming.warehouses(connection, shop.id)
    new = [
        {
            "shop_id": shop.id,
            "variant_id": line.variant_id or by_sku[line.sku or ""],
            "warehouse_id": naming.warehouse(places, line.warehouse),
            "first_eta": line.eta_latest or line.eta,
        }
        | line.model_dump(include=set(TOLD))
        for line in lines
    ]
    sellers = suppliers.ids(connection, shop, {line.supplier for line in lines if line.supplier})
    return [
        row | {"supplier_id": sellers[line.supplier] if line.supplier else None}
        for row, line in zip(new, lines, strict=True)
    ]


def changed_columns(
    row: Kept, changes: Mapping[str, Any], places: Mapping[str, str], sellers: Mapping[str, int], today: date
) -> dict[str, Any]:
    """The columns of a line after these changes; warehouses by slug and suppliers by name. Raises BadSupply."""
    for name in changes:
        if name not in CHANGEABLE:
            raise BadSupply(
                lazy("{field}: This cannot be changed. What can: {known}."),
                field=name,
                known=", ".join(sorted(CHANGEABLE)),
            )
    told = {name: getattr(row, name) for name in TOLD} | {"variant_id": row.variant_id, "warehouse": "as it is"}
    fields = fields_of({**told, **changes})
    if fields.eta != row.eta:
        check_eta(fields.eta, today)
        if "eta_latest" not in changes:
            # A new day takes the place of a range.
            fields = fields.model_copy(update={"eta_latest": None})
    check_together(fields, today)
    if fields.quantity < row.received:
        raise BadSupply(
            lazy("quantity: {units} of supply {supply} arrived already."), units=row.received, supply=str(row.id)
        )
    values: dict[str, Any] = fields.model_dump(include=set(TOLD))
    if "warehouse" in changes:
        values["warehouse_id"] = naming.warehouse(places, fields.warehouse)
    if "supplier" in changes:
        values["supplier_id"] = sellers[fields.supplier] if fields.supplier else None
    return values | {"state": "received" if fields.quantity == row.received else "expected"}


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names and value is not None}
