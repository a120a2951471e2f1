"""Random lives of a shop: orders, cancellations, goods that arrive or get lost, and an app that looks now and then.

Each life is lived on Saleor as it is and on one whose checkout sees allocations.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import plan
from app.engine.answer import Plan, Source
from app.engine.model import Channel, Mode, Supply, Terms
from tests.unit.engine.builders import day, supply
from tests.unit.engine.shop import Order, Shop

thoroughly = settings(deadline=None, max_examples=40)

WORLDS = {
    "one warehouse": (Channel("web", "web", ("A",), "P"),),
    "two warehouses": (Channel("web", "web", ("A", "B"), "P"),),
    "a group": (Channel("web", "web", ("A", "B"), "P"), Channel("outlet", "outlet", ("B", "A"), "P")),
    "strangers": (Channel("web", "web", ("A",), "P"), Channel("outlet", "outlet", ("B",), "Q")),
}
everywhere = pytest.mark.parametrize("world", WORLDS)
on_both = pytest.mark.parametrize("mended", [False, True], ids=["as it is", "mended"])

Act = tuple[str, int, int]

NAMES = itertools.count()
few = st.integers(1, 5)
which = st.integers(0, 9)
look = st.tuples(st.just("look"), st.just(0), st.just(0))
buy = st.tuples(st.just("buy"), which, few)
cancel = st.tuples(st.just("cancel"), which, few)
restock = st.tuples(st.just("restock"), which, few)
ship = st.tuples(st.just("ship"), which, few)
expect = st.tuples(st.just("expect"), which, st.integers(0, 9))
receive = st.tuples(st.just("receive"), which, few)
give_back = st.tuples(st.just("give back"), which, few)
add = st.tuples(st.just("add"), which, few)
take_away = st.tuples(st.just("take away"), which, few)
slip = st.tuples(st.just("slip"), which, few)
change_rule = st.tuples(st.just("change the rule"), which, st.integers(0, 9))
push = st.tuples(st.just("push"), which, st.integers(0, 9))
ship_from_pool = st.tuples(st.just("ship from the pool"), which, few)

hold = st.tuples(st.just("hold or release"), which, few)
redate = st.tuples(st.just("redate"), which, st.integers(0, 9))
pause = st.tuples(st.just("pause or resume"), which, few)

decided = hold | redate | pause
daily = buy | cancel | restock | ship | expect | receive | give_back | add | take_away | look | decided
quiet = st.lists(daily, min_size=5, max_size=30)
rough = st.lists(daily | slip | change_rule | push | ship_from_pool, min_size=5, max_size=30)
rules = st.builds(
    Terms,
    mode=st.sampled_from([Mode.BACKORDER, Mode.PREORDER, Mode.OFF]),
    cap=st.integers(0, 9),
    open_at=st.integers(0, 3) | st.just("always"),
)


def opened(world: str, rule: Terms, *, mended: bool) -> Shop:
    channels = WORLDS[world]
    return Shop(channels, {channel.pool: rule for channel in channels if channel.pool}, mended=mended)


def act(shop: Shop, what: Act) -> None:
    """One event of a life. `which` picks among what there is."""
    name, which, units = what
    orders = [order for order in shop.orders if order.open]
    if name in OF_AN_ORDER and orders:
        OF_AN_ORDER[name](shop, orders[which % len(orders)], units)
    elif name in OF_A_SUPPLY and shop.supplies:
        OF_A_SUPPLY[name](shop, shop.supplies[which % len(shop.supplies)], units)
    elif name in OF_A_PLACE:
        places = sorted({place for channel in shop.channels.values() for place in channel.warehouses})
        OF_A_PLACE[name](shop, places[which % len(places)], units)
    elif name == "buy":
        shop.buy(units, list(shop.channels)[which % len(shop.channels)])
    elif name == "look":
        shop.settle()
    elif name == "pause or resume":
        shop.paused = not shop.paused
    elif name == "change the rule":
        shop.rules = {pool: replace(rule, cap=units) for pool, rule in shop.rules.items()}


def ship_from_the_pool(shop: Shop, order: Order, units: int) -> None:
    pool = shop.channels[order.channel].pool
    assert pool
    shop.ship(order, min(units, order.open), pool, anyway=True)


def hold_or_release(_shop: Shop, order: Order, _units: int) -> None:
    order.held = not order.held


def redate_it(_shop: Shop, order: Order, days: int) -> None:
    """With no days the day is taken back."""
    order.redated = day(days) if days else None


def count(shop: Shop, place: str, units: int) -> None:
    shop.quantity[place] = units


def expect_more(shop: Shop, place: str, days: int) -> None:
    shop.supplies.append(supply(str(next(NAMES)), 1 + days % 3, day(days), place))


OF_AN_ORDER: Mapping[str, Callable[[Shop, Order, int], object]] = {
    "cancel": lambda shop, order, _units: shop.cancel(order),
    "ship": lambda shop, order, _units: ship_covered(shop, order.number),
    "add": Shop.add,
    "take away": lambda shop, order, units: shop.take_away(order, min(units, order.open)),
    "ship from the pool": ship_from_the_pool,
    "hold or release": hold_or_release,
    "redate": redate_it,
}
OF_A_SUPPLY: Mapping[str, Callable[[Shop, Supply, int], object]] = {
    "receive": lambda shop, arrived, units: shop.receive(arrived, min(units, arrived.quantity)),
    "slip": Shop.slip,
}
OF_A_PLACE: Mapping[str, Callable[[Shop, str, int], object]] = {
    "restock": Shop.restock,
    "give back": Shop.restock,
    "push": count,
    "expect": expect_more,
}


def ship_covered(shop: Shop, number: int) -> None:
    """Our own shipment: what the queue covers, from where it lies, over Saleor's objections; nothing on hold."""
    order = next(order for order in shop.orders if order.number == number)
    if order.held:
        return
    promises = [p for p in plan(shop.facts(), shop.today).promises if p.claim.number == str(number)]
    for piece in (piece for promise in promises for piece in promise.pieces):
        if piece.source is Source.ON_HAND:
            assert piece.warehouse
            assert shop.ship(order, piece.quantity, piece.warehouse, anyway=True)


