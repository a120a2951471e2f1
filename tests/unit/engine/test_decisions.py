"""What people decide of single lines and of the whole shop: on hold, a day by hand, everything paused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import line_state, plan
from app.engine.answer import Piece, Plan, Promise, Source
from app.engine.model import Claim, Facts, LeadIn, Mode
from app.engine.state import LineState, LineStatus
from tests.unit.engine.builders import BACKORDERS, TODAY, claim, coming, day, facts, on_hand, ordered_in, pieces, supply
from tests.unit.engine.builders import undated as without_day
from tests.unit.engine.strategies import any_facts, by_hand, thoroughly


def state(planned: Plan, number: int = 1, *, promised: date | None = None, today: date = TODAY) -> LineState:
    """How the line of the order stands."""
    own = [promise for promise in planned.promises if promise.claim.number == str(number)]
    return line_state(own, promised=promised, today=today)


def each_claim(known: Facts, change: Callable[[Claim], Claim]) -> Facts:
    return replace(known, claims=tuple(map(change, known.claims)))


def on_hold(number: int, units: int) -> Claim:
    return claim(number, units)._replace(held=True)


def dated(number: int, units: int, by: date) -> Claim:
    return claim(number, units)._replace(redated=by)


def test_a_held_line_keeps_its_units_from_everybody_and_none_of_it_is_ready() -> None:
    planned = plan(facts([on_hold(1, 2), claim(2, 2)], on_hand={"A": 3}), TODAY)
    assert pieces(planned)["1"] == [on_hand(2)]
    assert state(planned, 1) == LineState(0, 2, None, LineStatus.WAITING)
    assert state(planned, 2).ready == 1


def test_a_held_line_tells_the_day_its_goods_come_and_is_never_late() -> None:
    planned = plan(facts([on_hold(1, 3)], on_hand={"A": 1}, supplies=[supply("s", 2, day(4))]), TODAY)
    assert state(planned, promised=day(-1)) == LineState(0, 3, day(4), LineStatus.WAITING)


def test_a_day_by_hand_replaces_what_a_supply_or_a_lead_time_would_give() -> None:
    rule = {"P": replace(BACKORDERS, lead_days=10, buffer_days=3)}
    planned = plan(facts([dated(1, 4, day(6))], on_hand={"A": 1}, supplies=[supply("s", 2, day(2))], rules=rule), TODAY)
    assert pieces(planned)["1"] == [on_hand(1), coming(2, "s", day(6)), ordered_in(1, day(6))]
    assert state(planned).expected == day(6)


def test_a_day_by_hand_is_looked_at_again_when_it_has_passed_whatever_comes_later() -> None:
    known = facts([dated(1, 2, day(1))], supplies=[supply("s", 2, day(9))])
    assert [plan(known, today).revisit for today in (TODAY, day(1), day(2))] == [day(2), day(2), day(10)]


def test_a_day_by_hand_that_has_passed_dates_nothing_and_the_line_is_late() -> None:
    known = facts([dated(1, 3, day(1))], supplies=[supply("s", 2, day(9))])
    assert plan(known, TODAY).revisit == day(2)
    then = plan(known, day(2))
    assert pieces(then)["1"] == [coming(2, "s", day(9))._replace(expected=None), without_day(1)]
    assert state(then, promised=day(1), today=day(2)) == LineState(0, 3, None, LineStatus.LATE)


def test_a_day_by_hand_says_nothing_of_units_on_hand_and_no_preorder_leaves_before_its_release() -> None:
    rule = {"P": replace(BACKORDERS, mode=Mode.PREORDER, release_on=day(5))}
    planned = plan(facts([dated(1, 2, day(3))], on_hand={"A": 1}, rules=rule), TODAY)
    assert pieces(planned)["1"] == [on_hand(1)._replace(expected=day(5)), ordered_in(1, day(5))]


def test_a_paused_shop_sells_what_is_free_and_nothing_past_zero() -> None:
    waiting = facts([claim(1, 2)], on_hand={"A": 5}, rules={"P": replace(BACKORDERS, open_at="always")})
    paused = replace(waiting, paused=True)
    assert [pool.sellable for pool in plan(waiting, TODAY).pools] == [3 + 20]
    assert [pool.sellable for pool in plan(paused, TODAY).pools] == [3]
    assert plan(replace(paused, stocks=()), TODAY).pools[0].quantity == 0


def covering(promise: Promise) -> tuple[Claim, list[tuple[int, str | None, str | None]]]:
    """Which goods the claim gets, whenever they come."""
    claimed = promise.claim._replace(held=False, redated=None)
    return claimed, [(piece.quantity, piece.warehouse, piece.supply) for piece in promise.pieces if has_goods(piece)]


def has_goods(piece: Piece) -> bool:
    return piece.source in {Source.ON_HAND, Source.SUPPLY}


@thoroughly
@given(any_facts(), st.data())
def test_holds_and_days_by_hand_never_change_who_gets_which_units_nor_what_is_sold(
    given_facts: Facts, data: st.DataObject
) -> None:
    none = each_claim(given_facts, lambda order: order._replace(held=False, redated=None))
    some = each_claim(
        none, lambda order: order._replace(held=data.draw(st.booleans()), redated=data.draw(st.none() | by_hand))
    )
    free, bound = plan(none, TODAY), plan(some, TODAY)
    assert list(map(covering, bound.promises)) == list(map(covering, free.promises))
    assert (bound.pools, bound.offers) == (free.pools, free.offers)


@thoroughly
@given(any_facts())
def test_nothing_of_a_held_line_is_ready_and_what_is_not_on_hand_comes_on_the_day_by_hand(given_facts: Facts) -> None:
    for promise in plan(given_facts, TODAY).promises:
        if promise.claim.held:
            assert line_state([promise], promised=None, today=TODAY).ready == 0
        by = promise.claim.redated
        coming_later = [piece for piece in promise.pieces if piece.source is not Source.ON_HAND]
        if by and by >= TODAY:
            assert all(piece.expected and piece.expected >= by for piece in coming_later)
        elif by:
            assert not any(piece.expected for piece in coming_later)


@thoroughly
@given(any_facts())
def test_a_pause_takes_from_sale_just_what_is_not_free_and_nothing_from_those_who_wait(given_facts: Facts) -> None:
    running = plan(replace(given_facts, paused=False), TODAY)
    paused = plan(replace(given_facts, paused=True), TODAY)
    assert paused.promises == running.promises
    assert [(pool.sellable, pool.outstanding) for pool in paused.pools] == [
        (pool.free, pool.outstanding) for pool in running.pools
    ]


@pytest.mark.parametrize("lead_in", LeadIn)
def test_a_pause_keeps_the_days_that_a_rule_gives(lead_in: LeadIn) -> None:
    rule = {"P": replace(BACKORDERS, lead_days=7, lead_in=lead_in)}
    known = facts([claim(1, 2)], rules=rule)
    assert plan(replace(known, paused=True), TODAY).promises == plan(known, TODAY).promises
