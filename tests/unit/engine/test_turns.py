"""Whose turn it is: by when people came, by the merchant's policy, and by what a person decided."""

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.model import Claim, Exchange, Policy
from app.engine.turns import first_come, in_turn
from tests.unit.engine.builders import claim, day
from tests.unit.engine.strategies import thoroughly

policies = st.sampled_from(Policy)


@st.composite
def queues(draw: st.DrawFn) -> list[Claim]:
    return [
        claim(number, units, on={"A": units}, approving=draw(st.integers(0, units)))._replace(
            pinned=draw(st.booleans()),
            paid=draw(st.booleans()),
            wanted_on=draw(st.none() | st.integers(0, 3).map(day)),
            rank=draw(st.none() | st.integers(-2, 2)),
            completes=draw(st.booleans()),
        )
        for number, units in enumerate(draw(st.lists(st.integers(1, 5), max_size=6)), start=1)
    ]


lines = st.integers(1, 7).map(lambda number: f"line-{number}")
exchanges = st.lists(st.builds(Exchange, lines, lines, st.integers(1, 6)), max_size=4)


def order(claims: Iterable[Claim]) -> list[str]:
    """The line of each unit, in turn, without the word all lines begin with."""
    return [found.line.removeprefix("line-") for found in claims for _ in range(found.quantity)]


def units(claims: Iterable[Claim]) -> Counter[str]:
    return Counter(order(claims))


@pytest.mark.parametrize(
    ("policy", "better"),
    [
        (Policy.WANTED_DATE, {"wanted_on": day(9)}),
        (Policy.PAID_FIRST, {"paid": True}),
        (Policy.RANK, {"rank": 5}),
        (Policy.COMPLETE_FIRST, {"completes": True}),
    ],
)
def test_a_policy_lets_the_younger_go_first_only_where_the_merchant_chose_it(policy: Policy, better: object) -> None:
    younger = claim(2, 1)._replace(**better)  # type: ignore[arg-type]
    assert order(in_turn([claim(1, 1), younger], policy, ())) == ["2", "1"]
    assert order(in_turn([claim(1, 1), younger], Policy.FIRST_COME, ())) == ["1", "2"]


def test_the_earlier_wish_and_the_lower_rank_go_first() -> None:
    wishes = [claim(1, 1)._replace(wanted_on=day(5), rank=2), claim(2, 1)._replace(wanted_on=day(3), rank=1)]
    assert order(in_turn(wishes, Policy.WANTED_DATE, ())) == ["2", "1"]
    assert order(in_turn(wishes, Policy.RANK, ())) == ["2", "1"]


def test_a_pinned_line_goes_before_all_others_under_every_policy() -> None:
    pinned = claim(2, 1)._replace(pinned=True)
    best = claim(1, 1)._replace(paid=True, rank=0, wanted_on=day(0), completes=True)
    assert all(order(in_turn([best, pinned], policy, ())) == ["2", "1"] for policy in Policy)


def test_units_that_are_handed_over_change_places_and_the_others_stay() -> None:
    queue = [claim(1, 3), claim(2, 1), claim(3, 4)]
    handed = in_turn(queue, Policy.FIRST_COME, [Exchange("line-1", "line-3", 2)])
    assert order(handed) == ["3", "3", "1", "2", "1", "1", "3", "3"]


def test_of_a_line_that_got_smaller_what_is_left_changes_places() -> None:
    handed = in_turn([claim(1, 1), claim(2, 4)], Policy.FIRST_COME, [Exchange("line-1", "line-2", 3)])
    assert order(handed) == ["2", "1", "2", "2", "2"]
    gone = in_turn([claim(2, 4)], Policy.FIRST_COME, [Exchange("line-1", "line-2", 3)])
    assert order(gone) == ["2"] * 4


def test_a_line_with_several_layers_gives_its_oldest_units() -> None:
    added = claim(1, 2, layer=1)._replace(queued_at=claim(3, 1).queued_at, number="1")
    handed = in_turn([claim(1, 1), claim(2, 2), added], Policy.FIRST_COME, [Exchange("line-1", "line-2", 2)])
    assert order(handed) == ["2", "1", "1", "2", "1"]


@thoroughly
@given(queues(), policies, exchanges, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_are_given_changes_nothing(
    queue: list[Claim], policy: Policy, moves: list[Exchange], dice: object
) -> None:
    mixed = list(queue)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert in_turn(mixed, policy, moves) == in_turn(queue, policy, moves)


@thoroughly
@given(queues(), policies, exchanges)
def test_no_unit_is_lost_or_made_and_what_a_line_has_once_it_keeps_once(
    queue: list[Claim], policy: Policy, moves: list[Exchange]
) -> None:
    served = in_turn(queue, policy, moves)
    assert units(served) == units(queue)
    for before in queue:
        parts = [found for found in served if found.line == before.line]
        assert sum(found.approving for found in parts) == before.approving
        assert all(found.approving <= found.quantity for found in parts)
        assert [found.allocations for found in parts if found.allocations] == [before.allocations]


@thoroughly
@given(queues(), policies)
def test_without_a_persons_decision_every_policy_keeps_first_come_among_equals(
    queue: list[Claim], policy: Policy
) -> None:
    same = [found._replace(pinned=False, paid=True, wanted_on=None, rank=1, completes=False) for found in queue]
    assert in_turn(same, policy, ()) == sorted(same, key=first_come)


@thoroughly
@given(queues(), policies, lines, lines)
def test_exchanging_twice_ends_where_it_began(queue: list[Claim], policy: Policy, line: str, other: str) -> None:
    """Whole lines of equal size, whatever lies between them."""
    same = [found._replace(quantity=3, approving=0) for found in queue]
    whole = Exchange(line, other, 3)
    assert order(in_turn(same, policy, [whole, whole])) == order(in_turn(same, policy, ()))
