"""What a change of a rule would do, beside the form in which it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import preview
from app.admin.rules.shapes import wrong_told
from app.admin.rules.words import Names, named_clash
from app.admin.visit import Visit
from app.preview import Preview
from app.rulebook import BadRule, Place

# While somebody types; a large shop is not looked at as a whole.
WITHIN = 2.0
# Of each list, so that the form beside stays in sight.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """What was found, or what is wrong with the rule. `empty`: it decides nothing yet."""

    found: Preview | None
    wrong: str
    names: Names
    empty: bool = False

    @property
    def partly(self) -> bool:
        return self.found is not None and self.found.looked_at < self.found.covered

    @property
    def channels(self) -> Mapping[str, str]:
        """The names of channels by slug."""
        return {row.slug: row.name for row in self.names.channels}

    @property
    def clashes(self) -> list[str]:
        return [named_clash(each, self.names) for each in self.found.clashes[:SHOWN]] if self.found else []

    @property
    def nothing(self) -> bool:
        """Nothing opens, closes or moves."""
        return self.found is not None and not (self.found.opening or self.found.closing or self.found.moving)


def effect(visit: Visit, place: Place, fields: Mapping[str, Any] | None) -> Effect:
    """What setting these fields would do; None: what removing the rule would."""
    names = Names(visit.connection, visit.shop.id)
    if fields is not None and all(value is None for value in fields.values()):
        return Effect(None, "", names, empty=True)
    try:
        found = preview.of_rule(visit.connection, visit.shop, place, fields, visit.today, within=WITHIN)
    except BadRule as refused:
        return Effect(None, wrong_told(str(refused))[1], names)
    return Effect(found, "", names)


def wrong(visit: Visit, why: str) -> Effect:
    """In place of an effect."""
    return Effect(None, why, Names(visit.connection, visit.shop.id))
