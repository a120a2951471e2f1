"""Which orders can ship complete, for shops that serve those first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, case, select, update

from app import marks
from app.book import turn
from app.engine.model import Policy
from app.models import Channel, Line, Order, Shop, Stock, Variant, Warehouse
from app.turns import setting


@dataclass(frozen=True, slots=True)
class Wanted:
    """Open units of one line, and the warehouses they may come from, in order."""

    order: str
    variant: str
    units: int
    warehouses: tuple[str, ...]


def completing(wanted: Iterable[Wanted], on_hand: Mapping[tuple[str, str], int]) -> set[str]:
    """Orders of which everything open can be taken from what is on hand by (variant, warehouse).

    Lines come by order, the orders first come first; one that completes keeps its units from those after it.
    """
    left = defaultdict(int, on_hand)
    found = set()
    for order, lines in groupby(wanted, key=lambda line: line.order):
        taken = _take(list(lines), left)
        if taken is not None:
            found.add(order)
            for place, units in taken.items():
                left[place] -= units
    return found


def _take(lines: Iterable[Wanted], left: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int] | None:
    taken: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        missing = line.units
        for warehouse in line.warehouses:
            place = line.variant, warehouse
            units = min(missing, max(0, left[place] - taken[place]))
            taken[place] += units
            missing -= units
        if missing:
            return None
    return taken


def refresh(connection: Connection, shop: Shop) -> None:
    """Where the shop serves complete orders first: say which they are by the book, and mark what that changes.

    It reads every open line of the shop; nothing is read under another policy.
    """
    if setting.of(shop).policy is not Policy.COMPLETE_FIRST:
        return
    found = find(connection, shop.id)
    complete = Order.id.in_(found)
    changed = connection.scalars(
        update(Order)
        .where(Order.shop_id == shop.id, Order.completes != complete)
        .values(completes=case((complete, True), else_=False))
        .returning(Order.id)
    ).all()
    lines = select(Line.variant_id).where(Line.shop_id == shop.id, Line.order_id.in_(changed), Line.open > 0)
    marks.mark(connection, shop.id, [("variant", variant) for variant in connection.scalars(lines) if variant])


def find(connection: Connection, shop_id: int) -> set[str]:
    """The ids of the orders that complete, by the book."""
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)))
    channels = connection.execute(select(Channel.id, Channel.warehouses).where(Channel.shop_id == shop_id))
    reach = {row.id: tuple(place for place in row.warehouses if place not in pools) for row in channels}
    query = (
        select(Line.order_id, Line.variant_id, Line.open, Order.channel_id, Order.queued_at, Order.number)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Variant, (Variant.shop_id == Line.shop_id) & (Variant.id == Line.variant_id))
        # What is not counted is always there.
        .where(Line.shop_id == shop_id, Line.open > 0, Variant.tracked.is_not(False))
    )
    rows = sorted(connection.execute(query), key=_place)
    wanted = (Wanted(row.order_id, row.variant_id or "", row.open, reach.get(row.channel_id, ())) for row in rows)
    stocks = connection.execute(
        select(Stock.variant_id, Stock.warehouse_id, Stock.quantity).where(Stock.shop_id == shop_id)
    )
    return completing(wanted, {(row.variant_id, row.warehouse_id): row.quantity for row in stocks})


def _place(row: Row[*tuple[Any, ...]]) -> str:
    """That of the whole order."""
    return turn.own(row.queued_at, row.number, row.order_id)
