"""What would have to happen for a line to come sooner: the engine is asked again, with the change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from app.engine.allocate import comes_on
from app.engine.answer import Piece
from app.engine.changes import last_day
from app.engine.model import Channel, Facts, Stock, Supply
from app.engine.promise import serve

MOST_SUPPLIES = 2


@dataclass(frozen=True, slots=True)
class Way:
    """The least that would bring the last unit of a line sooner, to `day`; None: all of it could leave at once.

    `stock`: so many more `units` on hand in the warehouse. `supply_units`: so many more in the supply. `supply_days`:
    the supply so many `days` earlier. `supply_date`: a day for a supply that is late.
    """

    kind: Literal["stock", "supply_units", "supply_days", "supply_date"]
    day: date | None
    warehouse: str | None = None
    supply: str | None = None
    units: int = 0
    days: int = 0


def ways(facts: Facts, line: str, today: date) -> list[Way]:
    """Every way to bring the line sooner; empty where nothing of it waits, or only a release day would help."""
    found = _Line(facts, line, today)
    if found.last == date.min or found.channel is None:
        return []
    return [*found.by_stock(), *found.by_days(), *found.by_units(), *found.by_a_date()]


class _Line:
    """One line of the facts, and what other facts would give it."""

    def __init__(self, facts: Facts, line: str, today: date) -> None:
        self._facts, self._line, self._today = facts, line, today
        self._pieces = self._given(facts)
        self.last = last_day(self._pieces)
        selling = next((claim.channel for claim in facts.claims if claim.line == line), None)
        self.channel: Channel | None = next((each for each in facts.channels if each.id == selling), None)
        self._enough = sum(claim.quantity for claim in facts.claims)

    def by_stock(self) -> Iterator[Way]:
        """In the warehouse where its last units are to come, else the first of its channel."""
        rests = (piece.warehouse for piece in self._pieces if piece.warehouse and piece.expected == self.last)
        for place in [*rests, *(self.channel.warehouses if self.channel else ())][:1]:
            after = partial(self._with_stock, place)
            if units := self._least_for_all(after) or self._least(self._enough, after):
                yield Way("stock", _told(after(units)), warehouse=place, units=units)

    def by_days(self) -> Iterator[Way]:
        """The supplies of its last units, earlier."""
        resting = {piece.supply for piece in self._pieces if piece.expected == self.last}
        for supply in self._coming():
            if supply.id in resting:
                after = partial(self._earlier, supply)
                if days := self._least((supply.eta - self._today).days, after):
                    yield Way("supply_days", _told(after(days)), supply=supply.id, days=days)

    def by_units(self) -> Iterator[Way]:
        """More units in supplies that come before its last ones."""
        for supply in self._coming()[:MOST_SUPPLIES]:
            after = partial(self._grown, supply)
            if units := self._least(self._enough, after):
                yield Way("supply_units", _told(after(units)), supply=supply.id, units=units)

    def by_a_date(self) -> Iterator[Way]:
        """Supplies that nobody can date any more."""
        for supply in self._facts.supplies:
            if supply.eta < self._today and supply.quantity and self._reaches(supply):
                dated = self._changed(supply, replace(supply, eta=self._today))
                if dated < self.last:
                    yield Way("supply_date", None, supply=supply.id)

    def _least(self, most: int, after: Callable[[int], date]) -> int | None:
        """The least that brings the last unit sooner."""
        return least(most, lambda number: after(number) < self.last)

    def _least_for_all(self, after: Callable[[int], date]) -> int | None:
        """The least that makes all of the line ready."""
        return least(self._enough, lambda number: after(number) == date.min)

    def _coming(self) -> list[Supply]:
        dated = [each for each in self._facts.supplies if each.eta >= self._today and self._reaches(each)]
        return sorted(dated, key=lambda each: (comes_on(each, None), each.id))

    def _reaches(self, supply: Supply) -> bool:
        return self.channel is not None and supply.warehouse in self.channel.warehouses

    def _with_stock(self, place: str, units: int) -> date:
        held = {stock.warehouse: stock for stock in self._facts.stocks}
        stock = held.get(place, Stock(place, 0, 0))
        held[place] = replace(stock, quantity=stock.quantity + units)
        return last_day(self._given(replace(self._facts, stocks=tuple(held.values()))))

    def _earlier(self, supply: Supply, days: int) -> date:
        return self._changed(supply, replace(supply, eta=supply.eta - timedelta(days=days)))

    def _grown(self, supply: Supply, units: int) -> date:
        return self._changed(supply, replace(supply, quantity=supply.quantity + units))

    def _changed(self, supply: Supply, to: Supply) -> date:
        supplies = tuple(to if each.id == supply.id else each for each in self._facts.supplies)
        return last_day(self._given(replace(self._facts, supplies=supplies)))

    def _given(self, facts: Facts) -> list[Piece]:
        promises = serve(facts, self._today).promises
        return [piece for promise in promises if promise.claim.line == self._line for piece in promise.pieces]


def _told(day: date) -> date | None:
    return None if day in {date.min, date.max} else day


def least(most: int, helps: Callable[[int], bool]) -> int | None:
    """The smallest number up to `most` that helps, where every greater one does too; None where none does."""
    if most < 1 or not helps(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if helps(middle) else (middle + 1, high)
    return low