def life(shop: Shop, acts: Sequence[Act]) -> Iterator[tuple[Plan, Act, Plan]]:
    """What the app would plan before and after each event."""
    before = plan(shop.facts(), shop.today)
    for what in acts:
        act(shop, what)
        after = plan(shop.facts(), shop.today)
        yield before, what, after
        before = after


def outstanding(planned: Plan) -> list[int]:
    return [pool.outstanding for pool in planned.pools]


def redates(planned: Plan) -> dict[str, date | None]:
    """The days that people gave, by line."""
    return {promise.claim.line: promise.claim.redated for promise in planned.promises}


def days(planned: Plan) -> dict[tuple[str, int], list[date]]:
    """When each unit of every claim comes, soonest first; units on hand are here already."""
    return {
        (promise.claim.line, promise.claim.layer): sorted(
            date.min if piece.source is Source.ON_HAND else piece.expected or date.max
            for piece in promise.pieces
            for _ in range(piece.quantity)
        )
        for promise in planned.promises
    }


@everywhere
@on_both
@thoroughly
@given(rule=rules, acts=rough)
def test_whatever_happened_one_look_makes_the_shop_sell_what_may_be_sold(
    world: str, mended: bool, rule: Terms, acts: list[Act]
) -> None:
    shop = opened(world, rule, mended=mended)
    for what in acts:
        act(shop, what)
    planned = shop.settle()
    sellable = {pool.warehouse: pool.sellable for pool in planned.pools}
    for channel in shop.channels.values():
        assert shop.available(channel.id) == sellable[channel.pool or ""]
    assert shop.settle() == planned


@everywhere
@on_both
@thoroughly
@given(rule=rules, acts=quiet)
def test_buyers_one_after_the_other_never_pass_the_cap_however_late_the_app_looks(
    world: str, mended: bool, rule: Terms, acts: list[Act]
) -> None:
    """As long as no goods get lost."""
    shop = opened(world, rule, mended=mended)
    assert isinstance(rule.cap, int)
    for _, _, after in life(shop, acts):
        assert all(units <= rule.cap for units in outstanding(after))
        assert not any(promise.beyond_cap for promise in after.promises)


@everywhere
@on_both
@thoroughly
@given(rule=rules, acts=rough)
def test_when_goods_get_lost_the_app_sells_nothing_more_past_the_cap(
    world: str, mended: bool, rule: Terms, acts: list[Act]
) -> None:
    shop = opened(world, rule, mended=mended)
    for what in acts:
        before = shop.settle()
        caps = [held.cap for held in shop.rules.values() if isinstance(held.cap, int)]
        act(shop, what)
        if what[0] in {"buy", "add"}:
            after = plan(shop.facts(), shop.today)
            numbers = zip(outstanding(before), outstanding(after), caps, strict=True)
            assert all(now <= max(then, cap) for then, now, cap in numbers)


@everywhere
@on_both
@thoroughly
@given(rule=rules, acts=quiet)
def test_nobodys_date_gets_later_while_no_goods_get_lost_and_no_supply_slips(
    world: str, mended: bool, rule: Terms, acts: list[Act]
) -> None:
    """Others may order, cancel, be held or shipped to, and goods may arrive: the units left to each come no later.

    But for those to whom a person gave another day.
    """
    shop = opened(world, rule, mended=mended)
    for before, _, after in life(shop, acts):
        now = days(after)
        for claim, promised in days(before).items():
            left = now.get(claim, [])
            if left and redates(before)[claim[0]] != redates(after)[claim[0]]:
                continue
            assert all(new <= old for new, old in zip(left, promised[len(promised) - len(left) :], strict=True))


@everywhere
@on_both
@thoroughly
@given(rule=rules, acts=quiet)
def test_every_order_is_shipped_in_the_end_and_the_books_are_even(
    world: str, mended: bool, rule: Terms, acts: list[Act]
) -> None:
    shop = opened(world, rule, mended=mended)
    for what in acts:
        act(shop, what)
        assert all(units >= 0 for units in shop.quantity.values()), "we ship nothing that is not there"
    for place in [place for place in shop.quantity if place not in shop.rules]:
        shop.restock(place, sum(order.open for order in shop.orders))
    shop.paused = False
    shop.settle()
    for order in shop.orders:
        order.held = False
        if order.open:
            ship_covered(shop, order.number)
            shop.settle()
    assert not any(order.open for order in shop.orders)
    assert not any(shop.allocated(place) for place in shop.quantity)
    assert all(units >= 0 for units in shop.quantity.values())
