"""Writing rows of the book."""

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from operator import methodcaller
from typing import Any

from sqlalchemy import Connection, TextClause, text

from app.models import Table


def upsert(
    connection: Connection, table: type[Table], rows: Sequence[dict[str, Any]], once: Collection[str] = ()
) -> None:
    """Insert the rows, or overwrite every given column but those set `once` where the primary key is there already.

    All rows give the same columns; values are what JSON holds, and datetimes.
    """
    if rows:
        connection.execute(_statement(table, tuple(rows[0]), frozenset(once)), {"rows": as_json(rows)})


def as_json(rows: Iterable[dict[str, Any]]) -> str:
    """The rows as PostgreSQL's json_populate_recordset takes them."""
    return json.dumps(list(rows), default=methodcaller("isoformat"))


@cache
def _statement(table: type[Table], columns: tuple[str, ...], once: frozenset[str]) -> TextClause:
    """The rows go as one JSON text: a list of VALUES is another statement for each number of rows, slow to compose."""
    name, key = table.__tablename__, [column.name for column in table.__table__.primary_key]
    overwritten = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in {*key, *once})
    return text(f"""
        INSERT INTO {name} ({", ".join(columns)})
        SELECT {", ".join(columns)} FROM json_populate_recordset(NULL::{name}, :rows)
        ON CONFLICT ({", ".join(key)}) DO UPDATE SET {overwritten}
    """)  # noqa: S608 - names of our own tables and columns
