"""What a plan went by and what became of a line: the values from which the cause of a move is found.

See `app.engine.tracing` for how it is found.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.engine.model import Channel, Facts, Piece, Policy, Pool, Source, Supply, Terms

NO_RULE = Terms()


class Cause(StrEnum):
    """Why the promise of a line moved. Programs may rely on these words."""

    ORDERED = "ordered"
    """The first promise."""
    SHIPPED = "shipped"
    """Its own units left."""
    SHIPMENT_UNDONE = "shipment_undone"
    """Its own units came back: a shipment was cancelled."""
    EDITED = "edited"
    """Units were added to the line or taken off it."""
    CANCELLED = "cancelled"
    """Its order was cancelled, or expired."""

    ARRIVED = "arrived"
    """A supply was received and its units are on hand."""
    RECEIVED_UNCOUNTED = "received_uncounted"
    """A supply was received and the shop does not show its units yet."""
    STOCK_ROSE = "stock_rose"
    """More units are on hand, and no receipt says from where."""
    STOCK_LOST = "stock_lost"
    """Fewer units are on hand than shipments explain."""
    SHIPPED_OUT_OF_TURN = "shipped_out_of_turn"
    """Units this line was to get were shipped to another order."""

    SUPPLY_ADDED = "supply_added"
    SUPPLY_GREW = "supply_grew"
    SUPPLY_CAME_FORWARD = "supply_came_forward"
    SUPPLY_DATED_AGAIN = "supply_dated_again"
    """A late supply got a new date."""
    SUPPLY_SLIPPED = "supply_slipped"
    SUPPLY_LATE = "supply_late"
    """A supply did not come on its day: it gives no date until it gets a new one."""
    SUPPLY_SHRANK = "supply_shrank"
    """Fewer units of a supply come, or some are held back or in doubt."""
    SUPPLY_CANCELLED = "supply_cancelled"
    LEAD_TIME_REPLACED = "lead_time_replaced"
    """Units that had only the rule's lead time are now dated by a supply, and it comes later."""
    LEAD_TIMES_LEARNED = "lead_times_learned"
    """Past receipts give other dates for the same supply."""

    OLDER_ORDER_LEFT = "older_order_left"
    """An order served before needs fewer units."""
    OLDER_ORDER_SEEN = "older_order_seen"
    """An order that was placed before was read only now."""
    OLDER_ORDER_REOPENED = "older_order_reopened"
    """A shipment of an order served before was cancelled: it needs its units again."""
    OLDER_ORDER_TOOK = "older_order_took"
    """An order served before uses other units than it did."""
    SHIPMENT_PREPARED = "shipment_prepared"
    """Units were put in a shipment that waits for approval."""
    HANDED_OVER = "handed_over"
    """A person let orders change places, or took that back."""
    PINNED = "pinned"
    """A person let a line go first, or took that back."""
    POLICY_CHANGED = "policy_changed"
    """The shop serves its queue in another order."""
    OVERTAKEN = "overtaken"
    """The shop's own policy serves another order first."""

    RULE_CHANGED = "rule_changed"
    PLACES_CHANGED = "places_changed"
    """The channel sells from other warehouses."""
    TIME_PASSED = "time_passed"
    """A lead time or a release day passed."""
    REPLANNED = "replanned"
    """Nothing that was remembered differs: the plan before was made by an older version."""


