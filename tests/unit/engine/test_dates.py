"""Dates as a rule reckons them: business days, cut-off, buffer, learned delays, release, and how they are told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import ask, plan
from app.engine.answer import Offer, Step
from app.engine.dates import Calendar
from app.engine.model import Display, Facts, LeadIn, Mode, Supply, Terms
from app.engine.telling import first_day, last_day
from tests.unit.engine.builders import (
    BACKORDERS,
    TODAY,
    claim,
    coming,
    day,
    facts,
    on_hand,
    ordered_in,
    pieces,
    supply,
    undated,
)

FRIDAY = date(2026, 11, 27)
BUSINESS = replace(BACKORDERS, lead_days=3, lead_in=LeadIn.BUSINESS_DAYS)
RELEASE = replace(BACKORDERS, mode=Mode.PREORDER, release_on=day(10))


def ends(terms: Terms, start: date, *, closed: frozenset[date] = frozenset()) -> date | None:
    """When the lead time of an order of `start` ends."""
    calendar = Calendar(terms, Facts("mug", holidays={"DE": closed}), None, start)
    return calendar.ordered_in(1, start).expected


def counts_from(terms: Terms, at: datetime, zone: str = "UTC") -> date:
    return Calendar(terms, Facts("mug", time_zone=zone), None, TODAY).order_counts_from(at)


def only_offer(given_facts: Facts) -> Offer:
    (offer,) = plan(given_facts, TODAY).offers
    return offer


def test_business_days_leave_weekends_out() -> None:
    assert ends(BUSINESS, FRIDAY) == date(2026, 12, 2)
    assert ends(replace(BUSINESS, lead_in=LeadIn.DAYS), FRIDAY) == date(2026, 11, 30)


def test_business_days_leave_the_countrys_holidays_out() -> None:
    monday = frozenset({date(2026, 11, 30)})
    assert ends(replace(BUSINESS, holidays="DE"), FRIDAY, closed=monday) == date(2026, 12, 3)
    assert ends(replace(BUSINESS, holidays="US"), FRIDAY, closed=monday) == date(2026, 12, 2)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 40), st.sets(st.integers(0, 90)))
def test_so_many_business_days_lie_after_the_start_and_up_to_the_end(start: date, days: int, off: set[int]) -> None:
    closed = frozenset(start + timedelta(days=number) for number in off)
    end = ends(replace(BUSINESS, lead_days=days, holidays="DE"), start, closed=closed)
    assert end
    after = [start + timedelta(days=number + 1) for number in range((end - start).days)]
    assert sum(found.weekday() < 5 and found not in closed for found in after) == days


def test_an_order_after_the_cut_off_counts_from_the_next_day_in_the_rules_time_zone() -> None:
    terms = replace(BACKORDERS, cut_off=time(14), time_zone="Europe/Berlin")
    assert counts_from(terms, datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) == TODAY
    assert counts_from(terms, datetime(2026, 11, 23, 13, 1, tzinfo=UTC)) == day(1)


def test_without_a_time_zone_of_its_own_a_rule_uses_the_shops() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert counts_from(BACKORDERS, late, "Asia/Tokyo") == day(1)
    assert counts_from(replace(BACKORDERS, time_zone="America/New_York"), late, "Asia/Tokyo") == TODAY


def test_with_a_cut_off_new_buyers_are_told_what_holds_all_day() -> None:
    terms = replace(BACKORDERS, lead_days=5, cut_off=time(14))
    assert only_offer(facts(rules={"P": terms})).eta == day(6)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York", "UTC"])
@pytest.mark.parametrize("hour", [0, 10, 15, 23])
def test_no_buyer_of_a_day_gets_a_later_date_than_was_told_in_whatever_zone_the_rule_counts(
    hour: int, zone: str
) -> None:
    terms = replace(BACKORDERS, lead_days=3, time_zone=zone)
    told = only_offer(facts(rules={"P": terms})).eta
    bought = claim(1, 1)._replace(queued_at=datetime(2026, 11, 23, hour, 59, tzinfo=UTC))
    [promised] = pieces(plan(facts([bought], rules={"P": terms}), TODAY))["1"]
    assert told
    assert promised.expected
    assert promised.expected <= told


def test_with_a_cut_off_business_days_count_from_one() -> None:
    terms = replace(BUSINESS, cut_off=time(14))
    friday = datetime(2026, 11, 27, 14, tzinfo=UTC)
    assert counts_from(terms, friday) == FRIDAY
    assert counts_from(terms, friday + timedelta(minutes=1)) == date(2026, 11, 30)
    assert counts_from(terms, friday + timedelta(days=1)) == date(2026, 11, 30)
    assert counts_from(replace(terms, lead_in=LeadIn.DAYS), friday + timedelta(days=1)) == date(2026, 11, 28)


def test_a_buffer_is_added_to_what_supply_and_lead_time_say() -> None:
    terms = replace(BACKORDERS, lead_days=5, buffer_days=2)
    given_facts = facts([claim(1, 3)], rules={"P": terms}, supplies=[supply("1", 1, day(3))])
    assert pieces(plan(given_facts, TODAY)) == {"1": [coming(1, "1", day(5)), ordered_in(2, day(7))]}


AFTER_SUPPLY = replace(BACKORDERS, lead_days=5)


def test_units_that_no_supply_serves_come_no_earlier_than_those_on_their_way() -> None:
    """Whatever arrives goes to whoever came first: a younger order cannot get its units before an older one."""
    given_facts = facts([claim(1, 1), claim(2, 1)], rules={"P": AFTER_SUPPLY}, supplies=[supply("1", 1, day(30))])
    assert pieces(plan(given_facts, TODAY)) == {"1": [coming(1, "1", day(30))], "2": [ordered_in(1, day(30))]}


def test_a_release_dates_no_unit_earlier_than_those_on_their_way() -> None:
    given_facts = facts([claim(1, 1), claim(2, 1)], rules={"P": RELEASE}, supplies=[supply("1", 1, day(30))])
    assert pieces(plan(given_facts, TODAY))["2"] == [ordered_in(1, day(30))]


def test_a_lead_time_that_has_passed_gives_no_date_whatever_is_on_its_way() -> None:
    given_facts = facts([claim(1, 1), claim(2, 1)], rules={"P": AFTER_SUPPLY}, supplies=[supply("1", 1, day(30))])
    planned = plan(given_facts, TODAY)
    assert planned.revisit == day(1), "what new buyers are told moves with every day"
    assert pieces(plan(given_facts, day(5)))["2"] == [ordered_in(1, day(30))]
    assert pieces(plan(given_facts, day(6)))["2"] == [undated(1)]
    assert plan(replace(given_facts, paused=True), TODAY).revisit == day(6)


@pytest.mark.parametrize(
    "out_of_the_way",
    [supply("2", 1, day(30), "B"), supply("2", 0, day(30)), supply("2", 1, day(-1))],
    ids=["it arrives where the channel does not sell from", "nothing of it is left for the queue", "it is late"],
)
def test_a_lead_time_stands_where_no_supply_comes_before(out_of_the_way: Supply) -> None:
    given_facts = facts([claim(1, 1)], rules={"P": AFTER_SUPPLY}, supplies=[out_of_the_way])
    assert pieces(plan(given_facts, TODAY)) == {"1": [ordered_in(1, day(5))]}


def test_a_new_buyer_is_told_first_what_is_handed_out_first() -> None:
    given_facts = facts(rules={"P": AFTER_SUPPLY}, supplies=[supply("1", 2, day(30))])
    offer = only_offer(given_facts)
    assert (offer.eta, offer.eta_latest) == (day(30), day(30))
    assert ask(given_facts, "web", 1, TODAY) == (Step(1, day(30)),)


def test_a_buyer_of_a_line_that_ships_in_one_piece_is_told_when_all_of_it_comes() -> None:
    whole = replace(AFTER_SUPPLY, may_split=False)
    given_facts = facts(on_hand={"A": 2}, rules={"P": whole}, supplies=[supply("1", 1, day(3))])
    assert ask(given_facts, "web", 2, TODAY) == (Step(2, TODAY),)
    assert ask(given_facts, "web", 3, TODAY) == (Step(3, day(3)),)
    assert ask(given_facts, "web", 4, TODAY) == (Step(4, day(5)),)
    undatable = replace(given_facts, pools=(replace(given_facts.pools[0], terms=replace(whole, lead_days=None)),))
    assert ask(undatable, "web", 4, TODAY) == (Step(4, None),)


def test_a_supply_is_late_when_its_own_day_has_passed_whatever_was_added() -> None:
    terms = replace(BACKORDERS, buffer_days=2)
    given_facts = facts([claim(1, 1)], rules={"P": terms}, supplies=[supply("1", 1, day(-1))])
    assert pieces(plan(given_facts, TODAY)) == {"1": [undated(1)]}
    assert plan(replace(given_facts, supplies=(supply("1", 1, TODAY),)), TODAY).revisit == day(1)


def test_a_rule_that_wants_sure_dates_reckons_with_what_the_supplier_did_before() -> None:
    unreliable = replace(supply("1", 1, day(3)), delays=((50, 0), (80, 9), (95, 20)))
    given_facts = facts([claim(1, 1)], supplies=[unreliable, supply("2", 1, day(5))])
    assert pieces(plan(given_facts, TODAY)) == {"1": [coming(1, "1", day(3))]}
    sure = replace(given_facts, pools=(replace(given_facts.pools[0], terms=replace(BACKORDERS, confidence=80)),))
    assert pieces(plan(sure, TODAY)) == {"1": [coming(1, "2", day(5))]}


def test_before_its_release_a_preorder_ships_nothing_not_even_what_is_there() -> None:
    given_facts = facts([claim(1, 2)], on_hand={"A": 5}, rules={"P": RELEASE})
    planned = plan(given_facts, TODAY)
    assert pieces(planned) == {"1": [on_hand(2)._replace(expected=day(10))]}
    assert (planned.promises[0].ready, planned.promises[0].outstanding) == (0, 0)
    assert planned.revisit == day(10)
    assert plan(given_facts, day(10)).promises[0].ready == 2


def test_a_release_beyond_the_horizon_comes_nearer_with_every_day() -> None:
    given_facts = facts(rules={"P": replace(RELEASE, horizon_days=8)})
    planned = plan(given_facts, TODAY)
    assert (planned.pools[0].headroom, planned.revisit) == (0, day(1))
    assert plan(given_facts, day(2)).pools[0].headroom == 20


def test_before_its_release_what_is_there_is_sold_as_a_preorder() -> None:
    offer = only_offer(facts(on_hand={"A": 5}, rules={"P": RELEASE}))
    assert (offer.status, offer.available_now, offer.backorder_left, offer.eta) == ("preorder", 0, 25, day(10))


def test_before_its_release_a_preorder_is_open_whatever_is_there() -> None:
    (pool,) = plan(facts(on_hand={"A": 5}, rules={"P": RELEASE}), TODAY).pools
    assert (pool.free, pool.headroom) == (5, 20)
    (early,) = plan(facts(on_hand={"A": 5}, rules={"P": replace(RELEASE, early_sale=True)}), TODAY).pools
    assert (early.free, early.headroom) == (5, 0)


def test_with_early_sale_what_is_there_leaves_before_the_release() -> None:
    early = facts([claim(1, 2)], on_hand={"A": 5}, rules={"P": replace(RELEASE, early_sale=True)})
    planned = plan(early, TODAY)
    assert planned.promises[0].ready == 2
    assert planned.offers[0].status == "in_stock"


def test_what_no_supply_serves_of_a_preorder_is_promised_for_its_release() -> None:
    planned = plan(facts([claim(1, 2)], rules={"P": RELEASE}, supplies=[supply("1", 1, day(4))]), TODAY)
    assert pieces(planned) == {"1": [coming(1, "1", day(10)), ordered_in(1, day(10))]}


def test_once_released_a_preorder_is_a_backorder() -> None:
    given_facts = facts(rules={"P": replace(RELEASE, release_on=TODAY)})
    assert only_offer(given_facts).status == "backorder"


@pytest.mark.parametrize(
    ("display", "first", "last"),
    [
        (Display.DAY, FRIDAY, FRIDAY),
        (Display.RANGE, FRIDAY, date(2026, 11, 30)),
        (Display.WEEK, date(2026, 11, 23), date(2026, 11, 29)),
        (Display.UNKNOWN, None, None),
    ],
)
def test_a_date_is_told_as_the_rule_wants_it(display: Display, first: date | None, last: date | None) -> None:
    terms = Terms(display=display, spread_days=3)
    assert (first_day(FRIDAY, terms), last_day(FRIDAY, terms)) == (first, last)
    assert (first_day(None, terms), last_day(None, terms)) == (None, None)


def test_new_buyers_hear_the_whole_span_of_what_is_on_offer() -> None:
    weeks = replace(BACKORDERS, cap=2, display=Display.WEEK)
    supplies = [supply("1", 1, FRIDAY), supply("2", 1, date(2026, 12, 9))]
    offer = only_offer(facts(rules={"P": weeks}, supplies=supplies))
    assert (offer.eta, offer.eta_latest) == (date(2026, 11, 23), date(2026, 12, 13))
