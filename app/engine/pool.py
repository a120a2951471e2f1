"""What a pool must hold so that the platform sells what is free and what may be backordered, and no more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.engine.model import Facts, Mode, Pool, PoolPlan, Promise, Terms
from app.engine.promise import Served

# "No limit" has to be a number all the same: platforms keep stock in 32-bit integers.
UNLIMITED = 1_000_000


def headroom(terms: Terms, free: int, outstanding: int) -> int:
    """How many more units may be backordered while `free` are free and `outstanding` are owed."""
    if terms.mode is Mode.OFF or (terms.open_at != "always" and free > terms.open_at):
        return 0
    cap = UNLIMITED if terms.cap is None else terms.cap
    return max(0, cap - outstanding)


def plan_pool(pool: Pool, facts: Facts, served: Served) -> PoolPlan:
    """The numbers of one pool once the queue is served.

    The platform sells the sum of quantity minus allocated over a channel's warehouses and lets negative ones count, so
    the pool's quantity makes up the difference between that sum and what may be sold.
    """
    stocks = {stock.warehouse: stock for stock in facts.stocks}
    warehouses = facts.around(pool.warehouse)
    free = served.goods.free(warehouses)
    outstanding = _outstanding(pool, facts, served)
    room = headroom(pool.terms, free, outstanding)
    elsewhere = sum(stocks[place].quantity - stocks[place].allocated for place in warehouses if place in stocks)
    ours = stocks[pool.warehouse].allocated if pool.warehouse in stocks else 0
    # Nothing to sell: nothing there either, so that nobody can ship goods that do not exist.
    quantity = max(0, free + room - elsewhere + ours) if free + room else 0
    return PoolPlan(pool.warehouse, free, room, outstanding, quantity)


def _outstanding(pool: Pool, facts: Facts, served: Served) -> int:
    known = sum(served.waiting[channel.id] for channel in facts.channels if channel.pool == pool.warehouse)
    return known + _unseen_outstanding(pool, facts, served)


def _unseen_outstanding(pool: Pool, facts: Facts, served: Served) -> int:
    """Of orders not read yet only the warehouse is known: they count wherever they may belong."""
    places = {pool.warehouse, *facts.around(pool.warehouse)}
    return sum(unread.waiting for unread in served.unseen if unread.warehouse in places)


def with_beyond_cap(facts: Facts, served: Served, pools: Iterable[PoolPlan]) -> list[Promise]:
    """The promises, the youngest units owed beyond each pool's cap marked on them.

    A rule that is off or has no limit allows what was sold before. Orders not read yet are the youngest of all.
    """
    excess = {}
    for pool, planned in zip(facts.pools, pools, strict=True):
        if pool.terms.mode is not Mode.OFF and pool.terms.cap is not None:
            unread = _unseen_outstanding(pool, facts, served)
            excess[pool.warehouse] = max(0, planned.outstanding - pool.terms.cap - unread)
    return _mark(served.promises, excess, {channel.id: channel.pool for channel in facts.channels})


def _mark(promises: Sequence[Promise], excess: Mapping[str, int], pools: Mapping[str, str | None]) -> list[Promise]:
    if not any(excess.values()):
        return list(promises)
    left = Counter(excess)
    marked = []
    for promise in reversed(promises):
        pool = pools.get(promise.claim.channel) or ""
        beyond = min(left[pool], promise.waiting)
        marked.append(replace(promise, beyond_cap=beyond) if beyond else promise)
        left[pool] -= beyond
    return marked[::-1]
