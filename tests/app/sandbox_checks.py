"""What must hold of every promise in a sandbox shop, held against what the shop and a merchant's own reckoning say."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from app import models, queue
from app.engine.answer import Plan
from app.engine.cause import LET_DATES_MOVE_LATER
from app.engine.model import Facts
from app.supply import lines
from tests.app.sandbox_life import Life


def check(life: Life, what: str, moves_before: int, outstanding_before: int) -> None:
    facts, planned = life.planned()
    covered_and_outstanding_are_what_is_owed(life, planned)
    no_unit_is_promised_twice(life, facts, planned)
    first_come_first_served(life)
    [pool] = planned.pools
    for channel in life.town.channels:
        assert life.town.shop.available(channel, life.item) == on_offer(life)
    if what in {"buy", "edit"}:
        assert pool.outstanding <= max(outstanding_before, life.cap)
    for move in life.moves()[moves_before:]:
        assert not is_later(move) or move.cause in LET_DATES_MOVE_LATER
        assert not is_later(move) or what != "buy", "nobody's date gets later because somebody orders"


def covered_and_outstanding_are_what_is_owed(life: Life, planned: Plan) -> None:
    with life.town.runtime.engine.connect() as connection:
        claims = queue.lines(connection, life.town.id, life.item.sku)
    assert {claim["order"]: claim["quantity"] for claim in claims} == {k: n for k, n in life.owed.items() if n}
    assert all(claim["ready"] + claim["waiting"] == claim["quantity"] for claim in claims)
    assert all(sum(piece["quantity"] for piece in claim["pieces"]) == claim["quantity"] for claim in claims)
    [pool] = planned.pools
    assert pool.outstanding == sum(claim["quantity"] for claim in claims) - sum(p.ready for p in planned.promises)


def on_offer(life: Life) -> int:
    """What a merchant would reckon: what nobody is owed, or with nothing of that, what the cap leaves.

    Everybody may use both warehouses.
    """
    there = sum(life.town.shop.stocks(life.item).get(place.id, (0, 0))[0] for place in life.town.warehouses)
    short = sum(life.owed.values()) - there
    return max(0, life.cap - short) if short >= 0 else -short


def first_come_first_served(life: Life) -> None:
    """Nobody rests on anything better than somebody who bought before has to rest on."""
    with life.town.runtime.engine.connect() as connection:
        claims = {claim["order"]: claim for claim in queue.lines(connection, life.town.id, life.item.sku)}
    worst = (0, "")
    for order, _ in life.orders:
        if order.number in claims and order.number not in life.grew:
            ranks = [rank(piece) for piece in claims[order.number]["pieces"]]
            assert all(worst <= found for found in ranks)
            worst = max([worst, *ranks])


def no_unit_is_promised_twice(life: Life, facts: Facts, planned: Plan) -> None:
    """Neither one on hand in the shop, nor one that a supply still has to come."""
    given_out: Counter[tuple[str | None, str | None]] = Counter()
    for piece in (piece for promise in planned.promises for piece in promise.pieces):
        given_out[piece.warehouse, piece.supply] += piece.quantity
    for place, (units, _) in life.town.shop.stocks(life.item).items():
        assert given_out[place, None] <= units
    with life.town.runtime.engine.connect() as connection:
        rows = {str(row.id): row for row in lines.rows(connection, life.town.id, sku=life.item.sku)}
    for supply in facts.supplies:
        row = rows[supply.id]
        assert given_out[supply.warehouse, supply.id] <= row.quantity - row.received - row.held * (not row.received)
    for place, doubtful in doubts(life).items():
        coming = sum(row.quantity - row.received for row in rows.values() if row.warehouse_id == place)
        assert sum(given_out[place, number] for number in rows) <= max(0, coming - doubtful)


def doubts(life: Life) -> Counter[str]:
    """By warehouse, the units by which its stock rose, where nobody has said yet whether that is supply."""
    query = select(models.StockRise.warehouse_id, models.StockRise.units).where(
        models.StockRise.variant_id == life.item.id, models.StockRise.state == "open"
    )
    found: Counter[str] = Counter()
    with life.town.runtime.engine.connect() as connection:
        for place, units in connection.execute(query):
            found[place] += units
    return found


def rank(piece: dict[str, Any]) -> tuple[int, str]:
    kinds = {"on_hand": 0, "supply": 1}
    return kinds.get(piece["source"], 2), str(piece["expected"]) if piece["source"] == "supply" else ""


def is_later(move: Any) -> bool:
    had_a_day = move.waiting_before and move.expected_before
    return bool(had_a_day and move.waiting_after) and (
        move.expected_after is None or move.expected_after > move.expected_before
    )
