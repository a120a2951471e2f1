"""What a change would do, before it is made: the variants it concerns, planned with and without it.

Here that of a rule; `app.preview.supply` has that of supply.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from app import book, rulebook
from app.engine.model import Mode
from app.models import Shop, Variant
from app.preview.comparing import compared
from app.preview.found import Moved, Preview, Refused, Turned
from app.rulebook import Edit, Place, Supposed

__all__ = ["Moved", "Preview", "Refused", "Turned", "of_rule"]

BATCH = 500


def of_rule(connection: Connection, shop: Shop, place: Place, fields: Mapping[str, Any] | None, today: date) -> Preview:
    """What it would do to set these fields of the rule at the place, as `rulebook.put` would; None: to remove it.

    Changes nothing. Raises BadRule. It takes as long as planning what is covered twice, and holds a batch in memory.
    """
    after = None
    if fields is not None:
        [(_, _, after)] = rulebook.would_be(connection, shop.id, [Edit(place, fields)])
    supposed = Supposed(place, after, _channels_to_open(connection, shop, place, fields or {}))
    found = Preview(after, rulebook.clashes(connection, shop.id, place, after))
    for variants in _covered(connection, shop, place):
        found.covered += len(variants)
        ids = [row.id for row in variants]
        now = {facts.variant: facts for facts in book.load_facts(connection, shop, ids, today)}
        then = {facts.variant: facts for facts in book.load_facts(connection, shop, ids, today, supposed=supposed)}
        for row in variants:
            if difference := compared(row, now[row.id], then[row.id], today):
                difference.tell(found)
    return found


def _channels_to_open(connection: Connection, shop: Shop, place: Place, fields: Mapping[str, Any]) -> frozenset[str]:
    """The channels that get a pool when the rule is set."""
    if fields.get("mode") in {None, Mode.OFF.value}:
        return frozenset()
    return frozenset(rulebook.channels_concerned(connection, shop.id, [place]))


def _covered(connection: Connection, shop: Shop, place: Place) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """The rows of the variants the place covers, a batch at a time."""
    last = ""
    query = select(Variant.__table__).where(Variant.shop_id == shop.id, rulebook.covered([place])).order_by(Variant.id)
    while rows := connection.execute(query.where(Variant.id > last).limit(BATCH)).all():
        last = rows[-1].id
        yield rows
