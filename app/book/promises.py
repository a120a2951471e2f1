"""From the engine's plans back to rows: what each line gets, how that moved, and what was sold beyond a cap."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.engine import line_state
from app.engine.model import Piece, Plan, Promise
from app.models import Line, Overrun, PromiseMove, Variant

TOLD = ("ready", "waiting", "expected")


def save_plans(connection: Connection, shop_id: int, plans: Sequence[Plan], today: date, now: datetime) -> None:
    """Keep the plans: each line's pieces and state, and every move of them in the append-only history."""
    variants = [plan.variant for plan in plans]
    lines = _planned_lines(connection, shop_id, variants)
    promises = _by_line(plans)
    rows = [_state_row(line, promises.get(line["id"], []), today) for line in lines]
    _save_lines(connection, shop_id, rows)
    _save_moves(connection, shop_id, lines, rows, now)
    _save_overruns(connection, shop_id, lines, promises)
    _save_revisits(connection, shop_id, plans, _days_let_down(lines, rows, today))


def _planned_lines(connection: Connection, shop_id: int, variants: Collection[str]) -> list[dict[str, Any]]:
    """Lines the plans speak of, and those that were spoken of before and have nothing open any more."""
    query = select(Line.__table__).where(
        Line.shop_id == shop_id,
        Line.variant_id.in_(variants),
        (Line.open > 0) | (Line.ready > 0) | (Line.waiting > 0),
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _by_line(plans: Sequence[Plan]) -> dict[str, list[Promise]]:
    found = defaultdict(list)
    for promise in chain.from_iterable(plan.promises for plan in plans):
        found[promise.claim.line].append(promise)
    return found


def _state_row(line: dict[str, Any], promises: Sequence[Promise], today: date) -> dict[str, Any]:
    pieces = [piece for promise in promises for piece in promise.pieces]
    state = line_state(pieces, whole=any(promise.whole for promise in promises), promised=line["promised"], today=today)
    return {
        "line": line["id"],
        "beyond": sum(promise.beyond_cap for promise in promises),
        "pieces": [_piece_row(piece) for piece in pieces],
        "ready": state.ready,
        "waiting": state.waiting,
        "expected": state.expected,
        "promised": state.expected or line["promised"] if state.waiting else None,
    }


def _piece_row(piece: Piece) -> dict[str, Any]:
    return {
        "quantity": piece.quantity,
        "source": piece.source.value,
        "warehouse": piece.warehouse,
        "supply": piece.supply,
        "expected": piece.expected.isoformat() if piece.expected else None,
    }


def _save_lines(connection: Connection, shop_id: int, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        names = [name for name in rows[0] if name != "line"]
        statement = (
            update(Line)
            .where(Line.shop_id == shop_id, Line.id == bindparam("line"))
            .values({name: bindparam(f"new_{name}") for name in names} | {"judged": True})
        )
        connection.execute(
            statement, [{"line": row["line"]} | {f"new_{name}": row[name] for name in names} for row in rows]
        )


def _save_moves(
    connection: Connection,
    shop_id: int,
    lines: Sequence[dict[str, Any]],
    rows: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    moves = [
        {"shop_id": shop_id, "line_id": line["id"], "at": now}
        | {f"{name}_before": line[name] for name in TOLD}
        | {f"{name}_after": row[name] for name in TOLD}
        for line, row in zip(lines, rows, strict=True)
        if any(line[name] != row[name] for name in TOLD)
    ]
    if moves:
        connection.execute(insert(PromiseMove), moves)


def _save_overruns(
    connection: Connection,
    shop_id: int,
    lines: Sequence[dict[str, Any]],
    promises: dict[str, list[Promise]],
) -> None:
    """Where lines are held against the cap for the first time, those that went beyond it by that.

    They need not be the new ones: of simultaneous orders an older one may be seen later, and push a younger one out.
    Excess that comes without a new line is the merchant's: stock lost, a cap lowered.
    """
    joined = {line["variant_id"] for line in lines if not line["judged"]}
    rows = [
        {"shop_id": shop_id, "line_id": line["id"], "variant_id": line["variant_id"], "units": units}
        for line in lines
        if line["variant_id"] in joined and (units := _beyond(promises, line)) > line["beyond"]
    ]
    if rows:
        statement = upsert(Overrun).values(rows)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["shop_id", "line_id"], set_={"units": statement.excluded.units}
            )
        )


def _beyond(promises: Mapping[str, Sequence[Promise]], line: Mapping[str, Any]) -> int:
    """Units of the line beyond the cap."""
    return sum(promise.beyond_cap for promise in promises.get(line["id"], ()))


def _days_let_down(lines: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], today: date) -> dict[str, date]:
    """By variant, the first day on which a line is late whose date was told and is lost: no plan knows that day."""
    found: dict[str, date] = {}
    for line, row in zip(lines, rows, strict=True):
        if row["waiting"] and row["expected"] is None and row["promised"] and row["promised"] >= today:
            variant, day = line["variant_id"], row["promised"] + timedelta(days=1)
            found[variant] = min(day, found.get(variant, day))
    return found


def _save_revisits(connection: Connection, shop_id: int, plans: Sequence[Plan], let_down: Mapping[str, date]) -> None:
    statement = (
        update(Variant)
        .where(Variant.shop_id == shop_id, Variant.id == bindparam("variant"))
        .values(revisit=bindparam("day"))
    )
    days = [(plan.variant, filter(None, (plan.revisit, let_down.get(plan.variant)))) for plan in plans]
    if days:
        connection.execute(
            statement, [{"variant": variant, "day": min(found, default=None)} for variant, found in days]
        )
