"""What the engine is given: one variant of one shop, everything owed of it, everything that may serve it.

What it answers is in `answer`.

All quantities are whole units. All dates are calendar dates of the shop. Ids are the platform's own, opaque strings.

Of some values a shop has millions: these are named tuples, which are made in half the time.
"""

from collections.abc import Mapping
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
    `time_zone` is the shop's. `paused`: whatever the rules say, nothing is sold past zero now. `gone`: the variant was
    deleted, so there is nothing but who still waits.
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
    gone: bool = False

    def terms(self, channel: Channel) -> Terms:
        """What holds in the channel. Without a pool, or a rule for it, nothing is sold past zero."""
        return next((pool.terms for pool in self.pools if pool.warehouse == channel.pool), NO_RULE)

    def around(self, warehouse: str) -> tuple[str, ...]:
        """The real warehouses of all channels that sell from this one, or did before, in their order."""
        selling = (
            channel
            for channel in sorted(self.channels, key=lambda channel: channel.id)
            if warehouse in (channel.pool, *channel.draining, *channel.warehouses)
        )
        return tuple(dict.fromkeys(chain.from_iterable(channel.warehouses for channel in selling)))
