"""Who gets which units: the queue is served one claim after the other, each with the best that is left."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from app.engine.answer import ON_HAND, SUPPLY, Piece
from app.engine.model import Claim, Stock, Supply


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What a claim may use: the warehouses of its channel, and how sure its rule wants dates, in percent.

    Each is a line of its own: claims with the same one are served quickly.
    """

    warehouses: tuple[str, ...] = ()
    confidence: int | None = None


@dataclass(slots=True)
class Lot:
    """Units that are one as good as another, and how many of them nobody has been given yet."""

    left: int
    warehouse: str
    supply: Supply | None = None
    _last: tuple[int, int | None, Piece] | None = None

    def hand_out(self, units: int, confidence: int | None) -> Piece:
        """So many of the units that are left."""
        self.left -= units
        return self.piece(units, confidence)

    def piece(self, units: int, confidence: int | None) -> Piece:
        """Of a long queue most take as many as the one before: the same piece."""
        if self._last is None or self._last[0] != units or self._last[1] != confidence:
            self._last = units, confidence, self._piece(units, confidence)
        return self._last[2]

    def _piece(self, units: int, confidence: int | None) -> Piece:
        if self.supply is None:
            return Piece(units, ON_HAND, self.warehouse)
        return Piece(units, SUPPLY, self.warehouse, self.supply.id, comes_on(self.supply, confidence))


def comes_on(supply: Supply, confidence: int | None) -> date:
    """The day to reckon with: so late such supply was, in that many percent of past receipts."""
    if not supply.delays:
        return supply.eta
    return supply.eta + timedelta(days=dict(supply.delays).get(confidence or 0, 0))


class Goods:
    """Everything that can be handed out, and what is left of it while the queue is served.

    A supply whose day has passed is not among it: nobody knows any more when it comes.
    """

    def __init__(self, stocks: Iterable[Stock], supplies: Iterable[Supply], today: date) -> None:
        self._on_hand = {s.warehouse: Lot(max(0, s.quantity), s.warehouse) for s in stocks}
        self._coming = [(s, Lot(s.quantity, s.warehouse, s)) for s in supplies if s.eta >= today]
        self._lines: dict[Reach, deque[Lot]] = {}
        self._last: dict[Reach, date] = {}

    def take(self, units: int, reach: Reach, allocations: Iterable[tuple[str, int]] = ()) -> list[Piece]:
        """Hand out up to `units` of what is in reach.

        Units on hand come first: where they are allocated, then in the order of the warehouses. Then supplies by date.
        """
        pieces: list[Piece] = []
        for lot, most in self._allocated(reach.warehouses, allocations):
            if taken := min(units, most, lot.left):
                pieces.append(lot.hand_out(taken, reach.confidence))
                units -= taken
        line = self._line(reach)
        while units > 0 and line:
            lot = line[0]
            if taken := min(units, lot.left):
                pieces.append(lot.hand_out(taken, reach.confidence))
                units -= taken
            if not lot.left:
                # It leaves for good: nobody passes it twice.
                line.popleft()
        return pieces

    def look(self, units: int, reach: Reach) -> list[Piece]:
        """What `take` would hand out."""
        pieces: list[Piece] = []
        for lot in self._line(reach):
            if units <= 0:
                break
            if taken := min(units, lot.left):
                pieces.append(lot.piece(taken, reach.confidence))
                units -= taken
        return pieces

    def free(self, warehouses: Iterable[str]) -> int:
        """Units on hand in these warehouses that nobody has been given."""
        return sum(self._on_hand[warehouse].left for warehouse in warehouses if warehouse in self._on_hand)

    def last_supply(self, reach: Reach) -> date | None:
        """When the last supply in reach comes, whoever gets its units; None where none does."""
        self._line(reach)
        return self._last.get(reach)

    def _allocated(self, warehouses: Sequence[str], allocations: Iterable[tuple[str, int]]) -> list[tuple[Lot, int]]:
        found = []
        for place, units in allocations:
            if place in warehouses and place in self._on_hand:
                found.append((self._on_hand[place], units))
        if len(found) > 1:
            found.sort(key=lambda each: warehouses.index(each[0].warehouse))
        return found

    def _line(self, reach: Reach) -> deque[Lot]:
        """The lots in reach, best first."""
        line = self._lines.get(reach)
        if line is None:
            line = self._lines[reach] = deque(self._in_order(reach))
        return line

    def _in_order(self, reach: Reach) -> Iterator[Lot]:
        yield from (self._on_hand[warehouse] for warehouse in reach.warehouses if warehouse in self._on_hand)
        coming = [
            (comes_on(supply, reach.confidence), supply.id, lot)
            for supply, lot in self._coming
            if supply.quantity and lot.warehouse in reach.warehouses
        ]
        coming.sort(key=itemgetter(0, 1))
        if coming:
            self._last[reach] = coming[-1][0]
        yield from (lot for _, _, lot in coming)


def cover(queue: Sequence[Claim], goods: Goods, reach: Mapping[str, Reach]) -> list[list[Piece]]:
    """What each claim of the queue is handed out; units in a shipment that waits for approval go before all others.

    `reach` has an answer for every channel of a claim.
    """
    approving = {
        number: goods.take(claim.approving, reach[claim.channel], claim.allocations)
        for number, claim in enumerate(queue)
        if claim.approving
    }
    covered = []
    for number, claim in enumerate(queue):
        pieces = goods.take(claim.quantity - claim.approving, reach[claim.channel], claim.allocations)
        covered.append(together(approving[number] + pieces if claim.approving else pieces))
    return covered


def together(pieces: list[Piece]) -> list[Piece]:
    """The same pieces, those that rest on the same thing made one."""
    if len(pieces) <= 1:
        return pieces
    units: Counter[tuple[Any, ...]] = Counter()
    for piece in pieces:
        units[piece.source, piece.warehouse, piece.supply, piece.expected] += piece.quantity
    return [Piece(quantity, *rest) for rest, quantity in units.items()]
