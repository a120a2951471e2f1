"""The engine's values: one variant of one shop, everything owed of it, everything that may serve it.

All quantities are whole units. All dates are calendar dates of the shop. Ids are the platform's own, opaque strings.

Of some values a shop has millions: these are named tuples, which are made in half the time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from itertools import chain
from typing import Literal, NamedTuple


class Mode(StrEnum):
    """What a rule allows once nothing is free."""

    OFF = "off"
    BACKORDER = "backorder"
    PREORDER = "preorder"


class Display(StrEnum):
    """How a date is told: as it is, as a range of days, as its week, or not at all."""

    DAY = "day"
    RANGE = "range"
    WEEK = "week"
    UNKNOWN = "unknown"


class LeadIn(StrEnum):
    """What a lead time counts."""

    DAYS = "days"
    BUSINESS_DAYS = "business_days"


class Policy(StrEnum):
    """Who is served first. Within each, first come, first served."""

    FIRST_COME = "first_come"
    WANTED_DATE = "wanted_date"
    PAID_FIRST = "paid_first"
    RANK = "rank"
    COMPLETE_FIRST = "complete_first"


class Source(StrEnum):
    """What a piece of a claim rests on, best first."""

    ON_HAND = "on_hand"
    SUPPLY = "supply"
    LEAD_TIME = "lead_time"
    UNKNOWN = "unknown"


# Asked of every piece of every plan: in Python 3.11 a member looked up on its enum takes ten times as long.
ON_HAND, SUPPLY = Source.ON_HAND, Source.SUPPLY


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule that holds for one variant in one pool, already merged from its scopes.

    `cap` None means no limit; "incoming" is what dated supply still has for nobody. `open_at` is the number of free
    units at or below which backorders open, or "always". Nothing is sold that comes later than `horizon_days` from
    today, or, with `require_date` or a horizon, that nobody can date. A lead time is `lead_days` days, or business days
    of the country `holidays` (empty: Monday to Friday), from the day of the order in `time_zone` (empty: the shop's);
    from the next where it came after `cut_off`. `buffer_days` are added to every date. `confidence` asks for dates that
    held in so many percent of past receipts. Before `release_on` a preorder ships nothing, except stock where
    `early_sale` is on. `units_per_order` is the most that one order may take past zero; without `may_split` a line
    ships in one piece. `display` with `spread_days` is how dates are told.

    The values it starts with are those of a shop without any rule: nothing is sold past zero.
    """

    mode: Mode = Mode.OFF
    cap: int | Literal["incoming"] | None = 0
    open_at: int | Literal["always"] = 0
    horizon_days: int | None = None
    require_date: bool = False
    lead_days: int | None = None
    lead_in: LeadIn = LeadIn.DAYS
    holidays: str = ""
    cut_off: time | None = None
    time_zone: str = ""
    buffer_days: int = 0
    confidence: int | None = None
    release_on: date | None = None
    early_sale: bool = False
    units_per_order: int | None = None
    may_split: bool = True
    display: Display = Display.DAY
    spread_days: int = 0


NO_RULE = Terms()


@dataclass(frozen=True, slots=True)
class Stock:
    """One stock row as the platform shows it. `quantity` may be negative after a forced shipment."""

    warehouse: str
    quantity: int
    allocated: int


