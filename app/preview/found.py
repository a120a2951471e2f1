"""What a preview tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from app.rulebook import Clash

T = TypeVar("T")

LISTED = 20


@dataclass(frozen=True, slots=True)
class Turned:
    """Sale past zero of a variant that opens or closes in a channel, by slug.

    `units` could be ordered while open; None: any number.
    """

    sku: str
    channel: str
    units: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An order line whose day or ready units change.

    A day is that of the line's last waiting unit; None where none waits, or one has no date.
    """

    order: str
    line: str
    sku: str
    before: date | None
    after: date | None
    ready_before: int
    ready_after: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of `units` that would be refused because `free` are still free, though the limit has room for it.

    `units` None: of any number, since there is no limit. So is every line from `free` + 1 units on. With open_at
    "always" they would be taken.
    """

    sku: str
    channel: str
    units: int | None
    free: int


@dataclass(slots=True)
class Preview:
    """What a change would do. Counts are of everything that was looked at; lists hold the first `LISTED`.

    `moves` are in the order in which the lines joined the queue, pinned ones first.

    Of the `covered` variants `looked_at` were looked at: all, unless there was too little time.

    `fields` are those of the rule afterwards, None where it is gone. `opening` and `closing` count variants in
    channels, `refusing` those of which `largest_refused` is the largest line. `clashes` are collections that decide the
    same field differently; `remarks` say what is odd about the rule.
    """

    fields: Mapping[str, Any] | None
    clashes: Sequence[Clash] = ()
    remarks: Sequence[str] = ()
    covered: int = 0
    looked_at: int = 0
    opening: int = 0
    closing: int = 0
    moving: int = 0
    refusing: int = 0
    opens: list[Turned] = field(default_factory=list)
    closes: list[Turned] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    largest_refused: Refused | None = None

    def opened(self, turned: Turned) -> None:
        self.opening += 1
        _list(self.opens, turned)

    def closed(self, turned: Turned) -> None:
        self.closing += 1
        _list(self.closes, turned)

    def refused(self, refused: Refused) -> None:
        self.refusing += 1
        largest = self.largest_refused
        if largest is None or (largest.units is not None and (refused.units is None or refused.units > largest.units)):
            self.largest_refused = refused


def _list(listed: list[T], one: T) -> None:
    if len(listed) < LISTED:
        listed.append(one)
