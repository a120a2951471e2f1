"""What a stock's new quantity says, once the units that orders account for are taken out of it.

Units that were shipped between two looks hide as many that arrived, and units that came back from a cancelled shipment
are no news. Orders are read before stocks, so what orders say has happened is in the quantity read afterwards; what
they say later explains a fall that was seen before, if it left before that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, DateTime, Integer, Row, bindparam, case, func, select, update

from app.db import any_texts
from app.models import Shop, Stock, Variant, Warehouse
from app.platforms import FulfilmentSeen, OrderSeen, VariantSeen
from app.supply import matching
from app.supply.matching import Rise

# An order that has not been heard of for so long will not explain why a stock fell.
EXPLAINED_WITHIN = timedelta(days=3)
# A look takes a while, and the shop's clock is not quite ours.
CLOCKS_DIFFER = timedelta(minutes=2)

HAVE_LEFT = ("gone", "back")


@dataclass(frozen=True, slots=True)
class Moved:
    """`rise` units came that no order accounts for, and `unseen` came back by an order's word but do not show.

    `fall` ones have left and no order has said so yet.
    """

    rise: int
    unseen: int
    fall: int


def moved(change: int, *, shipped: int, restocked: int) -> Moved:
    """What a `change` of quantity means beside what orders said since the last look. See `Stock` for the words."""
    news = change + shipped - restocked
    unseen = min(restocked, max(0, -news))
    return Moved(max(0, news), unseen, max(0, -news - unseen))


def read(connection: Connection, shop_id: int, seen: Sequence[VariantSeen], now: datetime) -> None:
    """Find what rose in the shop's own warehouses, before the book takes over what was seen.

    A variant that is seen for the first time has not risen.
    """
    ids = [variant.id for variant in seen]
    known = set(connection.scalars(select(Variant.id).where(Variant.shop_id == shop_id, Variant.id.in_(ids))))
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)))
    changes = list(_changes(connection, shop_id, [variant for variant in seen if variant.id in known], now))
    ours = [(place, change) for place, change in changes if place[1] not in pools]
    came_back = [Rise(*place, change.unseen) for place, change in ours if change.unseen]
    rose = [Rise(*place, change.rise) for place, change in ours if change.rise]
    if came_back or rose:
        matching.lock(connection, shop_id, {there.variant for there in (*came_back, *rose)})
        matching.came_back(connection, shop_id, came_back, now)
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
            row = before.get(place)
            change = _change(row, stock.quantity)
            yield place, change
            if row is None:
                continue
            recent = row.missing_at and row.missing_at > now - EXPLAINED_WITHIN
            missing = change.fall + (row.missing if recent else 0)
            if (row.shipped, row.restocked, row.missing) != (0, 0, missing):
                since = now if change.fall else row.missing_at
                used_up.append({"variant": variant.id, "warehouse": stock.warehouse, "left": missing, "since": since})
    if used_up:
        spent = {"shipped": 0, "restocked": 0, "missing": bindparam("left"), "missing_at": bindparam("since")}
        connection.execute(_at(shop_id).values(spent), used_up)


def _change(before: Row[*tuple[Any, ...]] | None, quantity: int) -> Moved:
    if before is None:
        return moved(quantity, shipped=0, restocked=0)
    return moved(quantity - before.quantity, shipped=before.shipped, restocked=before.restocked)


def _at(shop_id: int) -> Any:
    places = (Stock.variant_id == bindparam("variant"), Stock.warehouse_id == bindparam("warehouse"))
    return update(Stock).where(Stock.shop_id == shop_id, *places)


def counted(order: OrderSeen, old: Mapping[str, str] | None) -> dict[str, str]:
    """What is known of the order's shipments by now: see `Order.shipments`."""
    return {**(old or {}), **{shipment.id: state for shipment in order.fulfilments if (state := _state(shipment))}}


def _state(shipment: FulfilmentSeen) -> str:
    match shipment.status:
        case "FULFILLED":
            return "gone"
        case "CANCELED" if shipment.cancelled_into:
            return "back"
        case "WAITING_FOR_APPROVAL":
            return "waiting"
        case _:
            return ""


def record(
    connection: Connection, shop: Shop, orders: Sequence[OrderSeen], known: Mapping[str, Mapping[Any, Any]]
) -> None:
    """Keep, beside each stock, what these orders say has left it and come back since they were last read.

    `known` are the orders as the book held them. What was shipped before anybody counted, no stock of ours remembers.
    """
    seen = _first_seen(connection, shop.id, orders)
    said: list[dict[str, Any]] = []
    for order in orders:
        old = known[order.id]["shipments"] if order.id in known else {}
        for shipment in order.fulfilments if old is not None else ():
            before, left = old.get(shipment.id), shipment.created
            if before == "waiting":
                left = max(left, known[order.id]["observed_at"])
            if order.id in known or left >= shop.installed_at:
                said += _said(order, shipment, before, left, seen)
    _keep(connection, shop.id, said)


def _first_seen(connection: Connection, shop_id: int, orders: Sequence[OrderSeen]) -> dict[str, datetime]:
    """When the variants of these orders were first seen, as far as we know."""
    variants = {line.variant for order in orders if order.fulfilments for line in order.lines if line.variant}
    query = select(Variant.id, Variant.first_seen_at).where(
        Variant.shop_id == shop_id, Variant.id == any_texts(variants), Variant.first_seen_at.is_not(None)
    )
    return {row.id: row.first_seen_at for row in connection.execute(query)} if variants else {}


def _said(
    order: OrderSeen, shipment: FulfilmentSeen, before: str | None, left: datetime, seen: Mapping[str, datetime]
) -> Iterator[dict[str, Any]]:
    """What a shipment that `left` then says beyond what was known `before`.

    What left before a variant was first `seen` is in no quantity that we know. Where we first hear of it once it is
    back, we do not know when it came back, but the two leave the stock as it was.
    """
    state, variants = _state(shipment), {line.id: line.variant for line in order.lines}
    for _, line, units in shipment.lines if state in HAVE_LEFT else ():
        if not (variant := variants.get(line)):
            continue
        said = {"variant": variant, "gone": 0, "back": 0, "left": left}
        unknown = state == "gone" and variant in seen and left < seen[variant] - CLOCKS_DIFFER
        if shipment.warehouse and before not in HAVE_LEFT and not unknown:
            yield said | {"warehouse": shipment.warehouse, "gone": units}
        if shipment.cancelled_into and state == "back" and before != "back":
            yield said | {"warehouse": shipment.cancelled_into, "back": units}


def _keep(connection: Connection, shop_id: int, said: Sequence[dict[str, Any]]) -> None:
    """What left before a fall was seen explains that; what no fall shows was hidden by as many that arrived, or is new.

    Units of variants that the shop does not count leave no stock.
    """
    if said:
        tracked = select(Variant.id).where(Variant.shop_id == shop_id, Variant.tracked)
        gone, back = bindparam("gone", type_=Integer), bindparam("back", type_=Integer)
        seen = Stock.missing_at >= bindparam("left", type_=DateTime(timezone=True)) - CLOCKS_DIFFER
        explained = case((seen, func.least(Stock.missing, gone)), else_=0)
        more = {
            "shipped": Stock.shipped + gone - explained,
            "restocked": Stock.restocked + back,
            "missing": Stock.missing - explained,
        }
        rows = sorted(said, key=lambda row: (row["variant"], row["warehouse"]))
        connection.execute(_at(shop_id).where(Stock.variant_id.in_(tracked)).values(more), rows)
