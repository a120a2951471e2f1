"""Who gets which units."""

from dataclasses import replace
from datetime import timedelta

from app.engine import plan
from app.engine.model import Channel, Stock
from tests.unit.engine.builders import (
    BACKORDERS,
    OPENING,
    TODAY,
    WEB,
    claim,
    coming,
    day,
    facts,
    on_hand,
    pieces,
    supply,
    undated,
    units,
)

BOTH = Channel("web", "web", ("A", "B"), pool="P")


def test_who_came_first_is_served_first_whatever_the_order_of_the_input() -> None:
    planned = plan(facts([claim(2, 2), claim(1, 2)], on_hand={"A": 3}), TODAY)
    assert [promise.claim.number for promise in planned.promises] == ["1", "2"]
    assert units(planned) == {"1": (2, 0), "2": (1, 1)}


def test_order_9_goes_before_order_10_when_both_came_at_once() -> None:
    both = [claim(number, 1)._replace(queued_at=OPENING) for number in (10, 9)]
    assert units(plan(facts(both, on_hand={"A": 1}), TODAY)) == {"9": (1, 0), "10": (0, 1)}


def test_numbers_that_are_no_numbers_follow_in_their_own_order() -> None:
    named = [claim(1, 1)._replace(queued_at=OPENING, number=number) for number in ("EU-2", "EU-1", "7")]
    planned = plan(facts(named), TODAY)
    assert [promise.claim.number for promise in planned.promises] == ["7", "EU-1", "EU-2"]


def test_units_added_to_a_line_queue_behind_those_who_came_in_between() -> None:
    added = claim(1, 2, layer=1)._replace(queued_at=OPENING + timedelta(hours=1))
    planned = plan(facts([claim(1, 1), claim(2, 2), added], on_hand={"A": 4}), TODAY)
    assert [(promise.claim.number, promise.ready) for promise in planned.promises] == [("1", 1), ("2", 2), ("1", 1)]


def test_lines_of_one_order_are_served_one_after_the_other() -> None:
    first, second = (claim(1, 2)._replace(line=line) for line in ("line-a", "line-b"))
    late = first._replace(layer=1, quantity=1)
    planned = plan(facts([second, late, first], on_hand={"A": 3}), TODAY)
    served = [(promise.claim.line, promise.claim.layer, promise.ready) for promise in planned.promises]
    assert served == [("line-a", 0, 2), ("line-a", 1, 1), ("line-b", 0, 0)]


def test_units_in_a_shipment_that_waits_for_approval_go_before_older_orders() -> None:
    planned = plan(facts([claim(1, 2), claim(2, 3, approving=2)], on_hand={"A": 3}), TODAY)
    assert units(planned) == {"1": (1, 1), "2": (2, 1)}
    assert [promise.claim.number for promise in planned.promises] == ["1", "2"], "the queue itself stays as it is"


def test_units_that_wait_for_approval_keep_the_queue_among_themselves() -> None:
    planned = plan(facts([claim(1, 2, approving=2), claim(2, 2, approving=2)], on_hand={"A": 3}), TODAY)
    assert units(planned) == {"1": (2, 0), "2": (1, 1)}


def test_on_hand_units_come_from_the_warehouse_where_the_order_is_allocated() -> None:
    planned = plan(facts([claim(1, 2, on={"B": 2})], on_hand={"A": 5, "B": 5}, channels=(BOTH,)), TODAY)
    assert pieces(planned) == {"1": [on_hand(2, "B")]}


def test_an_order_allocated_in_two_warehouses_takes_its_share_of_each() -> None:
    planned = plan(facts([claim(1, 5, on={"A": 1, "B": 4})], on_hand={"A": 9, "B": 9}, channels=(BOTH,)), TODAY)
    assert pieces(planned) == {"1": [on_hand(1, "A"), on_hand(4, "B")]}


def test_units_allocated_to_the_pool_come_from_the_channels_warehouses_in_its_order() -> None:
    there = Channel("web", "web", ("B", "A"), pool="P")
    planned = plan(facts([claim(1, 5, on={"P": 5})], on_hand={"A": 4, "B": 3}, channels=(there,)), TODAY)
    assert pieces(planned) == {"1": [on_hand(3, "B"), on_hand(2, "A")]}


def test_what_its_own_warehouse_lacks_comes_from_the_next() -> None:
    planned = plan(facts([claim(1, 4, on={"B": 4})], on_hand={"A": 5, "B": 3}, channels=(BOTH,)), TODAY)
    assert pieces(planned) == {"1": [on_hand(3, "B"), on_hand(1, "A")]}


def test_where_an_order_is_allocated_gives_it_no_right_over_older_ones() -> None:
    planned = plan(facts([claim(1, 3, on={"P": 3}), claim(2, 3, on={"A": 3})], on_hand={"A": 4}), TODAY)
    assert units(planned) == {"1": (3, 0), "2": (1, 2)}


def test_a_warehouse_below_zero_has_no_units_and_takes_none_from_others() -> None:
    planned = plan(facts([claim(1, 4)], on_hand={"A": -3, "B": 3}, channels=(BOTH,)), TODAY)
    assert pieces(planned) == {"1": [on_hand(3, "B"), undated(1)]}


def test_a_pool_serves_nobody() -> None:
    assert units(plan(facts([claim(1, 2, on={"P": 2})], on_hand={"P": 20}), TODAY)) == {"1": (0, 2)}


def test_an_order_gets_nothing_from_warehouses_its_channel_does_not_use() -> None:
    planned = plan(facts([claim(1, 1)], on_hand={"B": 5}, supplies=[supply("1", 5, day(1), "B")]), TODAY)
    assert pieces(planned) == {"1": [undated(1)]}


