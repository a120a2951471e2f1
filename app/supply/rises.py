"""Rises that nobody has explained yet: as many units of the supply expected there may be on the shelf already.

They are in doubt, and promised to nobody, until a person takes the rise as a receipt or dismisses it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, func, insert, select, update

from app import clock, marks
from app.models import Receipt, Shop, StockRise, Supply, Variant, Warehouse
from app.sentences import STATES
from app.supply import receipts, record
from app.supply.receipts import to_come
from app.supply.record import Kept
from app.supply.wrong import NOTHING_TO_COME, BadSupply, NoSuchSupply


def withheld(lines: Iterable[tuple[int, int]], doubt: int) -> dict[int, int]:
    """How much of each (number, units), in that order, is in doubt when `doubt` units are."""
    kept = {}
    for number, units in lines:
        kept[number] = min(units, doubt)
        doubt -= kept[number]
    return kept


def in_doubt(connection: Connection, supply: Kept) -> int:
    """Units by which the stock rose where the supply is expected, and that nobody has explained."""
    query = select(func.coalesce(func.sum(StockRise.units), 0)).where(*_open_there(supply))
    return int(connection.execute(query).scalar_one())


def _open_there(supply: Kept) -> tuple[Any, ...]:
    return (
        StockRise.shop_id == supply.shop_id,
        StockRise.variant_id == supply.variant_id,
        StockRise.warehouse_id == supply.warehouse_id,
        StockRise.state == "open",
    )


def explain(connection: Connection, supply: Kept, receipt: Kept, who: str) -> Kept:
    """A receipt that a person entered explains as many units of the open rises there. Returns its row."""
    query = select(StockRise.__table__).where(*_open_there(supply)).order_by(StockRise.id).with_for_update()
    left = receipt.units
    for rise in connection.execute(query).all():
        if left:
            left -= _take(connection, rise, left, receipt.id, who)
    if left == receipt.units:
        return receipt
    counted = update(Receipt).where(Receipt.id == receipt.id).values(counted=receipt.units - left)
    return connection.execute(counted.returning(Receipt.__table__)).one()


def _take(connection: Connection, rise: Kept, most: int, receipt_id: int, who: str) -> int:
    """Up to so many units of an open rise are explained by the receipt; the rest of it stays open."""
    units: int = min(rise.units, most)
    taken = {"units": units, "state": "taken", "receipt_id": receipt_id, "who": who, "settled_at": func.now()}
    connection.execute(update(StockRise).where(StockRise.id == rise.id).values(taken))
    if rise.units > units:
        same = {name: getattr(rise, name) for name in ("shop_id", "variant_id", "warehouse_id", "at")}
        connection.execute(insert(StockRise).values(same | {"units": rise.units - units}))
    return units


def confirm(connection: Connection, supply: Kept, units: int | None, *, who: str, why: str) -> Kept | None:
    """A person enters just what the stock alone had said of a supply that is received. The receipt's row, or None."""
    if supply.state != "received":
        return None
    query = select(Receipt.__table__).where(
        Receipt.supply_id == supply.id, Receipt.source == "stock", Receipt.undone_at.is_(None)
    )
    receipt = connection.execute(query.order_by(Receipt.id.desc())).first()
    if receipt is None or units not in {None, receipt.units}:
        return None
    sure = update(Receipt).where(Receipt.id == receipt.id).values(source="person", who=who)
    sources = ({"source": "stock"}, {"source": "person"})
    record.note(connection, [record.change(supply.shop_id, supply.id, "received", *sources, who=who, why=why)])
    return connection.execute(sure.returning(Receipt.__table__)).one()


def rows(
    connection: Connection,
    shop_id: int,
    *,
    state: str | None = "open",
    after: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rises, oldest first: all columns, and `sku`, `warehouse` (slug) and `supply`, None where there is none.

    `product`, `variant` and `place` are names, `supply` is the number of the earliest line expected there. `state`
    None: all of them. `after` is an id.
    """
    earliest = (
        select(Supply.id)
        .where(
            Supply.shop_id == shop_id,
            Supply.variant_id == StockRise.variant_id,
            Supply.warehouse_id == StockRise.warehouse_id,
            Supply.state == "expected",
        )
        .order_by(Supply.eta, Supply.id)
        .limit(1)
        .correlate(StockRise)
        .scalar_subquery()
    )
    same_shop = StockRise.shop_id
    query = (
        select(
            StockRise.__table__,
            Variant.sku,
            Variant.product_name.label("product"),
            Variant.name.label("variant"),
            Warehouse.slug.label("warehouse"),
            Warehouse.name.label("place"),
            earliest.label("supply"),
        )
        .outerjoin(Variant, (Variant.shop_id == same_shop) & (Variant.id == StockRise.variant_id))
        .outerjoin(Warehouse, (Warehouse.shop_id == same_shop) & (Warehouse.id == StockRise.warehouse_id))
        .where(same_shop == shop_id, StockRise.id > (after or 0))
        .order_by(StockRise.id)
        .offset(offset)
        .limit(limit)
    )
    return connection.execute(query if state is None else query.where(StockRise.state == state)).all()


def count(connection: Connection, shop_id: int, state: str = "open") -> int:
    """How many rises there are in this state."""
    query = select(func.count()).select_from(StockRise)
    return connection.scalar(query.where(StockRise.shop_id == shop_id, StockRise.state == state)) or 0


def take(connection: Connection, shop: Shop, rise_id: int, supply_id: int, *, who: str, why: str = "") -> Kept:
    """The rise was a receipt of this supply; what it did not owe stays open. Returns the receipt. Raises BadSupply."""
    supply = record.locked(connection, shop.id, supply_id)
    rise = _open(connection, shop.id, rise_id)
    if (supply.variant_id, supply.warehouse_id) != (rise.variant_id, rise.warehouse_id):
        raise BadSupply(
            lazy("supply: {supply} is of another variant or warehouse than rise {rise}."),
            supply=str(supply_id),
            rise=str(rise_id),
        )
    if supply.state != "expected":
        raise BadSupply(NOTHING_TO_COME, supply=str(supply_id), state=STATES[supply.state])
    units = min(rise.units, to_come(supply))
    on = clock.today(shop.settings, rise.at)
    receipt = receipts.enter(connection, supply, units, on=on, who=who, why=why, counted=units)
    _take(connection, rise, units, receipt.id, who)
    return receipt


def dismiss(connection: Connection, shop: Shop, rise_id: int, *, who: str) -> Kept:
    """The rise was something else: what is expected there is still to come. Returns its row. Raises BadSupply."""
    rise = _open(connection, shop.id, rise_id)
    settled = {"state": "dismissed", "who": who, "settled_at": func.now()}
    done = update(StockRise).where(StockRise.id == rise_id).values(settled).returning(StockRise.__table__)
    marks.mark(connection, shop.id, [("variant", rise.variant_id)])
    return connection.execute(done).one()


def _open(connection: Connection, shop_id: int, rise_id: int) -> Kept:
    query = select(StockRise.__table__).where(StockRise.shop_id == shop_id, StockRise.id == rise_id).with_for_update()
    rise = connection.execute(query).first() if 0 < rise_id < 2**63 else None
    if rise is None:
        raise NoSuchSupply(
            lazy("There is no rise {rise}. `dueback supply rises` shows those there are."), rise=str(rise_id)
        )
    if rise.state != "open":
        raise BadSupply(lazy("rise: {rise} is {state} already."), rise=str(rise_id), state=STATES[rise.state])
    return rise
