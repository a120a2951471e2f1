"""The claims of variants: what is open of their order lines, one claim for each moment at which units joined."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from app.engine.model import Claim, Policy

Allocations = tuple[tuple[str, int], ...]


# The moment at which its first units joined the queue, and, only where others joined later, every moment.
_LINE = """
    lines.variant_id, lines.id, lines.channel_id, lines.order_number, lines.quantity, lines.open, lines.approving,
    lines.allocations::text,
    lines.layers->0->>'at',
    CASE jsonb_array_length(lines.layers) WHEN 1 THEN NULL ELSE lines.layers::text END
"""
_OPEN = "lines.shop_id = :shop AND lines.variant_id = ANY(:variants) AND lines.open > 0"
_ALONE = text(f"SELECT {_LINE} FROM lines WHERE {_OPEN}")  # noqa: S608 - of our own constants
_WITH_MARKS = text(f"""
    SELECT {_LINE}, orders.paid, orders.wanted_on, orders.rank, orders.completes
    FROM lines JOIN orders ON orders.shop_id = lines.shop_id AND orders.id = lines.order_id WHERE {_OPEN}
""")  # noqa: S608


def load_claims(
    connection: Connection,
    shop_id: int,
    variants: Collection[str],
    policies: Collection[Policy],
    pinned: Collection[str] = (),
    held: Collection[str] = (),
    redated: Mapping[str, date] | None = None,
) -> dict[str, list[Claim]]:
    """By variant, in no order; a variant nobody waits for has none. What people decided is by the ids of lines.

    `policies` are those that the claims may be put in turn by: first come, first served asks nothing of the orders.
    """
    days = redated or {}
    found: dict[str, list[Claim]] = defaultdict(list)
    # All at once: one by one, a queue of thousands takes a tenth longer.
    rows = connection.execute(_query(policies), {"shop": shop_id, "variants": list(variants)}).all()
    for variant, line, channel, number, quantity, left, approving, allocations, joined, layers, *marks in rows:
        units = min(left, quantity)
        first, places = datetime.fromisoformat(joined), _allocations(allocations)
        decided = line in pinned, line in held, days.get(line), *marks
        claim = Claim(line, channel, first, number, units, min(units, approving), places, 0, *decided)
        found[variant] += _layered(claim, json.loads(layers), quantity - units) if layers else [claim]
    return found


def _query(policies: Collection[Policy]) -> TextClause:
    return _ALONE if all(policy is Policy.FIRST_COME for policy in policies) else _WITH_MARKS


def _layered(claim: Claim, layers: Iterable[Mapping[str, Any]], gone: int) -> Iterator[Claim]:
    """The claim of a whole line, parted by layers with open units. The units that joined first are those that left."""
    approving, allocations = claim.approving, claim.allocations
    for number, layer in enumerate(layers):
        units = layer["units"] - gone
        gone = -units if units < 0 else 0
        if units > 0:
            joined, left = datetime.fromisoformat(layer["at"]), min(units, approving)
            yield claim._replace(
                queued_at=joined, quantity=units, approving=left, allocations=allocations, layer=number
            )
            approving, allocations = approving - left, ()


@lru_cache(maxsize=10_000)
def _allocations(written: str) -> Allocations:
    """Most lines have few units in one place: the same few texts come again and again."""
    return tuple(json.loads(written).items())
