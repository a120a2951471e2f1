"""What would bring a line sooner is what the engine says it would."""

from dataclasses import replace
from datetime import date

from hypothesis import given

from app.engine import plan
from app.engine.changes import last_day
from app.engine.model import Facts, Mode
from app.engine.sooner import Way, ways
from tests.unit.engine.builders import BACKORDERS, TODAY, claim, day, facts, supply
from tests.unit.engine.strategies import any_facts, thoroughly


def test_so_many_units_on_hand_would_make_all_of_it_ready() -> None:
    known = facts([claim(1, 3), claim(2, 2)], on_hand={"A": 1})
    assert ways(known, "line-2", TODAY) == [Way("stock", None, warehouse="A", units=4)]


def test_a_supply_may_come_earlier_or_an_earlier_one_be_bigger() -> None:
    known = facts([claim(1, 3), claim(2, 2)], supplies=[supply("early", 3, day(4)), supply("late", 3, day(8))])
    assert ways(known, "line-2", TODAY) == [
        Way("stock", None, warehouse="A", units=5),
        Way("supply_days", day(7), supply="late", days=1),
        Way("supply_units", day(4), supply="early", units=2),
    ]


def test_a_supply_behind_another_helps_only_once_it_comes_before_it() -> None:
    """Both orders rest on the same day: the younger one comes sooner only with all of its units."""
    known = facts([claim(1, 4)], supplies=[supply("a", 2, day(6)), supply("b", 2, day(6))])
    found = ways(known, "line-1", TODAY)
    assert [way for way in found if way.kind == "supply_days"] == []


def test_a_late_supply_would_need_a_day() -> None:
    known = facts([claim(1, 3)], supplies=[supply("lost", 5, day(-2))])
    assert Way("supply_date", None, supply="lost") in ways(known, "line-1", TODAY)


def test_nothing_helps_what_is_ready_already_or_waits_for_its_release() -> None:
    assert not ways(facts([claim(1, 3)], on_hand={"A": 3}), "line-1", TODAY)
    held = replace(BACKORDERS, mode=Mode.PREORDER, release_on=day(5))
    assert not ways(facts([claim(1, 3)], on_hand={"A": 3}, rules={"P": held}), "line-1", TODAY)


def outcome(known: Facts, line: str) -> date:
    promises = plan(known, TODAY).promises
    return last_day(piece for promise in promises if promise.claim.line == line for piece in promise.pieces)


@thoroughly
@given(any_facts())
def test_a_unit_less_than_what_is_said_would_not_be_enough(known: Facts) -> None:
    for line in {each.line for each in known.claims}:
        for way in ways(known, line, TODAY):
            if way.kind == "supply_units":
                assert outcome(grown(known, way, way.units), line) < outcome(known, line)
                assert outcome(grown(known, way, way.units - 1), line) >= outcome(known, line)


def grown(known: Facts, way: Way, units: int) -> Facts:
    more = (replace(each, quantity=each.quantity + units * (each.id == way.supply)) for each in known.supplies)
    return replace(known, supplies=tuple(more))
