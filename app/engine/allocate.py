"""Who gets which units: the queue is served one claim after the other, each with the best that is left."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from app.engine.model import Claim, Piece, Source, Stock, Supply


def queue_order(claim: Claim) -> tuple[Any, ...]:
    """First come, first served. Order numbers settle a tie, "9" before "10"; then the line, then its layers."""
    number = (0, int(claim.number)) if claim.number.isdecimal() else (1, claim.number)
    return claim.queued_at, number, claim.line, claim.layer


@dataclass(slots=True)
class Lot:
    """Units that are one as good as another, and how many of them nobody has been given yet."""

    left: int
    source: Source
    warehouse: str
    supply: str | None = None
    expected: date | None = None

    def piece(self, units: int) -> Piece:
        return Piece(units, self.source, self.warehouse, self.supply, self.expected)


class Goods:
    """Everything that can be handed out, and what is left of it while the queue is served.

    A supply whose day has passed is not among it: nobody knows any more when it comes.
    """

    def __init__(self, stocks: Iterable[Stock], supplies: Iterable[Supply], today: date) -> None:
        usable = sorted((s for s in supplies if s.eta >= today), key=lambda s: (s.eta, s.id))
        self._on_hand = {s.warehouse: Lot(max(0, s.quantity), Source.ON_HAND, s.warehouse) for s in stocks}
        self._coming = [Lot(s.quantity, Source.SUPPLY, s.warehouse, s.id, s.eta) for s in usable]
        self._lines: dict[tuple[str, ...], deque[Lot]] = {}

    def take(self, units: int, warehouses: tuple[str, ...], allocations: Iterable[tuple[str, int]] = ()) -> list[Piece]:
        """Hand out up to `units` of what these warehouses hold or will get.

        Units on hand come first: where they are allocated, then in the order of the warehouses. Then supplies by date.
        """
        pieces = []
        for lot, taken in _draw(units, chain(self._allocated(warehouses, dict(allocations)), self._best(warehouses))):
            lot.left -= taken
            pieces.append(lot.piece(taken))
        return pieces

    def look(self, units: int, warehouses: tuple[str, ...]) -> list[Piece]:
        """What `take` would hand out."""
        return [lot.piece(taken) for lot, taken in _draw(units, self._best(warehouses))]

    def free(self, warehouses: Iterable[str]) -> int:
        """Units on hand in these warehouses that nobody has been given."""
        return sum(self._on_hand[warehouse].left for warehouse in warehouses if warehouse in self._on_hand)

    def _allocated(self, warehouses: Sequence[str], allocations: Mapping[str, int]) -> Iterator[tuple[Lot, int]]:
        for warehouse in warehouses if allocations else ():
            if warehouse in self._on_hand:
                yield self._on_hand[warehouse], allocations.get(warehouse, 0)

    def _best(self, warehouses: tuple[str, ...]) -> Iterator[tuple[Lot, int]]:
        """The lots of these warehouses, best first. Empty ones at the front leave for good: nobody passes twice."""
        line = self._lines.get(warehouses)
        if line is None:
            on_hand = (self._on_hand[warehouse] for warehouse in warehouses if warehouse in self._on_hand)
            line = deque([*on_hand, *(lot for lot in self._coming if lot.warehouse in warehouses)])
            self._lines[warehouses] = line
        while line and not line[0].left:
            line.popleft()
        return ((lot, lot.left) for lot in line)


def _draw(units: int, lots: Iterable[tuple[Lot, int]]) -> Iterator[tuple[Lot, int]]:
    """How many units each lot gives, at most so many of it; whoever takes them does so before asking on."""
    for lot, most in lots:
        if units <= 0:
            return
        taken = min(units, most, lot.left)
        if taken > 0:
            yield lot, taken
            units -= taken


def cover(queue: Sequence[Claim], goods: Goods, reach: Mapping[str, tuple[str, ...]]) -> list[list[Piece]]:
    """What each claim of the queue is handed out; units in a shipment that waits for approval go before all others.

    `reach` has the warehouses of each channel.
    """

    def hand_out(units_of: Callable[[Claim], int]) -> list[list[Piece]]:
        return [goods.take(units_of(claim), reach.get(claim.channel, ()), claim.allocations) for claim in queue]

    approving = hand_out(lambda claim: claim.approving)
    rest = hand_out(lambda claim: claim.quantity - claim.approving)
    return [together(first + then) for first, then in zip(approving, rest, strict=True)]


def together(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, those that rest on the same thing made one."""
    if len(pieces) <= 1:
        return pieces
    units: Counter[tuple[Any, ...]] = Counter()
    for piece in pieces:
        units[piece.source, piece.warehouse, piece.supply, piece.expected] += piece.quantity
    return [Piece(quantity, *rest) for rest, quantity in units.items()]
