"""Collections that share variants and decide the same field differently, and which of them wins."""

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, true

from app.engine.rules import ENDS_ON, READ, STARTS_ON, Scope
from app.models import Variant
from app.rulebook.kept import rows
from app.rulebook.place import Place, members

Fields = Mapping[str, Any]

# Days as texts sort as days.
FIRST, LAST = "0001-01-01", "9999-12-31"


class Clash(NamedTuple):
    """For `variants` variants the collection `wins` decides `field`, and `loses` does not. Both are slugs."""

    field: str
    wins: str
    loses: str
    channel_id: str
    variants: int


def clashes(
    connection: Connection, shop_id: int, place: Place | None = None, fields: Fields | None = None
) -> list[Clash]:
    """Those of the shop's rules; with a place, those its rule would have part in if it had these fields."""
    if place is not None and (place.scope is not Scope.COLLECTION or fields is None):
        return []
    kept = rows(connection, shop_id, Scope.COLLECTION)
    rules: dict[_Key, Fields] = {(row.target_name, row.target, row.channel_id): row.fields for row in kept}
    if place is not None:
        rules = {key: own for key, own in rules.items() if key[1:] != (place.target, place.channel_id)}
        rules[place.target_name, place.target, place.channel_id] = fields or {}
    shared = _shared(connection, shop_id, {target for _, target, _ in rules})
    found = []
    # In the order in which `app.engine.rules` looks at them.
    for one, other in combinations(sorted(rules), 2):
        variants = shared.get(frozenset((one[1], other[1])), 0)
        concerned = place is None or place.target in {one[1], other[1]}
        if variants and concerned and one[2] == other[2]:
            names = _disputed(rules[one], rules[other])
            found += [Clash(name, one[0], other[0], one[2], variants) for name in names]
    return found


_Key = tuple[str, str, str]


def _disputed(one: Fields, other: Fields) -> list[str]:
    """Fields that both decide, differently, on some day."""
    apart = one.get(ENDS_ON, LAST) < other.get(STARTS_ON, FIRST) or other.get(ENDS_ON, LAST) < one.get(STARTS_ON, FIRST)
    return [] if apart else [name for name in READ if name in one and name in other and one[name] != other[name]]


def _shared(connection: Connection, shop_id: int, collections: Collection[str]) -> dict[frozenset[str], int]:
    """How many variants each pair of these collections has in common."""
    one, other = members(Variant.collection_ids, "one"), members(Variant.collection_ids, "other")
    query = (
        select(one.c.value, other.c.value, func.count())
        .select_from(Variant)
        .join(one, true())
        .join(other, one.c.value < other.c.value)
        .where(Variant.shop_id == shop_id, one.c.value.in_(collections), other.c.value.in_(collections))
        .group_by(one.c.value, other.c.value)
    )
    return {frozenset((first, second)): count for first, second, count in connection.execute(query)}
