"""The engine's answer for one variant."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app.engine.answer import Piece, Plan, PoolPlan, Promise, Source, Step
from app.engine.dates import A_DAY, release_of
from app.engine.model import Channel, Facts, LeadIn, Pool
from app.engine.pool import UNLIMITED, beyond_free, is_sold, plan_pool, sells_past_zero, with_beyond_cap
from app.engine.promise import Served, new_claim, offer, serve, steps
from app.engine.turns import in_turn


def plan(facts: Facts, today: date) -> Plan:
    """What covers every claim, what each pool must hold, and what a new buyer may be told."""
    if not facts.tracked:
        return _never_sold_out(facts, today)
    served = serve(facts, today)
    pools = [plan_pool(pool, facts, served, today) for pool in facts.pools]
    on_offer = [_on_offer(channel, served, pools) for channel in facts.channels]
    return Plan(
        variant=facts.variant,
        promises=tuple(with_beyond_cap(facts, served, pools)),
        pools=(*pools, *_drained(facts)),
        offers=tuple(
            offer(channel, facts.terms(channel), pieces, today)
            for channel, pieces in zip(facts.channels, on_offer, strict=True)
        ),
        revisit=min(_days_of_change(facts, served, on_offer, today), default=None),
        unseen=tuple((unread.warehouse, unread.units) for unread in served.unseen),
    )


def ask(facts: Facts, channel_id: str, quantity: int, today: date) -> tuple[Step, ...]:
    """What a buyer of `quantity` units in the channel would get now, whether or not so many are on offer.

    Where a line ships in one piece, that is all of it with its last unit.
    """
    channel = next(channel for channel in facts.channels if channel.id == channel_id)
    if not facts.tracked:
        return steps([_always_there(quantity)], today)
    told = steps(new_claim(serve(facts, today), channel, quantity), today)
    return told if facts.terms(channel).may_split else tuple(Step(quantity, last.expected) for last in told[-1:])


def _on_offer(channel: Channel, served: Served, pools: Sequence[PoolPlan]) -> list[Piece]:
    """Everything a channel may sell now, as the claim of one buyer."""
    headroom = sum(pool.headroom for pool in pools if pool.warehouse == channel.pool)
    return new_claim(served, channel, served.goods.free(channel.warehouses) + headroom)


def _days_of_change(facts: Facts, served: Served, on_offer: Sequence[Sequence[Piece]], today: date) -> Iterator[date]:
    """Days on which the calendar alone changes the plan; a lead time offered to new buyers moves with every day."""
    given = [*(promise.pieces for promise in served.promises), *(unread.pieces for unread in served.unseen), *on_offer]
    # What a supply's own day is, not what is told of it, makes it late.
    etas = {supply.id: supply.eta for supply in facts.supplies}
    told = {(piece.supply, piece.expected) for pieces in given for piece in pieces if piece.supply or piece.expected}
    days = (etas.get(supply or "", expected) for supply, expected in told)
    yield from (day + A_DAY for day in days if day)
    yield from (day + A_DAY for day in served.lead_times_end if day >= today)
    by_hand = {claim.redated for claim in facts.claims if claim.redated}
    yield from (day + A_DAY for day in by_hand if day >= today)
    for channel, pieces in zip(facts.channels, on_offer, strict=True):
        if facts.terms(channel).lead_days is not None and any(piece.source is Source.LEAD_TIME for piece in pieces):
            yield today + A_DAY
    for pool in facts.pools:
        yield from filter(None, [pool.changes_on, release_of(pool.terms, today)])
        yield from _days_within_horizon(pool, facts, served, today)


def _days_within_horizon(pool: Pool, facts: Facts, served: Served, today: date) -> Iterator[date]:
    """When what comes too late to be sold now is near enough."""
    terms = pool.terms
    if not sells_past_zero(pool, facts) or terms.horizon_days is None:
        return
    for piece in beyond_free(pool, facts, served, UNLIMITED, today):
        if piece.expected is None or is_sold(piece, terms, today):
            continue
        if piece.source is Source.SUPPLY:
            yield piece.expected - timedelta(days=terms.horizon_days)
        elif terms.lead_in is LeadIn.BUSINESS_DAYS or release_of(terms, today) or facts.supplies:
            # As many business days may be fewer days from tomorrow, and a release or a supply ahead comes nearer.
            yield today + A_DAY


def _never_sold_out(facts: Facts, today: date) -> Plan:
    """The platform does not count the variant's units, so nobody waits and pools stay empty."""
    queue = in_turn(facts.claims, facts.policy, facts.exchanges)
    return Plan(
        variant=facts.variant,
        promises=tuple(Promise(claim, (_always_there(claim.quantity),)) for claim in queue),
        pools=(*(_empty(pool.warehouse) for pool in facts.pools), *_drained(facts)),
        offers=tuple(
            offer(channel, facts.terms(channel), [_always_there(UNLIMITED)], today) for channel in facts.channels
        ),
    )


def _drained(facts: Facts) -> Iterator[PoolPlan]:
    """Nothing may be sold or shipped from pools that channels had before they joined a group."""
    places = {place for channel in facts.channels for place in channel.draining}
    return map(_empty, sorted(places))


def _empty(pool: str) -> PoolPlan:
    return PoolPlan(pool, free=0, headroom=0, outstanding=0, quantity=0)


def _always_there(units: int) -> Piece:
    return Piece(units, Source.ON_HAND)
