"""What a file would do, or did, row by row."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy

from app.imports.limits import MOST_TOLD
from app.refusal import BadValue, Refusal
from app.wording import Said, english

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


def column_of(wrong: BadValue) -> str:
    """Which column it is about: its text begins with the name."""
    named = wrong.said.values.get("field")
    return str(named) if named else english(wrong.said.text).partition(":")[0]


@dataclass(slots=True)
class Report:
    """`counts` has added, changed, cancelled and unchanged rows. With any error nothing is kept.

    Of the errors the first MOST_TOLD are there; `wrong` counts them all, and `wrong_lines` the lines that have any.
    `notes` are about the file, whatever is wrong with it. `pools`: the channels, by slug, that get a backorder pool.
    """

    counts: Counter[str] = field(default_factory=Counter)
    effects: list[Told] = field(default_factory=list)
    errors: list[Told] = field(default_factory=list)
    wrong: int = 0
    wrong_lines: int = 0
    notes: list[Said] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)

    def effect(self, line: int, kind: str, what: Said) -> None:
        self.counts[kind] += 1
        if kind != "unchanged":
            self.effects.append(Told(line, kind, what))

    def error(self, line: int, *wrong: Refusal) -> None:
        """All that is wrong with one line."""
        told = wrong[: max(0, MOST_TOLD - len(self.errors))]
        self.errors += [Told(line, "", each.said) for each in told]
        self.wrong += len(wrong)
        self.wrong_lines += 1

    def sentence(self) -> str:
        kinds = ("added", "changed", "cancelled", "unchanged")
        told = ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds)
        return f"{told}; a backorder pool for {', '.join(self.pools)}" if self.pools else told
