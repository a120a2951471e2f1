"""What happened to the units themselves: supplies that moved, stock that rose or fell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

from app.engine.answer import Piece, Source
from app.engine.cause import Cause
from app.engine.changes import Basis, Coming, LineChange, Lot, Reason, last_day, lot_of

GOODS = (Source.ON_HAND, Source.SUPPLY)


class Lots:
    """All that one variant's lines may rest on, between two plans. `lines` are all of its lines."""

    def __init__(self, before: Basis, after: Basis, lines: Sequence[LineChange]) -> None:
        self._before, self._after, self._lines = before, after, lines

    def delays_differ(self, supply: str) -> bool:
        then, now = self._before.supplies.get(supply), self._after.supplies.get(supply)
        return bool(then and now and then.delays != now.delays)

    def redated(self, lot: Lot) -> Reason | None:
        """The supply got another day."""
        then, now = self._before.supplies.get(lot[2] or ""), self._after.supplies.get(lot[2] or "")
        if not then or not now or then.eta == now.eta:
            return None
        if then.eta < self._before.day:
            cause = Cause.SUPPLY_DATED_AGAIN
        else:
            cause = Cause.SUPPLY_SLIPPED if now.eta > then.eta else Cause.SUPPLY_CAME_FORWARD
        return self.of_supply(cause, lot[2] or "")

    def of_supply(self, cause: Cause, supply: str, units: int = 0) -> Reason:
        then, now = self._before.supplies.get(supply), self._after.supplies.get(supply)
        known = now or then
        return Reason(
            cause,
            supply=supply,
            reference=known.reference if known else "",
            warehouse=known.warehouse if known else None,
            units=units,
            was=then.eta if then else None,
            now=now.eta if now else None,
        )

    def worse(self, lot: Lot) -> Reason | None:
        """What happened to the units themselves, where there are fewer of them or they come later."""
        return self._stock_fell(lot[1] or "") if lot[0] is Source.ON_HAND else self._supply_worse(lot[2] or "")

    def _supply_worse(self, supply: str) -> Reason | None:
        then, now = self._before.supplies.get(supply), self._after.supplies.get(supply)
        if then is None:
            return None
        if now is None or now.state == "cancelled":
            return self.of_supply(Cause.SUPPLY_CANCELLED, supply)
        if now.eta > then.eta:
            return self.of_supply(Cause.SUPPLY_SLIPPED, supply)
        fewer = then.units - now.units
        if fewer > 0:
            arrived = now.received - then.received >= fewer
            cause = Cause.RECEIVED_UNCOUNTED if arrived else Cause.SUPPLY_SHRANK
            return replace(self.of_supply(cause, supply, fewer), what="" if arrived else _how(then, now))
        if self._before.day <= then.eta and now.eta < self._after.day:
            return self.of_supply(Cause.SUPPLY_LATE, supply)
        return None

    def _stock_fell(self, warehouse: str) -> Reason | None:
        """Units that shipments in their turn do not explain."""
        fell = self._before.stocks.get(warehouse, 0) - self._after.stocks.get(warehouse, 0)
        fell -= self._shipped_in_turn[warehouse]
        if fell <= 0:
            return None
        if early := self._shipped_out_of_turn:
            return Reason(Cause.SHIPPED_OUT_OF_TURN, warehouse=warehouse, order=early.order, units=fell)
        return Reason(Cause.STOCK_LOST, warehouse=warehouse, units=fell)

    @cached_property
    def _shipped_in_turn(self) -> Counter[str]:
        """By warehouse, the units that left to those who were to get them from there."""
        units: Counter[str] = Counter()
        for line in self._lines:
            for (source, warehouse, _), covered in units_by_lot(line.before).items() if line.shipped > 0 else ():
                if source is Source.ON_HAND and warehouse:
                    units[warehouse] += min(line.shipped, covered)
        return units

    @cached_property
    def _shipped_out_of_turn(self) -> LineChange | None:
        """A line of which more was shipped than it was to get from what was on hand."""
        for line in self._lines:
            covered = sum(piece.quantity for piece in line.before if piece.source is Source.ON_HAND)
            if line.shipped > covered:
                return line
        return None

    def better(self, lot: Lot) -> Reason | None:
        """What happened to the units themselves, where there are more of them or they come sooner."""
        return self._stock_rose(lot[1] or "") if lot[0] is Source.ON_HAND else self._supply_better(lot[2] or "")

    def _supply_better(self, supply: str) -> Reason | None:
        then, now = self._before.supplies.get(supply), self._after.supplies.get(supply)
        if now is None:
            return None
        if then is None or then.state == "cancelled":
            return self.of_supply(Cause.SUPPLY_ADDED, supply, now.units)
        if now.eta != then.eta and then.eta < self._before.day:
            return self.of_supply(Cause.SUPPLY_DATED_AGAIN, supply)
        if now.eta < then.eta:
            return self.of_supply(Cause.SUPPLY_CAME_FORWARD, supply)
        return self.of_supply(Cause.SUPPLY_GREW, supply, now.units - then.units) if now.units > then.units else None

    def _stock_rose(self, warehouse: str) -> Reason | None:
        more = self._after.stocks.get(warehouse, 0) - self._before.stocks.get(warehouse, 0)
        if more <= 0:
            return None
        for supply, now in self._after.supplies.items():
            if now.warehouse == warehouse and now.received > self._received_before(supply):
                return self.of_supply(Cause.ARRIVED, supply, more)
        return Reason(Cause.STOCK_ROSE, warehouse=warehouse, units=more)

    def _received_before(self, supply: str) -> int:
        then = self._before.supplies.get(supply)
        return then.received if then else 0


