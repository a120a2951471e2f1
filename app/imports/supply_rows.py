"""What a purchase order's row would do, or all that is wrong with it."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app.imports import cells
from app.imports.report import Report, column_of
from app.imports.supply_cells import read_cells
from app.imports.supply_work import Work
from app.imports.table import Row, Table
from app.models import Shop, Variant
from app.refusal import BadValue
from app.sentences import STATES as TOLD
from app.supply import BadSupply, lines, listing, naming, suppliers
from app.supply.fields import MOST_UNITS, SupplyFields, check, fields_of
from app.supply.record import Kept, Move
from app.wording import Said


class Reading:
    """What the shop has, to hold the rows of a file against."""

    def __init__(self, connection: Connection, shop: Shop, table: Table, today: date) -> None:
        self.today = today
        self.places = naming.warehouses(connection, shop.id)
        self.sellers = suppliers.ids(connection, shop, _names(table))
        self.variants = _variants(connection, shop.id)
        kept = listing.rows(connection, shop.id)
        self.by_id = {row.id: row for row in kept}
        self.by_key: dict[tuple[str, str, str], list[Kept]] = defaultdict(list)
        self.expected: dict[tuple[Any, ...], list[Kept]] = defaultdict(list)
        for row in kept:
            if row.reference:
                self.by_key[row.reference, row.sku, row.warehouse].append(row)
            if row.state == "expected":
                self.expected[row.sku, row.warehouse, row.quantity, row.eta].append(row)
        self.seen: dict[Any, int] = {}

    def look(self, row: Row, report: Report, work: Work) -> list[BadValue]:
        """Say what the row would do, or return all that is wrong with it.

        To find all, it is looked at again with what is wrong set right, until nothing new is wrong.
        """
        if not row.cells:
            return list(row.wrong.values())
        given, wrong = read_cells(row)
        state, known, kept = given.pop("state", ""), "id" not in wrong, None
        try:
            if known:
                kept = self._kept(given)
                self._once(row.line, given, kept)
        except BadValue as refused:
            wrong[column_of(refused)], known = refused, False
        by_id = given.pop("id", None) is not None
        while True:
            tried = {name: value for name, value in given.items() if name not in wrong} | self._suiting(wrong, kept)
            told = (Report(), Work()) if wrong else (report, work)
            try:
                if known:
                    self._take(row.line, tried, kept, state, *told, by_id=by_id)
                else:
                    self._check_names(_fields(tried))
            except BadValue as refused:
                column = column_of(refused)
                if column in wrong:
                    break
                wrong[column] = refused
                over = kept is not None and kept.state != "expected"
                # Which supply is meant, or what is to become of it, is in doubt: the other cells are looked at alone.
                known = known and column != "state" and not (over and column in {"id", "reference"})
            else:
                break
        return list(wrong.values())

    def _suiting(self, wrong: Mapping[str, BadValue], kept: Kept | None) -> dict[str, Any]:
        """For cells that are wrong, values that no other cell can be at odds with."""
        values: dict[str, Any] = {"quantity": MOST_UNITS, "held": 0}
        if kept is None:
            values |= {"sku": "-", "warehouse": next(iter(self.places), "-"), "eta": self.today}
        elif kept.state == "expected":
            values |= {"sku": kept.sku or None, "eta": min(self.today, kept.eta)}
        else:
            values = {"sku": kept.sku or None, "eta": kept.eta, "quantity": kept.quantity, "held": kept.held}
        return {name: value for name, value in values.items() if name in wrong}

    def _take(
        self, number: int, given: dict[str, Any], kept: Kept | None, state: str, report: Report, work: Work, *,
        by_id: bool,
    ) -> None:  # fmt: skip
        """Raises BadValue."""
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
        fields = _fields(given)
        check(fields, self.today)
        self._check_names(fields)
        what = Said(lazy("{quantity} of {what} by {eta}"), quantity=fields.quantity, what=name, eta=fields.eta)
        if twin := self._twin(fields):
            what = Said(lazy("{supply}, as supply {twin} that is expected already"), supply=what, twin=str(twin.id))
            work.alike += 1
        report.effect(number, "added", what)
        work.nameless += not fields.reference
        work.new.append(fields)

    def _twin(self, new: SupplyFields) -> Kept | None:
        """One that is expected and may be the same: two references tell two apart."""
        alike = self.expected.get((new.sku, new.warehouse, new.quantity, new.eta), [])
        return next((row for row in alike if not (row.reference and new.reference)), None)

    def _check_names(self, fields: SupplyFields) -> None:
        """Raises BadSupply."""
        naming.warehouse(self.places, fields.warehouse)
        if fields.sku is not None and len(self.variants[fields.sku]) != 1:
            raise BadSupply(
                lazy("sku: {variants} have the SKU {sku}."), variants=len(self.variants[fields.sku]), sku=fields.sku
            )

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
        if kept is None and not (given.get("reference") and all(_key(given))):
            return
        key = kept.id if kept is not None else _key(given)
        if first := self.seen.get(key):
            raise BadSupply(lazy("reference: Line {line} is about the same supply. Put the two together."), line=first)
        self.seen[key] = number


def _key(given: Mapping[str, Any]) -> tuple[str, str, str]:
    return given.get("reference", ""), given.get("sku", ""), given.get("warehouse", "")


def _fields(given: Mapping[str, Any]) -> SupplyFields:
    return fields_of({key: value for key, value in given.items() if value is not None})


def _names(table: Table) -> set[str]:
    """The suppliers that the file names; what cannot be a name is told when its row is looked at."""
    found = set()
    for name in {row.cells.get("supplier") or "" for row in table.rows}:
        with contextlib.suppress(ValueError):
            found.add(suppliers.checked_name(cells.words(name)))
    return found


def _variants(connection: Connection, shop_id: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(Variant.sku, Variant.id).where(Variant.shop_id == shop_id)):
        found[row.sku].append(row.id)
    return found
