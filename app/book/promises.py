"""From the engine's plans back to rows: what each line gets, how that moved, and what was sold beyond a cap."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app import turns
from app.book import bases, causes, deliveries, moves, turn
from app.book.causes import Planned
from app.engine import line_state
from app.engine.answer import Piece, Plan, Promise
from app.engine.model import Facts
from app.models import Line, Overrun, Variant

READ = ("id", "order_id", "variant_id", "quantity", "open", "approving", "judged", "shipped_at")
LINE = (
    "pieces",
    "ready",
    "waiting",
    "expected",
    "promised",
    "beyond",
    "shipped",
    "rests_on",
    "let_down_by",
    "turn",
    "due",
)


def save_plans(
    connection: Connection, shop_id: int, facts: Sequence[Facts], plans: Sequence[Plan], today: date, now: datetime
) -> None:
    """Keep the plans of these facts: each line's pieces and state, and every move of them with its cause.

    What had been promised for units that were shipped is kept too.
    """
    variants = [plan.variant for plan in plans]
    lines, promises = _planned_lines(connection, shop_id, variants), _by_line(plans)
    planned = _planned(connection, shop_id, lines, promises)
    places, days = turn.places(connection, shop_id, facts, lines), _due_days(facts)
    rows = [_state_row(line, days, today) | {"turn": places[line.row["id"]]} for line in planned]
    then = bases.kept(connection, shop_id, variants)
    going_by = bases.present(connection, shop_id, facts, then, today)
    stirred = moves.save(connection, shop_id, planned, rows, (then, going_by), today, now)
    deliveries.save(connection, shop_id, planned, facts[0].time_zone if facts else "UTC", now)
    _save_lines(connection, shop_id, lines, rows)
    turns.end_met_redates(connection, shop_id, variants, now)
    _save_overruns(connection, shop_id, lines, promises)
    _save_revisits(connection, shop_id, plans, _days_let_down(lines, rows, today))
    bases.save(
        connection, shop_id, {v: b for v, b in going_by.items() if v in stirred or bases.is_news(b, then.get(v))}
    )


def _planned_lines(connection: Connection, shop_id: int, variants: Collection[str]) -> list[dict[str, Any]]:
    """Lines the plans speak of, and those that were spoken of before and have nothing open any more."""
    query = select(*(getattr(Line, name) for name in READ + LINE)).where(
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


def _planned(
    connection: Connection, shop_id: int, lines: Sequence[dict[str, Any]], promises: Mapping[str, Sequence[Promise]]
) -> list[Planned]:
    fewer = [line for line in lines if line["quantity"] - line["open"] != line["shipped"]]
    orders = causes.orders_of(connection, shop_id, fewer) if fewer else {}
    left = {line["id"]: causes.units_left(line, orders[line["order_id"]]) for line in fewer}
    return [
        Planned(line, promises.get(line["id"], []), left.get(line["id"], line["quantity"] - line["open"]))
        for line in lines
    ]


def _state_row(line: Planned, days: Mapping[str, date], today: date) -> dict[str, Any]:
    pieces, promised = line.pieces, line.row["promised"]
    state = line_state(line.promises, promised=promised, today=today)
    # What is on hand and held waits for a person, who gives no day.
    dated = any(not piece.ready for piece in pieces)
    rests_on = _rests_on(pieces) or line.row["rests_on"]
    let_down_by = _let_down_by(line.row, days, today) if state.waiting else None
    return {
        "line": line.row["id"],
        "beyond": sum(promise.beyond_cap for promise in line.promises),
        "pieces": [_piece_row(piece) for piece in pieces],
        "ready": state.ready,
        "waiting": state.waiting,
        "expected": state.expected,
        "promised": state.expected or promised if dated else None,
        "shipped": line.units_left,
        "rests_on": rests_on,
        "let_down_by": let_down_by,
        "due": _due(pieces, (let_down_by, None if state.expected else rests_on), days) if dated else None,
    }


def _due_days(facts: Sequence[Facts]) -> dict[str, date]:
    """When each supply that is expected is due."""
    return {supply.id: supply.eta for each in facts for supply in each.supplies}


def _let_down_by(line: Mapping[str, Any], days: Mapping[str, date], today: date) -> int | None:
    """The first of the supplies that is late, of those the line rested on or was let down by until now."""
    before = {piece["supply"] for piece in line["pieces"]} | {str(line["let_down_by"])}
    late = min(((days[supply], int(supply)) for supply in before if days.get(supply, today) < today), default=None)
    return late and late[1]


def _due(pieces: Iterable[Piece], lost: Iterable[int | None], days: Mapping[str, date]) -> date | None:
    """When the first of the supplies is due that units come with, or that they `lost`."""
    supplies = {piece.supply or "" for piece in pieces} | set(map(str, lost))
    return min((days[supply] for supply in supplies if supply in days), default=None)


def _rests_on(pieces: Iterable[Piece]) -> int | None:
    """The supply that the last of the units comes with."""
    coming = [piece for piece in pieces if piece.supply]
    last = max(coming, key=lambda piece: piece.expected or date.max, default=None)
    return int(last.supply) if last and last.supply else None


def _piece_row(piece: Piece) -> dict[str, Any]:
    return {
        "quantity": piece.quantity,
        "source": piece.source.value,
        "warehouse": piece.warehouse,
        "supply": piece.supply,
        "expected": piece.expected.isoformat() if piece.expected else None,
    }


def _save_lines(
    connection: Connection, shop_id: int, lines: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the lines of which anything is new."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in LINE} | {"judged": True}
    statement = update(Line).where(Line.shop_id == shop_id, Line.id == bindparam("line")).values(values)
    news = [
        {"line": row["line"]} | {f"new_{name}": row[name] for name in LINE}
        for line, row in zip(lines, rows, strict=True)
        if not line["judged"] or any(line[name] != row[name] for name in LINE)
    ]
    if news:
        connection.execute(statement, news)


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
