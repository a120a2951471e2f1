"""Who waits for what: the queue as people and programs read it, from what the last plans kept."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, select

from app import turns
from app.book.claims import load_claims
from app.engine.model import Policy
from app.engine.turns import in_turn
from app.models import Channel, Line, Order, Shop, Supply, Warehouse
from app.turns.moves import Decided

Entry = Row[*tuple[Any, ...]]


def lines(connection: Connection, shop_id: int, sku: str | None = None) -> list[dict[str, Any]]:
    """Every open claim in queue order, in the shape of DESIGN.md section 7, `dueback queue --json`."""
    names = _Names(connection, shop_id)
    return [_claim(row, names) for row in _rows(connection, shop_id, sku)]


def at_risk(connection: Connection, shop_id: int, today: date, sku: str | None = None) -> list[dict[str, Any]]:
    """The open claims that were told a day which has passed or does not hold: `promised`, with the `late` supplies.

    A supply is late from the day after its own, whether the claims on it were planned anew already or not.
    """
    names = _Names(connection, shop_id)
    found = []
    for row in _rows(connection, shop_id, sku):
        late = _late(row, names, today)
        let_down = row.promised is not None and (row.promised < today or row.expected is None)
        if row.waiting and (late or let_down):
            promised = row.promised.isoformat() if row.promised else None
            found.append(_claim(row, names) | {"promised": promised, "late": late})
    return found


def _late(row: Row[*tuple[Any, ...]], names: "_Names", today: date) -> list[dict[str, Any]]:
    """Late supplies that the claim rests on, or that it last rested on where it has no day any more."""
    rests = {piece["supply"] for piece in row.pieces if piece["supply"]}
    if row.expected is None and row.rests_on:
        rests.add(str(row.rests_on))
    late = sorted((number for number in rests if names.due.get(number, today) < today), key=int)
    return [{"supply": int(number), "reference": names.references[number]} for number in late]


def _rows(connection: Connection, shop_id: int, sku: str | None) -> list[Entry]:
    """Open lines with their orders, in queue order."""
    query = (
        select(Line, Order.number, Order.queued_at, Channel.slug.label("channel"))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Line.shop_id == shop_id, Line.open > 0, *([Line.sku == sku] if sku else []))
    )
    return _in_turn(connection, shop_id, sorted(connection.execute(query), key=_place))


def _in_turn(connection: Connection, shop_id: int, rows: list[Entry]) -> list[Entry]:
    """The rows, first come first, with those of each variant in their turn where a policy or a person decided it."""
    variants = {row.variant_id for row in rows if row.variant_id}
    decided = turns.load(connection, shop_id, variants)
    policy = turns.of(connection.execute(select(Shop.settings).where(Shop.id == shop_id)).one()).policy
    concerned = variants if policy is not Policy.FIRST_COME else set(decided)
    pinned = set(chain.from_iterable(moves.pinned for moves in decided.values()))
    claims = load_claims(connection, shop_id, concerned, pinned) if concerned else {}
    by_line = {row.id: row for row in rows}
    served = {
        variant: iter(dict.fromkeys(c.line for c in in_turn(found, policy, decided.get(variant, Decided()).exchanges)))
        for variant, found in claims.items()
    }
    return [by_line[next(served[row.variant_id])] if row.variant_id in served else row for row in rows]


def _place(row: Row[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return row.queued_at, int(row.number) if row.number.isdecimal() else 0, row.number, row.id


class _Names:
    """Slugs and references for the ids that pieces hold; when each supply that is expected is due."""

    def __init__(self, connection: Connection, shop_id: int) -> None:
        warehouses = select(Warehouse.id, Warehouse.slug).where(Warehouse.shop_id == shop_id)
        supplies = connection.execute(select(Supply).where(Supply.shop_id == shop_id)).all()
        self.warehouses: dict[str | None, str] = {row.id: row.slug for row in connection.execute(warehouses)}
        self.references = {str(row.id): row.reference for row in supplies}
        self.due = {str(row.id): row.eta_latest or row.eta for row in supplies if row.state == "expected"}


def _claim(row: Row[*tuple[Any, ...]], names: _Names) -> dict[str, Any]:
    return {
        "order": row.number,
        "order_id": row.order_id,
        "line_id": row.id,
        "sku": row.sku,
        "channel": row.channel,
        "placed_at": row.queued_at.isoformat(),
        "quantity": row.open,
        "ready": row.ready,
        "waiting": row.waiting,
        "expected": row.expected.isoformat() if row.expected else None,
        "pieces": list(_pieces(row.pieces, names)),
    }


def _pieces(pieces: list[dict[str, Any]], names: _Names) -> Iterator[dict[str, Any]]:
    for piece in pieces:
        yield {
            "quantity": piece["quantity"],
            "source": piece["source"],
            "warehouse": names.warehouses.get(piece["warehouse"]),
            "reference": names.references.get(piece["supply"]),
            "expected": piece["expected"],
        }
