"""What pydantic finds wrong with a value, as people say it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.refusal import Refusal
from app.wording import Said

LONGEST = 60
"""As much of what was given as a message can hold."""

A_DATE = lazy("should be a date like 2026-12-24")
A_NUMBER = lazy("should be a whole number, without points and commas, like 1000")

FAULTS: Mapping[str, Text] = {
    "missing": lazy("is needed"),
    "enum": lazy("should be {expected}"),
    "literal_error": lazy("should be {expected}"),
    "int_type": A_NUMBER,
    "int_parsing": A_NUMBER,
    "int_parsing_size": A_NUMBER,
    "int_from_float": A_NUMBER,
    "greater_than_equal": lazy("should be {ge} or more"),
    "less_than_equal": lazy("should be {le} or less"),
    "bool_type": lazy("should be yes or no"),
    "bool_parsing": lazy("should be yes or no"),
    "string_type": lazy("should be a text"),
    "string_too_long": lazy("should have {max_length} characters at most"),
    "string_too_short": lazy("should not be empty"),
    "string_pattern_mismatch": lazy("should hold no NUL"),
    "date_type": A_DATE,
    "date_parsing": A_DATE,
    "date_from_datetime_parsing": A_DATE,
    "date_from_datetime_inexact": A_DATE,
    "dict_type": lazy("should be an object"),
    "tuple_type": lazy("should be a list"),
}
"""By pydantic's types of errors, with its values: all that the models of ours can meet."""

FAULT = lazy("{field}: {faults}; given was {given}.")


def said(error: ErrorDetails) -> Said:
    """One fault, to stand within a sentence; one that no text is known for in pydantic's own words."""
    values: dict[str, Any] = error.get("ctx", {})
    cause = values.get("error")
    if isinstance(cause, Refusal):
        return cause.said
    if error["type"] not in FAULTS:
        return Said(error["msg"])
    if "expected" in values:
        values = {"expected": _either(re.findall(r"'[^']*'|[^\s,]+(?=, | or |$)", values["expected"]))}
    return Said(FAULTS[error["type"]], **values)


def first(wrong: ValidationError) -> dict[str, Any]:
    """The first trouble, as values of the sentence FAULT.

    Where a field takes a number or a word, all that is wrong with it is told.
    """
    errors = wrong.errors(include_url=False)
    name = errors[0]["loc"][0]
    same = {str(fault): fault for error in errors if error["loc"][0] == name for fault in [said(error)]}
    return {"field": str(name), "faults": _either(list(same.values())), "given": _short(errors[0]["input"])}


def _either(said: Sequence[str | Said]) -> str | Said:
    if len(said) == 1:
        return said[0]
    some = Said(", ".join(map(str, said[:-1]))) if isinstance(said[0], str) else _either(said[:-1])
    return Said(lazy("{some} or {last}"), some=some, last=said[-1])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
