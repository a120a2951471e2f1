"""What every claim is promised, and what a new buyer would be."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.engine.allocate import Goods, Reach, cover
from app.engine.answer import Offer, Piece, Promise, Step, units_covered, units_ready
from app.engine.dates import Calendar
from app.engine.model import NO_RULE, Channel, Claim, Facts, Mode, Terms
from app.engine.telling import first_day, last_day
from app.engine.turns import in_turn
from app.engine.unseen import Unseen, serve_unseen


@dataclass(frozen=True, slots=True)
class Served:
    """What everybody got, in queue order; what is owed and not covered in each channel; the goods that are left.

    `reach` is what each channel may use, `calendars` how it reckons dates, and `lead_times_end` when those end that the
    promises were dated by.
    """

    promises: list[Promise]
    outstanding: Counter[str]
    unseen: list[Unseen]
    goods: Goods
    reach: Mapping[str, Reach]
    calendars: Mapping[str, Calendar]
    lead_times_end: Collection[date]


def serve(facts: Facts, today: date) -> Served:
    """Give every claim the best that is left, in queue order; orders not read yet come last."""
    goods = Goods(facts.stocks, facts.supplies, today)
    queue = in_turn(facts.claims, facts.policy, facts.exchanges)
    terms = {channel.id: facts.terms(channel) for channel in facts.channels}
    reach = defaultdict(Reach)
    calendars = defaultdict(lambda: Calendar(NO_RULE, facts, None, today))
    for channel in facts.channels:
        held, mine = terms[channel.id], Reach(channel.warehouses, terms[channel.id].confidence)
        reach[channel.id], calendars[channel.id] = mine, Calendar(held, facts, goods.last_supply(mine), today)
    whole = {channel for channel, held in terms.items() if not held.may_split}
    promises, outstanding = [], Counter[str]()
    for claim, pieces in zip(queue, cover(queue, goods, reach), strict=True):
        outstanding[claim.channel] += claim.quantity - units_covered(pieces)
        promises.append(Promise(claim, _promised(claim, pieces, calendars[claim.channel]), 0, claim.channel in whole))
    ends = {day for calendar in calendars.values() for day in calendar.lead_times_end()}
    return Served(promises, outstanding, serve_unseen(facts, goods), goods, reach, calendars, ends)


def _promised(claim: Claim, pieces: list[Piece], calendar: Calendar) -> tuple[Piece, ...]:
    given = calendar.dated(pieces)
    rest = claim.quantity - sum([piece.quantity for piece in given])
    if rest:
        given.append(calendar.ordered_in(rest, calendar.order_counts_from(claim.queued_at)))
    if claim.redated:
        return tuple(calendar.by_hand(piece, claim.redated) for piece in given)
    return tuple(given)


def new_claim(served: Served, channel: Channel, units: int) -> list[Piece]:
    """What a buyer of `units` in the channel would get who came last of all."""
    return later_claim(served.goods.look(units, served.reach[channel.id]), units, served.calendars[channel.id])


def later_claim(taken: list[Piece], units: int, calendar: Calendar) -> list[Piece]:
    """The pieces of a claim made today for `units` that was handed out `taken`."""
    rest = units - sum(piece.quantity for piece in taken)
    given = calendar.dated(taken)
    return [*given, calendar.ordered_in(rest, calendar.new_order_counts_from())] if rest > 0 else given


def steps(pieces: Sequence[Piece], today: date) -> tuple[Step, ...]:
    """The pieces as a buyer wants to hear them: how many now, how many on which day, how many some day."""
    on_hand = units_ready(pieces)
    later: dict[date | None, int] = {}
    for piece in pieces:
        if not piece.ready:
            later[piece.expected] = later.get(piece.expected, 0) + piece.quantity
    by_date = sorted(later.items(), key=lambda item: item[0] or date.max)
    return tuple(Step(units, day) for units, day in [(on_hand, today), *((n, day) for day, n in by_date)] if units)


def offer(channel: Channel, terms: Terms, pieces: Sequence[Piece], today: date) -> Offer:
    """What the channel may tell a new buyer, given the pieces that all units on offer would be."""
    now = units_ready(pieces)
    told = steps(pieces, today)
    waiting = told[1:] if now else told
    return Offer(
        channel=channel.id,
        slug=channel.slug,
        status=_status(terms, now, sum(step.quantity for step in waiting), today),
        available_now=now,
        backorder_left=sum(step.quantity for step in waiting),
        steps=told,
        eta=first_day(waiting[0].expected, terms) if waiting else None,
        eta_latest=last_day(waiting[-1].expected, terms) if waiting else None,
    )


def _status(
    terms: Terms, now: int, later: int, today: date
) -> Literal["in_stock", "backorder", "preorder", "out_of_stock"]:
    if now:
        return "in_stock"
    if not later:
        return "out_of_stock"
    released = terms.release_on is not None and today >= terms.release_on
    return "preorder" if terms.mode is Mode.PREORDER and not released else "backorder"
