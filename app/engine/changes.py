"""What a plan went by and what became of a line: the values from which the cause of a move is found.

See `app.engine.tracing` for how it is found.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.engine.answer import Piece, Source
from app.engine.cause import Cause
from app.engine.model import NO_RULE, Channel, Facts, Policy, Pool, Supply


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
    warehouses; `redated` are the days that people gave, by line; `gone` as in `Facts`.
    """

    day: date
    stocks: Mapping[str, int] = field(default_factory=dict)
    supplies: Mapping[str, Coming] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policy: str = Policy.FIRST_COME
    exchanges: tuple[tuple[str, str, int], ...] = ()
    pinned: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    redated: Mapping[str, date] = field(default_factory=dict)
    gone: bool = False


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
    supply that shrank `what` says how, where fewer were not simply ordered: held, doubt (they may be on hand already);
    of a day that passed, that a person had given it: by_hand; of one that a person gave, that it was undone.
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
        held=frozenset(claim.line for claim in facts.claims if claim.held),
        redated={claim.line: claim.redated for claim in facts.claims if claim.redated},
        gone=facts.gone,
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


def waits(pieces: Iterable[Piece]) -> bool:
    """Whether any unit is not on hand."""
    return any(piece.source is not Source.ON_HAND for piece in pieces)


def happened_to(line: LineChange) -> Reason | None:
    """What happened to the line itself."""
    if line.given_up:
        return Reason(Cause.CANCELLED, order=line.order)
    if line.shipped > 0:
        return Reason(Cause.SHIPPED, order=line.order, units=line.shipped)
    if line.added < 0:
        return Reason(Cause.EDITED, order=line.order, units=line.added)
    return next(grown(line), None)


def grown(line: LineChange) -> Iterator[Reason]:
    """The line needs more units than before."""
    if line.added > 0:
        yield Reason(Cause.EDITED, order=line.order, units=line.added)
    if line.shipped < 0:
        yield Reason(Cause.SHIPMENT_UNDONE, order=line.order, units=-line.shipped)
