"""What somebody has put into the form of a rule: from its fields, and into them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.admin.rules.shapes import NO, SHAPES, SWITCH, YES, Shape
from app.engine.rules import NONE

INHERIT, OTHER = "", "="
TYPED = ".typed"
PERCENT = "confidence"


class Answer(NamedTuple):
    """What is chosen of a field: INHERIT, one of its words, or OTHER with what was typed."""

    choice: str = INHERIT
    typed: str = ""


def of_rule(fields: Mapping[str, Any] | None) -> dict[str, Answer]:
    """The form of a rule that says this."""
    known = fields or {}
    return {name: _answer(shape, known.get(name)) for name, shape in SHAPES.items()}


def of_form(form: Mapping[str, str]) -> dict[str, Answer]:
    """The form as it was sent."""
    return {name: Answer(form.get(name, INHERIT), form.get(name + TYPED, "").strip()) for name in SHAPES}


def fields(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What the rulebook takes: each field with its value, None for those to inherit. It checks what they are."""
    return {name: _value(SHAPES[name], answer) for name, answer in answers.items()}


def _answer(shape: Shape, value: Any) -> Answer:
    if value is None:
        return Answer()
    if isinstance(value, bool):
        return Answer(YES if value else NO)
    return Answer(str(value)) if str(value) in shape.words else Answer(OTHER, str(value))


def _value(shape: Shape, answer: Answer) -> Any:
    choice, typed = answer
    if not shape.inherits:
        return typed or None
    if choice == INHERIT:
        return None
    if choice == OTHER and shape.typed:
        # A whole number is one; anything else is left for the rulebook to refuse in words.
        return int(typed) if shape.typed == "number" and typed.lstrip("-").isdecimal() else typed
    if shape.words is SWITCH:
        return {YES: True, NO: False}.get(choice, choice)
    return int(choice) if shape.name == PERCENT and choice != NONE and choice.isdecimal() else choice
