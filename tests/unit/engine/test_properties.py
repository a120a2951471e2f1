"""What holds of every plan, whatever the facts."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import ask, plan
from app.engine.model import Channel, Claim, Facts, Piece, Plan, Promise, Source, Stock, Supply
from app.engine.pool import UNLIMITED
from tests.unit.engine.builders import TODAY, claim, coming, day, facts, pieces, supply, undated
from tests.unit.engine.strategies import (
    REAL,
    any_facts,
    any_supply,
    facts_of_one_pool,
)

thoroughly = settings(deadline=None, max_examples=100)

Value = TypeVar("Value")

NEVER = (2, date.max, "")
A_DAY = timedelta(days=1)


def reach(given_facts: Facts, order: Claim) -> tuple[str, ...]:
    return next(channel.warehouses for channel in given_facts.channels if channel.id == order.channel)


def rank(piece: Piece) -> tuple[int, date, str]:
    """How good it is to rest on this: on hand, then supplies by date, then anything else."""
    match piece.source:
        case Source.ON_HAND:
            return 0, date.min, ""
        case Source.SUPPLY:
            assert piece.expected
            assert piece.supply
            return 1, piece.expected, piece.supply
        case _:
            return NEVER


def ranks(promise: Promise) -> list[tuple[int, date]]:
    """What each unit of the promise rests on, best first."""
    return sorted(rank(piece)[:2] for piece in promise.pieces for _ in range(piece.quantity))


def gets(planned: Plan) -> dict[tuple[str, int], tuple[Piece, ...]]:
    return {(promise.claim.line, promise.claim.layer): promise.pieces for promise in planned.promises}


def nobody_got_worse(before: Plan, after: Plan) -> bool:
    """Each unit of every order in both plans is on hand, or rests on a supply, no later than before."""
    now = {promise.claim.line: ranks(promise) for promise in after.promises}
    return all(
        new <= old
        for promise in before.promises
        if promise.claim.line in now
        for new, old in zip(now[promise.claim.line], ranks(promise), strict=True)
    )


def with_stock(given_facts: Facts, place: str, units: int) -> Facts:
    """So many more units on hand there."""
    rows = {stock.warehouse: stock for stock in given_facts.stocks}
    row = rows.get(place, Stock(place, 0, 0))
    rows[place] = replace(row, quantity=row.quantity + units)
    return replace(given_facts, stocks=tuple(rows.values()))


def written(given_facts: Facts, planned: Plan) -> Facts:
    """The facts once each pool holds what the plan wants."""
    rows = {stock.warehouse: stock for stock in given_facts.stocks}
    for pool in planned.pools:
        row = rows.get(pool.warehouse, Stock(pool.warehouse, 0, 0))
        rows[pool.warehouse] = replace(row, quantity=pool.quantity)
    return replace(given_facts, stocks=tuple(rows.values()))


def balance(given_facts: Facts, channel: str) -> int:
    """Saleor's own sum for a channel, before it clamps the total at zero."""
    places = next({c.pool, *c.warehouses} for c in given_facts.channels if c.id == channel)
    return sum(stock.quantity - stock.allocated for stock in given_facts.stocks if stock.warehouse in places)


