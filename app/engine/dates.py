"""When something comes, as a rule reckons it: lead times, business days, cut-off, buffer, release."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.engine.answer import Piece, Source
from app.engine.model import Facts, LeadIn, Mode, Terms

A_DAY = timedelta(days=1)
SATURDAY = 5


class Calendar:
    """Dates under one rule, for those who wait for supplies of which the last comes on `last_supply`; None: for none.

    Reckons each once: a long queue asks for the same days again and again.
    """

    def __init__(self, terms: Terms, facts: Facts, last_supply: date | None, today: date) -> None:
        self.today = today
        self._release = release_of(terms, today)
        self._held_until = None if terms.early_sale else self._release
        self._terms = terms
        self._shops_zone = facts.time_zone
        self._last_supply = last_supply and last_supply + timedelta(days=terms.buffer_days)
        self._closed = facts.holidays.get(terms.holidays, frozenset()) if terms.holidays else frozenset()
        self._due: dict[date, date] = {}

    def dated(self, pieces: list[Piece]) -> list[Piece]:
        """Pieces of goods with the dates this rule gives them; the same list where it changes none."""
        if not self._terms.buffer_days and not self._held_until:
            return pieces
        return [self._dated(piece) for piece in pieces]

    def ordered_in(self, units: int, counts_from: date) -> Piece:
        """Units no known supply will serve: the rule dates them until that day has passed.

        They come no earlier than any that are on their way: those in turn before them get what arrives first.
        """
        due = self._lead_time_ends(counts_from)
        if due and due < self.today:
            due = None
        if not due and not self._release:
            return Piece(units, Source.UNKNOWN)
        return Piece(units, Source.LEAD_TIME, expected=max(filter(None, (due, self._release, self._last_supply))))

    def by_hand(self, piece: Piece, day: date) -> Piece:
        """A piece that a person gave a day, what is on hand left as it is. Once the day has passed it has none."""
        if piece.source is Source.ON_HAND:
            return piece
        told = max(day, self._held_until or day) if day >= self.today else None
        if piece.source is Source.SUPPLY:
            return piece._replace(expected=told)
        return piece._replace(source=Source.LEAD_TIME if told else Source.UNKNOWN, expected=told)

    def order_counts_from(self, queued_at: datetime) -> date:
        """The day from which a lead time counts for an order of that moment.

        With a cut-off it says when work begins: where business days are counted, on one of them.
        """
        local = queued_at.astimezone(ZoneInfo(self._terms.time_zone or self._shops_zone))
        day, cut_off = local.date(), self._terms.cut_off
        if cut_off is None:
            return day
        if local.time() > cut_off:
            day += A_DAY
        while self._terms.lead_in is LeadIn.BUSINESS_DAYS and not self._is_business_day(day):
            day += A_DAY
        return day

    def new_order_counts_from(self) -> date:
        """The same for whoever orders some time today: it may be at the last moment, so what is told holds for all."""
        return self.order_counts_from(datetime.combine(self.today, time.max, ZoneInfo(self._shops_zone)))

    def lead_times_end(self) -> Collection[date]:
        """The days on which the lead times end that were asked for."""
        return self._due.values()

    def _dated(self, piece: Piece) -> Piece:
        if piece.source is Source.ON_HAND:
            return piece._replace(expected=self._held_until) if self._held_until else piece
        if piece.expected is None:
            return piece
        day = piece.expected + timedelta(days=self._terms.buffer_days)
        return piece._replace(expected=max(day, self._held_until or day))

    def _lead_time_ends(self, start: date) -> date | None:
        if self._terms.lead_days is None:
            return None
        if start not in self._due:
            ends = self._after(start, self._terms.lead_days)
            self._due[start] = ends + timedelta(days=self._terms.buffer_days)
        return self._due[start]

    def _after(self, day: date, days: int) -> date:
        if self._terms.lead_in is LeadIn.DAYS:
            return day + timedelta(days=days)
        while days:
            day += A_DAY
            days -= self._is_business_day(day)
        return day

    def _is_business_day(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self._closed


def release_of(terms: Terms, today: date) -> date | None:
    """The day before which a preorder ships nothing but early sales. None where there is none, or none any more."""
    if terms.mode is not Mode.PREORDER or terms.release_on is None or terms.release_on <= today:
        return None
    return terms.release_on