@dataclass(frozen=True, slots=True)
class Channel:
    """A sales channel: its real warehouses in the order it allocates from them, and its pool if it has one.

    `draining` are pools it had before it joined a group: they must hold nothing, and what is allocated there counts on.
    """

    id: str
    slug: str
    warehouses: tuple[str, ...]
    pool: str | None = None
    draining: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool warehouse of ours and the rule that holds for the variant there. A group of channels shares one.

    `changes_on` is the next day on which other rules hold. `learned`: its lead time is what past deliveries say.
    """

    warehouse: str
    terms: Terms
    changes_on: date | None = None
    learned: bool = False


@dataclass(frozen=True, slots=True)
class Supply:
    """Dated units that will arrive in a real warehouse; `quantity` is what is still to come for the queue.

    `delays` are the days after its `eta` by which such supply came in (percent, days) of past receipts.
    """

    id: str
    warehouse: str
    quantity: int
    eta: date
    reference: str = ""
    delays: tuple[tuple[int, int], ...] = ()


class Claim(NamedTuple):
    """The open units of one order line that joined the queue at one moment.

    A line has more than one claim when units were added to it later: `layer` counts them, oldest first. `approving` of
    the `quantity` units sit in a shipment that waits for approval. `allocations` is where the platform put the line's
    units, by warehouse; one claim of a line carries them. `queued_at` is aware: a lead time counts from it.

    `pinned` lines go before all others. A `held` line keeps its turn and its units, and ships nothing. `redated` is the
    day a person gave for what of the line is not on hand, in place of any other; once it has passed nobody knows.
    `paid`, `wanted_on`, `rank` (lower first) and `completes` (all the order has open can ship now) are what a policy
    may go by.
    """

    line: str
    channel: str
    queued_at: datetime
    number: str
    quantity: int
    approving: int = 0
    allocations: tuple[tuple[str, int], ...] = ()
    layer: int = 0
    pinned: bool = False
    held: bool = False
    redated: date | None = None
    paid: bool = False
    wanted_on: date | None = None
    rank: int | None = None
    completes: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A person's decision: `units` of `line` change places in the queue with as many of `to_line`."""

    line: str
    to_line: str
    units: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the engine needs to plan one variant.

    `channels` are all of the shop's, with or without a pool: their claims compete for the same units. A warehouse
    without a row in `stocks` holds nothing. `holidays` are the days off by country, far enough ahead for every rule;
    `time_zone` is the shop's. `paused`: whatever the rules say, nothing is sold past zero now.
    """

    variant: str
    stocks: tuple[Stock, ...] = ()
    channels: tuple[Channel, ...] = ()
    pools: tuple[Pool, ...] = ()
    supplies: tuple[Supply, ...] = ()
    claims: tuple[Claim, ...] = ()
    tracked: bool = True
    policy: Policy = Policy.FIRST_COME
    exchanges: tuple[Exchange, ...] = ()
    time_zone: str = "UTC"
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    paused: bool = False

    def terms(self, channel: Channel) -> Terms:
        """What holds in the channel. Without a pool, or a rule for it, nothing is sold past zero."""
        return next((pool.terms for pool in self.pools if pool.warehouse == channel.pool), NO_RULE)

    def around(self, warehouse: str) -> tuple[str, ...]:
        """The real warehouses of all channels that sell from this one, in their order."""
        selling = (c for c in sorted(self.channels, key=lambda c: c.id) if warehouse in (c.pool, *c.warehouses))
        return tuple(dict.fromkeys(chain.from_iterable(channel.warehouses for channel in selling)))


class Piece(NamedTuple):
    """Some units of a claim and what they rest on.

    `expected` is None for units on hand (they are here) and for units nobody can date. Units on hand that must wait for
    a preorder's release expect that day. A rule dates units that no supply serves by its lead time or its release, and
    a person by a day of their own: these rest on a lead time too.
    """

    quantity: int
    source: Source
    warehouse: str | None = None
    supply: str | None = None
    expected: date | None = None

    @property
    def ready(self) -> bool:
        """Whether the units may leave now, unless their line is held."""
        return self.source is ON_HAND and self.expected is None


def units_ready(pieces: Iterable[Piece]) -> int:
    """Units that may leave now, unless their line is held."""
    return sum([piece.quantity for piece in pieces if piece.ready])


def units_covered(pieces: Iterable[Piece]) -> int:
    """Units that are on hand, whether they may leave now or not."""
    return sum([piece.quantity for piece in pieces if piece.source is ON_HAND])


class Promise(NamedTuple):
    """What one claim gets, best first. `beyond_cap` of its outstanding units exceed what its pool's cap allows.

    With `whole` its line ships in one piece.
    """

    claim: Claim
    pieces: tuple[Piece, ...]
    beyond_cap: int = 0
    whole: bool = False

    @property
    def ready(self) -> int:
        return units_ready(self.pieces)

    @property
    def waiting(self) -> int:
        return self.claim.quantity - self.ready

    @property
    def outstanding(self) -> int:
        return self.claim.quantity - units_covered(self.pieces)


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """What one pool should show so that the platform sells exactly `sellable` more units.

    `free` units are on hand and owed to nobody; `headroom` more may be backordered; `outstanding` are owed and not
    covered; `quantity` is the stock the pool warehouse must hold.
    """

    warehouse: str
    free: int
    headroom: int
    outstanding: int
    quantity: int

    @property
    def sellable(self) -> int:
        return self.free + self.headroom


@dataclass(frozen=True, slots=True)
class Step:
    """Units a new buyer would get together. `expected` is today for units on hand, None when nobody can date them."""

    quantity: int
    expected: date | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a channel may tell a new buyer of the variant.

    `steps` date every unit on offer: what is on hand, alone; then the rest by date; then what has no date. `eta` and
    `eta_latest` are when the first and the last backordered unit would come, as the rule wants dates told; None when
    nothing is backordered or no date is known, `eta_latest` also when any unit has none.
    """

    channel: str
    slug: str
    status: Literal["in_stock", "backorder", "preorder", "out_of_stock"]
    available_now: int
    backorder_left: int
    steps: tuple[Step, ...] = ()
    eta: date | None = None
    eta_latest: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The engine's answer for one variant.

    `promises` are in queue order. Before the day `revisit` the same facts give the same plan; None: they always do.
    `unseen` are units allocated at a warehouse by orders that are not among the claims.
    """

    variant: str
    promises: tuple[Promise, ...] = ()
    pools: tuple[PoolPlan, ...] = ()
    offers: tuple[Offer, ...] = ()
    revisit: date | None = None
    unseen: tuple[tuple[str, int], ...] = ()
