"""What a file would do, or did, row by row."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _all: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the file and what there is to say of it."""

    line: int
    what: str


@dataclass(slots=True)
class Report:
    """`counts` has added, changed, cancelled and unchanged rows. With any error nothing is kept.

    `pools`: the channels, by slug, that get a backorder pool.
    """

    counts: Counter[str] = field(default_factory=Counter)
    effects: list[Told] = field(default_factory=list)
    errors: list[Told] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)

    def effect(self, line: int, kind: str, what: str) -> None:
        self.counts[kind] += 1
        if kind != "unchanged":
            self.effects.append(Told(line, f"{kind}: {what}"))

    def error(self, line: int, what: str) -> None:
        self.errors.append(Told(line, what))

    def sentence(self) -> str:
        kinds = ("added", "changed", "cancelled", "unchanged")
        told = ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds)
        return f"{told}; a backorder pool for {', '.join(self.pools)}" if self.pools else told
