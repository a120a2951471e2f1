"""Writes of physical stock. They are not harmless twice: see DESIGN.md section 2.

What will be written is recorded first, with what the shop showed before, so that whoever finds it half done can tell
whether it was done.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Engine, func, text
from sqlalchemy.dialects.postgresql import insert

from app.models import Stock
from app.platforms import Platform, SetStock, VariantSeen
from app.wording import Said

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


def carry_out(platform: Platform, variant: VariantSeen, writes: Sequence[Write]) -> Said | None:
    """Write what was recorded where the shop shows `before`; where it shows `after`, an earlier try did it.

    Returns why not, or None. Raises ShopError: then it may or may not have been done.
    """
    now = quantities(variant)
    if any(now.get(write.warehouse, 0) not in {write.before, write.after} for write in writes):
        return Said(lazy("The stock changed while it was being put right. Please count it."))
    changes = [
        SetStock(variant.id, write.warehouse, write.after, exists=write.warehouse in now)
        for write in writes
        if now.get(write.warehouse, 0) != write.after
    ]
    failures = platform.write(changes)
    return Said(lazy("The shop refused the correction: {reason}."), reason=failures[0].message) if failures else None


def note_in_book(connection: Connection, shop_id: int, variant_id: str, writes: Sequence[Write]) -> None:
    """The book shows what we wrote, so that it is not mistaken for news; what else changed still is news."""
    for write in writes:
        place = {"shop_id": shop_id, "variant_id": variant_id, "warehouse_id": write.warehouse}
        more = write.after - write.before
        row = insert(Stock).values(place | {"quantity": more, "allocated": 0, "changed_at": func.now()})
        moved = {"quantity": Stock.quantity + more}
        connection.execute(row.on_conflict_do_update(index_elements=list(place), set_=moved))