def test_channels_compete_for_the_warehouse_they_share_by_who_came_first() -> None:
    outlet = Channel("outlet", "outlet", ("B", "A"))
    planned = plan(facts([claim(1, 2, "outlet"), claim(2, 2, "web")], on_hand={"A": 3}, channels=(WEB, outlet)), TODAY)
    assert units(planned) == {"1": (2, 0), "2": (1, 1)}


def test_a_channel_without_a_pool_has_its_dates_from_supply_too() -> None:
    outlet = Channel("outlet", "outlet", ("A",))
    planned = plan(
        facts([claim(1, 2, "outlet"), claim(2, 1)], supplies=[supply("1", 3, day(4))], channels=(WEB, outlet)), TODAY
    )
    assert pieces(planned) == {"1": [coming(2, "1", day(4))], "2": [coming(1, "1", day(4))]}


def test_an_order_of_a_channel_nobody_knows_any_more_waits_without_a_date() -> None:
    assert pieces(plan(facts([claim(1, 1, "closed")], on_hand={"A": 5}), TODAY)) == {"1": [undated(1)]}


def test_supplies_serve_by_date_and_those_of_one_day_by_id() -> None:
    supplies = [supply("b", 1, day(3)), supply("c", 1, day(2)), supply("a", 1, day(3))]
    planned = plan(facts([claim(1, 3)], supplies=supplies), TODAY)
    assert pieces(planned) == {"1": [coming(1, "c", day(2)), coming(1, "a", day(3)), coming(1, "b", day(3))]}


def test_a_supply_due_today_serves_and_one_due_yesterday_does_not() -> None:
    supplies = [supply("late", 5, day(-1)), supply("due", 1, day(0))]
    assert pieces(plan(facts([claim(1, 2)], supplies=supplies), TODAY)) == {"1": [coming(1, "due", day(0)), undated(1)]}


def test_one_order_may_rest_on_everything_there_is() -> None:
    planned = plan(
        facts(
            [claim(1, 7)],
            on_hand={"A": 1, "B": 2},
            supplies=[supply("1", 1, day(2), "B"), supply("2", 2, day(5))],
            channels=(BOTH,),
        ),
        TODAY,
    )
    assert pieces(planned) == {
        "1": [on_hand(1, "A"), on_hand(2, "B"), coming(1, "1", day(2), "B"), coming(2, "2", day(5)), undated(1)]
    }


def test_units_that_rest_on_the_same_thing_are_one_piece() -> None:
    planned = plan(facts([claim(1, 4, approving=2, on={"A": 1})], on_hand={"A": 3}), TODAY)
    assert pieces(planned) == {"1": [on_hand(3), undated(1)]}


def test_units_of_orders_not_read_yet_are_told_and_taken_out_of_what_is_free() -> None:
    unread = facts([claim(1, 2, on={"A": 2})], on_hand={"A": 6}, allocated={"A": 3, "P": 1})
    planned = plan(unread, TODAY)
    assert planned.unseen == (("A", 1), ("P", 1))
    assert units(planned) == {"1": (2, 0)}
    assert planned.pools[0].free == 2


def test_orders_not_read_yet_never_take_from_those_we_know() -> None:
    planned = plan(facts([claim(1, 2)], on_hand={"A": 2}, allocated={"A": 2}), TODAY)
    assert units(planned) == {"1": (2, 0)}
    assert planned.pools[0].outstanding == 2


def test_orders_not_read_yet_keep_a_supply_from_being_told_to_newcomers() -> None:
    planned = plan(facts(allocated={"P": 3}, supplies=[supply("1", 5, day(6))]), TODAY)
    assert [(step.quantity, step.expected) for step in planned.offers[0].steps] == [(2, day(6)), (15, None)]


def test_units_not_read_yet_come_from_the_warehouse_they_are_allocated_at() -> None:
    channels = (BOTH, Channel("xmas", "xmas", ("B",), pool="P"), Channel("abroad", "abroad", ("A",)))
    planned = plan(facts(on_hand={"A": 2, "B": 2}, allocated={"B": 2}, channels=channels), TODAY)
    assert {offer.slug: offer.available_now for offer in planned.offers} == {"web": 2, "xmas": 0, "abroad": 2}


def test_units_not_read_yet_come_from_the_same_warehouse_whichever_channel_is_named_first() -> None:
    abroad, group = Channel("abroad", "abroad", ("A",)), (BOTH, Channel("outlet", "outlet", ("B", "A"), pool="P"))
    for channels in ((abroad, *group), (*reversed(group), abroad)):
        planned = plan(facts(on_hand={"A": 2, "B": 2}, allocated={"P": 2}, channels=channels), TODAY)
        assert {offer.slug: offer.available_now for offer in planned.offers} == {"web": 2, "outlet": 2, "abroad": 2}


def test_a_shop_that_shows_fewer_allocations_than_its_orders_hides_nothing() -> None:
    just_cancelled = replace(facts([claim(1, 2, on={"A": 2})]), stocks=(Stock("A", 5, 0),))
    planned = plan(just_cancelled, TODAY)
    assert planned.unseen == ()
    assert (planned.pools[0].free, planned.pools[0].outstanding) == (3, 0)


def test_orders_not_read_yet_whose_units_a_shelf_holds_get_them_before_those_in_a_pool() -> None:
    """Only these are outstanding then, and only in the pool that they are in."""
    web, outlet = Channel("web", "web", ("Z",), pool="P"), Channel("outlet", "outlet", ("Z",), pool="Q")
    rules = {"P": BACKORDERS, "Q": BACKORDERS}
    unread = facts(on_hand={"Z": 2}, allocated={"Z": 2, "P": 2}, channels=(web, outlet), rules=rules)
    assert {pool.warehouse: pool.outstanding for pool in plan(unread, TODAY).pools} == {"P": 2, "Q": 0}
