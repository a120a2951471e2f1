"""How a line stands, and what moved in it."""

from datetime import date

import pytest

from app.engine import change, line_state, status_of_line
from app.engine.changes import Change, DateMove, LineState, LineStatus
from app.engine.model import Piece
from tests.unit.engine.builders import TODAY, coming, day, on_hand, ordered_in, undated


def state(*pieces: Piece, promised: date | None = None) -> LineState:
    return line_state(pieces, promised=promised, today=TODAY)


def test_a_line_tells_its_ready_and_waiting_units_and_the_day_the_last_of_them_comes() -> None:
    pieces = [on_hand(1), coming(2, "1", day(4)), ordered_in(3, day(9))]
    assert state(*pieces) == LineState(1, 5, day(9), LineStatus.PARTLY_READY)


def test_a_line_has_no_date_when_any_of_its_waiting_units_has_none() -> None:
    assert state(coming(2, "1", day(4)), undated(1)) == LineState(0, 3, None, LineStatus.WAITING)


def test_a_ready_line_expects_nothing() -> None:
    assert state(on_hand(2, "A"), on_hand(1, "B")) == LineState(3, 0, None, LineStatus.READY)


def test_a_line_with_nothing_open_is_done_whatever_was_told() -> None:
    assert state(promised=day(-9)) == LineState(0, 0, None, LineStatus.DONE)


@pytest.mark.parametrize(
    ("piece", "promised", "status"),
    [
        (undated(1), None, LineStatus.WAITING),
        (undated(1), day(0), LineStatus.WAITING),
        (undated(1), day(-1), LineStatus.LATE),
        (coming(1, "1", day(3)), day(-1), LineStatus.LATE),
        (on_hand(1), day(-1), LineStatus.READY),
    ],
)
def test_a_line_is_late_once_the_day_last_told_has_passed_and_something_still_waits(
    piece: Piece, promised: date | None, status: LineStatus
) -> None:
    assert state(piece, promised=promised).status is status


def test_a_line_that_is_late_says_so_even_if_some_of_it_is_ready() -> None:
    assert status_of_line(3, 1, 2, day(-1), TODAY) == "late"


def test_nothing_moved_when_the_same_is_told_again() -> None:
    assert change(state(undated(2)), state(undated(2))) is None


def test_a_restock_moves_units_from_waiting_to_ready() -> None:
    moved = change(state(coming(3, "1", day(4))), state(on_hand(2), coming(1, "1", day(4))))
    assert moved == Change(ready=2, waiting=-2, before=day(4), after=day(4), date_move=None)


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        (coming(1, "1", day(4)), coming(1, "1", day(2)), DateMove.SOONER),
        (coming(1, "1", day(4)), coming(1, "2", day(6)), DateMove.LATER),
        (undated(1), ordered_in(1, day(6)), DateMove.FOUND),
        (coming(1, "1", day(4)), undated(1), DateMove.LOST),
        (coming(1, "1", day(4)), on_hand(1), None),
        (on_hand(1), coming(1, "1", day(4)), None),
    ],
)
def test_a_moved_date_says_which_way_it_went(before: Piece, after: Piece, move: DateMove | None) -> None:
    moved = change(state(before), state(after))
    assert moved is not None
    assert moved.date_move is move
