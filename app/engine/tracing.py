"""Why the promise of a line moved: found by comparing what two plans went by and what every line got from each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from app.engine.answer import Source
from app.engine.cause import Cause
from app.engine.changes import LEARNED, Basis, LineChange, Lot, Reason, grown, happened_to, last_day, waits
from app.engine.lots import Lots, days_by_lot, last_coming, more, more_of, units_by_lot, worst_first
from app.engine.model import Policy

BY_RULE: Lot = (Source.LEAD_TIME, None, None)
LEAD_TIME = {"lead_days", "lead_in", LEARNED}
NO_DATE: Lot = (Source.UNKNOWN, None, None)


class Tracer:
    """The causes of all moves of one variant. `lines` are all of its lines, in queue order."""

    def __init__(self, before: Basis | None, after: Basis, lines: Sequence[LineChange]) -> None:
        self._after = after
        self._before = before or after
        self._lines = lines
        self._lots = Lots(self._before, after, lines)
        self._had = {line.line: units_by_lot(line.before) for line in lines}
        self._has = {line.line: units_by_lot(line.after) for line in lines}
        self._gains = more_of(lines, self._had, self._has)
        self._losses = more_of(lines, self._has, self._had)
        self._traced: dict[tuple[Lot, bool], Reason | None] = {}

    def reason(self, line: LineChange) -> Reason:
        """The one cause of the move of the line."""
        if not line.before:
            return self._ordered(line)
        if self._after.gone:
            return happened_to(line) or Reason(Cause.VARIANT_GONE)
        if last_day(line.after) > last_day(line.before):
            return next(self._later(line))
        if line.after and line.line in self._before.held ^ self._after.held:
            return Reason(Cause.HELD if line.line in self._after.held else Cause.RELEASED, order=line.order)
        if own := happened_to(line):
            return own
        return next(self._later(line) if worst_first(line.after) > worst_first(line.before) else self._sooner(line))

    def _ordered(self, line: LineChange) -> Reason:
        coming = [piece.supply for piece in line.after if piece.supply]
        return self._lots.of_supply(Cause.ORDERED, coming[-1]) if coming else Reason(Cause.ORDERED)

    def _later(self, line: LineChange) -> Iterator[Reason]:
        """What may have made it later, the surest first."""
        yield from self._dated_by_hand(line)
        yield from self._redated(line, later=True)
        lost = self._lots_lost(line)
        yield from filter(None, map(self._lots.worse, lost))
        yield from self._undated(line)
        if sum(self._lost(line, lot) for lot in lost) <= max(0, line.shipped):
            yield from grown(line)
        yield from self._turned(line)
        yield from self._moved(line, lost)
        yield from filter(None, (self._trace(lot, later=True) for lot in lost))
        yield from self._decided(line)
        yield from (
            Reason(Cause.OLDER_ORDER_TOOK, order=other.order) for lot in lost for other in self._gains.get(lot, ())
        )
        gained = self._lots_gained(line)
        if self._lost(line, BY_RULE) > 0:
            yield from (self._lots.of_supply(Cause.LEAD_TIME_REPLACED, lot[2]) for lot in gained if lot[2])
        yield from filter(None, map(self._lots.better, gained))
        yield from filter(None, (self._trace(lot, later=False) for lot in gained))
        yield from self._rest(line)

    def _sooner(self, line: LineChange) -> Iterator[Reason]:
        """What may have made it sooner, or another mix of units for the same day."""
        yield from self._dated_by_hand(line)
        yield from self._redated(line, later=False)
        gained = self._lots_gained(line)
        yield from filter(None, map(self._lots.better, gained))
        yield from self._turned(line)
        yield from self._moved(line, gained)
        yield from filter(None, (self._trace(lot, later=False) for lot in gained))
        yield from self._decided(line)
        if gained:
            yield Reason(Cause.OLDER_ORDER_LEFT)
        yield from self._later(line)

    def _lots_lost(self, line: LineChange) -> list[Lot]:
        return more(self._has[line.line], self._had[line.line])

    def _lots_gained(self, line: LineChange) -> list[Lot]:
        return more(self._had[line.line], self._has[line.line])

    def _lost(self, line: LineChange, lot: Lot) -> int:
        return self._had[line.line].get(lot, 0) - self._has[line.line].get(lot, 0)

    def _dated_by_hand(self, line: LineChange) -> Iterator[Reason]:
        """A person gave what waits a day, took that back, or the day passed. The day of what came says nothing."""
        then = self._before.redated.get(line.line) if waits(line.before) else None
        now = self._after.redated.get(line.line)
        if not waits(line.after):
            return
        if then != now:
            yield Reason(Cause.REDATED, order=line.order, what="" if now else "undone", was=then, now=now)
        elif now and self._before.day <= now < self._after.day:
            yield Reason(Cause.TIME_PASSED, what="by_hand", was=now)

    def _redated(self, line: LineChange, *, later: bool) -> Iterator[Reason]:
        """The same units, another day."""
        had, has = days_by_lot(line.before), days_by_lot(line.after)
        for lot in had.keys() & has.keys():
            if had[lot] == has[lot] or (has[lot] > had[lot]) != later:
                continue
            if lot == BY_RULE:
                yield from self._behind(line.channel, has[lot] if later else had[lot], later=later)
            yield from filter(None, [self._lots.redated(lot)])
            yield from self._ruled(line.channel)
            if self._lots.delays_differ(lot[2] or ""):
                yield self._lots.of_supply(Cause.LEAD_TIMES_LEARNED, lot[2] or "")
            if self._before.day != self._after.day:
                yield Reason(Cause.TIME_PASSED)

    def _behind(self, channel: str, day: date, *, later: bool) -> Iterator[Reason]:
        """Units that no supply serves come after the last supply: on this day, since that is another or has another."""
        then, now = (last_coming(basis, channel) for basis in (self._before, self._after))
        last = now if later else then
        if last is None or then == now or last[0] != day:
            return
        lot = (Source.SUPPLY, None, last[1])
        if later:
            yield self._lots.redated(lot) or self._lots.of_supply(Cause.SUPPLY_AHEAD, last[1])
        else:
            yield from filter(None, [self._lots.redated(lot), self._lots.worse(lot)])

    def _undated(self, line: LineChange) -> Iterator[Reason]:
        """Units that were dated by the rule have no date any more."""
        if NO_DATE in self._has[line.line] and self._lost(line, BY_RULE) > 0:
            yield from self._ruled(line.channel)
            if self._before.day != self._after.day:
                yield Reason(Cause.TIME_PASSED)

    def _turned(self, line: LineChange) -> Iterator[Reason]:
        """A person gave the queue another order."""
        yield from self._handed_over(line)
        if line.after and line.line in self._before.pinned ^ self._after.pinned:
            yield Reason(Cause.PINNED, order=line.order)
        if self._before.policy != self._after.policy:
            yield Reason(Cause.POLICY_CHANGED, was=self._before.policy, now=self._after.policy)

    def _handed_over(self, line: LineChange) -> Iterator[Reason]:
        """Units that leave fall out of an exchange by themselves: nobody decided that."""
        then, now = self._exchanged
        for pair in sorted(pair for pair in then | now if line.line in pair):
            partner = self._by_id.get(pair[1] if pair[0] == line.line else pair[0])
            fewer = any(each.given_up or each.shipped > 0 or each.added < 0 for each in (line, partner) if each)
            if now[pair] > then[pair] or (now[pair] < then[pair] and not fewer):
                units = abs(now[pair] - then[pair])
                yield Reason(Cause.HANDED_OVER, order=partner.order if partner else None, units=units)

    @cached_property
    def _exchanged(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        return _by_pair(self._before.exchanges), _by_pair(self._after.exchanges)

    @cached_property
    def _by_id(self) -> Mapping[str, LineChange]:
        return {line.line: line for line in self._lines}

    def _moved(self, line: LineChange, lots: Sequence[Lot]) -> Iterator[Reason]:
        """The line's channel sells from other warehouses."""
        then, now = (set(basis.places.get(line.channel, ())) for basis in (self._before, self._after))
        for lot in lots:
            if self._before.places.get(line.channel) and lot[1] in then ^ now:
                yield Reason(Cause.PLACES_CHANGED, warehouse=lot[1])

    def _trace(self, lot: Lot, *, later: bool) -> Reason | None:
        """Why others took units of the lot, or left them: followed from line to line to where it began."""
        if (lot, later) not in self._traced:
            self._traced[lot, later] = None
            followed = self._follow_takers(lot) if later else self._follow_leavers(lot)
            self._traced[lot, later] = next(followed, None)
        return self._traced[lot, later]

    def _follow_takers(self, lot: Lot) -> Iterator[Reason]:
        for other in self._gains.get(lot, ()):
            yield from self._turned(other)
            if not other.before:
                first_come = self._after.policy == Policy.FIRST_COME
                cause = Cause.OLDER_ORDER_SEEN if first_come else Cause.OVERTAKEN
                yield Reason(cause, order=other.order)
            elif other.shipped < 0:
                yield Reason(Cause.OLDER_ORDER_REOPENED, order=other.order)
            lost = self._lots_lost(other)
            yield from filter(None, map(self._lots.worse, lost))
            yield from filter(None, (self._trace(each, later=True) for each in lost))
            if other.approving:
                yield Reason(Cause.SHIPMENT_PREPARED, order=other.order)
            elif self._after.policy != Policy.FIRST_COME:
                yield Reason(Cause.OVERTAKEN, order=other.order)

    def _follow_leavers(self, lot: Lot) -> Iterator[Reason]:
        for other in self._losses.get(lot, ()):
            yield from self._turned(other)
            if other.given_up or other.shipped > 0 or other.added < 0:
                yield Reason(Cause.OLDER_ORDER_LEFT, order=other.order)
            gained = self._lots_gained(other)
            yield from filter(None, map(self._lots.better, gained))
            yield from filter(None, (self._trace(each, later=False) for each in gained))

    def _decided(self, line: LineChange) -> Iterator[Reason]:
        """What holds for everybody was changed."""
        for channel in [line.channel, *sorted(self._after.terms.keys() - {line.channel})]:
            yield from self._ruled(channel)
        for channel in self._after.places.keys() & self._before.places.keys():
            if self._before.places[channel] != self._after.places[channel]:
                yield Reason(Cause.PLACES_CHANGED)

    def _ruled(self, channel: str) -> Iterator[Reason]:
        """The rule that holds in the channel was changed."""
        then, now = self._before.terms.get(channel), self._after.terms.get(channel)
        if then is None or now is None:
            return
        for name in sorted(then.keys() | now.keys()):
            if then.get(name) != now.get(name):
                taught = name in LEAD_TIME and (LEARNED in then or LEARNED in now)
                cause = Cause.LEAD_TIMES_LEARNED if taught else Cause.RULE_CHANGED
                yield Reason(cause, what=name, was=then.get(name), now=now.get(name))

    def _rest(self, line: LineChange) -> Iterator[Reason]:
        yield from self._decided(line)
        yield from filter(None, [happened_to(line)])
        if self._before.day != self._after.day:
            yield Reason(Cause.TIME_PASSED)
        yield Reason(Cause.REPLANNED)


def _by_pair(exchanges: Iterable[tuple[str, str, int]]) -> Counter[tuple[str, str]]:
    """How many units change places between two lines."""
    units: Counter[tuple[str, str]] = Counter()
    for one, other, number in exchanges:
        units[one, other] += number
    return units
