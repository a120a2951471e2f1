"""What a stock's new quantity says, once the units that orders account for are taken out of it.

Units that were shipped between two looks hide as many that arrived, and units that came back from a cancelled shipment
are no news. Orders are read before stocks, so what orders say has happened is in the quantity read afterwards; what
they say later explains a fall that was seen before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.models import Stock, Variant, Warehouse
from app.platforms import VariantSeen
from app.supply import matching
from app.supply.matching import Rise


@dataclass(frozen=True, slots=True)
class Moved:
    """`rise` units came that no order accounts for, and `unseen` came back by an order's word but do not show.

    `missing` ones have left by now and no order has said so yet.
    """

    rise: int
    unseen: int
    missing: int


def moved(change: int, *, shipped: int, restocked: int, missing: int) -> Moved:
    """What a `change` of quantity means beside what orders said since the last look. See `Stock` for the words."""
    explained = min(shipped, missing)
    news = change + (shipped - explained) - restocked
    unseen = min(restocked, max(0, -news))
    return Moved(max(0, news), unseen, missing - explained + max(0, -news - unseen))


def read(connection: Connection, shop_id: int, seen: Sequence[VariantSeen], now: datetime) -> None:
    """Find what rose in the shop's own warehouses, before the book takes over what was seen.

    A variant that is seen for the first time has not risen.
    """
    ids = [variant.id for variant in seen]
    known = set(connection.scalars(select(Variant.id).where(Variant.shop_id == shop_id, Variant.id.in_(ids))))
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)))
    rose = list(_rises(connection, shop_id, [v for v in seen if v.id in known], pools))
    if rose:
        matching.found(connection, shop_id, rose, now)


def _rises(connection: Connection, shop_id: int, seen: Sequence[VariantSeen], pools: set[str]) -> Iterator[Rise]:
    query = select(Stock).where(Stock.shop_id == shop_id, Stock.variant_id.in_([variant.id for variant in seen]))
    before = {(row.variant_id, row.warehouse_id): row.quantity for row in connection.execute(query)}
    for variant in seen:
        for stock in variant.stocks:
            units = stock.quantity - before.get((variant.id, stock.warehouse), 0)
            if units > 0 and stock.warehouse not in pools:
                yield Rise(variant.id, stock.warehouse, units)
