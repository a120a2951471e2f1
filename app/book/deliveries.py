"""What was promised for units that were shipped."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select

from app.book.causes import Planned
from app.models import Delivery, PromiseMove, Supply

Moves = Sequence[Row[*tuple[Any, ...]]]


def save(connection: Connection, shop_id: int, lines: Sequence[Planned], zone: str, now: datetime) -> None:
    """A row for the units of each line that left since the last plan. Those ready when ordered never had a date.

    The day they left is that of the shop's time zone.
    """
    left = [line for line in lines if line.shipped > 0]
    if not left:
        return
    moves = _moves(connection, shop_id, [line.row["id"] for line in left])
    suppliers = _suppliers(connection, shop_id, {line.row["rests_on"] for line in left})
    rows = [
        {
            "shop_id": shop_id,
            "line_id": line.row["id"],
            "variant_id": line.row["variant_id"],
            "supplier_id": suppliers.get(line.row["rests_on"]) if dated else None,
            "units": units,
            "promised_first": dated[0] if dated else None,
            "promised_last": dated[-1] if dated else None,
            "shipped_on": (line.row["shipped_at"] or now).astimezone(ZoneInfo(zone)).date(),
            "at": now,
        }
        for line in left
        for units, dated in _shares(line, moves.get(line.row["id"], []))
    ]
    connection.execute(insert(Delivery), rows)


def _moves(connection: Connection, shop_id: int, lines: Collection[str]) -> dict[str, Moves]:
    query = select(PromiseMove.line_id, PromiseMove.ready_after, PromiseMove.expected_after)
    query = query.where(PromiseMove.shop_id == shop_id, PromiseMove.line_id.in_(lines)).order_by(PromiseMove.id)
    found: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.line_id, []).append(row)
    return dict(found)


def _suppliers(connection: Connection, shop_id: int, supplies: Collection[int | None]) -> dict[int | None, int | None]:
    query = select(Supply.id, Supply.supplier_id).where(
        Supply.shop_id == shop_id, Supply.id.in_(filter(None, supplies))
    )
    return {row.id: row.supplier_id for row in connection.execute(query)}


def _shares(line: Planned, moves: Moves) -> Iterator[tuple[int, list[date]]]:
    """How many of the units that left had no date, and how many had which; the first that leave were ready first."""
    dates = [move.expected_after for move in moves if move.expected_after]
    at_once = max(0, moves[0].ready_after - (line.row["shipped"] or 0)) if moves and dates else line.shipped
    without = min(line.shipped, at_once)
    if without:
        yield without, []
    if line.shipped > without:
        yield line.shipped - without, dates
