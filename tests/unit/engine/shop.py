"""A shop small enough to read: Saleor's arithmetic for one variant, and the app beside it.

The arithmetic is the one seen on a real Saleor 3.23: availability adds up quantity minus allocated without clamping,
checkout places units as if nothing were allocated yet (`mended` switches that defect off), shipping releases
allocations by age of the stock and refuses what the warehouse cannot spare.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.engine import plan
from app.engine.answer import Plan
from app.engine.model import Channel, Claim, Facts, Pool, Stock, Supply, Terms
from tests.unit.engine.builders import OPENING, TODAY


@dataclass
class Order:
    """An order of one line. `added` are open units that were added to it later, and when: a number like an order's.

    People may have put it on hold, and given what is still to come of it a day.
    """

    number: int
    channel: str
    open: int
    placed: date
    allocations: Counter[str] = field(default_factory=Counter)
    added: int = 0
    added_at: int = 0
    held: bool = False
    redated: date | None = None


class Shop:
    """Saleor with one variant, and the app that keeps its pools. Warehouses are given oldest stock first."""

    def __init__(self, channels: tuple[Channel, ...], rules: dict[str, Terms], *, mended: bool = False) -> None:
        self.channels = {channel.id: channel for channel in channels}
        self.rules = rules
        self.mended = mended
        self.today = TODAY
        self.supplies: list[Supply] = []
        self.orders: list[Order] = []
        self.quantity = dict.fromkeys((place for channel in channels for place in channel.warehouses), 0)
        self.quantity |= dict.fromkeys(rules, 0)
        self.accepted = 0
        self.paused = False

    def allocated(self, place: str) -> int:
        return sum(order.allocations[place] for order in self.orders)

    def available(self, channel: str) -> int:
        """What a buyer may take."""
        return max(0, self.balance(channel))

    def balance(self, channel: str) -> int:
        """Saleor's sum before it is shown, below zero where more is allocated than there is."""
        return sum(self.quantity[place] - self.allocated(place) for place in self._selling(channel))

    def _selling(self, channel: str) -> list[str]:
        """The pool comes first, as the app sets it up."""
        pool = self.channels[channel].pool
        return [*([pool] if pool else []), *self.channels[channel].warehouses]

    def buy(self, units: int, channel: str = "web") -> Order | None:
        """A checkout of so many units; None when the shop refuses it."""
        if units > self.available(channel):
            return None
        self.accepted += 1
        order = Order(self.accepted, channel, units, self.today)
        self._allocate(order, units)
        self.orders.append(order)
        return order

    def _allocate(self, order: Order, units: int) -> None:
        for place in self._selling(order.channel):
            taken = self.allocated(place) - order.allocations[place] if self.mended else 0
            found = max(0, min(units, self.quantity[place] - taken - order.allocations[place] * self.mended))
            order.allocations[place] += found
            units -= found
        assert not units

    def add(self, order: Order, units: int) -> bool:
        """Staff add units to a line that is not confirmed yet, once; False when the shop refuses."""
        if order.added or units > self.available(order.channel):
            return False
        self.accepted += 1
        self._allocate(order, units)
        order.open, order.added, order.added_at = order.open + units, units, self.accepted
        return True

    def take_away(self, order: Order, units: int) -> None:
        """Staff take units from a line, those that joined last first."""
        order.allocations = self._released(order, units)
        order.open -= units
        order.added = max(0, order.added - units)

    def ship(self, order: Order, units: int, place: str, *, anyway: bool = False) -> bool:
        """Staff ship from a warehouse; False when the shop refuses. `anyway` lets stock be exceeded."""
        after = self._released(order, units)
        spare = self.quantity[place] - (self.allocated(place) - order.allocations[place] + after[place])
        if units > order.open or (units > spare and not anyway):
            return False
        order.allocations = after
        order.open -= units
        self.quantity[place] -= units
        return True

    def _released(self, order: Order, units: int) -> Counter[str]:
        after = order.allocations.copy()
        for place in self.quantity:
            gone = min(units, after[place])
            after[place] -= gone
            units -= gone
        return after

    def cancel(self, order: Order) -> None:
        order.open = 0
        order.allocations.clear()

    def restock(self, place: str, units: int) -> None:
        self.quantity[place] += units

    def receive(self, arrived: Supply, units: int) -> None:
        """Units of a supply come in: counted in the shop and no longer expected, at once."""
        self.quantity[arrived.warehouse] += units
        place = self.supplies.index(arrived)
        left = arrived.quantity - units
        self.supplies[place : place + 1] = [replace(arrived, quantity=left)] if left else []

    def slip(self, late: Supply, days: int) -> None:
        self.supplies[self.supplies.index(late)] = replace(late, eta=late.eta + timedelta(days=days))

    def facts(self) -> Facts:
        """What the app reads."""
        return Facts(
            variant="mug",
            stocks=tuple(Stock(place, units, self.allocated(place)) for place, units in self.quantity.items()),
            channels=tuple(self.channels.values()),
            pools=tuple(Pool(place, terms) for place, terms in self.rules.items()),
            supplies=tuple(self.supplies),
            claims=tuple(claim for order in self.orders for claim in self._claims(order)),
            paused=self.paused,
        )

    def _claims(self, order: Order) -> Iterator[Claim]:
        added = min(order.added, order.open)
        allocations = tuple((place, units) for place, units in order.allocations.items() if units)
        for layer, (units, joined) in enumerate(((order.open - added, order.number), (added, order.added_at))):
            if units:
                yield Claim(
                    line=f"line-{order.number}",
                    channel=order.channel,
                    queued_at=OPENING + (order.placed - TODAY) + timedelta(minutes=joined),
                    number=str(order.number),
                    quantity=units,
                    allocations=allocations,
                    layer=layer,
                    held=order.held,
                    redated=order.redated,
                )
                allocations = ()

    def settle(self) -> Plan:
        """The app looks: it plans and writes its pools."""
        planned = plan(self.facts(), self.today)
        for pool in planned.pools:
            self.quantity[pool.warehouse] = pool.quantity
        return planned
