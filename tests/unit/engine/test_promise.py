"""The dates that are given, to those who wait and to new buyers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine import ask, plan
from app.engine.answer import Offer, PoolPlan, Step
from app.engine.model import Channel, Claim, Facts, Mode, Terms
from tests.unit.engine.builders import (
    BACKORDERS,
    OPENING,
    TODAY,
    WEB,
    claim,
    coming,
    day,
    facts,
    ordered_in,
    pieces,
    supply,
    undated,
)

TWO_WEEKS = replace(BACKORDERS, lead_days=14)


def ordered(days: int, units: int) -> Claim:
    """Order 1, so many days from today."""
    return claim(1, units)._replace(queued_at=OPENING + timedelta(days=days))


def only_offer(given: Facts) -> Offer:
    (offer,) = plan(given, TODAY).offers
    return offer


def test_units_no_supply_serves_are_dated_by_the_lead_time_from_the_day_they_were_ordered() -> None:
    waiting = ordered(-4, 3)
    planned = plan(facts([waiting], rules={"P": TWO_WEEKS}, supplies=[supply("1", 1, day(3))]), TODAY)
    assert pieces(planned) == {"1": [coming(1, "1", day(3)), ordered_in(2, day(10))]}


@pytest.mark.parametrize(("days", "piece"), [(-14, ordered_in(1, day(0))), (-15, undated(1))])
def test_a_lead_time_holds_to_its_last_day_and_then_nobody_knows(days: int, piece: object) -> None:
    waiting = ordered(days, 1)
    assert pieces(plan(facts([waiting], rules={"P": TWO_WEEKS}), TODAY)) == {"1": [piece]}


def test_a_lead_time_of_no_days_dates_units_for_the_day_they_were_ordered() -> None:
    at_once = {"P": replace(BACKORDERS, lead_days=0)}
    assert pieces(plan(facts([claim(1, 1)], rules=at_once), TODAY)) == {"1": [ordered_in(1, TODAY)]}


def test_a_supply_that_is_known_dates_an_order_even_when_it_comes_after_the_lead_time() -> None:
    known = facts([claim(1, 1)], rules={"P": TWO_WEEKS}, supplies=[supply("1", 1, day(60))])
    assert pieces(plan(known, TODAY)) == {"1": [coming(1, "1", day(60))]}


def test_closing_a_rule_takes_no_date_from_those_who_wait() -> None:
    closed = replace(TWO_WEEKS, mode=Mode.OFF)
    assert pieces(plan(facts([claim(1, 1)], rules={"P": closed}), TODAY)) == {"1": [ordered_in(1, day(14))]}


def test_a_channel_without_a_pool_has_no_lead_time() -> None:
    outlet = Channel("outlet", "outlet", ("A",))
    planned = plan(facts([claim(1, 1, "outlet")], channels=(WEB, outlet), rules={"P": TWO_WEEKS}), TODAY)
    assert pieces(planned) == {"1": [undated(1)]}


def test_a_new_buyer_hears_how_many_now_and_how_many_on_which_day() -> None:
    rule = replace(BACKORDERS, cap=10, open_at="always")
    supplies = [supply("1", 3, day(9)), supply("2", 2, day(4)), supply("3", 1, day(9))]
    offer = only_offer(facts(on_hand={"A": 3}, rules={"P": rule}, supplies=supplies))
    assert offer == Offer(
        "web",
        "web",
        "in_stock",
        available_now=3,
        backorder_left=10,
        steps=(Step(3, TODAY), Step(2, day(4)), Step(4, day(9)), Step(4, None)),
        eta=day(4),
    )
    assert (offer.eta, offer.eta_latest) == (day(4), None)


def test_new_buyers_are_told_only_of_supply_nobody_older_rests_on() -> None:
    offer = only_offer(facts([claim(1, 4)], supplies=[supply("1", 3, day(2)), supply("2", 3, day(5))]))
    assert offer.steps == (Step(2, day(5)), Step(14, None))


def test_the_lead_time_of_a_new_buyer_counts_from_today() -> None:
    offer = only_offer(facts([claim(1, 1)], rules={"P": TWO_WEEKS}))
    assert offer.steps == (Step(19, day(14)),)
    assert (offer.eta, offer.eta_latest) == (day(14), day(14))


def test_units_due_today_are_not_called_on_hand() -> None:
    rule = replace(BACKORDERS, cap=2, open_at="always")
    offer = only_offer(facts(on_hand={"A": 1}, rules={"P": rule}, supplies=[supply("1", 5, TODAY)]))
    assert offer.steps == (Step(1, TODAY), Step(2, TODAY))
    assert (offer.eta, offer.eta_latest) == (TODAY, TODAY)


@pytest.mark.parametrize(
    ("terms", "units", "status"),
    [
        (BACKORDERS, 1, "in_stock"),
        (BACKORDERS, 0, "backorder"),
        (Terms(Mode.PREORDER, cap=5), 0, "preorder"),
        (Terms(Mode.PREORDER, cap=0), 0, "out_of_stock"),
        (Terms(Mode.OFF, cap=5), 0, "out_of_stock"),
    ],
)
def test_a_variant_is_in_stock_while_units_are_free_and_else_what_the_rule_allows(
    terms: Terms, units: int, status: str
) -> None:
    assert only_offer(facts(on_hand={"A": units}, rules={"P": terms})).status == status


def test_a_channel_without_a_pool_offers_what_is_free_and_no_more() -> None:
    outlet = Channel("outlet", "outlet", ("A", "B"))
    given = facts([claim(1, 1)], on_hand={"A": 2, "B": 4}, channels=(WEB, outlet), supplies=[supply("1", 9, day(2))])
    offers = {offer.slug: offer for offer in plan(given, TODAY).offers}
    assert offers["outlet"] == Offer("outlet", "outlet", "in_stock", 5, 0, (Step(5, TODAY),))
    assert offers["web"].available_now == 1


def test_each_channel_offers_what_its_own_pool_may_still_sell() -> None:
    rules = {"P": Terms(Mode.BACKORDER, cap=3), "Q": Terms(Mode.PREORDER, cap=5)}
    planned = plan(facts(channels=(WEB, Channel("outlet", "outlet", ("A",), pool="Q")), rules=rules), TODAY)
    assert [(offer.status, offer.backorder_left) for offer in planned.offers] == [("backorder", 3), ("preorder", 5)]


def test_a_pool_without_a_rule_opens_nothing() -> None:
    planned = plan(facts(rules={}), TODAY)
    assert planned.pools == ()
    assert planned.offers == (Offer("web", "web", "out_of_stock", 0, 0),)


def test_anybody_may_ask_what_any_quantity_would_get() -> None:
    given = facts([claim(1, 1)], on_hand={"A": 3}, rules={"P": TWO_WEEKS}, supplies=[supply("1", 7, day(9))])
    assert ask(given, "web", 1, TODAY) == (Step(1, TODAY),)
    assert ask(given, "web", 4, TODAY) == (Step(2, TODAY), Step(2, day(9)))
    assert ask(given, "web", 100, TODAY) == (Step(2, TODAY), Step(7, day(9)), Step(91, day(14)))
    assert ask(given, "web", 0, TODAY) == ()


def test_a_variant_the_shop_does_not_count_is_always_there() -> None:
    uncounted = facts([claim(2, 2), claim(1, 3, on={"P": 3})], on_hand={"A": -2}, tracked=False)
    planned = plan(uncounted, TODAY)
    assert [(promise.claim.number, promise.ready, promise.waiting) for promise in planned.promises] == [
        ("1", 3, 0),
        ("2", 2, 0),
    ]
    assert planned.pools == (PoolPlan("P", free=0, headroom=0, outstanding=0, quantity=0),)
    assert planned.offers[0].status == "in_stock"
    assert (planned.offers[0].eta, planned.revisit) == (None, None)
    assert ask(uncounted, "web", 50, TODAY) == (Step(50, TODAY),)


def test_nothing_has_to_be_looked_at_again_when_no_date_is_given() -> None:
    assert plan(facts([claim(1, 1)], on_hand={"A": 5}), TODAY).revisit is None


def test_a_plan_is_looked_at_again_on_the_day_after_the_first_date_it_gives() -> None:
    closed = {"P": Terms(Mode.OFF)}
    supplies = [supply("1", 1, day(3)), supply("2", 1, day(7))]
    assert plan(facts([claim(1, 2)], rules=closed, supplies=supplies), TODAY).revisit == day(4)


def test_a_supply_nobody_rests_on_and_nobody_is_told_of_is_no_reason_to_look_again() -> None:
    closed = {"P": Terms(Mode.OFF)}
    assert plan(facts(rules=closed, supplies=[supply("1", 1, day(3))]), TODAY).revisit is None


def test_a_supply_told_to_new_buyers_is_looked_at_again_when_its_day_has_passed() -> None:
    assert plan(facts(supplies=[supply("1", 1, day(3))]), TODAY).revisit == day(4)


def test_a_supply_kept_for_orders_not_read_yet_is_looked_at_again_too() -> None:
    """When it is late, they take what new buyers are told now."""
    supplies = [supply("1", 2, day(3)), supply("2", 2, day(6))]
    unread = facts(allocated={"P": 2}, supplies=supplies, rules={"P": Terms(Mode.BACKORDER, cap=4)})
    planned = plan(unread, TODAY)
    assert planned.offers[0].steps == (Step(2, day(6)),)
    assert planned.revisit == day(4)
    assert plan(unread, day(4)).offers[0].steps == (Step(2, None),)


def test_a_lead_time_told_to_new_buyers_moves_every_day() -> None:
    assert plan(facts(rules={"P": TWO_WEEKS}), TODAY).revisit == day(1)


def test_a_lead_time_promised_to_an_order_is_looked_at_again_when_it_has_passed() -> None:
    closed = {"P": replace(TWO_WEEKS, mode=Mode.OFF)}
    assert plan(facts([claim(1, 1)], rules=closed), TODAY).revisit == day(15)
