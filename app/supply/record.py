"""The record of a supply: who did what, when, and why."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, Select, func, insert, select, text, update

from app.models import Supply, SupplyChange
from app.supply.wrong import NoSuchSupply
from app.wording import Said, english

Kept = Row[*tuple[Any, ...]]


def locked(connection: Connection, shop_id: int, number: int) -> Kept:
    """The supply's row, nobody else's to change until the transaction ends. Raises NoSuchSupply."""
    return _one(connection, shop_id, number, select(Supply.__table__).with_for_update())


def known(connection: Connection, shop_id: int, number: int) -> Kept:
    """The supply's row. Raises NoSuchSupply."""
    return _one(connection, shop_id, number, select(Supply.__table__))


def _one(connection: Connection, shop_id: int, number: int, query: Select[*tuple[Any, ...]]) -> Kept:
    mine = query.where(Supply.shop_id == shop_id, Supply.id == number)
    row = connection.execute(mine).first() if 0 < number < 2**63 else None
    if row is None:
        raise NoSuchSupply(
            lazy("There is no supply {supply}. `dueback supply list --all` shows those there are."), supply=str(number)
        )
    return row


class Move(NamedTuple):
    """A supply's locked row, what happens to it, and columns of it then."""

    row: Kept
    kind: str
    values: Mapping[str, Any]


def move_many(connection: Connection, moves: Sequence[Move], *, who: str, why: str = "") -> None:
    """As `move`, for many supplies in two statements. The rows go as one JSON text."""
    changes, rows = [], []
    for row, kind, values in moves:
        old = row._mapping  # noqa: SLF001 - as below
        if fresh := {name: value for name, value in values.items() if old[name] != value}:
            changes.append(
                change(row.shop_id, row.id, kind, {name: old[name] for name in fresh}, fresh, who=who, why=why)
            )
            rows.append(_plain({name: {**old, **fresh}[name] for name in ("id", *MOVABLE)}))
    connection.execute(_MOVE, {"rows": json.dumps(rows)})
    note(connection, changes)


MOVABLE = (
    "warehouse_id", "supplier_id", "quantity", "received", "held", "ordered_on", "eta", "eta_latest", "confidence",
    "reference", "state",
)  # fmt: skip
_MOVE = text(f"""
    UPDATE supplies SET ({", ".join(MOVABLE)}, version, changed_at)
        = ({", ".join(f"fresh.{name}" for name in MOVABLE)}, supplies.version + 1, now())
    FROM json_populate_recordset(NULL::supplies, :rows) AS fresh WHERE supplies.id = fresh.id
""")  # noqa: S608 - names of ours


def move(
    connection: Connection, row: Kept, kind: str, values: Mapping[str, Any], *, who: str, why: str | Said = ""
) -> Kept:
    """Set the columns and write down what changed; nothing when nothing did. Returns the row as it is then."""
    old = row._mapping  # noqa: SLF001 - that is the public name of a row's mapping
    fresh = {name: value for name, value in values.items() if old[name] != value}
    if not fresh:
        return row
    statement = update(Supply).where(Supply.id == row.id)
    grown = fresh | {"version": row.version + 1, "changed_at": func.now()}
    changed = connection.execute(statement.values(grown).returning(Supply.__table__)).one()
    before = {name: old[name] for name in fresh}
    note(connection, [change(row.shop_id, row.id, kind, before, fresh, who=who, why=why)])
    return changed


def change(
    shop_id: int,
    supply_id: int,
    kind: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    who: str,
    why: str | Said,
) -> dict[str, Any]:
    """One row for `note`."""
    told = {"before": _plain(before), "after": _plain(after), "who": who, "why": english(why)}
    told["reason"] = why.kept() if isinstance(why, Said) else {}
    return {"shop_id": shop_id, "supply_id": supply_id, "kind": kind} | told


def note(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Append to the record."""
    if changes:
        connection.execute(insert(SupplyChange), [dict(row) for row in changes])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
