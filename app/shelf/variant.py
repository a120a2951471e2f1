"""One variant on the shelf, worked out from what the book keeps of it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from app.models import Shop

Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant in a channel. `status` and what follows are as published; None where Dueback publishes nothing.

    `headroom` is how many more units may be backordered. Of `cap` units, of what is `incoming`, or without a limit
    (None), `cap_used` are taken: what is owed in the channel and in those that share its pool. `mode` is the rule's.
    """

    channel_id: str
    channel: str
    slug: str
    status: str | None
    eta: date | None
    eta_latest: date | None
    available_now: int | None
    headroom: int | None
    mode: str
    cap: int | Literal["incoming"] | None
    cap_used: int


@dataclass(frozen=True, slots=True)
class NextSupply:
    """The supply that comes next: of those that are not late the first, if there is any. `units` are to come."""

    id: int
    reference: str
    supplier: str | None
    units: int
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class Shelved:
    """A variant. `on_hand` units are in the merchant's own warehouses, `free` of them owed to nobody.

    `ordered` units are open in orders, of which `owed` are not covered by what is on hand; `orders` wait for them.
    `sold_out_since` is when the last unit left; `demand` are the units of open orders that joined since, or, where
    something is on hand, what is owed. An untracked variant never sells out.
    """

    variant_id: str
    sku: str
    product_id: str
    product_name: str
    variant_name: str
    tracked: bool
    on_hand: int
    free: int
    ordered: int
    owed: int
    orders: int
    sold_out_since: datetime | None
    demand: int
    next_supply: NextSupply | None
    offers: tuple[Offer, ...]


@dataclass(slots=True)
class Counts:
    """What is there of a variant and what of it is taken. `owed_in` is by channel."""

    on_hand: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    owed_in: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ordered: int = 0
    orders: int = 0
    joined_since: int = 0
    sold_out_since: datetime | None = None
    next_supply: NextSupply | None = None

    @property
    def free(self) -> int:
        return sum(max(0, units - self.taken[place]) for place, units in self.on_hand.items())

    @property
    def owed(self) -> int:
        return sum(self.owed_in.values())

    @property
    def demand(self) -> int:
        return self.owed if self.sold_out_since is None else self.joined_since


def counts(connection: Connection, shop: Shop, variants: Collection[str], today: date) -> Mapping[str, Counts]:
    """By variant. One that has neither stock nor orders nor supply counts nothing."""
    given = {"shop": shop.id, "variants": list(variants), "today": today}
    found: dict[str, Counts] = defaultdict(Counts)
    for row in connection.execute(_STOCKS, given):
        found[row.variant_id].on_hand[row.warehouse_id] = row.quantity
    for variant, since in _sold_out(connection, given):
        found[variant].sold_out_since = since
    for row in connection.execute(_TAKEN, given):
        found[row.variant_id].taken[row.warehouse] += row.units
    for row in connection.execute(_LINES, given):
        there = found[row.variant_id]
        there.owed_in[row.channel_id] += row.owed
        there.ordered += row.ordered
        there.orders += row.orders
        there.joined_since += row.joined_since
    for row in connection.execute(_NEXT, given):
        late = row.due < today
        found[row.variant_id].next_supply = NextSupply(row.id, row.reference, row.supplier, row.units, row.due, late)
    return found


def _sold_out(connection: Connection, given: Mapping[str, Any]) -> Iterator[tuple[str, datetime]]:
    for row in connection.execute(text(f"SELECT * FROM ({_SOLD_OUT}) AS sold_out"), given):  # noqa: S608 - ours
        yield row.variant_id, row.since


_STOCKS = text("""
    SELECT s.variant_id, s.warehouse_id, s.quantity
    FROM stocks AS s JOIN warehouses AS w ON w.shop_id = s.shop_id AND w.id = s.warehouse_id AND NOT w.is_pool
    WHERE s.shop_id = :shop AND s.variant_id = ANY(:variants)
""")

# A stock that never held anything did not sell out when it was first seen; with others it says nothing either way.
_SOLD_OUT = """
    SELECT s.variant_id, max(s.changed_at) AS since
    FROM stocks AS s JOIN warehouses AS w ON w.shop_id = s.shop_id AND w.id = s.warehouse_id AND NOT w.is_pool
    JOIN variants AS v ON v.shop_id = s.shop_id AND v.id = s.variant_id AND v.tracked
    WHERE s.shop_id = :shop AND s.variant_id = ANY(:variants)
    GROUP BY s.variant_id HAVING max(s.quantity) <= 0
"""

_TAKEN = text("""
    SELECT l.variant_id, piece ->> 'warehouse' AS warehouse, sum((piece ->> 'quantity')::int)::int AS units
    FROM lines AS l, jsonb_array_elements(l.pieces) AS piece
    WHERE l.shop_id = :shop AND l.variant_id = ANY(:variants) AND l.open > 0
      AND piece ->> 'source' = 'on_hand' AND piece ->> 'warehouse' IS NOT NULL
    GROUP BY 1, 2
""")

# What is kept on hand for a line is not owed, though a held line waits for all of it. Of a line the units that joined
# last are the ones that are open.
_LINES = text(f"""
    SELECT l.variant_id, o.channel_id, sum(l.open)::int AS ordered,
        sum(greatest(0, l.open - (
            SELECT coalesce(sum((piece ->> 'quantity')::int), 0) FROM jsonb_array_elements(l.pieces) AS piece
            WHERE piece ->> 'source' = 'on_hand'
        )))::int AS owed,
        count(DISTINCT l.order_id) FILTER (WHERE l.waiting > 0)::int AS orders,
        sum(least(l.open, (
            SELECT coalesce(sum((layer ->> 'units')::int), 0) FROM jsonb_array_elements(l.layers) AS layer
            WHERE (layer ->> 'at')::timestamptz >= z.since
        )))::int AS joined_since
    FROM lines AS l
    JOIN orders AS o ON o.shop_id = l.shop_id AND o.id = l.order_id
    LEFT JOIN ({_SOLD_OUT}) AS z ON z.variant_id = l.variant_id
    WHERE l.shop_id = :shop AND l.variant_id = ANY(:variants) AND l.open > 0
    GROUP BY 1, 2
""")  # noqa: S608 - our own text

_NEXT = text("""
    SELECT DISTINCT ON (s.variant_id) s.id, s.variant_id, s.reference, p.name AS supplier,
        s.quantity - s.received AS units, coalesce(s.eta_latest, s.eta) AS due
    FROM supplies AS s LEFT JOIN suppliers AS p ON p.id = s.supplier_id
    WHERE s.shop_id = :shop AND s.variant_id = ANY(:variants) AND s.state = 'expected'
    ORDER BY s.variant_id, coalesce(s.eta_latest, s.eta) < :today, coalesce(s.eta_latest, s.eta), s.id
""")
