"""What people decide about lines: who goes first, what ships later, which day holds, whose units are whose.

Each takes the ids of lines and is done for all of them or, with a BadMove that names the line, for none: the
transaction is the caller's. What it changes is marked.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, select

from app import marks
from app.models import Channel, Shop, Warehouse
from app.supply.fields import FARTHEST
from app.turns import lines, moves
from app.turns.lines import OpenLine, name
from app.turns.wrong import HELD, NOT_HELD, PINNED, REDATED, WAITS_FOR_NOTHING, BadMove


def pin(connection: Connection, shop: Shop, ids: Collection[str], *, who: str, why: str = "") -> list[int]:
    """Let lines go before all that are not pinned. Returns the moves' numbers, by line id. Raises BadMove."""
    return _once(connection, shop, "pin", ids, who, why, PINNED)


def hold(connection: Connection, shop: Shop, ids: Collection[str], *, who: str, why: str = "") -> list[int]:
    """Let nothing of the lines ship, though they keep their turn and their units, until they are released.

    Returns the moves' numbers, by line id. Raises BadMove.
    """
    return _once(connection, shop, "hold", ids, who, why, HELD)


def release(connection: Connection, shop: Shop, ids: Collection[str], *, who: str, why: str = "") -> list[int]:
    """Take lines off hold. Returns the numbers of the moves that ended, by line id. Raises BadMove."""
    found = lines.read(connection, shop.id, ids)
    ended = moves.end(connection, shop, "hold", [line.id for line in found], who=who, why=why)
    _refuse(found, lambda line: line.id not in ended, NOT_HELD)
    marks.mark(connection, shop.id, [("variant", line.variant_id) for line in found])
    return [ended[line.id] for line in found]


def redate(
    connection: Connection, shop: Shop, ids: Collection[str], day: date, today: date, *, who: str, why: str = ""
) -> list[int]:
    """Give what is not on hand of the lines a day, in place of any other, one that a person gave before included.

    It holds until it is undone or nothing of the line waits any more. Returns the moves' numbers, by line id. Raises
    BadMove.
    """
    if not today <= day <= today + FARTHEST:
        raise BadMove(lazy("day: {day} is not between today ({today}) and five years from now."), day=day, today=today)
    found = lines.read(connection, shop.id, ids)
    _refuse(found, lambda line: not lines.waits(line), WAITS_FOR_NOTHING)
    moves.end(connection, shop, "redate", [line.id for line in found], who=who, why=why)
    return _kept(connection, shop, found, {"kind": "redate", "day": day}, who, why, REDATED)


def hand_over(
    connection: Connection, shop: Shop, giver: str, taker: str, units: int, *, who: str, why: str = ""
) -> int:
    """Let so many units of line `taker` and of line `giver` change places in the queue. Returns the move's number.

    Raises BadMove where they are of different variants, either has fewer open, or their channels have no warehouse in
    common.
    """
    if giver == taker:
        raise BadMove(lazy("An order cannot hand units over to itself."))
    found = {line.id: line for line in lines.read(connection, shop.id, [giver, taker])}
    giving, taking = found[giver], found[taker]
    if giving.variant_id != taking.variant_id:
        raise BadMove(
            lazy("{giver} and {taker}: units are handed over within one variant only."),
            giver=name(giving),
            taker=name(taking),
        )
    for line in (giving, taking):
        lines.refuse_units(line, units)
    if not _reach(connection, shop.id, giving) & _reach(connection, shop.id, taking):
        raise BadMove(
            lazy("{giver} and {taker} sell from different warehouses: neither can use the other's units."),
            giver=name(giving),
            taker=name(taking),
        )
    left = taking.quantity - taking.open
    what = {"kind": "hand_over", "to_line_id": taking.id, "units": units, "to_line_left": left}
    [number] = _kept(connection, shop, [giving], what, who, why)
    return number


def _once(
    connection: Connection, shop: Shop, kind: str, ids: Collection[str], who: str, why: str, otherwise: Text
) -> list[int]:
    found = lines.read(connection, shop.id, ids)
    return _kept(connection, shop, found, {"kind": kind}, who, why, otherwise)


def _kept(
    connection: Connection,
    shop: Shop,
    found: Sequence[OpenLine],
    what: dict[str, object],
    who: str,
    why: str,
    otherwise: Text = "",
) -> list[int]:
    rows = [what | {"variant_id": line.variant_id, "line_id": line.id} for line in found]
    numbers = moves.keep(connection, shop, rows, who=who, why=why)
    _refuse(found, lambda line: line.id not in numbers, otherwise)
    return [numbers[line.id] for line in found]


def _refuse(found: Iterable[OpenLine], is_so: Callable[[OpenLine], bool], text: Text) -> None:
    """Name the first line of which it is so."""
    for line in found:
        if is_so(line):
            refusal = BadMove(text, order=line.number, sku=line.sku)
            raise BadMove(lazy("{refusal} Nothing was changed."), refusal=refusal)


def _reach(connection: Connection, shop_id: int, line: OpenLine) -> set[str]:
    """The real warehouses of the line's channel."""
    pools = connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)).all()
    query = select(Channel.warehouses).where(Channel.shop_id == shop_id, Channel.id == line.channel_id)
    return set(connection.scalar(query) or ()) - set(pools)
