"""What a pool must hold."""

from dataclasses import replace

import pytest

from app.engine import plan
from app.engine.answer import PoolPlan
from app.engine.model import Channel, Facts, Mode, Terms
from tests.unit.engine.builders import BACKORDERS, TODAY, WEB, claim, day, facts, supply


def only_pool(given: Facts) -> PoolPlan:
    (pool,) = plan(given, TODAY).pools
    return pool


def beyond(given: Facts) -> list[int]:
    return [promise.beyond_cap for promise in plan(given, TODAY).promises]


def test_nothing_sold_and_nothing_there_opens_the_whole_cap() -> None:
    assert only_pool(facts()) == PoolPlan("P", free=0, headroom=20, outstanding=0, quantity=20)


def test_units_allocated_in_the_pool_are_held_there_on_top() -> None:
    pool = only_pool(facts([claim(1, 5, on={"P": 5})]))
    assert pool == PoolPlan("P", free=0, headroom=15, outstanding=5, quantity=20)


def test_while_units_are_free_the_pool_is_closed() -> None:
    assert only_pool(facts(on_hand={"A": 3})) == PoolPlan("P", free=3, headroom=0, outstanding=0, quantity=0)


def test_units_owed_elsewhere_are_not_free() -> None:
    """Seen on a real shop: 11 on hand, one allocated there, five owed from the pool."""
    owed = [claim(1, 1, on={"A": 1}), claim(2, 5, on={"P": 5})]
    pool = only_pool(facts(owed, on_hand={"A": 11}))
    assert pool == PoolPlan("P", free=5, headroom=0, outstanding=0, quantity=0)


def test_the_pool_makes_up_for_a_warehouse_that_is_over_allocated() -> None:
    pool = only_pool(facts([claim(1, 8, on={"A": 8})], on_hand={"A": 3}))
    assert pool == PoolPlan("P", free=0, headroom=15, outstanding=5, quantity=20)


def test_the_pool_makes_up_for_a_warehouse_below_zero() -> None:
    both = Channel("web", "web", ("A", "B"), pool="P")
    pool = only_pool(facts(on_hand={"A": -2, "B": 5}, channels=(both,)))
    assert pool == PoolPlan("P", free=5, headroom=0, outstanding=0, quantity=2)


@pytest.mark.parametrize(("free", "headroom"), [(4, 0), (3, 20), (0, 20)])
def test_backorders_open_when_so_few_units_are_free_as_the_rule_says(free: int, headroom: int) -> None:
    rule = replace(BACKORDERS, open_at=3)
    assert only_pool(facts(on_hand={"A": free}, rules={"P": rule})).headroom == headroom


def test_backorders_that_are_always_open_stay_so_while_units_are_free() -> None:
    rule = replace(BACKORDERS, open_at="always")
    pool = only_pool(facts(on_hand={"A": 100}, rules={"P": rule}))
    assert (pool.sellable, pool.quantity) == (120, 20)


def test_without_a_limit_a_million_may_be_owed() -> None:
    pool = only_pool(facts([claim(1, 5, on={"P": 5})], rules={"P": replace(BACKORDERS, cap=None)}))
    assert (pool.headroom, pool.quantity) == (999_995, 1_000_000)


@pytest.mark.parametrize("terms", [Terms(Mode.OFF, cap=20), Terms(Mode.BACKORDER, cap=0), Terms()])
def test_a_rule_that_allows_nothing_keeps_the_pool_empty(terms: Terms) -> None:
    assert only_pool(facts([claim(1, 5, on={"P": 5})], rules={"P": terms})).quantity == 0


def test_a_closed_pool_still_lets_free_units_be_sold_that_allocations_hide() -> None:
    """Eight are on hand and allocated to an order that needs only five of them any more."""
    shrunk = facts([claim(1, 5, on={"A": 8})], on_hand={"A": 8}, rules={"P": Terms(Mode.OFF)})
    assert only_pool(shrunk) == PoolPlan("P", free=3, headroom=0, outstanding=0, quantity=3)


def test_units_in_a_shipment_that_waits_for_approval_count_as_owed() -> None:
    assert only_pool(facts([claim(1, 5, on={"P": 5}, approving=5)])).outstanding == 5


def test_a_dated_supply_covers_no_cap() -> None:
    assert only_pool(facts([claim(1, 5)], supplies=[supply("1", 50, day(1))])).headroom == 15


def test_channels_of_a_group_share_the_cap_and_the_free_units() -> None:
    group = (WEB, Channel("outlet", "outlet", ("A",), pool="P"))
    pool = only_pool(facts([claim(1, 3, on={"P": 3}), claim(2, 4, "outlet", on={"P": 4})], channels=group))
    assert pool == PoolPlan("P", free=0, headroom=13, outstanding=7, quantity=20)


