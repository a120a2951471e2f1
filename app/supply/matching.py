"""Units by which the shop's own stock grew while supply was expected there: are they the same units?

A rise by just what the earliest line still owes closes that line. One that a person has entered already is explained.
Any other is open: see `app.supply.rises`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, insert, select, update

from app import clock
from app.models import Receipt, Shop, StockRise, Supply
from app.supply import receipts
from app.supply.receipts import to_come
from app.supply.record import Kept
from app.wording import Said

US = "Dueback"
# A receipt that we wrote no stock for shows there when somebody counts it; what is older was counted before.
SHOWS_WITHIN = timedelta(days=3)
# Orders are read within minutes; so late they no longer speak of a rise that was seen before.
SAID_WITHIN = timedelta(hours=1)


class Rise(NamedTuple):
    """Units by which a stock grew, for which no order accounts."""

    variant: str
    warehouse: str
    units: int


def lock(connection: Connection, shop_id: int, variants: Collection[str]) -> None:
    """Supply of these variants is nobody else's to change until the transaction ends.

    Call first: everybody locks supply, by its number, before rises, so that nobody waits in a circle.
    """
    query = select(Supply.id).where(
        Supply.shop_id == shop_id, Supply.variant_id.in_(variants), Supply.state != "cancelled"
    )
    connection.execute(query.order_by(Supply.id).with_for_update())


def found(connection: Connection, shop_id: int, rises: Collection[Rise], now: datetime) -> None:
    """Explain these rises by supply expected there, or open them. In the transaction that keeps the new stock.

    Call `lock` before.
    """
    expected = _expected(connection, shop_id, {rise.variant for rise in rises})
    today = None
    for rise in rises:
        lines = expected[rise.variant, rise.warehouse]
        waiting = _not_seen_yet(connection, shop_id, rise, now)
        today = today or _today(connection, shop_id, now)
        _settle(connection, shop_id, rise, lines, waiting, today)


def _settle(
    connection: Connection, shop_id: int, rise: Rise, lines: Sequence[Kept], waiting: Sequence[Kept], today: date
) -> None:
    entered = [receipt.units - receipt.counted for receipt in waiting]
    first = to_come(lines[0]) if lines else None
    if rise.units == sum(entered):
        _count(connection, waiting)
    elif rise.units in entered:
        _count(connection, [waiting[entered.index(rise.units)]])
    elif lines and rise.units - sum(entered) == first:
        _count(connection, waiting)
        _close(connection, lines[0], today)
    elif lines and rise.units == first:
        _close(connection, lines[0], today)
    elif lines:
        place = {"shop_id": shop_id, "variant_id": rise.variant, "warehouse_id": rise.warehouse}
        connection.execute(insert(StockRise).values(place | {"units": rise.units}))
    else:
        # Nothing else is expected there, so it is they as far as it goes, and they explain no later rise as well.
        left = rise.units
        for receipt in waiting:
            units = min(left, receipt.units - receipt.counted)
            left -= units
            more = update(Receipt).where(Receipt.id == receipt.id).values(counted=Receipt.counted + units)
            connection.execute(more)


def _close(connection: Connection, line: Kept, today: date) -> None:
    units = to_come(line)
    why = Said(lazy("the shop's stock there rose by just the {units} that were still to come"), units=units)
    receipts.enter(connection, line, units, on=today, who=US, why=why, source="stock", counted=units)


def _count(connection: Connection, entered: Sequence[Kept]) -> None:
    ids = [receipt.id for receipt in entered]
    connection.execute(update(Receipt).where(Receipt.id.in_(ids)).values(counted=Receipt.units))


def _expected(connection: Connection, shop_id: int, variants: Collection[str]) -> Mapping[tuple[str, str], list[Kept]]:
    """Expected lines by variant and warehouse, the earliest first, locked."""
    lines = defaultdict(list)
    query = select(Supply.__table__).where(
        Supply.shop_id == shop_id, Supply.variant_id.in_(variants), Supply.state == "expected"
    )
    for row in connection.execute(query.order_by(Supply.id).with_for_update()):
        lines[row.variant_id, row.warehouse_id].append(row)
    for there in lines.values():
        there.sort(key=lambda row: (row.eta, row.id))
    return lines


def _not_seen_yet(connection: Connection, shop_id: int, rise: Rise, now: datetime) -> Sequence[Kept]:
    """Receipts that people entered there lately and that no stock has shown yet, oldest first.

    Those whose write was reported too: people were told to count them, or it was done and something else moved since.
    """
    query = (
        select(Receipt.__table__)
        .join(Supply, Supply.id == Receipt.supply_id)
        .where(
            Receipt.shop_id == shop_id,
            Supply.variant_id == rise.variant,
            Supply.warehouse_id == rise.warehouse,
            Receipt.undone_at.is_(None),
            Receipt.stock_state.in_(("none", "reported")),
            Receipt.counted < Receipt.units,
            Receipt.at > now - SHOWS_WITHIN,
        )
        .order_by(Receipt.id)
    )
    return connection.execute(query).all()


def _today(connection: Connection, shop_id: int, now: datetime) -> date:
    return clock.today(connection.execute(select(Shop.settings).where(Shop.id == shop_id)).scalar_one(), now)


def came_back(connection: Connection, shop_id: int, units: Collection[Rise], now: datetime) -> None:
    """Orders say that units came back which no stock has shown since: an earlier rise was these. Call `lock` before."""
    for back in units:
        left = back.units
        for rise in _open(connection, shop_id, back):
            if left >= rise.units:
                left -= rise.units
                settled = {"state": "dismissed", "who": US, "settled_at": now}
                connection.execute(update(StockRise).where(StockRise.id == rise.id).values(settled))
        if left:
            _reopen(connection, shop_id, back._replace(units=left), now)


def _open(connection: Connection, shop_id: int, there: Rise) -> Sequence[Kept]:
    query = select(StockRise.__table__).where(
        StockRise.shop_id == shop_id,
        StockRise.variant_id == there.variant,
        StockRise.warehouse_id == there.warehouse,
        StockRise.state == "open",
    )
    return connection.execute(query.order_by(StockRise.id.desc()).with_for_update()).all()


def _reopen(connection: Connection, shop_id: int, back: Rise, now: datetime) -> None:
    """A line that was closed just now because the stock rose by as many: it was not closed by them."""
    query = (
        select(Receipt.id, Receipt.supply_id)
        .join(Supply, Supply.id == Receipt.supply_id)
        .where(
            Receipt.shop_id == shop_id,
            Supply.variant_id == back.variant,
            Supply.warehouse_id == back.warehouse,
            Receipt.source == "stock",
            Receipt.undone_at.is_(None),
            Receipt.units == back.units,
            Receipt.at > now - SAID_WITHIN,
        )
        .order_by(Receipt.id.desc())
    )
    if receipt := connection.execute(query).first():
        why = Said(lazy("the {units} came back from a shipment that was cancelled"), units=back.units)
        receipts.undo(connection, shop_id, receipt.id, who=US, why=why)
