"""The engine's answer for one variant."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app.engine.allocate import queue_order
from app.engine.model import Channel, Facts, Piece, Plan, PoolPlan, Promise, Source, Step
from app.engine.pool import UNLIMITED, plan_pool, with_beyond_cap
from app.engine.promise import Served, new_claim, offer, serve, steps

A_DAY = timedelta(days=1)


def plan(facts: Facts, today: date) -> Plan:
    """What covers every claim, what each pool must hold, and what a new buyer may be told."""
    if not facts.tracked:
        return _never_sold_out(facts, today)
    served = serve(facts, today)
    pools = [plan_pool(pool, facts, served) for pool in facts.pools]
    on_offer = [_on_offer(channel, facts, served, pools, today) for channel in facts.channels]
    return Plan(
        variant=facts.variant,
        promises=tuple(with_beyond_cap(facts, served, pools)),
        pools=tuple(pools),
        offers=tuple(
            offer(channel, facts.terms(channel).mode, pieces, today)
            for channel, pieces in zip(facts.channels, on_offer, strict=True)
        ),
        revisit=min(_days_of_change(served, on_offer, today), default=None),
        unseen=tuple((unread.warehouse, unread.units) for unread in served.unseen),
    )


def ask(facts: Facts, channel_id: str, quantity: int, today: date) -> tuple[Step, ...]:
    """What a buyer of `quantity` units in the channel would get now, whether or not so many are on offer."""
    channel = next(channel for channel in facts.channels if channel.id == channel_id)
    if not facts.tracked:
        return steps([_always_there(quantity)], today)
    return steps(new_claim(serve(facts, today), facts, channel, quantity, today), today)


def _on_offer(channel: Channel, facts: Facts, served: Served, pools: Sequence[PoolPlan], today: date) -> list[Piece]:
    """Everything a channel may sell now, as the claim of one buyer."""
    headroom = sum(pool.headroom for pool in pools if pool.warehouse == channel.pool)
    return new_claim(served, facts, channel, served.goods.free(channel.warehouses) + headroom, today)


def _days_of_change(served: Served, on_offer: Sequence[Sequence[Piece]], today: date) -> Iterator[date]:
    """Days on which a date of the plan has passed; a lead time offered to new buyers moves with every day."""
    given = [*(promise.pieces for promise in served.promises), *(unread.pieces for unread in served.unseen), *on_offer]
    yield from (piece.expected + A_DAY for pieces in given for piece in pieces if piece.expected)
    if any(piece.source is Source.LEAD_TIME for pieces in on_offer for piece in pieces):
        yield today + A_DAY


def _never_sold_out(facts: Facts, today: date) -> Plan:
    """The platform does not count the variant's units, so nobody waits and pools stay empty."""
    queue = sorted(facts.claims, key=queue_order)
    return Plan(
        variant=facts.variant,
        promises=tuple(Promise(claim, (_always_there(claim.quantity),)) for claim in queue),
        pools=tuple(PoolPlan(pool.warehouse, free=0, headroom=0, outstanding=0, quantity=0) for pool in facts.pools),
        offers=tuple(
            offer(channel, facts.terms(channel).mode, [_always_there(UNLIMITED)], today) for channel in facts.channels
        ),
    )


def _always_there(units: int) -> Piece:
    return Piece(units, Source.ON_HAND)
