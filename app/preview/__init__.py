"""What a change would do, before it is made: the variants it concerns, planned with and without it.

Here that of a rule; `app.preview.supply` has that of supply.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app import book, rulebook
from app.engine.model import Claim, Mode
from app.engine.turns import first_come
from app.models import Line, Shop, Variant
from app.preview.comparing import compared
from app.preview.found import LISTED, Moved, Preview, Refused, Turned
from app.rulebook import Edit, Place, Supposed

__all__ = ["Moved", "Preview", "Refused", "Turned", "of_rule"]

BATCH = 500
HURRIED_BATCH = 50


def of_rule(
    connection: Connection,
    shop: Shop,
    place: Place,
    fields: Mapping[str, Any] | None,
    today: date,
    *,
    within: float | None = None,
) -> Preview:
    """What it would do to set these fields of the rule at the place, as `rulebook.put` would; None: to remove it.

    Changes nothing. Raises BadRule. It takes as long as planning what is covered twice, and holds a batch in memory.
    `within` so many seconds it begins the last batch: what somebody waits for comes first, so that is known at least.
    """
    deadline = math.inf if within is None else time.monotonic() + within
    after = None
    if fields is not None:
        [(_, _, after)] = rulebook.would_be(connection, shop.id, [Edit(place, fields)])
    supposed = Supposed(place, after, _channels_to_open(connection, shop, place, fields or {}))
    found = Preview(after, rulebook.clashes(connection, shop.id, place, after))
    found.remarks = rulebook.remarks(connection, shop.id, place, after, today)
    found.covered = _count(connection, shop, place)
    moved: list[tuple[Claim, Moved]] = []
    for variants in _covered(connection, shop, place, BATCH if within is None else HURRIED_BATCH):
        found.looked_at += len(variants)
        listed = len(moved)
        ids = [row.id for row in variants]
        now = {facts.variant: facts for facts in book.load_facts(connection, shop, ids, today)}
        then = {facts.variant: facts for facts in book.load_facts(connection, shop, ids, today, supposed=supposed)}
        for row in variants:
            if difference := compared(row, now[row.id], then[row.id], today):
                difference.tell(found)
                moved += difference.moves()
        found.moving += len(moved) - listed
        moved = sorted(moved, key=_turn)[:LISTED]
        if time.monotonic() > deadline:
            break
    found.moves = [move for _, move in moved]
    return found


def _turn(moved: tuple[Claim, Moved]) -> tuple[Any, ...]:
    claim, _ = moved
    return not claim.pinned, first_come(claim)


def _channels_to_open(connection: Connection, shop: Shop, place: Place, fields: Mapping[str, Any]) -> frozenset[str]:
    """The channels that get a pool when the rule is set."""
    if fields.get("mode") in {None, Mode.OFF.value}:
        return frozenset()
    return frozenset(rulebook.channels_concerned(connection, shop.id, [place]))


def _count(connection: Connection, shop: Shop, place: Place) -> int:
    query = select(func.count()).where(Variant.shop_id == shop.id, rulebook.covered([place]))
    return connection.scalar(query) or 0


def _covered(connection: Connection, shop: Shop, place: Place, batch: int) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """The rows of the variants the place covers, a batch at a time, those with open orders first."""
    waiting = select(Line.variant_id).where(Line.shop_id == shop.id, Line.open > 0, Line.variant_id.is_not(None))
    owed = Variant.id.in_(waiting)
    query = select(Variant.__table__).where(Variant.shop_id == shop.id, rulebook.covered([place])).order_by(Variant.id)
    for condition in (owed, ~owed):
        last = ""
        while rows := connection.execute(query.where(condition, Variant.id > last).limit(batch)).all():
            last = rows[-1].id
            yield rows
