"""Which fields of a request are wrong, and how that is told."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from app.refusal import Refusal

# As refusals begin: see `app.refusal`.
_NAMED = re.compile(r"([a-z_]+(?:, [a-z_]+)*): (.+)", re.DOTALL)
_ADVISES_A_COMMAND = re.compile(r"[^.]*`dueback [^`]*`[^.]*\.")


def errors(model: type[BaseModel], wrong: ValidationError) -> list[dict[str, str]]:
    """What is wrong with each field. Where it takes a number or a word, pydantic tells of each what it is not."""
    found: dict[str, dict[str, None]] = {}
    for error in wrong.errors(include_url=False):
        if error["type"] != "extra_forbidden":
            path = [str(part) for part in error["loc"] if isinstance(part, int) or part in _names(model)]
        else:
            path = [str(part) for part in error["loc"]]
        is_date = error["type"].startswith("date")
        said = "It takes a date like 2026-12-24" if is_date else error["msg"].removeprefix("Value error, ")
        found.setdefault(".".join(path), {})[said] = None
    return [{"field": field, "message": ", or ".join(said)} for field, said in found.items()]


@cache
def _names(model: type[BaseModel]) -> set[str]:
    """The fields of a model and of those within it."""
    schema = model.model_json_schema()
    return {name for part in (schema, *schema.get("$defs", {}).values()) for name in part.get("properties", ())}


def told(refused: Refusal) -> str:
    """What a refusal says, without sentences that are for people at a terminal."""
    return _ADVISES_A_COMMAND.sub("", str(refused)).strip() or str(refused)


def named(detail: str, *models: type[BaseModel] | None) -> list[dict[str, str]]:
    """The fields that a text begins with, of those that the request has."""
    if (found := _NAMED.fullmatch(detail)) is None:
        return []
    fields, message = found.groups()
    places = [place for name in fields.split(", ") for model in models if model for place in _places(model, name)]
    return [{"field": place, "message": message} for place in places]


def _places(model: type[BaseModel], name: str) -> Iterator[str]:
    if name in model.model_fields:
        yield name
        return
    for outer, field in model.model_fields.items():
        kinds: tuple[Any, ...] = (field.annotation, *get_args(field.annotation))
        if any(name in getattr(kind, "model_fields", ()) for kind in kinds):
            yield f"{outer}.{name}"
