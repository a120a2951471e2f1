"""The filters of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def has_metadata(row: Any, wanted: Iterable[dict[str, Any]] | None) -> bool:
    """``filter: {metadata: [{key, value}]}``: every key there, with the value if one is given."""
    return all(
        entry["key"] in row.metadata and (not entry.get("value") or row.metadata[entry["key"]] == entry["value"])
        for entry in wanted or ()
    )


def metadata_fits(row: Any, wanted: dict[str, Any] | None) -> bool:
    """``where: {metadata: {key, value: {eq, oneOf}}}``."""
    if not wanted:
        return True
    value = row.metadata.get(wanted["key"])
    return value is not None and fits(value, wanted.get("value"))


def mentions(search: str | None, *texts: str | None) -> bool:
    return not search or any(search.lower() in (text or "").lower() for text in texts)


def fits(value: Any, wanted: dict[str, Any] | None) -> bool:
    """``{eq, oneOf}``, as text, numbers and enums are asked for."""
    if wanted is None:
        return True
    if wanted.get("eq") is not None and value != wanted["eq"]:
        return False
    if wanted.get("one_of") is not None and value not in wanted["one_of"]:
        return False
    return between(value, wanted.get("range"))


def between(value: Any, span: dict[str, Any] | None) -> bool:
    """``{gte, lte}``, both ends included."""
    if not span:
        return True
    low, high = span.get("gte"), span.get("lte")
    return (low is None or value >= low) and (high is None or value <= high)


def where(row: Any, condition: dict[str, Any] | None, plain: Callable[[Any, dict[str, Any]], bool]) -> bool:
    """A ``where`` with its AND and OR around the plain conditions."""
    if not condition:
        return True
    either = condition.get("OR")
    return (
        plain(row, condition)
        and all(where(row, part, plain) for part in condition.get("AND") or ())
        and (not either or any(where(row, part, plain) for part in either))
    )
