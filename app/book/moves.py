"""The append-only history of promises: one row for each move, with its cause."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from app.book import causes
from app.book.causes import Planned
from app.engine.changes import Basis
from app.models import PromiseMove

TOLD = ("ready", "waiting", "expected")


def save(
    connection: Connection,
    shop_id: int,
    lines: Sequence[Planned],
    rows: Sequence[Mapping[str, Any]],
    bases: tuple[Mapping[str, Basis], Mapping[str, Basis]],
    today: date,
    now: datetime,
) -> set[str]:
    """Keep every move from the lines as they were to the rows they become, and why. Returns the variants concerned.

    `bases` are what the plans before and what these go by, by variant.
    """
    moved = {
        row["line"]: {f"{name}_before": line.row[name] for name in TOLD} | {f"{name}_after": row[name] for name in TOLD}
        for line, row in zip(lines, rows, strict=True)
        if any(line.row[name] != row[name] for name in TOLD)
    }
    concerned: set[str] = {line.row["variant_id"] for line in lines if line.row["id"] in moved}
    if moved:
        theirs = [line for line in lines if line.row["variant_id"] in concerned]
        orders = causes.orders_of(connection, shop_id, [line.row for line in theirs])
        reasons = causes.reasons(theirs, orders, moved.keys(), *bases)
        why = causes.told(connection, shop_id, reasons, today)
        connection.execute(
            insert(PromiseMove),
            [{"shop_id": shop_id, "line_id": line, "at": now} | move | why[line] for line, move in moved.items()],
        )
    return concerned
