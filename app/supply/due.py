"""What is due when, and what waits for it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, text

from app.models import Supply, Variant
from app.supply.listing import due


@dataclass(slots=True)
class Day:
    """How many lines are due on a day, and the first of them: `id`, `reference`, `units` to come, `sku`."""

    count: int = 0
    lines: list[Row[*tuple[Any, ...]]] = field(default_factory=list)


def by_day(connection: Connection, shop_id: int, first: date, last: date, listed: int) -> dict[date, Day]:
    """The lines still to come that are due between two days, by the day, so many of each day at the most."""
    place = func.row_number().over(partition_by=due, order_by=Supply.id).label("place")
    of_day = func.count().over(partition_by=due).label("of_day")
    expected = (
        select(
            due.label("day"), Supply.id, Supply.variant_id, Supply.reference, place, of_day,
            (Supply.quantity - Supply.received).label("units"),
        )
        .where(Supply.shop_id == shop_id, Supply.state == "expected", due.between(first, last))
        .subquery()
    )  # fmt: skip
    variant = (Variant.shop_id == shop_id) & (Variant.id == expected.c.variant_id)
    query = select(expected, Variant.sku).outerjoin(Variant, variant).where(expected.c.place <= listed)
    found: dict[date, Day] = defaultdict(Day)
    for row in connection.execute(query.order_by(expected.c.day, expected.c.id)):
        found[row.day].count = row.of_day
        found[row.day].lines.append(row)
    return found


PROMISED = text("""
SELECT count(DISTINCT line.order_id), coalesce(sum(piece.quantity), 0)
FROM lines line, jsonb_to_recordset(line.pieces) AS piece (quantity int, supply text)
WHERE line.shop_id = :shop AND line.variant_id = :variant AND line.open > 0 AND piece.supply = :supply
""")


def promised_from(connection: Connection, shop_id: int, supply: Any) -> tuple[int, int]:
    """How many orders wait for units of the supply, and for how many, by the last plan."""
    values = {"shop": shop_id, "variant": supply.variant_id, "supply": str(supply.id)}
    orders, units = connection.execute(PROMISED, values).one()
    return int(orders), int(units)


def open_by_supplier(
    connection: Connection, shop_id: int, supplier_ids: Collection[int], today: date
) -> dict[int, tuple[int, int]]:
    """How many lines of each of these suppliers are still to come, and how many of them are late."""
    late = func.count(case((due < today, 1)))
    query = (
        select(Supply.supplier_id, func.count().label("lines"), late.label("late"))
        .where(Supply.shop_id == shop_id, Supply.state == "expected", Supply.supplier_id.in_(supplier_ids))
        .group_by(Supply.supplier_id)
    )
    return {row.supplier_id: (row.lines, row.late) for row in connection.execute(query)}