def _how(then: Coming, now: Coming) -> str:
    """How a supply got smaller."""
    if now.held > then.held:
        return "held"
    return "doubt" if now.ordered >= then.ordered > 0 else ""


def last_coming(basis: Basis, channel: str) -> tuple[date, str] | None:
    """The supply that comes last of those the channel may use, and its day there."""
    terms, places = basis.terms.get(channel, {}), basis.places.get(channel, ())
    days = [
        (each.eta + timedelta(days=dict(each.delays).get(terms.get("confidence", 0), 0)), number)
        for number, each in basis.supplies.items()
        if each.units and each.state == "expected" and each.eta >= basis.day and each.warehouse in places
    ]
    last, number = max(days, default=(None, ""))
    return (last + timedelta(days=terms.get("buffer_days", 0)), number) if last else None


def units_by_lot(pieces: Iterable[Piece]) -> Mapping[Lot, int]:
    """How many of the units rest on what."""
    units: Counter[Lot] = Counter()
    for piece in pieces:
        units[lot_of(piece)] += piece.quantity
    return units


def worst_first(pieces: Iterable[Piece]) -> list[tuple[date, int]]:
    """How many units come when, the last first: of two such lists the greater one is the worse."""
    units: Counter[date] = Counter()
    for piece in pieces:
        units[last_day([piece])] += piece.quantity
    return sorted(units.items(), reverse=True)


def days_by_lot(pieces: Iterable[Piece]) -> dict[Lot, date]:
    """When the last unit of each lot comes."""
    lots: dict[Lot, list[Piece]] = defaultdict(list)
    for piece in pieces:
        lots[lot_of(piece)].append(piece)
    return {lot: last_day(found) for lot, found in lots.items()}


def more_of(
    lines: Iterable[LineChange], had: Mapping[str, Mapping[Lot, int]], has: Mapping[str, Mapping[Lot, int]]
) -> Mapping[Lot, Sequence[LineChange]]:
    """By lot, the lines that got more of it."""
    found = defaultdict(list)
    for line in lines:
        for lot in more(had[line.line], has[line.line]):
            found[lot].append(line)
    return found


def more(had: Mapping[Lot, int], has: Mapping[Lot, int]) -> list[Lot]:
    """The lots of goods of which there is more."""
    return [lot for lot in has if lot[0] in GOODS and has[lot] > had.get(lot, 0)]
