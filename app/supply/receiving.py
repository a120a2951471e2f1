"""A person says that units arrived, and may ask that the shop's stock is raised by them.

Raising is a write of physical stock: see `app.stock_writes`. Its intent is kept with the receipt, and whoever observes
the variant next finishes it where we were cut off.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Engine, select, update

from app import book, clock, marks, notices, stock_writes
from app.models import Receipt, Shop, Supply, Variant, Warehouse
from app.platforms import Platform, ShopError, VariantSeen
from app.runtime import Runtime
from app.sentences import STATES
from app.stock_writes import Write
from app.supply import receipts, record, rises
from app.supply.fields import FARTHEST
from app.supply.record import Kept
from app.supply.wrong import NOTHING_TO_COME, BadSupply
from app.wording import Said, english, together, told

__all__ = ["Received", "receive", "settle", "undo"]


@dataclass(frozen=True, slots=True)
class Received:
    """The receipt's row as it was kept, and a sentence that says what was done."""

    receipt: Kept
    told: str


def receive(
    runtime: Runtime,
    shop: Shop,
    number: int,
    units: int | None = None,
    *,
    who: str,
    why: str = "",
    raise_stock: bool = False,
    on: date | None = None,
) -> Received:
    """Units of a supply arrived, all that were to come where `units` is None. Raises BadSupply.

    With `raise_stock` the shop's stock is raised by them; where the shop cannot be reached for that, ShopError is
    raised before anything is kept, or the sentence says that it will be done. Ask for a wake-up afterwards.
    """
    today = clock.today(shop.settings, datetime.now(UTC))
    on = on or today
    if not today - FARTHEST <= on <= today:
        raise BadSupply(lazy("on: {day} is not between five years ago and today ({today})."), day=on, today=today)
    if raise_stock and shop.settings.get("stock_owner") == "erp":
        raise BadSupply(lazy("raise_stock: Another system owns this shop's stock. Receive without raising it."))
    if raise_stock:
        with contextlib.closing(runtime.platform(shop)) as platform:
            return _raise(runtime.engine, shop, platform, number, units, on=on, who=who, why=why)
    with runtime.engine.begin() as connection:
        supply = record.locked(connection, shop.id, number)
        if confirmed := rises.confirm(connection, supply, units, who=who, why=why):
            text = lazy("Supply {supply}: The shop's stock had risen by just these {units}: that is confirmed.")
            return Received(confirmed, told(text, supply=str(number), units=confirmed.units))
        units = _checked(supply, units)
        entered = receipts.enter(connection, supply, units, on=on, who=who, why=why)
        receipt = rises.explain(connection, supply, entered, who)
        return Received(receipt, _told(supply, units, Said(lazy("The shop's stock was not touched."))))


def undo(connection: Connection, shop: Shop, receipt_id: int, *, who: str, why: str = "") -> Kept:
    """Take a receipt back: see `receipts.undo`."""
    return receipts.undo(connection, shop.id, receipt_id, who=who, why=why)


def _checked(supply: Kept, units: int | None) -> int:
    left = receipts.to_come(supply)
    if supply.state != "expected":
        raise BadSupply(NOTHING_TO_COME, supply=str(supply.id), state=STATES[supply.state])
    if units is not None and not 0 < units <= left:
        raise BadSupply(
            lazy("quantity: {given} is not between 1 and the {units} that supply {supply} has to come."),
            given=units,
            units=left,
            supply=str(supply.id),
        )
    return left if units is None else units


def _told(supply: Kept, arrived: int, *stock: Said) -> str:
    count = Said(
        lazy("Supply {supply}: {arrived} received, {by_now} of {quantity} by now."),
        supply=str(supply.id),
        arrived=arrived,
        by_now=supply.received + arrived,
        quantity=supply.quantity,
    )
    return str(together(count, *stock))


def _raise(
    engine: Engine,
    shop: Shop,
    platform: Platform,
    number: int,
    units: int | None,
    *,
    on: date,
    who: str,
    why: str,
) -> Received:
    """Read, record the intent, write, read again."""
    with stock_writes.one_at_a_time(engine, shop.id):
        variant = _look(engine, shop, platform, number)
        with engine.begin() as connection:
            supply = record.locked(connection, shop.id, number)
            units = _checked(supply, units)
            _refuse_in_doubt(rises.in_doubt(connection, supply), supply)
            before = stock_writes.quantities(variant).get(supply.warehouse_id, 0)
            _refuse_beyond(before, units)
            write = Write(supply.warehouse_id, before, before + units)
            receipt = receipts.enter(connection, supply, units, on=on, who=who, why=why, write=asdict(write))
        try:
            done = _finish(engine, shop, platform, receipt, variant)
            shown = _shown(platform, supply)
        except ShopError as wrong:
            return Received(receipt, _told(supply, units, Said(_WILL_BE, reason=wrong)))
        with engine.connect() as connection:
            kept = connection.execute(select(Receipt.__table__).where(Receipt.id == receipt.id)).one()
        return Received(kept, _told(supply, units, done, *_read_again(shown, write)))


