"""What a stock's new quantity says, once the units that orders account for are taken out of it.

Units that were shipped between two looks hide as many that arrived, and units that came back from a cancelled shipment
are no news. Orders are read before stocks, so what orders say has happened is in the quantity read afterwards; what
they say later explains a fall that was seen before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from app.models import Shop, Stock, Variant, Warehouse
from app.platforms import FulfilmentSeen, OrderSeen, VariantSeen
from app.supply import matching
from app.supply.matching import Rise

# An order that has not been heard of for so long will not explain why a stock fell.
EXPLAINED_WITHIN = timedelta(hours=1)

Counts = Counter[tuple[str, str]]


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
    changes = list(_changes(connection, shop_id, [variant for variant in seen if variant.id in known], now))
    ours = [(place, change) for place, change in changes if place[1] not in pools]
    if came_back := [Rise(*place, change.unseen) for place, change in ours if change.unseen]:
        matching.came_back(connection, shop_id, came_back, now)
    if rose := [Rise(*place, change.rise) for place, change in ours if change.rise]:
        matching.found(connection, shop_id, rose, now)


def _changes(
    connection: Connection, shop_id: int, seen: Sequence[VariantSeen], now: datetime
) -> Iterator[tuple[tuple[str, str], Moved]]:
    """What each row's new quantity says; what orders said is used up by that."""
    query = select(Stock).where(Stock.shop_id == shop_id, Stock.variant_id.in_([variant.id for variant in seen]))
    before = {(row.variant_id, row.warehouse_id): row for row in connection.execute(query.with_for_update())}
    used_up = []
    for variant in seen:
        for stock in variant.stocks:
            place = (variant.id, stock.warehouse)
            change = _change(before.get(place), stock.quantity, now)
            yield place, change
            if place in before and _said(before[place]) != (0, 0, change.missing):
                used_up.append({"variant": variant.id, "warehouse": stock.warehouse, "left": change.missing})
    if used_up:
        spent = {"shipped": 0, "restocked": 0, "missing": bindparam("left")}
        connection.execute(_at(shop_id).values(spent), used_up)


def _change(before: Row[*tuple[Any, ...]] | None, quantity: int, now: datetime) -> Moved:
    if before is None:
        return moved(quantity, shipped=0, restocked=0, missing=0)
    shipped, restocked, missing = _said(before)
    recent = missing if before.changed_at > now - EXPLAINED_WITHIN else 0
    return moved(quantity - before.quantity, shipped=shipped, restocked=restocked, missing=recent)


def _said(row: Row[*tuple[Any, ...]]) -> tuple[int, int, int]:
    return row.shipped, row.restocked, row.missing


def _at(shop_id: int) -> Any:
    places = (Stock.variant_id == bindparam("variant"), Stock.warehouse_id == bindparam("warehouse"))
    return update(Stock).where(Stock.shop_id == shop_id, *places)


def counted(order: OrderSeen, old: Mapping[str, str] | None) -> dict[str, str]:
    """Which shipments of the order have left a stock by now, and which came back into one: see `Order.shipments`."""
    return {**(old or {}), **{shipment.id: state for shipment in order.fulfilments if (state := _state(shipment))}}


def _state(shipment: FulfilmentSeen) -> str:
    match shipment.status:
        case "FULFILLED":
            return "gone"
        case "CANCELED" if shipment.cancelled_into:
            return "back"
        case _:
            return ""


def record(
    connection: Connection, shop: Shop, orders: Sequence[OrderSeen], known: Mapping[str, Mapping[Any, Any]]
) -> None:
    """Keep, beside each stock, what these orders say has left it and come back since they were last read.

    `known` are the orders as the book held them. What was shipped before anybody counted, no stock of ours remembers.
    """
    shipped: Counts = Counter()
    restocked: Counts = Counter()
    for order in orders:
        old = known[order.id]["shipments"] if order.id in known else {}
        for shipment in order.fulfilments if old is not None else ():
            before, state = old.get(shipment.id), _state(shipment)
            if order.id not in known and shipment.created < shop.installed_at:
                continue
            if state and before is None and shipment.warehouse:
                shipped.update(_units(order, shipment, shipment.warehouse))
            if state == "back" and before != "back" and shipment.cancelled_into:
                restocked.update(_units(order, shipment, shipment.cancelled_into))
    _keep(connection, shop.id, shipped, restocked)


def _units(order: OrderSeen, shipment: FulfilmentSeen, warehouse: str) -> Counts:
    variants = {line.id: line.variant for line in order.lines}
    units: Counts = Counter()
    for _, line, quantity in shipment.lines:
        if variant := variants.get(line):
            units[variant, warehouse] += quantity
    return units


def _keep(connection: Connection, shop_id: int, shipped: Counts, restocked: Counts) -> None:
    """Units of variants that the shop does not count leave no stock."""
    rows = [
        {"variant": place[0], "warehouse": place[1], "gone": shipped[place], "back": restocked[place]}
        for place in sorted({*shipped, *restocked})
    ]
    if rows:
        tracked = select(Variant.id).where(Variant.shop_id == shop_id, Variant.tracked)
        more = {"shipped": Stock.shipped + bindparam("gone"), "restocked": Stock.restocked + bindparam("back")}
        connection.execute(_at(shop_id).where(Stock.variant_id.in_(tracked)).values(more), rows)
