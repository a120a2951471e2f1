"""Random facts of one variant: small numbers, so that everything runs short."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from hypothesis import settings
from hypothesis import strategies as st

from app.engine.model import Channel, Claim, Display, Facts, LeadIn, Mode, Supply, Terms
from tests.unit.engine.builders import allocations_of, claim, day, facts, supply

REAL = ("A", "B", "C")

thoroughly = settings(deadline=None, max_examples=100)

terms = st.builds(
    Terms,
    mode=st.sampled_from(Mode),
    cap=st.none() | st.integers(0, 12) | st.just("incoming"),
    open_at=st.integers(0, 4) | st.just("always"),
    horizon_days=st.none() | st.integers(0, 12),
    require_date=st.booleans(),
    lead_days=st.none() | st.integers(0, 10),
    lead_in=st.sampled_from(LeadIn),
    cut_off=st.none() | st.just(time(0, 3)),
    time_zone=st.sampled_from(["", "", "Pacific/Auckland", "America/New_York"]),
    buffer_days=st.integers(0, 2),
    confidence=st.none() | st.just(80),
    release_on=st.none() | st.integers(-1, 6).map(day),
    early_sale=st.booleans(),
    units_per_order=st.none() | st.integers(1, 9),
    may_split=st.booleans(),
    display=st.sampled_from(Display),
    spread_days=st.integers(0, 3),
)
rarely = st.integers(0, 3).map(lambda number: number == 1)
by_hand = st.integers(-3, 9).map(day)
on_hand = st.dictionaries(st.sampled_from(REAL), st.integers(-3, 9))
supplies = st.lists(st.tuples(st.integers(1, 5), st.integers(-3, 9), st.sampled_from(REAL)), max_size=5).map(
    lambda rows: [
        replace(supply(str(n), units, day(days), place), delays=((80, n),) if n % 2 else ())
        for n, (units, days, place) in enumerate(rows)
    ]
)


replaced: st.SearchStrategy[tuple[str, ...]] = st.sampled_from([(), (), ("R",)])


def warehouses() -> st.SearchStrategy[tuple[str, ...]]:
    return st.permutations(REAL).flatmap(lambda order: st.integers(1, 3).map(lambda n: tuple(order[:n])))


@st.composite
def channels(draw: st.DrawFn) -> tuple[Channel, ...]:
    """Up to three channels; they may share warehouses, a pool, both or neither. A pool may have replaced another."""
    before = {"P": draw(replaced), "Q": (), None: ()}
    pools = draw(st.lists(st.sampled_from(["P", "Q", None]), min_size=1, max_size=3))
    return tuple(
        Channel(name, name, draw(warehouses()), pool, before[pool])
        for name, pool in zip(("web", "outlet", "abroad"), pools, strict=False)
    )


@st.composite
def one_pool(draw: st.DrawFn) -> tuple[Channel, ...]:
    """A channel, or a group of two, that shares its warehouses with nobody else."""
    places = draw(warehouses())
    before = draw(replaced)
    return tuple(Channel(name, name, places, "P", before) for name in ("web", "outlet")[: draw(st.integers(1, 2))])


@st.composite
def claims(
    draw: st.DrawFn, selling: tuple[Channel, ...], *, approving: bool = True, fully_allocated: bool = False
) -> list[Claim]:
    """Up to eight orders, oldest first. The shop may have put their units anywhere the channel sells from."""
    found = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        channel = draw(st.sampled_from(selling))
        units = draw(st.integers(1, 6))
        on = draw(allocations(channel, units, whole=fully_allocated))
        urgent = draw(st.integers(0, units)) if approving else 0
        order = claim(number, units, channel.id, on=on, approving=urgent)
        found.append(order._replace(held=draw(rarely), redated=draw(by_hand) if draw(rarely) else None))
    return found


@st.composite
def allocations(draw: st.DrawFn, channel: Channel, units: int, *, whole: bool) -> Mapping[str, int]:
    """Some or all of the units, spread over the channel's warehouses and its pool."""
    places = [*channel.warehouses, *([channel.pool] if channel.pool else []), *channel.draining]
    on: dict[str, int] = {}
    for _ in range(units if whole else draw(st.integers(0, units))):
        place = draw(st.sampled_from(places))
        on[place] = on.get(place, 0) + 1
    return on


@st.composite
def any_facts(draw: st.DrawFn, *, approving: bool = True, unread: bool = True) -> Facts:
    """Anything a book may hold."""
    selling = draw(channels())
    orders = draw(claims(selling, approving=approving))
    return draw(_around(selling, orders, unread=unread))


@st.composite
def facts_of_one_pool(draw: st.DrawFn, *, unread: bool = True) -> Facts:
    """A pool that shares its warehouses with no other, and all that is owed is allocated somewhere in it."""
    selling = draw(one_pool())
    orders = draw(claims(selling, fully_allocated=True))
    return draw(_around(selling, orders, unread=unread))


@st.composite
def _around(draw: st.DrawFn, selling: tuple[Channel, ...], orders: list[Claim], *, unread: bool) -> Facts:
    pools = sorted({channel.pool for channel in selling if channel.pool})
    places = sorted({place for channel in selling for place in (*channel.warehouses, *channel.draining)} | set(pools))
    more = draw(st.dictionaries(st.sampled_from(places), st.integers(0, 4))) if unread else {}
    known = allocations_of(orders)
    found = facts(
        orders,
        on_hand=draw(on_hand),
        allocated={place: units + known.get(place, 0) for place, units in more.items()},
        supplies=draw(supplies),
        channels=selling,
        rules={pool: draw(terms) for pool in pools},
    )
    return replace(found, paused=draw(rarely))


def any_supply() -> st.SearchStrategy[Supply]:
    return st.builds(supply, st.just("new"), st.integers(1, 5), st.integers(0, 9).map(day), st.sampled_from(REAL))
