"""Pages: Relay connections over rows in the order Saleor sorts them by."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphql import FieldNode

from .call import Info
from .refusals import QueryError

PAGE_LIMIT = 100
SortKey = Callable[[Any], tuple[Any, ...]]


def connection(
    rows: Iterable[Any],
    sort_key: SortKey,
    info: Info,
    *,
    descending: bool = False,
    ordered: bool = False,
    wrap: Callable[[Any], Any] | None = None,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """One page of ``rows``. ``ordered`` rows are sorted by ``sort_key`` already; keys are unique."""
    if not first and not last and _asks_for_edges(info):
        name = info.field_name
        raise QueryError(f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.")
    _check(info.field_name, first, last, after, before)
    every = rows if ordered and isinstance(rows, list) else sorted(rows, key=sort_key, reverse=descending)
    page, more = _slice(every, sort_key, descending, first, last, _read(after or before))
    edges = [{"node": wrap(row) if wrap else row, "cursor": _write(sort_key(row))} for row in page]
    return {
        "edges": edges,
        "total_count": len(every),
        "page_info": {
            "has_next_page": more if first else bool(before),
            "has_previous_page": bool(after) if first else more,
            "start_cursor": edges[0]["cursor"] if edges else None,
            "end_cursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _check(name: str, first: int | None, last: int | None, after: str | None, before: str | None) -> None:
    for word, count in (("first", first), ("last", last)):
        if count and count > PAGE_LIMIT:
            raise QueryError(
                f"Requesting {count} records on the `{name}` connection "
                f"exceeds the `{word}` limit of {PAGE_LIMIT} records."
            )
        if count and count < 0:
            raise QueryError(f"Argument `{word}` must be a non-negative integer.")
    if first and last:
        raise QueryError("Argument `last` cannot be combined with `first`.")
    if first and before:
        raise QueryError("Argument `first` cannot be combined with `before`.")
    if last and after:
        raise QueryError("Argument `last` cannot be combined with `after`.")


def _asks_for_edges(info: Info) -> bool:
    """Whether rows are wanted, and not only how many there are."""
    return any(
        not isinstance(each, FieldNode) or each.name.value == "edges"
        for node in info.field_nodes
        for each in (node.selection_set.selections if node.selection_set else ())
    )


def _slice(
    rows: Sequence[Any],
    sort_key: SortKey,
    descending: bool,
    first: int | None,
    last: int | None,
    cursor: tuple[Any, ...] | None,
) -> tuple[Sequence[Any], bool]:
    start, end = 0, len(rows)
    if cursor is not None:
        try:
            start, end = _around(rows, sort_key, descending, cursor, forward=bool(first))
        except TypeError:
            raise QueryError("Received cursor is invalid.") from None
    if first:
        return rows[start : min(start + first, end)], end - start > first
    count = last or 0  # without either nothing is on the page
    return rows[max(end - count, start) : end], end - start > count


def _around(
    rows: Sequence[Any], sort_key: SortKey, descending: bool, cursor: tuple[Any, ...], *, forward: bool
) -> tuple[int, int]:
    if not descending:
        if forward:
            return bisect_right(rows, cursor, key=sort_key), len(rows)
        return 0, bisect_left(rows, cursor, key=sort_key)
    backwards = rows[::-1]
    if forward:
        return len(rows) - bisect_left(backwards, cursor, key=sort_key), len(rows)
    return 0, len(rows) - bisect_right(backwards, cursor, key=sort_key)


def _write(key: tuple[Any, ...]) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _read(cursor: str | None) -> tuple[Any, ...] | None:
    if not cursor:
        return None
    try:
        values = json.loads(base64.b64decode(cursor, validate=True))
    except ValueError:
        raise QueryError("Received cursor is invalid.") from None
    if not isinstance(values, list):
        raise QueryError("Received cursor is invalid.")
    return tuple(values)
