"""What a file would do, or did, row by row."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy

from app.refusal import Refusal
from app.wording import Said

Progress = Callable[[str, int, int], None]


# Whether what a file would do is to be kept; asked once it is known, where nothing is wrong.
Agreed = Callable[["Report"], bool]


def silent(_stage: str, _done: int, _all: int) -> None:
    """Nobody watches."""


EFFECTS: Mapping[str, Text] = {
    "added": lazy("added: {what}"),
    "changed": lazy("changed: {what}"),
    "cancelled": lazy("cancelled: {what}"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the file and what there is to say of it; `kind` as in `counts`, empty where it is wrong."""

    line: int
    kind: str
    what: Said

    def __str__(self) -> str:
        return str(Said(EFFECTS[self.kind], what=self.what)) if self.kind else str(self.what)


@dataclass(slots=True)
class Report:
    """`counts` has added, changed, cancelled and unchanged rows. With any error nothing is kept.

    `pools`: the channels, by slug, that get a backorder pool.
    """

    counts: Counter[str] = field(default_factory=Counter)
    effects: list[Told] = field(default_factory=list)
    errors: list[Told] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)

    def effect(self, line: int, kind: str, what: Said) -> None:
        self.counts[kind] += 1
        if kind != "unchanged":
            self.effects.append(Told(line, kind, what))

    def error(self, line: int, what: Refusal) -> None:
        self.errors.append(Told(line, "", what.said))

    def sentence(self) -> str:
        kinds = ("added", "changed", "cancelled", "unchanged")
        told = ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds)
        return f"{told}; a backorder pool for {', '.join(self.pools)}" if self.pools else told
