"""What holds of every plan and of what it lets the shop sell, whatever the facts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from app.engine import ask, plan
from app.engine.answer import Plan, Step
from app.engine.model import Facts, Stock
from app.engine.pool import UNLIMITED
from tests.unit.engine.builders import TODAY, claim, day
from tests.unit.engine.strategies import REAL, any_facts, facts_of_one_pool, thoroughly

Value = TypeVar("Value")


def written(given_facts: Facts, planned: Plan) -> Facts:
    """The facts once each pool holds what the plan wants."""
    rows = {stock.warehouse: stock for stock in given_facts.stocks}
    for pool in planned.pools:
        row = rows.get(pool.warehouse, Stock(pool.warehouse, 0, 0))
        rows[pool.warehouse] = replace(row, quantity=pool.quantity)
    return replace(given_facts, stocks=tuple(rows.values()))


def balance(given_facts: Facts, channel: str) -> int:
    """Saleor's own sum for a channel, before it clamps the total at zero."""
    places = next({c.pool, *c.warehouses, *c.draining} for c in given_facts.channels if c.id == channel)
    return sum(stock.quantity - stock.allocated for stock in given_facts.stocks if stock.warehouse in places)


def on_any_day(planned: Plan) -> Plan:
    """The plan with the one date that is always today left out: when units on hand can be had."""
    offers = tuple(replace(o, steps=o.steps[1:] if o.available_now else o.steps) for o in planned.offers)
    return replace(planned, offers=offers)


def by_unit(steps: Iterable[Step]) -> list[date | None]:
    return [step.expected for step in steps for _ in range(step.quantity)]


def shuffled(values: tuple[Value, ...], dice: Random) -> tuple[Value, ...]:
    return tuple(dice.sample(values, len(values)))


