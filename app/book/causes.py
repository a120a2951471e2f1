"""Why the promises of lines moved, from rows: the cause of each move, a sentence, and the supply it names."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from app.book.orders import GIVEN_UP
from app.engine.answer import Piece, Promise, Source
from app.engine.changes import Basis, LineChange, Reason
from app.engine.tracing import Tracer
from app.models import Order, Warehouse
from app.reasons import kept, sentence

Orders = Mapping[str, Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Planned:
    """A line as the last plan left it, and what the new one gives it; `units_left` of its units were shipped by now."""

    row: Mapping[str, Any]
    promises: Sequence[Promise]
    units_left: int

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for promise in self.promises for piece in promise.pieces)

    @property
    def shipped(self) -> int:
        """Units that left since the last plan; fewer than none came back."""
        return 0 if self.row["shipped"] is None else self.units_left - self.row["shipped"]


def orders_of(connection: Connection, shop_id: int, lines: Sequence[Mapping[str, Any]]) -> Orders:
    """The orders of the lines, by id."""
    query = select(Order.id, Order.number, Order.channel_id, Order.status, Order.queued_at)
    found = query.where(Order.shop_id == shop_id, Order.id.in_({line["order_id"] for line in lines}))
    return {row.id: row for row in connection.execute(found)}


def units_left(line: Mapping[str, Any], order: Row[*tuple[Any, ...]]) -> int:
    """How many units of the line were shipped. Of an order that was given up none are open, though none left."""
    left: int = line["shipped"] or 0 if order.status in GIVEN_UP else line["quantity"] - line["open"]
    return left


def reasons(
    lines: Sequence[Planned],
    orders: Orders,
    wanted: Collection[str],
    then: Mapping[str, Basis],
    now: Mapping[str, Basis],
) -> dict[str, Reason]:
    """The reason for the move of each wanted line, by its id. `lines` are all of the variants that have such a line."""
    by_variant = defaultdict(list)
    for line in lines:
        by_variant[line.row["variant_id"]].append(line)
    found: dict[str, Reason] = {}
    for variant, all_lines in by_variant.items():
        if variant in now:
            changes = [_change(line, orders[line.row["order_id"]]) for line in _in_turn(all_lines, orders)]
            tracer = Tracer(then.get(variant), now[variant], changes)
            found |= {change.line: tracer.reason(change) for change in changes if change.line in wanted}
    return found


def _in_turn(lines: Sequence[Planned], orders: Orders) -> list[Planned]:
    return sorted(lines, key=lambda line: (orders[line.row["order_id"]].queued_at, line.row["id"]))


def _change(line: Planned, order: Row[*tuple[Any, ...]]) -> LineChange:
    row = line.row
    before, after = row["ready"] + row["waiting"], row["open"]
    return LineChange(
        line=row["id"],
        order=order.number,
        channel=order.channel_id,
        before=tuple(_pieces(row["pieces"])) if before else (),
        after=line.pieces,
        shipped=line.shipped,
        added=after + line.shipped - before,
        given_up=order.status in GIVEN_UP,
        approving=row["approving"],
    )


def _pieces(kept: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    for piece in kept:
        day = date.fromisoformat(piece["expected"]) if piece["expected"] else None
        yield Piece(piece["quantity"], Source(piece["source"]), piece["warehouse"], piece["supply"], day)


def told(connection: Connection, shop_id: int, found: Mapping[str, Reason], today: date) -> dict[str, dict[str, Any]]:
    """The reasons as columns of a move."""
    names: dict[str, str] = {}
    if any(reason.warehouse for reason in found.values()):
        rows = connection.execute(select(Warehouse.id, Warehouse.name).where(Warehouse.shop_id == shop_id))
        names = {row.id: row.name for row in rows}
    return {
        line: {
            "cause": reason.cause.value,
            "why": sentence(reason, names, today),
            "reason": kept(reason, names),
            "supply_id": int(reason.supply) if reason.supply else None,
        }
        for line, reason in found.items()
    }
