"""The claims of variants: what is open of their order lines, one claim for each moment at which units joined."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, text

from app.engine.model import Claim, Policy

Allocations = tuple[tuple[str, int], ...]


class OpenLine(NamedTuple):
    """An open order line as the queries give it.

    `joined` is when its units joined the queue, where all did at one moment; else `layers` says it, as JSON text.
    """

    variant: str
    id: str
    channel: str
    number: str
    quantity: int
    open: int
    approving: int
    allocations: str
    joined: str | None
    layers: str | None
    paid: bool = False
    wanted_on: date | None = None
    rank: int | None = None
    completes: bool = False


_LINE = """
    lines.variant_id, lines.id, lines.channel_id, lines.order_number, lines.quantity, lines.open, lines.approving,
    lines.allocations::text,
    CASE jsonb_array_length(lines.layers) WHEN 1 THEN lines.layers->0->>'at' END,
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
    for line in starmap(OpenLine, rows):
        found[line.variant] += claims_of(line, line.id in pinned, line.id in held, days.get(line.id))
    return found


def _query(policies: Collection[Policy]) -> TextClause:
    return _ALONE if all(policy is Policy.FIRST_COME for policy in policies) else _WITH_MARKS


def claims_of(line: OpenLine, pinned: bool, held: bool, redated: date | None) -> list[Claim]:
    """One claim per layer with open units."""
    allocations = _allocations(line.allocations)
    decided = pinned, held, redated, line.paid, line.wanted_on, line.rank, line.completes
    if line.joined:
        joined, units = datetime.fromisoformat(line.joined), min(line.open, line.quantity)
        approving = min(units, line.approving)
        return [Claim(line.id, line.channel, joined, line.number, units, approving, allocations, 0, *decided)]
    return list(_layered(line, allocations, decided))


def _layered(line: OpenLine, allocations: Allocations, decided: tuple[Any, ...]) -> Iterator[Claim]:
    """What left first are the units that joined first."""
    gone, approving = max(0, line.quantity - line.open), line.approving
    for number, layer in enumerate(json.loads(line.layers or "[]")):
        units = layer["units"] - gone
        gone = -units if units < 0 else 0
        if units > 0:
            joined, left = datetime.fromisoformat(layer["at"]), min(units, approving)
            yield Claim(line.id, line.channel, joined, line.number, units, left, allocations, number, *decided)
            approving, allocations = approving - left, ()


@lru_cache(maxsize=10_000)
def _allocations(written: str) -> Allocations:
    """Most lines have few units in one place: the same few texts come again and again."""
    return tuple(json.loads(written).items())
