"""What the engine answers: what each claim of a variant gets, and what its pools and channels should show.

All quantities are whole units. All dates are calendar dates of the shop. Named tuples as in `model`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from app.engine.model import Claim


class Source(StrEnum):
    """What a piece of a claim rests on, best first."""

    ON_HAND = "on_hand"
    SUPPLY = "supply"
    LEAD_TIME = "lead_time"
    UNKNOWN = "unknown"


# Asked of every piece of every plan: in Python 3.11 a member looked up on its enum takes ten times as long.
ON_HAND, SUPPLY = Source.ON_HAND, Source.SUPPLY


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
