"""A table of rows by primary key, with look-ups by other attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

Key = int | str


class Row(Protocol):
    """Anything with a primary key: a counted int, or a UUID as text."""

    pk: Any


R = TypeVar("R", bound=Row)


class Table(Generic[R]):
    """Rows in order of arrival. Indexed attributes never change while a row is in its table."""

    def __init__(self, *indexed: str) -> None:
        self.rows: dict[Key, R] = {}
        self.sequence = 0
        self.version = 0
        self._indexes: dict[str, dict[Any, dict[Key, R]]] = {name: {} for name in indexed}

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, pk: Key | None) -> R | None:
        return None if pk is None else self.rows.get(pk)

    def __getitem__(self, pk: Key) -> R:
        return self.rows[pk]

    def of(self, attribute: str, value: Any) -> list[R]:
        """The rows whose indexed attribute has this value, oldest first."""
        found = self._indexes[attribute].get(value)
        return list(found.values()) if found else []

    def next_pk(self) -> int:
        self.sequence += 1
        return self.sequence

    def put(self, row: R) -> None:
        self.rows[row.pk] = row
        self.version += 1
        if isinstance(row.pk, int):
            self.sequence = max(self.sequence, row.pk)
        for name, index in self._indexes.items():
            index.setdefault(getattr(row, name), {})[row.pk] = row

    def restore(self, row: R) -> None:
        """Put a row back that was taken away by mistake; counted rows take their old place."""
        self.put(row)
        if isinstance(row.pk, int):
            self.rows = dict(sorted(self.rows.items()))
            for name, index in self._indexes.items():
                bucket = index[getattr(row, name)]
                index[getattr(row, name)] = dict(sorted(bucket.items()))

    def discard(self, row: R) -> None:
        self.rows.pop(row.pk, None)
        self.version += 1
        for name, index in self._indexes.items():
            bucket = index.get(getattr(row, name))
            if bucket is not None:
                bucket.pop(row.pk, None)
                if not bucket:
                    del index[getattr(row, name)]