LET_DATES_MOVE_LATER = frozenset(
    {
        Cause.EDITED,
        Cause.SHIPMENT_UNDONE,
        Cause.RECEIVED_UNCOUNTED,
        Cause.STOCK_LOST,
        Cause.SHIPPED_OUT_OF_TURN,
        Cause.SUPPLY_DATED_AGAIN,
        Cause.SUPPLY_SLIPPED,
        Cause.SUPPLY_LATE,
        Cause.SUPPLY_SHRANK,
        Cause.SUPPLY_CANCELLED,
        Cause.LEAD_TIME_REPLACED,
        Cause.LEAD_TIMES_LEARNED,
        Cause.OLDER_ORDER_SEEN,
        Cause.OLDER_ORDER_REOPENED,
        Cause.OLDER_ORDER_TOOK,
        Cause.SHIPMENT_PREPARED,
        Cause.HANDED_OVER,
        Cause.PINNED,
        Cause.POLICY_CHANGED,
        Cause.OVERTAKEN,
        Cause.RULE_CHANGED,
        Cause.PLACES_CHANGED,
        Cause.TIME_PASSED,
    }
)
"""What may give a line a later date: supply that shrank or slipped, a person's decision, a day that passed."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A supply as a plan knew it.

    Of the units `ordered` so many were `received` and so many are `held` back; `units` are those for the queue.
    `delays` as in `Supply`.
    """

    reference: str
    warehouse: str
    eta: date
    units: int
    ordered: int = 0
    received: int = 0
    held: int = 0
    state: str = "expected"
    delays: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan of one variant went by, as far as it can move a date.

    `stocks` are the units on hand by warehouse, `terms` by channel what its rule decides, `places` by channel its
    warehouses.
    """

    day: date
    stocks: Mapping[str, int] = field(default_factory=dict)
    supplies: Mapping[str, Coming] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policy: str = Policy.FIRST_COME
    exchanges: tuple[tuple[str, str, int], ...] = ()
    pinned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line between two plans.

    Of its units `shipped` left (fewer than none: came back) and `added` were ordered on top (fewer than none: taken
    off). `order` is the number of its order; `given_up`: that is cancelled or expired; `approving` as in `Claim`.
    """

    line: str
    order: str
    channel: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    shipped: int = 0
    added: int = 0
    given_up: bool = False
    approving: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause, and what there is to say of it: whatever of supply, warehouse, other order, units and values applies.

    `was` and `now` are the values before and after: days of a supply, a field of a rule, which `what` names. Of a
    supply that shrank `what` says how, where fewer were not simply ordered: held, doubt (they may be on hand already).
    """

    cause: Cause
    supply: str | None = None
    reference: str = ""
    warehouse: str | None = None
    order: str | None = None
    units: int = 0
    what: str = ""
    was: Any = None
    now: Any = None


DATING = (
    "mode", "lead_days", "lead_in", "holidays", "cut_off", "time_zone", "buffer_days", "confidence", "release_on",
    "early_sale", "may_split",
)  # fmt: skip
"""The fields of a rule that date what is owed already."""

LEARNED = "learned"
"""Among them, as a plan knew them: that the lead time is what past deliveries say."""


def basis_of(facts: Facts, supplies: Mapping[str, Coming], day: date) -> Basis:
    """What a plan of these facts goes by. `supplies` are all that is known of, those that come no more included."""
    selling = {claim.channel for claim in facts.claims}
    channels = [channel for channel in facts.channels if channel.id in selling]
    return Basis(
        day=day,
        stocks={stock.warehouse: stock.quantity for stock in facts.stocks},
        supplies=supplies,
        terms={channel.id: _dating(_pool(facts, channel)) for channel in channels},
        places={channel.id: channel.warehouses for channel in channels},
        policy=facts.policy,
        exchanges=tuple((each.line, each.to_line, each.units) for each in facts.exchanges),
        pinned=frozenset(claim.line for claim in facts.claims if claim.pinned),
    )


def _pool(facts: Facts, channel: Channel) -> Pool:
    return next((pool for pool in facts.pools if pool.warehouse == channel.pool), Pool("", NO_RULE))


def _dating(pool: Pool) -> dict[str, str | int]:
    """What the rule decides of dates, as it is kept: plain numbers and text."""
    values = {name: getattr(pool.terms, name) for name in DATING}
    decided = {name: value for name, value in values.items() if value != getattr(NO_RULE, name)}
    written = {name: value if isinstance(value, int) else str(value) for name, value in decided.items()}
    return written | {LEARNED: True} if pool.learned else written


def coming(supplies: Iterable[Supply]) -> dict[str, Coming]:
    """The supplies a plan hands out."""
    return {
        each.id: Coming(each.reference, each.warehouse, each.eta, each.quantity, delays=each.delays)
        for each in supplies
    }


Lot = tuple[Source, str | None, str | None]


def lot_of(piece: Piece) -> Lot:
    """What units rest on, whenever they come."""
    return piece.source, piece.warehouse, piece.supply


def last_day(pieces: Iterable[Piece]) -> date:
    """When the last of the units comes: the first day there is for units ready now, the last for those undated."""
    return max(_days(pieces), default=date.min)


def _days(pieces: Iterable[Piece]) -> Iterator[date]:
    for piece in pieces:
        yield date.min if piece.ready else piece.expected or date.max
