"""Writing rows of the book."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from app.models import Table

# PostgreSQL takes at most 65,535 values in one statement; the widest table of ours has 18 columns.
ROWS_IN_ONE_STATEMENT = 3000


def upsert(connection: Connection, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, or overwrite every given column where the primary key is there already."""
    key = [column.name for column in table.__table__.primary_key]
    for start in range(0, len(rows), ROWS_IN_ONE_STATEMENT):
        statement = insert(table).values(rows[start : start + ROWS_IN_ONE_STATEMENT])
        columns = {name: statement.excluded[name] for name in rows[0] if name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=columns))
