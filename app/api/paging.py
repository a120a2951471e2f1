"""Lists come page by page. A cursor says after what the next page begins; nobody has to understand it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.api.problem import Problem

MOST = 200
# PostgreSQL compares no number of ours with a greater one.
LARGEST = 2**63
T = TypeVar("T")

# PostgreSQL keeps no NUL in a text.
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Query(BaseModel):
    """What may follow the question mark."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="`next` of the page before.")


def after(query: PageQuery, kind: type[T]) -> T | None:
    """After what the page begins. Raises Problem for a cursor that is none of ours."""
    if query.cursor is None:
        return None
    try:
        found: Any = json.loads(urlsafe_b64decode(query.cursor.encode()))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, kind) and not isinstance(found, bool) and _can_be_ours(found):
        return found
    raise Problem(400, "cursor: Take `next` of the page before as it is, or leave it out for the first page.")


def _can_be_ours(found: Any) -> bool:
    """A number of ours, or a text that PostgreSQL takes: without NUL and halves of characters."""
    if isinstance(found, int):
        return 0 < found < LARGEST
    return "\x00" not in found and not any("\ud800" <= sign <= "\udfff" for sign in found)


def page(rows: Sequence[Any], query: PageQuery, key: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of rows of which one more than asked for was read; `key` is what a cursor holds."""
    items = list(rows[: query.limit])
    more = len(rows) > query.limit
    return {"items": items, "next": _cursor(key(items[-1])) if more else None}


def _cursor(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()
