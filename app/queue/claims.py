"""Every open claim at once, in the shape of the command and the API."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Select, any_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from app import turns
from app.book import turn
from app.book.claims import load_claims
from app.engine.model import Policy
from app.engine.turns import in_turn
from app.models import Channel, Line, Order, QueueMove, Shop, Supply, Warehouse
from app.turns.moves import Decided

# By then a move that was taken back is in no plan any more.
PLANNED_ANEW = timedelta(days=1)

Entry = Row[*tuple[Any, ...]]


def lines(
    connection: Connection, shop_id: int, sku: str | None = None, *, after: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Every open claim in queue order, in the shape of DESIGN.md section 7, `dueback queue --json`.

    At most `limit`, of those after the line `after`; after one that is gone, after the place it had. Of one the shop
    does not know any more nobody knows that: then from the beginning.
    """
    if _is_first_come(connection, shop_id):
        rows = connection.execute(_after(_query(shop_id, sku), shop_id, after).limit(limit)).all()
    else:
        rows = _rest(connection, shop_id, sku, after)[:limit]
    names = _Names(connection, shop_id, rows)
    return [_claim(row, names) for row in rows]


def at_risk(
    connection: Connection,
    shop_id: int,
    today: date,
    sku: str | None = None,
    *,
    after: str | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """The open claims that were told a day which has passed or does not hold: `promised`, with the `late` supplies.

    A supply is late from the day after its own, whether the claims on it were planned anew already or not. `after` and
    `limit` as for `lines`; the line `after` need not be at risk any more.
    """
    rows = _rest(connection, shop_id, sku, after)
    names = _Names(connection, shop_id, rows)
    found = []
    for row in rows:
        late = _late(row, names, today)
        let_down = row.promised is not None and (row.promised < today or row.expected is None)
        if row.waiting and (late or let_down):
            promised = row.promised.isoformat() if row.promised else None
            found.append(_claim(row, names) | {"promised": promised, "late": late})
    return found[:limit]


def _late(row: Row[*tuple[Any, ...]], names: "_Names", today: date) -> list[dict[str, Any]]:
    """Late supplies that the claim rests on, or did before it was let down by them or lost its day."""
    rests = {piece["supply"] for piece in row.pieces if piece["supply"]}
    if row.let_down_by:
        rests.add(str(row.let_down_by))
    if row.expected is None and row.rests_on:
        rests.add(str(row.rests_on))
    late = sorted((number for number in rests if names.due.get(number, today) < today), key=int)
    return [{"supply": int(number), "reference": names.references[number]} for number in late]


def _query(shop_id: int, sku: str | None) -> Select[*tuple[Any, ...]]:
    """Open lines with their orders, in the turn that the last plans gave them."""
    return (
        select(Line, Order.number, Order.queued_at, Channel.slug.label("channel"))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Line.shop_id == shop_id, Line.open > 0, *([Line.sku == sku] if sku else []))
        .order_by(Line.turn, Line.id)
    )


def _after(query: Select[*tuple[Any, ...]], shop_id: int, line: str | None) -> Select[*tuple[Any, ...]]:
    if line is None:
        return query
    last = select(Line.turn, Line.id).where(Line.shop_id == shop_id, Line.id == line)
    return query.where((tuple_(Line.turn, Line.id) > last.scalar_subquery()) | ~last.exists())


def _rest(connection: Connection, shop_id: int, sku: str | None, after: str | None) -> Sequence[Entry]:
    """The open lines in turn, as people's decisions of this moment have them, from behind the line `after` on."""
    rows = _in_turn(connection, shop_id, connection.execute(_query(shop_id, sku)).all())
    ids = [row.id for row in rows]
    if after is None:
        return rows
    if after in ids:
        return rows[ids.index(after) + 1 :]
    place = connection.scalar(select(Line.turn).where(Line.shop_id == shop_id, Line.id == after)) or ""
    return [row for row in rows if row.turn > place]


def _is_first_come(connection: Connection, shop_id: int) -> bool:
    """Whether every line stands at its own place, and did so when the last plans were made."""
    moved = select(QueueMove.id).where(
        QueueMove.shop_id == shop_id,
        QueueMove.undone_at.is_(None) | (QueueMove.undone_at > func.now() - PLANNED_ANEW),
    )
    return _policy(connection, shop_id) is Policy.FIRST_COME and not connection.scalar(select(moved.exists()))


def _policy(connection: Connection, shop_id: int) -> Policy:
    return turns.of(connection.execute(select(Shop.settings).where(Shop.id == shop_id)).one()).policy


def _in_turn(connection: Connection, shop_id: int, rows: Sequence[Entry]) -> Sequence[Entry]:
    """The rows as people's decisions of this moment have them, whether they are planned or not."""
    rows = sorted(rows, key=lambda row: turn.own(row.queued_at, row.number, row.id))
    variants = {row.variant_id for row in rows if row.variant_id}
    decided, policy = turns.load(connection, shop_id, variants), _policy(connection, shop_id)
    concerned = variants if policy is not Policy.FIRST_COME else set(decided)
    pinned = set(chain.from_iterable(moves.pinned for moves in decided.values()))
    claims = load_claims(connection, shop_id, concerned, {policy}, pinned) if concerned else {}
    by_line = {row.id: row for row in rows}
    served = {
        variant: iter(dict.fromkeys(c.line for c in in_turn(found, policy, decided.get(variant, Decided()).exchanges)))
        for variant, found in claims.items()
    }
    return [by_line[next(served[row.variant_id])] if row.variant_id in served else row for row in rows]


class _Names:
    """Slugs and references for the ids that pieces of rows hold; when each supply that is expected is due."""

    def __init__(self, connection: Connection, shop_id: int, rows: Sequence[Entry]) -> None:
        warehouses = select(Warehouse.id, Warehouse.slug).where(Warehouse.shop_id == shop_id)
        numbers = {int(piece["supply"]) for row in rows for piece in row.pieces if piece["supply"]}
        numbers |= {number for row in rows for number in (row.rests_on, row.let_down_by) if number}
        known = any_(literal(sorted(numbers), ARRAY(BigInteger)))
        supplies = connection.execute(select(Supply).where(Supply.shop_id == shop_id, Supply.id == known)).all()
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
