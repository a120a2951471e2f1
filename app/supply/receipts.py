"""Receipts: units of a supply that arrived, entered and taken back in the caller's transaction."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, func, insert, select, update

from app import marks
from app.models import Receipt, StockRise
from app.supply import learned, record
from app.supply.record import Kept
from app.supply.wrong import BadSupply, NoSuchSupply
from app.wording import Said


def to_come(supply: Any) -> int:
    """Units of the supply that are still to come."""
    return int(supply.quantity - supply.received)


def enter(
    connection: Connection,
    supply: Kept,
    units: int,
    *,
    on: date,
    who: str,
    why: str | Said = "",
    source: str = "person",
    counted: int = 0,
    write: dict[str, Any] | None = None,
) -> Kept:
    """Units of a locked, expected supply arrived; `counted` of them are in the shop's stock as the book holds it.

    With `write` the shop's stock is about to be raised. Returns the receipt's row.
    """
    received = supply.received + units
    state = "received" if received == supply.quantity else "expected"
    record.move(connection, supply, "received", {"received": received, "state": state}, who=who, why=why)
    row = {
        "shop_id": supply.shop_id,
        "supply_id": supply.id,
        "units": units,
        "counted": counted,
        "received_on": on,
        "source": source,
        "stock_state": "raising" if write else "none",
        "write": write,
        "who": who,
    }
    marks.mark(connection, supply.shop_id, learned.taught_anew(connection, supply))
    return connection.execute(insert(Receipt).values(row).returning(Receipt.__table__)).one()


def undo(connection: Connection, shop_id: int, receipt_id: int, *, who: str, why: str | Said = "") -> Kept:
    """Take a receipt back: its units are to come again. Returns the supply's row. Raises BadSupply.

    Where we raised the shop's stock by them, or a person said they are the ones it rose by, they are in doubt from now
    on: they may be on the shelf. Where the stock alone spoke for them they are not: somebody says it spoke of others.
    """
    receipt = _find(connection, shop_id, receipt_id)
    supply = record.locked(connection, shop_id, receipt.supply_id)
    receipt = _find(connection, shop_id, receipt_id)
    if receipt.undone_at is not None:
        raise BadSupply(lazy("receipt: {receipt} is undone already."), receipt=str(receipt_id))
    if receipt.stock_state == "raising":
        raise BadSupply(
            lazy("receipt: The shop's stock is being raised for receipt {receipt}. Try again in a minute."),
            receipt=str(receipt_id),
        )
    connection.execute(update(Receipt).where(Receipt.id == receipt_id).values(undone_at=func.now()))
    back = {"received": supply.received - receipt.units}
    if supply.state == "received":
        back["state"] = "expected"
    if receipt.source == "person":
        _put_in_doubt(connection, supply, receipt)
    marks.mark(connection, shop_id, learned.taught_anew(connection, supply))
    return record.move(connection, supply, "undone", back, who=who, why=why)


def _put_in_doubt(connection: Connection, supply: Kept, receipt: Kept) -> None:
    units = receipt.units if receipt.stock_state == "reported" else receipt.counted
    if units:
        place = {"shop_id": supply.shop_id, "variant_id": supply.variant_id, "warehouse_id": supply.warehouse_id}
        connection.execute(insert(StockRise).values(place | {"units": units}))


def _find(connection: Connection, shop_id: int, receipt_id: int) -> Kept:
    query = select(Receipt.__table__).where(Receipt.shop_id == shop_id, Receipt.id == receipt_id)
    row = connection.execute(query).first() if 0 < receipt_id < 2**63 else None
    if row is None:
        raise NoSuchSupply(
            lazy("There is no receipt {receipt}. `dueback supply history` shows those there are."),
            receipt=str(receipt_id),
        )
    return row


def of_supply(connection: Connection, shop_id: int, number: int) -> list[Kept]:
    """The supply's receipts, oldest first, those taken back too."""
    query = select(Receipt.__table__).where(Receipt.shop_id == shop_id, Receipt.supply_id == number)
    return list(connection.execute(query.order_by(Receipt.id)).all())
