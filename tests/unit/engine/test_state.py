"""How a line stands."""

from datetime import date

import pytest

from app.engine import line_state, status_of_line
from app.engine.answer import Piece, Promise
from app.engine.state import LineState, LineStatus
from tests.unit.engine.builders import TODAY, claim, coming, day, on_hand, ordered_in, undated


def state(*pieces: Piece, promised: date | None = None) -> LineState:
    promises = [Promise(claim(1, sum(piece.quantity for piece in pieces) or 1), pieces)]
    return line_state(promises if pieces else [], promised=promised, today=TODAY)


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
