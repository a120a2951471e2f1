"""One request to the API once it is known who makes it and what is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Connection

from app.models import Shop
from app.runtime import Runtime

Scope = Literal["read", "supply", "rules", "queue"]


@dataclass(frozen=True, slots=True)
class Call:
    """`ids` are the numbers in the path; `query` and `body` are what the route says they are, checked.

    `connection` is a transaction that is committed once the handler has returned. `who` makes it.
    """

    runtime: Runtime
    shop: Shop
    connection: Connection
    who: str
    ids: Mapping[str, int]
    query: Any
    body: Any


@dataclass(frozen=True, slots=True)
class Route:
    """A way into the API. The table of them makes both the routing and the OpenAPI document.

    `handler` returns what `answer` takes. A handler that is not `whole` commits by itself, step by step.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    scope: Scope
    summary: str
    handler: Callable[[Call], Any]
    answer: type[BaseModel]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    whole: bool = True

    @property
    def writes(self) -> bool:
        return self.scope != "read"
