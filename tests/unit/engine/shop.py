"""A shop small enough to read: Saleor's arithmetic for one variant, and the app beside it.

The arithmetic is the one seen on a real Saleor 3.23: availability adds up quantity minus allocated without clamping,
checkout places units as if nothing were allocated yet (`mended` switches that defect off), shipping releases
allocations by age of the stock and refuses what the warehouse cannot spare.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.engine import plan
from app.engine.model import Channel, Claim, Facts, Plan, Pool, Stock, Supply, Terms
from tests.unit.engine.builders import OPENING, TODAY


@dataclass
class Order:
    """An order of one line."""

    number: int
    channel: str
    open: int
    placed: date
    allocations: Counter[str] = field(default_factory=Counter)


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
        for place in self._selling(channel):
            taken = self.allocated(place) if self.mended else 0
            order.allocations[place] += max(0, min(units - order.allocations.total(), self.quantity[place] - taken))
        assert order.allocations.total() == units
        self.orders.append(order)
        return order

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

    def facts(self) -> Facts:
        """What the app reads."""
        return Facts(
            variant="mug",
            stocks=tuple(Stock(place, units, self.allocated(place)) for place, units in self.quantity.items()),
            channels=tuple(self.channels.values()),
            pools=tuple(Pool(place, terms) for place, terms in self.rules.items()),
            supplies=tuple(self.supplies),
            claims=tuple(self._claim(order) for order in self.orders if order.open),
        )

    def _claim(self, order: Order) -> Claim:
        return Claim(
            line=f"line-{order.number}",
            channel=order.channel,
            queued_at=OPENING + (order.placed - TODAY) + timedelta(minutes=order.number),
            number=str(order.number),
            quantity=order.open,
            allocations=tuple((place, units) for place, units in order.allocations.items() if units),
        )

    def settle(self) -> Plan:
        """The app looks: it plans and writes its pools."""
        planned = plan(self.facts(), self.today)
        for pool in planned.pools:
            self.quantity[pool.warehouse] = pool.quantity
        return planned
