"""Writes of physical stock. They are not harmless twice: see DESIGN.md section 2.

What will be written is recorded first, with what the shop showed before, so that whoever finds it half done can tell
whether it was done.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.models import Stock
from app.platforms import Platform, SetStock, ShopError, VariantSeen
from app.wording import Said

# Saleor keeps a stock as a 32-bit integer, and GraphQL has no greater one.
MOST_UNITS = 2**31 - 1

# "stock" in ASCII, beside other advisory locks of ours.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('stock', :shop))"


@dataclass(frozen=True, slots=True)
class Write:
    """One stock write: the row must show `before` for `after` to be written."""

    warehouse: str
    before: int
    after: int


@contextlib.contextmanager
def one_at_a_time(engine: Engine, shop_id: int) -> Iterator[None]:
    """Nobody else reads the shop's stock into the book or writes it meanwhile: what is read old is never kept late."""
    with engine.begin() as connection:
        connection.execute(text(_LOCK), {"shop": shop_id})
        yield


def quantities(variant: VariantSeen) -> dict[str, int]:
    """What the shop shows, by warehouse."""
    return {stock.warehouse: stock.quantity for stock in variant.stocks}


def carry_out(platform: Platform, variant: VariantSeen, writes: Sequence[Write], *, moved: bool = False) -> Said | None:
    """Write what was recorded where the shop shows `before`; where it shows `after`, an earlier try did it.

    With `moved`, see `moved_since`, `before` is no sign that nothing was written. Returns why not, or None. Raises
    ShopError where another try may help: then it may or may not have been done.
    """
    now = quantities(variant)
    known = [{write.after} if moved else {write.before, write.after} for write in writes]
    if any(now.get(write.warehouse, 0) not in shown for write, shown in zip(writes, known, strict=True)):
        return Said(lazy("The stock changed while it was being put right. Please count it."))
    changes = [
        SetStock(variant.id, write.warehouse, write.after, exists=write.warehouse in now)
        for write in writes
        if now.get(write.warehouse, 0) != write.after
    ]
    try:
        failures = platform.write(changes)
    except ShopError as wrong:
        if wrong.retry:
            raise
        return Said(lazy("The shop refused the correction: {reason}."), reason=wrong)
    return Said(lazy("The shop refused the correction: {reason}."), reason=failures[0].message) if failures else None


def moved_since(connection: Connection, shop_id: int, variant_id: str, writes: Sequence[Write]) -> bool:
    """Whether orders say that units moved the other way there since the stock was last looked at.

    Then what an earlier try wrote may show as `before` again: what was raised may have been shipped.
    """
    up, down = (
        {write.warehouse for write in writes if (write.after > write.before) == rises} for rises in (True, False)
    )
    undone = (Stock.warehouse_id.in_(up) & (Stock.shipped > 0)) | (Stock.warehouse_id.in_(down) & (Stock.restocked > 0))
    query = select(Stock.warehouse_id).where(Stock.shop_id == shop_id, Stock.variant_id == variant_id, undone)
    return connection.execute(query.limit(1)).first() is not None


def note_in_book(connection: Connection, shop_id: int, variant_id: str, writes: Sequence[Write]) -> None:
    """The book shows what we wrote, so that it is not mistaken for news; what else changed still is news."""
    for write in writes:
        place = {"shop_id": shop_id, "variant_id": variant_id, "warehouse_id": write.warehouse}
        more = write.after - write.before
        row = insert(Stock).values(place | {"quantity": more, "allocated": 0, "changed_at": func.now()})
        moved = {"quantity": Stock.quantity + more}
        connection.execute(row.on_conflict_do_update(index_elements=list(place), set_=moved))
