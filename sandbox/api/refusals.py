"""How the shop says no: errors of a mutation, and errors of the whole request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as given
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One entry of a mutation's ``errors``; ``extra`` are the fields its error type has besides."""

    field: str | None
    code: str
    message: str
    extra: dict[str, Any] = given(default_factory=dict)


class Invalid(Exception):
    """A mutation is refused; Saleor answers 200 with these in the mutation's ``errors``."""

    def __init__(self, name: str | None, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.errors: Sequence[FieldError] = (FieldError(name, code, message, extra),)

    @classmethod
    def many(cls, errors: Iterable[FieldError]) -> Invalid:
        found = tuple(errors)
        refused = cls(found[0].field, found[0].code, found[0].message)
        refused.errors = found
        return refused


class QueryError(Exception):
    """An error of the request itself, reported at the top with Saleor's ``extensions.exception.code``."""

    code = "GraphQLError"


class PermissionDenied(QueryError):
    """The caller lacks every one of the permissions asked for."""

    code = "PermissionDenied"

    def __init__(self, permissions: Iterable[str] = ()) -> None:
        names = ", ".join(permissions)
        super().__init__(
            f"To access this path, you need one of the following permissions: {names}"
            if names
            else "You do not have permission to perform this action"
        )


class InvalidToken(QueryError):
    """A JWT that is none, or is over."""

    code = "InvalidTokenError"


class ExpiredToken(QueryError):
    code = "ExpiredSignatureError"


@dataclass(frozen=True)
class Shortage:
    """Something that is not there in the quantity asked for."""

    variant: int | None
    line: str | None = None
    warehouse: str | None = None
    available: int = 0


class InsufficientStock(Exception):
    """Stock is short. Where no mutation turns it into field errors, it is an internal error at the top."""

    code = "InsufficientStock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__("Internal Server Error")
        self.shortages = shortages