def test_a_channel_of_its_own_counts_only_its_own_orders_against_its_cap() -> None:
    outlet = Channel("outlet", "outlet", ("A",), pool="Q")
    given = facts(
        [claim(1, 3, on={"P": 3}), claim(2, 4, "outlet", on={"Q": 4})],
        channels=(WEB, outlet),
        rules={"P": BACKORDERS, "Q": Terms(Mode.BACKORDER, cap=5)},
    )
    assert [(pool.outstanding, pool.headroom) for pool in plan(given, TODAY).pools] == [(3, 17), (4, 1)]


def test_units_not_read_yet_count_as_owed_unless_free_ones_cover_them() -> None:
    assert only_pool(facts(allocated={"P": 4})) == PoolPlan("P", free=0, headroom=16, outstanding=4, quantity=20)
    assert only_pool(facts(allocated={"P": 4}, on_hand={"A": 6})).free == 2


def test_units_not_read_yet_that_over_fill_one_warehouse_are_taken_from_the_others() -> None:
    """The shop piles units on a warehouse that is full: three known there, four unread of which one is in the pool."""
    both = Channel("web", "web", ("A", "B"), pool="P")
    pool = only_pool(
        facts(
            [claim(1, 3, on={"A": 3})],
            on_hand={"A": 3, "B": 3},
            allocated={"A": 6, "P": 1},
            channels=(both,),
            rules={"P": Terms(Mode.BACKORDER, cap=1, open_at="always")},
        )
    )
    assert (pool.free, pool.outstanding, pool.sellable) == (0, 1, 0)


def test_the_youngest_units_owed_are_those_beyond_the_cap() -> None:
    rule = {"P": Terms(Mode.BACKORDER, cap=5)}
    assert beyond(facts([claim(1, 3), claim(2, 3), claim(3, 2)], rules=rule)) == [0, 1, 2]
    assert beyond(facts([claim(1, 3), claim(2, 3), claim(3, 2)], on_hand={"A": 3}, rules=rule)) == [0, 0, 0]


def test_units_not_read_yet_are_the_youngest_beyond_the_cap() -> None:
    rule = {"P": Terms(Mode.BACKORDER, cap=2)}
    assert beyond(facts([claim(1, 3)], allocated={"P": 2}, rules=rule)) == [1]
    assert beyond(facts([claim(1, 2)], allocated={"P": 2}, rules=rule)) == [0]


@pytest.mark.parametrize("terms", [Terms(Mode.OFF, cap=0), Terms(Mode.BACKORDER, cap=None)])
def test_a_rule_that_is_off_or_unlimited_has_nothing_beyond_it(terms: Terms) -> None:
    assert beyond(facts([claim(1, 3)], rules={"P": terms})) == [0]


def test_what_is_beyond_one_pools_cap_is_found_among_its_own_orders() -> None:
    outlet = Channel("outlet", "outlet", ("A",), pool="Q")
    rules = {"P": Terms(Mode.BACKORDER, cap=1), "Q": Terms(Mode.BACKORDER, cap=2)}
    orders = [claim(1, 3), claim(2, 3, "outlet"), claim(3, 1)]
    assert beyond(facts(orders, channels=(WEB, outlet), rules=rules)) == [2, 1, 1]


def test_a_pool_that_a_group_replaced_holds_nothing_and_what_is_allocated_there_counts_on() -> None:
    """The platform sells the sum over the channel's warehouses, so the group's pool must make up for the old one."""
    web = replace(WEB, draining=("Q",))
    outlet = Channel("outlet", "outlet", ("A",), pool="P", draining=("Q",))
    owed = [claim(1, 5, on={"P": 5}), claim(2, 3, "outlet", on={"Q": 3})]
    planned = plan(facts(owed, on_hand={"Q": 40}, channels=(web, outlet), rules={"P": BACKORDERS}), TODAY)
    pool, replaced = planned.pools
    assert pool == PoolPlan("P", free=0, headroom=12, outstanding=8, quantity=20)
    assert replaced == PoolPlan("Q", free=0, headroom=0, outstanding=0, quantity=0)
    assert pool.quantity - 5 + replaced.quantity - 3 == pool.sellable


def test_restock_owed_to_orders_in_a_replaced_pool_is_not_sold_to_newcomers() -> None:
    web = replace(WEB, draining=("Q",))
    pool, _ = plan(facts([claim(1, 3, on={"Q": 3})], on_hand={"A": 3}, channels=(web,)), TODAY).pools
    assert (pool.free, pool.headroom) == (0, 20)
    assert 3 + pool.quantity - 3 == pool.sellable


def test_an_order_in_a_replaced_pool_is_owed_before_it_is_read_too() -> None:
    web = replace(WEB, draining=("Q",))
    unread = facts(on_hand={"A": 3}, allocated={"Q": 4}, channels=(web,))
    read = replace(unread, claims=(claim(1, 4, on={"Q": 4}),))
    pool, _ = plan(unread, TODAY).pools
    assert (pool.free, pool.headroom, pool.outstanding) == (0, 19, 1)
    assert pool == plan(read, TODAY).pools[0]
