"""The rule of one product or variant in three fields, beside what else is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request

from app import rulebook
from app.admin.acting import Refused
from app.admin.rules import answers, editing, previewing, sealing, shapes
from app.admin.rules.answers import Answer
from app.admin.rules.previewing import Effect
from app.admin.rules.shapes import Shape
from app.admin.rules.words import Names
from app.admin.visit import Visit
from app.rulebook import Kept, Place
from app.wording import gettext as _

FIELDS = ("mode", "cap", "lead_days")


@dataclass(frozen=True, slots=True)
class Quick:
    """The form as it is shown. `says` is all that the rule says now, `more` what it says beyond the three fields."""

    place: str
    sealed: str
    kept: Kept | None
    version: int
    answers: Mapping[str, Answer]
    inherited: Mapping[str, str]
    effect: Effect | None
    says: list[tuple[str, str]]
    more: list[tuple[str, str]]

    @property
    def shapes(self) -> list[Shape]:
        return [shapes.SHAPES[name] for name in FIELDS]

    @property
    def stale(self) -> bool:
        """Whether somebody else changed the rule while it was typed."""
        return bool(g.get("wrong")) and request.form.get("version", "") != str(self.version)


def form(visit: Visit, place: Place) -> Quick:
    """The form of the rule at the place; as somebody typed it, where one was sent for that place."""
    kept, names = rulebook.find(visit.connection, visit.shop.id, place), Names(visit.connection, visit.shop.id)
    sent = request.method == "POST" and "place" in request.form
    says = kept.fields if kept else {}
    return Quick(
        place=names.of(place),
        sealed=sealing.sealed(visit, place),
        kept=kept,
        version=kept.version if kept else 0,
        answers=answers.of_form(request.form) if sent else answers.of_rule(says),
        inherited=editing.inherited(visit, place, names),
        effect=effect(visit, place) if sent and not g.get("wrong") else None,
        says=shapes.all_told(says),
        more=shapes.all_told({name: value for name, value in says.items() if name not in FIELDS}),
    )


def effect(visit: Visit, place: Place) -> Effect | None:
    """What keeping what was sent would do; None where nothing is decided, now or then."""
    kept, given = rulebook.find(visit.connection, visit.shop.id, place), fields()
    if any(value is not None for value in given.values()):
        return previewing.effect(visit, place, given)
    if kept is None:
        return None
    return previewing.effect(visit, place, given if kept.fields.keys() - set(FIELDS) else None)


def fields() -> dict[str, Any]:
    """What was sent for the three fields."""
    given = answers.fields(answers.of_form(request.form))
    return {name: given[name] for name in FIELDS}


def save(visit: Visit, place: Place) -> str:
    """Keep what was sent, with the pools it needs; a rule of which nothing is left is removed. Says what was done.

    Raises as `editing.set_rule`.
    """
    given, version = fields(), editing.sent_version()
    kept = rulebook.find(visit.connection, visit.shop.id, place)
    named = Names(visit.connection, visit.shop.id).of(place)
    if all(value is None for value in given.values()):
        if kept is None:
            raise Refused(_("Nothing is decided yet: choose what may be ordered, a limit or a lead time."))
        if not kept.fields.keys() - set(FIELDS):
            rulebook.remove(visit.connection, visit.shop, place, who=visit.who, version=version)
            return str(_("The rule is removed: %(place)s.", place=named))
    done = editing.set_rule(visit, place, given, version)[1]
    return " ".join([*map(str, done), str(_("The rule is kept: %(place)s.", place=named))])