_WILL_BE = lazy(
    "The shop could not be reached ({reason}). If its stock was not raised yet, that will be done as soon as it "
    "answers."
)


def _look(engine: Engine, shop: Shop, platform: Platform, number: int) -> VariantSeen:
    """The variant as the shop shows it, taken into the book: a rise nobody has seen yet may be these very units."""
    with engine.connect() as connection:
        variant_id = record.known(connection, shop.id, number).variant_id
    seen = settle(engine, shop, platform, platform.variants([variant_id]))
    if not seen:
        raise BadSupply(lazy("supply: The variant of supply {supply} is gone from the shop."), supply=str(number))
    with engine.begin() as connection:
        book.record_variants(connection, shop.id, [variant_id], seen, datetime.now(UTC))
        marks.mark(connection, shop.id, [("variant", variant_id)])
    return seen[0]


def _refuse_in_doubt(units: int, supply: Kept) -> None:
    if units:
        raise BadSupply(
            lazy(
                "raise_stock: The stock there rose by {units}, and nobody has explained it yet. Say first whether "
                "that was supply {supply}: take the rise as a receipt, or dismiss it."
            ),
            units=units,
            supply=str(supply.id),
        )


def _refuse_beyond(before: int, units: int) -> None:
    if before + units > stock_writes.MOST_UNITS:
        raise BadSupply(
            lazy(
                "raise_stock: The stock there is {before}. With {units} more it is beyond {most}, "
                "all that a shop keeps."
            ),
            before=before,
            units=units,
            most=stock_writes.MOST_UNITS,
        )


def _read_again(shown: int | None, write: Write) -> Iterator[Said]:
    if shown == write.after:
        yield Said(lazy("Read again, it shows {shown}."), shown=shown)
    elif shown is not None:
        yield Said(lazy("Read again, it shows {shown}, not {wanted}."), shown=shown, wanted=write.after)


def _shown(platform: Platform, supply: Kept) -> int | None:
    """What the shop shows after the write; None where the row is gone."""
    for variant in platform.variants([supply.variant_id]):
        return stock_writes.quantities(variant).get(supply.warehouse_id)
    return None


def settle(engine: Engine, shop: Shop, platform: Platform, seen: Sequence[VariantSeen]) -> list[VariantSeen]:
    """Finish what was asked and cut off. Returns the variants as the shop shows them afterwards.

    Call within `stock_writes.one_at_a_time`, before the book takes over what was seen.
    """
    fresh = {variant.id: variant for variant in seen}
    query = (
        select(Receipt.__table__, Supply.variant_id)
        .join(Supply, Supply.id == Receipt.supply_id)
        .where(Receipt.shop_id == shop.id, Receipt.stock_state == "raising", Supply.variant_id.in_(list(fresh)))
        .order_by(Receipt.id)
    )
    with engine.connect() as connection:
        cut_off = connection.execute(query).all()
    for receipt in cut_off:
        with engine.connect() as connection:
            moved = stock_writes.moved_since(connection, shop.id, receipt.variant_id, [Write(**receipt.write)])
        _finish(engine, shop, platform, receipt, fresh[receipt.variant_id], moved=moved)
        fresh |= {variant.id: variant for variant in platform.variants([receipt.variant_id])}
    return list(fresh.values())


def _finish(
    engine: Engine, shop: Shop, platform: Platform, receipt: Kept, variant: VariantSeen, *, moved: bool = False
) -> Said:
    """Write what the receipt recorded, and keep that it is done. Returns what to tell. `moved` as in `carry_out`."""
    write = Write(**receipt.write)
    problem = stock_writes.carry_out(platform, variant, [write], moved=moved)
    done = {"stock_state": "reported"} if problem else {"stock_state": "raised", "counted": receipt.units}
    with engine.begin() as connection:
        connection.execute(update(Receipt).where(Receipt.id == receipt.id).values(done))
        if not problem:
            stock_writes.note_in_book(connection, shop.id, variant.id, [write])
        what = _named(connection, shop.id, variant.id, write.warehouse)
        if problem is None:
            raised = lazy("The stock of {sku} in {warehouse} was raised from {before} to {after}.")
            return Said(raised, **what, before=write.before, after=write.after)
        failed = Said(
            lazy("The stock of {sku} in {warehouse} was to rise by {units} for supply {supply}. {problem}"),
            **what,
            units=receipt.units,
            supply=str(receipt.supply_id),
            problem=problem,
        )
        notices.report(connection, shop.id, f"receipt:{receipt.id}", english(failed))
    return failed


def _named(connection: Connection, shop_id: int, variant_id: str, warehouse_id: str) -> dict[str, str | None]:
    sku = connection.scalar(select(Variant.sku).where(Variant.shop_id == shop_id, Variant.id == variant_id))
    place = (Warehouse.shop_id == shop_id, Warehouse.id == warehouse_id)
    return {"sku": sku, "warehouse": connection.scalar(select(Warehouse.name).where(*place))}
