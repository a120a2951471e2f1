"""What a pool must hold so that the platform sells what is free and what may be backordered, and no more."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import takewhile

from app.engine.allocate import Reach
from app.engine.answer import ON_HAND, SUPPLY, Piece, PoolPlan, Promise
from app.engine.dates import Calendar, release_of
from app.engine.model import Facts, Mode, Pool, Terms
from app.engine.promise import Served, later_claim

# "No limit" has to be a number all the same: platforms keep stock in 32-bit integers.
UNLIMITED = 1_000_000


def plan_pool(pool: Pool, facts: Facts, served: Served, today: date) -> PoolPlan:
    """The numbers of one pool once the queue is served.

    The platform sells the sum of quantity minus allocated over a channel's warehouses and lets negative ones count, so
    the pool's quantity makes up the difference between that sum and what may be sold.
    """
    stocks = {stock.warehouse: stock for stock in facts.stocks}
    warehouses = facts.around(pool.warehouse)
    free = served.goods.free(warehouses)
    outstanding = _outstanding(pool, facts, served)
    room = _headroom(pool, facts, served, free, outstanding, today)
    elsewhere = sum(stocks[place].quantity - stocks[place].allocated for place in warehouses if place in stocks)
    ours = sum(stocks[place].allocated for place in {pool.warehouse, *draining(pool, facts)} if place in stocks)
    # Nothing to sell: nothing there either, so that nobody can ship goods that do not exist.
    quantity = max(0, free + room - elsewhere + ours) if free + room else 0
    return PoolPlan(pool.warehouse, free, room, outstanding, quantity)


def draining(pool: Pool, facts: Facts) -> set[str]:
    """The pools that the channels of this one had before."""
    return {place for channel in facts.channels if channel.pool == pool.warehouse for place in channel.draining}


def _headroom(pool: Pool, facts: Facts, served: Served, free: int, outstanding: int, today: date) -> int:
    """How many more units may be backordered now."""
    terms = pool.terms
    if not sells_past_zero(pool, facts) or free > opens_at(terms, today):
        return 0
    room = max(0, (terms.cap if isinstance(terms.cap, int) else UNLIMITED) - outstanding)
    if needs_dates(terms):
        # Buyers get what is there in this order: behind what is not sold nothing else can be.
        waiting = beyond_free(pool, facts, served, free + room, today)
        sold = takewhile(lambda piece: is_sold(piece, terms, today), waiting)
        room = min(room, sum(piece.quantity for piece in sold))
    return room if terms.units_per_order is None else min(room, terms.units_per_order)


def sells_past_zero(pool: Pool, facts: Facts) -> bool:
    """Whether anything may be sold past zero in the pool at all."""
    return pool.terms.mode is not Mode.OFF and not facts.paused


def opens_at(terms: Terms, today: date) -> int:
    """With how many free units sale past zero is still open. What waits for a release is there for nobody yet."""
    held = release_of(terms, today) and not terms.early_sale
    return UNLIMITED if held or terms.open_at == "always" else terms.open_at


def needs_dates(terms: Terms) -> bool:
    """Whether the rule sells no unit that nobody can date."""
    return terms.cap == "incoming" or terms.horizon_days is not None or terms.require_date


def beyond_free(pool: Pool, facts: Facts, served: Served, units: int, today: date) -> Iterator[Piece]:
    """What new buyers in the pool's channels would wait for, if they took so many units together."""
    reach = Reach(facts.around(pool.warehouse), pool.terms.confidence)
    calendar = Calendar(pool.terms, facts, served.goods.last_supply(reach), today)
    pieces = later_claim(served.goods.look(units, reach), units, calendar)
    return (piece for piece in pieces if piece.source is not ON_HAND)


def is_sold(piece: Piece, terms: Terms, today: date) -> bool:
    """Whether a rule that needs dates sells what comes like this."""
    if piece.expected is None or (terms.cap == "incoming" and piece.source is not SUPPLY):
        return False
    return terms.horizon_days is None or piece.expected <= today + timedelta(days=terms.horizon_days)


def _outstanding(pool: Pool, facts: Facts, served: Served) -> int:
    known = sum(served.outstanding[channel.id] for channel in facts.channels if channel.pool == pool.warehouse)
    return known + _unseen_outstanding(pool, facts, served)


def _unseen_outstanding(pool: Pool, facts: Facts, served: Served) -> int:
    """Of orders not read yet only the warehouse is known: they count wherever they may belong."""
    if not served.unseen:
        return 0
    places = {pool.warehouse, *draining(pool, facts), *facts.around(pool.warehouse)}
    return sum(unread.waiting for unread in served.unseen if unread.warehouse in places)


def with_beyond_cap(facts: Facts, served: Served, pools: Iterable[PoolPlan]) -> list[Promise]:
    """The promises, the youngest units owed beyond each pool's cap marked on them.

    A rule that is off or has no limit allows what was sold before. Orders not read yet are the youngest of all.
    """
    excess = {}
    for pool, planned in zip(facts.pools, pools, strict=True):
        if pool.terms.mode is not Mode.OFF and pool.terms.cap is not None:
            unread = _unseen_outstanding(pool, facts, served)
            excess[pool.warehouse] = max(0, planned.outstanding - _allowed(pool, facts, served) - unread)
    return _mark(served.promises, excess, {channel.id: channel.pool for channel in facts.channels})


def _allowed(pool: Pool, facts: Facts, served: Served) -> int:
    """How many units may be owed: the cap, or what dated supply owes to orders already."""
    if isinstance(pool.terms.cap, int):
        return pool.terms.cap
    selling = {channel.id for channel in facts.channels if channel.pool == pool.warehouse}
    ours = (piece for promise in served.promises if promise.claim.channel in selling for piece in promise.pieces)
    return sum(piece.quantity for piece in ours if piece.source is SUPPLY)


def _mark(promises: Sequence[Promise], excess: Mapping[str, int], pools: Mapping[str, str | None]) -> list[Promise]:
    if not any(excess.values()):
        return list(promises)
    left = Counter(excess)
    marked = []
    for promise in reversed(promises):
        pool = pools.get(promise.claim.channel) or ""
        beyond = min(left[pool], promise.outstanding)
        marked.append(promise._replace(beyond_cap=beyond) if beyond else promise)
        left[pool] -= beyond
    return marked[::-1]
