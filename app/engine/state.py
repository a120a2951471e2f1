"""The state of an order line, as it is told to people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.engine.answer import Promise, units_ready


class LineStatus(StrEnum):
    """How an order line stands."""

    READY = "ready"
    PARTLY_READY = "partly_ready"
    WAITING = "waiting"
    LATE = "late"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class LineState:
    """The open units of a line: how many are ready, how many wait, and the day the last of them is expected.

    `expected` is None when all units are on hand or when any that is not has no date.
    """

    ready: int
    waiting: int
    expected: date | None
    status: LineStatus


def line_state(promises: Iterable[Promise], *, promised: date | None, today: date) -> LineState:
    """The state of a line of which these are all promises, and which was last told the day `promised`.

    A line that ships whole is not ready before all of it is, and one that is held is not ready at all.
    """
    promises = list(promises)
    pieces = [piece for promise in promises for piece in promise.pieces]
    waiting = [piece for piece in pieces if not piece.ready]
    whole, held = any(promise.whole for promise in promises), any(promise.claim.held for promise in promises)
    ready = 0 if held or (whole and waiting) else units_ready(pieces)
    units = sum(piece.quantity for piece in pieces) - ready
    status = status_of_line(ready + units, ready, units, promised, today, held=held)
    return LineState(ready, units, _last([piece.expected for piece in waiting]), status)


def _last(days: list[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def status_of_line(
    open_units: int, ready: int, waiting: int, promised: date | None, today: date, *, held: bool = False
) -> LineStatus:
    """One word for a line. It is late once the day last told has passed, until another is told or nothing waits.

    A `held` line waits because a person wants it to: it is not late.
    """
    if not open_units:
        return LineStatus.DONE
    if not waiting:
        return LineStatus.READY
    if promised is not None and promised < today and not held:
        return LineStatus.LATE
    return LineStatus.PARTLY_READY if ready else LineStatus.WAITING
