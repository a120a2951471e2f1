"""What every claim is promised, and what a new buyer would be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.engine.allocate import Goods, cover, queue_order
from app.engine.model import Channel, Claim, Facts, Mode, Offer, Piece, Promise, Source, Step, units_ready
from app.engine.unseen import Unseen, serve_unseen


@dataclass(frozen=True, slots=True)
class Served:
    """What everybody got, in queue order; the units that wait in each channel; the goods that are left."""

    promises: list[Promise]
    waiting: Counter[str]
    unseen: list[Unseen]
    goods: Goods


def serve(facts: Facts, today: date) -> Served:
    """Give every claim the best that is left, in queue order; orders not read yet come last."""
    goods = Goods(facts.stocks, facts.supplies, today)
    queue = sorted(facts.claims, key=queue_order)
    covered = cover(queue, goods, {channel.id: channel.warehouses for channel in facts.channels})
    lead_days = {channel.id: facts.terms(channel).lead_days for channel in facts.channels}
    promises = [
        Promise(claim, (*pieces, *_uncovered(claim, pieces, lead_days.get(claim.channel), today)))
        for claim, pieces in zip(queue, covered, strict=True)
    ]
    waiting: Counter[str] = Counter()
    for promise in promises:
        waiting[promise.claim.channel] += promise.waiting
    return Served(promises, waiting, serve_unseen(facts, goods), goods)


def _uncovered(claim: Claim, pieces: Iterable[Piece], lead_days: int | None, today: date) -> Iterator[Piece]:
    rest = claim.quantity - sum(piece.quantity for piece in pieces)
    if rest > 0:
        yield _ordered_in(rest, claim.lead_from, lead_days, today)


def _ordered_in(units: int, lead_from: date | None, lead_days: int | None, today: date) -> Piece:
    """Units no known supply will serve: the merchant's lead time dates them until that day has passed."""
    due = lead_from + timedelta(days=lead_days) if lead_from and lead_days is not None else None
    if due is None or due < today:
        return Piece(units, Source.UNKNOWN)
    return Piece(units, Source.LEAD_TIME, expected=due)


def new_claim(served: Served, facts: Facts, channel: Channel, units: int, today: date) -> list[Piece]:
    """What a buyer of `units` in the channel would get who came last of all."""
    pieces = served.goods.look(units, channel.warehouses)
    rest = units - sum(piece.quantity for piece in pieces)
    return [*pieces, _ordered_in(rest, today, facts.terms(channel).lead_days, today)] if rest > 0 else pieces


def steps(pieces: Sequence[Piece], today: date) -> tuple[Step, ...]:
    """The pieces as a buyer wants to hear them: how many now, how many on which day, how many some day."""
    on_hand = units_ready(pieces)
    later: Counter[date | None] = Counter()
    for piece in pieces:
        if piece.source is not Source.ON_HAND:
            later[piece.expected] += piece.quantity
    by_date = sorted(later.items(), key=lambda item: item[0] or date.max)
    return tuple(Step(units, day) for units, day in [(on_hand, today), *((n, day) for day, n in by_date)] if units)


def offer(channel: Channel, mode: Mode, pieces: Sequence[Piece], today: date) -> Offer:
    """What the channel may tell a new buyer, given the pieces that all units on offer would be."""
    free = units_ready(pieces)
    backorders = sum(piece.quantity for piece in pieces) - free
    return Offer(channel.id, channel.slug, _status(mode, free, backorders), free, backorders, steps(pieces, today))


def _status(mode: Mode, free: int, backorders: int) -> Literal["in_stock", "backorder", "preorder", "out_of_stock"]:
    if free:
        return "in_stock"
    if not backorders:
        return "out_of_stock"
    return "preorder" if mode is Mode.PREORDER else "backorder"