@thoroughly
@given(any_facts(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_changes_nothing(given_facts: Facts, dice: Random) -> None:
    mixed = Facts(
        variant=given_facts.variant,
        stocks=shuffled(given_facts.stocks, dice),
        channels=shuffled(given_facts.channels, dice),
        pools=shuffled(given_facts.pools, dice),
        supplies=shuffled(given_facts.supplies, dice),
        claims=shuffled(given_facts.claims, dice),
        paused=given_facts.paused,
    )
    expected, found = plan(given_facts, TODAY), plan(mixed, TODAY)
    assert found.promises == expected.promises
    assert set(found.pools) == set(expected.pools)
    assert set(found.offers) == set(expected.offers)
    assert (found.revisit, found.unseen) == (expected.revisit, expected.unseen)


@thoroughly
@given(any_facts())
def test_writing_what_the_plan_wants_and_planning_again_changes_nothing(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    assert plan(written(given_facts, planned), TODAY) == planned


@thoroughly
@given(any_facts())
def test_until_the_day_to_look_again_the_plan_stays_as_it_is(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    last = planned.revisit - timedelta(days=1) if planned.revisit else day(30)
    assert planned.revisit is None or planned.revisit > TODAY
    assert on_any_day(plan(given_facts, last)) == on_any_day(planned)


@thoroughly
@given(any_facts())
def test_units_offered_to_newcomers_are_promised_to_nobody(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    on_hand_there = sum(max(0, stock.quantity) for stock in given_facts.stocks if stock.warehouse in REAL)
    covered = sum(promise.ready for promise in planned.promises)
    for free in [*(pool.free for pool in planned.pools), *(offer.available_now for offer in planned.offers)]:
        assert 0 <= free <= on_hand_there - covered


@thoroughly
@given(any_facts())
def test_what_is_free_and_what_may_be_owed_never_pass_the_cap(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    for pool, numbers in zip(given_facts.pools, planned.pools, strict=False):
        cap = pool.terms.cap if isinstance(pool.terms.cap, int) else UNLIMITED
        assert numbers.headroom == 0 or numbers.outstanding + numbers.headroom <= cap
        assert numbers.headroom <= (pool.terms.units_per_order or UNLIMITED)


@thoroughly
@given(facts_of_one_pool())
def test_a_buyer_who_takes_all_that_is_on_offer_is_not_beyond_the_cap(given_facts: Facts) -> None:
    before = plan(given_facts, TODAY)
    everything = claim(99, before.pools[0].sellable or 1)
    after = plan(replace(given_facts, claims=(*given_facts.claims, everything)), TODAY)
    assert after.promises[-1].beyond_cap == 0 or not before.pools[0].sellable
    assert [promise.beyond_cap for promise in after.promises[:-1]] == [p.beyond_cap for p in before.promises]


@thoroughly
@given(facts_of_one_pool())
def test_after_one_write_the_shop_sells_exactly_what_is_free_and_what_may_be_owed(given_facts: Facts) -> None:
    """Where a pool shares its warehouses with no other and the shop has allocated all that is owed."""
    planned = plan(given_facts, TODAY)
    pool, *replaced = planned.pools
    assert not any(old.quantity for old in replaced)
    real = given_facts.around("P")
    below_zero = sum(min(0, stock.quantity) for stock in given_facts.stocks if stock.warehouse in real)
    for channel in given_facts.channels:
        shown = balance(written(given_facts, planned), channel.id)
        assert shown == (pool.sellable or below_zero - pool.outstanding)


@thoroughly
@given(any_facts())
def test_a_pool_that_holds_anything_is_exact_and_an_empty_one_never_sells_too_little(given_facts: Facts) -> None:
    """Whatever the shop has done: what is wrong can only be too much, and then the pool is empty."""
    planned = plan(given_facts, TODAY)
    after = written(given_facts, planned)
    for pool in planned.pools:
        members = [channel for channel in given_facts.channels if channel.pool == pool.warehouse]
        for channel in members:
            if set(channel.warehouses) == set(given_facts.around(pool.warehouse)) and pool.sellable:
                shown = balance(after, channel.id)
                assert shown == pool.sellable or (pool.quantity == 0 and shown > pool.sellable)


@thoroughly
@given(any_facts(unread=False), st.data())
def test_what_a_buyer_is_told_is_what_he_gets_at_the_last_moment_of_the_day(
    given_facts: Facts, data: st.DataObject
) -> None:
    channel = data.draw(st.sampled_from(given_facts.channels))
    wanted = data.draw(st.integers(1, 20))
    told = ask(given_facts, channel.id, wanted, TODAY)
    last = claim(99, wanted, channel.id)._replace(queued_at=datetime.combine(TODAY, time.max, UTC))
    bought = plan(replace(given_facts, claims=(*given_facts.claims, last)), TODAY)
    promise = bought.promises[-1]
    later = [piece for piece in promise.pieces if not piece.ready]
    days = sorted(piece.expected or date.max for piece in later for _ in range(piece.quantity))
    gets = [TODAY] * promise.ready + days
    assert [day or date.max for day in by_unit(told)] == (gets[-1:] * wanted if promise.whole else gets)


@thoroughly
@given(any_facts(), st.integers(1, 9), st.integers(1, 9))
def test_a_buyer_of_more_is_told_the_same_of_the_first_units(given_facts: Facts, few: int, more: int) -> None:
    for channel in given_facts.channels:
        if given_facts.terms(channel).may_split:
            told = by_unit(ask(given_facts, channel.id, few, TODAY))
            assert by_unit(ask(given_facts, channel.id, few + more, TODAY))[:few] == told


@thoroughly
@given(any_facts())
def test_what_is_on_offer_is_what_a_buyer_of_all_of_it_would_be_told(given_facts: Facts) -> None:
    parts = tuple(replace(pool, terms=replace(pool.terms, may_split=True)) for pool in given_facts.pools)
    for offer in plan(given_facts, TODAY).offers:
        everything = offer.available_now + offer.backorder_left
        assert offer.steps == ask(replace(given_facts, pools=parts), offer.channel, everything, TODAY)
        waiting = offer.steps[1:] if offer.available_now else offer.steps
        days = [step.expected or date.max for step in waiting]
        assert days == sorted(set(days))
        assert sum(step.quantity for step in waiting) == offer.backorder_left
