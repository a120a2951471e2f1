"""Orders the platform has accepted and we have not read yet: only their allocations show."""

from dataclasses import dataclass

from app.engine.allocate import Goods, Reach
from app.engine.answer import Piece, units_ready
from app.engine.model import Facts


@dataclass(frozen=True, slots=True)
class Unseen:
    """Units allocated at a warehouse that no known claim explains, and what they were handed out."""

    warehouse: str
    units: int
    pieces: list[Piece]

    @property
    def waiting(self) -> int:
        return self.units - units_ready(self.pieces)


def serve_unseen(facts: Facts, goods: Goods) -> list[Unseen]:
    """Hand out what the queue left to orders not read yet, so that it is not sold once more.

    They may use whatever a channel that sells from their warehouse may use. Those of a real warehouse come first.
    """
    pools = {place for channel in facts.channels for place in (channel.pool, *channel.draining)}
    found = sorted(_unexplained(facts).items(), key=lambda item: (item[0] in pools, item[0]))
    return [
        Unseen(warehouse, units, goods.take(units, Reach(facts.around(warehouse)), [(warehouse, units)]))
        for warehouse, units in found
    ]


def _unexplained(facts: Facts) -> dict[str, int]:
    left = {stock.warehouse: stock.allocated for stock in facts.stocks}
    for claim in facts.claims:
        for warehouse, units in claim.allocations:
            if warehouse in left:
                left[warehouse] -= units
    return {warehouse: units for warehouse, units in left.items() if units > 0}