@thoroughly
@given(any_facts())
def test_covered_and_waiting_units_add_up_to_what_is_owed(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    assert Counter(promise.claim for promise in planned.promises) == Counter(given_facts.claims)
    for promise in planned.promises:
        assert sum(piece.quantity for piece in promise.pieces) == promise.claim.quantity
        assert promise.ready + promise.waiting == promise.claim.quantity
        assert all(piece.quantity > 0 for piece in promise.pieces)


@thoroughly
@given(any_facts())
def test_no_unit_is_promised_twice(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    handed_out: Counter[tuple[str | None, str | None]] = Counter()
    for piece in (piece for promise in planned.promises for piece in promise.pieces):
        handed_out[piece.warehouse, piece.supply] += piece.quantity
    for stock in given_facts.stocks:
        assert handed_out[stock.warehouse, None] <= max(0, stock.quantity)
    for arriving in given_facts.supplies:
        most = arriving.quantity if arriving.eta >= TODAY else 0
        assert handed_out[arriving.warehouse, arriving.id] <= most


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
def test_an_order_rests_only_on_its_channels_own_warehouses(given_facts: Facts) -> None:
    for promise in plan(given_facts, TODAY).promises:
        for piece in promise.pieces:
            assert piece.warehouse is None or piece.warehouse in reach(given_facts, promise.claim)


@thoroughly
@given(any_facts(approving=False))
def test_nobody_rests_on_units_that_an_older_order_could_have_used_instead_of_worse_ones(given_facts: Facts) -> None:
    promises = plan(given_facts, TODAY).promises
    for place, younger in enumerate(promises):
        for older in promises[:place]:
            worst = max(rank(piece) for piece in older.pieces)
            usable = reach(given_facts, older.claim)
            assert all(worst <= rank(piece) for piece in younger.pieces if piece.warehouse in usable)


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
@given(any_facts(), st.data())
def test_a_younger_order_never_changes_what_an_older_one_gets(given_facts: Facts, data: st.DataObject) -> None:
    channel = data.draw(st.sampled_from(given_facts.channels))
    newcomer = claim(99, data.draw(st.integers(1, 9)), channel.id)
    before = plan(given_facts, TODAY)
    after = plan(replace(given_facts, claims=(*given_facts.claims, newcomer)), TODAY)
    assert after.promises[-1].claim == newcomer
    assert [promise.pieces for promise in after.promises[:-1]] == [promise.pieces for promise in before.promises]


@thoroughly
@given(any_facts(), st.sampled_from(REAL), st.integers(1, 5))
def test_more_units_on_hand_make_nobodys_date_later(given_facts: Facts, place: str, units: int) -> None:
    assert nobody_got_worse(plan(given_facts, TODAY), plan(with_stock(given_facts, place, units), TODAY))


@thoroughly
@given(any_facts(), any_supply())
def test_one_more_supply_makes_nobodys_date_later(given_facts: Facts, extra: Supply) -> None:
    more = replace(given_facts, supplies=(*given_facts.supplies, extra))
    assert nobody_got_worse(plan(given_facts, TODAY), plan(more, TODAY))


@thoroughly
@given(any_facts(), st.data())
def test_an_order_that_is_cancelled_makes_nobodys_date_later(given_facts: Facts, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(given_facts.claims or (None,)))
    left = replace(given_facts, claims=tuple(order for order in given_facts.claims if order != gone))
    assert nobody_got_worse(plan(given_facts, TODAY), plan(left, TODAY))


@thoroughly
@given(facts_of_one_pool(), st.integers(1, 5), st.data())
def test_a_supply_that_comes_sooner_makes_nobodys_date_later(
    given_facts: Facts, days: int, data: st.DataObject
) -> None:
    """True among orders that may use the same warehouses; see the counterexample below for others."""
    moved = data.draw(st.sampled_from([None, *(s for s in given_facts.supplies if s.eta >= day(days))]))
    sooner = tuple(replace(s, eta=s.eta - days * A_DAY) if s == moved else s for s in given_facts.supplies)
    assert nobody_got_worse(plan(given_facts, TODAY), plan(replace(given_facts, supplies=sooner), TODAY))


def test_a_supply_that_comes_sooner_can_cost_an_order_of_another_channel_its_date() -> None:
    """First come, first served: the older order now gets what only the younger one's channel has besides."""
    web, outlet = Channel("web", "web", ("A", "B")), Channel("outlet", "outlet", ("B",))
    orders = [claim(1, 1, "web"), claim(2, 1, "outlet")]

    def planned(eta: date) -> dict[str, list[Piece]]:
        supplies = [supply("1", 1, day(7), "A"), supply("2", 1, eta, "B")]
        return pieces(plan(facts(orders, channels=(web, outlet), supplies=supplies, rules={}), TODAY))

    assert planned(day(10)) == {"1": [coming(1, "1", day(7), "A")], "2": [coming(1, "2", day(10), "B")]}
    assert planned(day(5)) == {"1": [coming(1, "2", day(5), "B")], "2": [undated(1)]}


@thoroughly
@given(any_facts())
def test_what_is_free_and_what_may_be_owed_never_pass_the_cap(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    for pool, numbers in zip(given_facts.pools, planned.pools, strict=True):
        cap = UNLIMITED if pool.terms.cap is None else pool.terms.cap
        assert numbers.headroom == 0 or numbers.outstanding + numbers.headroom == cap


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
    (pool,) = planned.pools
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
def test_what_a_buyer_is_told_is_what_he_gets(given_facts: Facts, data: st.DataObject) -> None:
    channel = data.draw(st.sampled_from(given_facts.channels))
    wanted = data.draw(st.integers(1, 20))
    told = ask(given_facts, channel.id, wanted, TODAY)
    bought = plan(replace(given_facts, claims=(*given_facts.claims, claim(99, wanted, channel.id))), TODAY)
    days = Counter(step.expected for step in told for _ in range(step.quantity))
    for piece in bought.promises[-1].pieces:
        days[TODAY if piece.source is Source.ON_HAND else piece.expected] -= piece.quantity
    assert not any(days.values())


@thoroughly
@given(any_facts())
def test_what_is_on_offer_is_what_a_buyer_of_all_of_it_would_be_told(given_facts: Facts) -> None:
    for offer in plan(given_facts, TODAY).offers:
        assert offer.steps == ask(given_facts, offer.channel, offer.available_now + offer.backorder_left, TODAY)
        waiting = offer.steps[1:] if offer.available_now else offer.steps
        days = [step.expected or date.max for step in waiting]
        assert days == sorted(set(days))
        assert sum(step.quantity for step in waiting) == offer.backorder_left


@thoroughly
@given(any_facts())
def test_until_the_day_to_look_again_the_plan_stays_as_it_is(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    last = planned.revisit - A_DAY if planned.revisit else day(30)
    assert planned.revisit is None or planned.revisit > TODAY
    assert on_any_day(plan(given_facts, last)) == on_any_day(planned)


def on_any_day(planned: Plan) -> Plan:
    """The plan with the one date that is always today left out: when units on hand can be had."""
    offers = tuple(replace(o, steps=o.steps[1:] if o.available_now else o.steps) for o in planned.offers)
    return replace(planned, offers=offers)


def shuffled(values: tuple[Value, ...], dice: Random) -> tuple[Value, ...]:
    return tuple(dice.sample(values, len(values)))
