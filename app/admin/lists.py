"""Lists: which page, which filters, and the addresses that lead to another page, another filter, or a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict

PER_PAGE = 50
FURTHEST = 100_000


class Filters(BaseModel):
    """What may follow the question mark of a list. An empty field is no filter; what makes no sense is dropped.

    Subclasses name their fields, each with a default that filters nothing.
    """

    model_config = ConfigDict(str_strip_whitespace=True, str_max_length=200, extra="ignore")

    page: int = Field(1, ge=1, le=FURTHEST)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE

    def given(self) -> dict[str, Any]:
        """The filters that are set, as text; not the page."""
        return {
            name: str(value)
            for name, value in self.model_dump(exclude={"page"}).items()
            if value not in (None, "", type(self).model_fields[name].default)
        }

    def query(self, **changes: Any) -> str:
        """What follows the question mark for the same list with these changes; None takes a filter away."""
        wanted = {name: value for name, value in (self.given() | changes).items() if value not in (None, "")}
        return f"?{urlencode(wanted)}"


T = TypeVar("T", bound=Filters)


def filters(kind: type[T], given_in: MultiDict[str, str] | None = None) -> T:
    """The filters of this request's address, or of its form.

    What does not fit its field is left out, so that every address shows a list.
    """
    asked = request.args if given_in is None else given_in
    given = {name: value for name, value in asked.items() if value.strip() and "\x00" not in value}
    while True:
        try:
            return kind.model_validate(given)
        except ValidationError as wrong:
            for error in wrong.errors():
                given.pop(str(error["loc"][0]), None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, and how many there are in all."""

    rows: list[Any]
    total: int
    filters: Filters

    @property
    def number(self) -> int:
        return self.filters.page

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def first_row(self) -> int:
        return self.filters.offset + 1

    @property
    def last_row(self) -> int:
        return self.filters.offset + len(self.rows)

    def link(self, number: int) -> str:
        return self.filters.query(page=number if number > 1 else None)


def chosen(name: str) -> list[str]:
    """What was ticked in a list, in its order, each once. A text that PostgreSQL cannot keep is nobody's id."""
    return list(dict.fromkeys(value for value in request.form.getlist(name) if value and "\x00" not in value))


def options(values: Mapping[str, str], current: Any) -> list[tuple[str, str, bool]]:
    """(value, text, whether it is chosen) for a select."""
    return [(value, text, value == str(current or "")) for value, text in values.items()]
