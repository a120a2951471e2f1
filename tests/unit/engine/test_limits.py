"""How far a rule sells past zero: what comes, how soon, how sure, and how much one order may take."""

from dataclasses import replace

from hypothesis import given

from app.engine import plan
from app.engine.answer import PoolPlan, Source
from app.engine.model import Facts, Mode, Terms
from app.engine.pool import UNLIMITED
from tests.unit.engine.builders import BACKORDERS, TODAY, claim, day, facts, supply
from tests.unit.engine.strategies import any_facts, facts_of_one_pool, thoroughly

INCOMING = replace(BACKORDERS, cap="incoming")
TWO_SUPPLIES = (supply("1", 4, day(5)), supply("2", 3, day(20)))


def only_pool(terms: Terms, *claims: int, on_hand: int = 0) -> PoolPlan:
    """The pool with two supplies under way, once orders of so many units wait."""
    waiting = [claim(number + 1, units, on={"P": units}) for number, units in enumerate(claims)]
    given_facts = facts(waiting, on_hand={"A": on_hand}, supplies=TWO_SUPPLIES, rules={"P": terms})
    (pool,) = plan(given_facts, TODAY).pools
    return pool


def test_a_cap_of_what_is_incoming_counts_only_units_not_yet_owed() -> None:
    assert only_pool(INCOMING).headroom == 7
    assert only_pool(INCOMING, 2, 3).headroom == 2
    assert only_pool(INCOMING, 9).headroom == 0


def test_a_late_supply_is_not_incoming() -> None:
    late = facts(supplies=[supply("1", 4, day(-1)), supply("2", 3, day(20))], rules={"P": INCOMING})
    assert plan(late, TODAY).pools[0].headroom == 3


def test_a_lead_time_opens_nothing_under_a_cap_of_what_is_incoming() -> None:
    assert only_pool(replace(INCOMING, lead_days=3)).headroom == 7


def test_units_sold_beyond_what_is_incoming_are_told() -> None:
    given_facts = facts([claim(1, 5), claim(2, 4)], supplies=TWO_SUPPLIES, rules={"P": INCOMING})
    assert [promise.beyond_cap for promise in plan(given_facts, TODAY).promises] == [0, 2]


def test_nothing_is_sold_that_comes_beyond_the_horizon() -> None:
    near = replace(BACKORDERS, horizon_days=10)
    assert only_pool(near).headroom == 4
    assert only_pool(replace(near, horizon_days=20, lead_days=20)).headroom == 20
    assert only_pool(replace(near, horizon_days=20, lead_days=21)).headroom == 7


def test_a_supply_beyond_the_horizon_closes_what_a_lead_time_would_open() -> None:
    """The next buyer would be given that supply."""
    assert only_pool(replace(BACKORDERS, horizon_days=10, lead_days=5)).headroom == 4


def test_what_comes_near_enough_later_is_looked_at_again_on_that_day() -> None:
    given_facts = facts(supplies=[supply("2", 3, day(20))], rules={"P": replace(BACKORDERS, horizon_days=10)})
    assert plan(given_facts, TODAY).revisit == day(10)
    assert plan(given_facts, day(10)).pools[0].headroom == 3


def test_without_a_date_nothing_is_sold_where_a_date_is_required() -> None:
    assert only_pool(replace(BACKORDERS, require_date=True)).headroom == 7
    assert only_pool(BACKORDERS).headroom == 20


def test_one_order_may_take_only_so_much_past_zero() -> None:
    assert only_pool(replace(BACKORDERS, units_per_order=5)).headroom == 5
    assert only_pool(replace(BACKORDERS, units_per_order=5), 18).headroom == 2
    opened = only_pool(replace(BACKORDERS, units_per_order=5, open_at="always"), on_hand=3)
    assert opened.sellable == 8


def test_a_line_that_ships_in_one_piece_says_so() -> None:
    given_facts = facts([claim(1, 5)], on_hand={"A": 3}, rules={"P": replace(BACKORDERS, may_split=False)})
    (promise,) = plan(given_facts, TODAY).promises
    assert promise.whole
    assert (promise.ready, promise.outstanding) == (3, 2)


@thoroughly
@given(any_facts())
def test_every_unit_on_offer_past_zero_is_as_sure_as_the_rule_wants(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    for channel, offer in zip(given_facts.channels, planned.offers, strict=True):
        terms = given_facts.terms(channel)
        pools = [c.pool for c in given_facts.channels if c.pool and c.pool == channel.pool]
        alone = len(pools) == 1 and {*channel.warehouses} == {*given_facts.around(channel.pool or "")}
        if not alone or terms.mode is Mode.OFF:
            continue
        later = [step for step in offer.steps if step.expected != TODAY]
        if terms.require_date or terms.horizon_days is not None or terms.cap == "incoming":
            assert all(step.expected for step in later)
        if terms.horizon_days is not None and not terms.release_on:
            assert all(step.expected and step.expected <= day(terms.horizon_days) for step in later)


@thoroughly
@given(facts_of_one_pool())
def test_with_a_cap_of_what_is_incoming_no_more_is_offered_than_supply_has_for_nobody(given_facts: Facts) -> None:
    only = replace(given_facts.pools[0], terms=replace(given_facts.pools[0].terms, cap="incoming"))
    planned = plan(replace(given_facts, pools=(only,)), TODAY)
    usable = sum(s.quantity for s in given_facts.supplies if s.eta >= TODAY and s.warehouse in given_facts.around("P"))
    owed = sum(
        piece.quantity for promise in planned.promises for piece in promise.pieces if piece.source is Source.SUPPLY
    )
    assert planned.pools[0].headroom <= min(UNLIMITED, usable - owed)
