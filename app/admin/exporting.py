"""Lists as files: CSV that spreadsheets open as it is, written row by row."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response
from sqlalchemy import Connection

from app.admin.visit import Visit
from app.imports.table import guarded

ROWS_AT_ONCE = 500


def csv_file(
    visit: Visit, name: str, columns: Sequence[str], rows: Callable[[Connection], Iterable[Sequence[Any]]]
) -> Response:
    """The rows under these columns as a file to keep, read on a connection of its own while it is sent."""

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(columns)
        # Spreadsheets take a file for UTF-8 only with this mark before it.
        yield "\ufeff"
        with visit.runtime.engine.connect() as connection:
            for number, row in enumerate(rows(connection), start=1):
                writer.writerow([guarded(value) if isinstance(value, str) else value for value in row])
                if not number % ROWS_AT_ONCE:
                    yield _emptied(buffer)
        yield _emptied(buffer)

    headers = {"Content-Disposition": f'attachment; filename="{name}-{visit.today}.csv"'}
    return Response(lines(), headers=headers, mimetype="text/csv")


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
