"""The append-only history of promises: one row for each move, with its cause."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import QueryableAttribute

from app.activity.telling import APP, Subject, Thing, row_of
from app.book import causes
from app.book.causes import Planned
from app.engine.cause import Cause
from app.engine.changes import Basis
from app.models import Activity, PromiseMove, Supply, Variant

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
        kept = [{"shop_id": shop_id, "line_id": line, "at": now} | move | why[line] for line, move in moved.items()]
        connection.execute(insert(PromiseMove), kept)
        _tell(connection, shop_id, {line.row["id"]: line.row["variant_id"] for line in theirs}, kept, now)
    return concerned


def _tell(
    connection: Connection, shop_id: int, variants: Mapping[str, str], kept: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """One activity for all lines of a variant that one cause moved. That a line joined the queue is none."""
    groups = defaultdict(list)
    for move in kept:
        if move["cause"] != Cause.ORDERED:
            groups[variants[move["line_id"]], move["cause"], move["supply_id"]].append(move)
    if not groups:
        return
    skus = _names(connection, Variant, Variant.sku, shop_id, {variant for variant, _, _ in groups})
    references = _names(connection, Supply, Supply.reference, shop_id, {supply for _, _, supply in groups if supply})
    rows = [
        row_of(
            shop_id, APP, "queue.moved", Thing(Subject.VARIANT, variant, skus.get(variant, "")),
            also=Thing(Subject.SUPPLY, str(supply), references.get(supply, "")) if supply else None,
            effect={"lines": len(moves)} | _directions(moves),
            cause=cause, why=moves[0]["why"], sku=skus.get(variant, ""), lines=len(moves),
        ) | {"at": now}
        for (variant, cause, supply), moves in groups.items()
    ]  # fmt: skip
    connection.execute(insert(Activity), rows)


def _names(
    connection: Connection, table: Any, name: QueryableAttribute[str], shop_id: int, ids: Collection[Any]
) -> dict[Any, str]:
    query = select(table.id, name.label("name")).where(table.shop_id == shop_id, table.id.in_(ids))
    return {row.id: row.name for row in connection.execute(query)}


def _directions(moves: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many of the moves put a line's day off, and how many brought it forward; no day is the latest of all."""
    later = [move for move in moves if _is_later(move, "after", "before")]
    sooner = [move for move in moves if _is_later(move, "before", "after")]
    return {"later": len(later), "sooner": len(sooner)}


def _is_later(move: Mapping[str, Any], than: str, then: str) -> bool:
    one, other = move[f"expected_{than}"], move[f"expected_{then}"]
    return bool(other and (move[f"waiting_{than}"] if one is None else one > other))
