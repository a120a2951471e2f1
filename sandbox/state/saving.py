"""Keep the shop in a file: one row of SQLite for each row of the shop, written soon after it changed."""

from __future__ import annotations

import pickle
import sqlite3
import threading
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from .shop import Shop

PAUSE = 0.2
# An update keeps the row's place in the file, and with it the order in which rows without a number were made.
_UPSERT = "INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT (kind, pk) DO UPDATE SET data = excluded.data"


class Keeper:
    """Loads the file at the start, then writes what changed every ``PAUSE`` seconds and once at ``stop()``."""

    def __init__(self, shop: Shop, path: Path) -> None:
        self.shop = shop
        self.path = path
        self._stopping = threading.Event()
        self._names = {row_type.__name__: table for row_type, table in shop.tables.items()}
        self._thread = threading.Thread(target=self._run, name="sandbox-keeper", daemon=True)
        self._load()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self.write()

    def write(self) -> None:
        """Write everything that changed since the last call, in one transaction of the file."""
        with self.shop.lock:
            changed, self.shop.dirty = self.shop.dirty, {}
            rows = [
                (row_type.__name__, str(pk), None if row is None else pickle.dumps(row, protocol=5))
                for (row_type, pk), row in changed.items()
            ]
            sequences = [(name, table.sequence) for name, table in self._names.items()]
        if not rows:
            return
        with self._open() as file:
            file.executemany("DELETE FROM rows WHERE kind = ? AND pk = ?", [row[:2] for row in rows if row[2] is None])
            file.executemany(_UPSERT, [row for row in rows if row[2]])
            file.executemany("INSERT OR REPLACE INTO sequences VALUES (?, ?)", sequences)
        file.close()

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE):
            if self.shop.dirty:
                self.write()

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("CREATE TABLE IF NOT EXISTS rows (kind TEXT, pk TEXT, data BLOB, PRIMARY KEY (kind, pk))")
        file.execute("CREATE TABLE IF NOT EXISTS sequences (kind TEXT PRIMARY KEY, last INTEGER)")
        return file

    def _load(self) -> None:
        file = self._open()
        found: dict[str, list[Any]] = {}
        for kind, data in file.execute("SELECT kind, data FROM rows ORDER BY rowid"):
            # The file is this program's own, in the data directory of whoever runs it.
            found.setdefault(kind, []).append(_complete(pickle.loads(data)))  # noqa: S301
        for kind, rows in found.items():
            for row in sorted(rows, key=_order):
                self._names[kind].put(row)
        for kind, last in file.execute("SELECT kind, last FROM sequences"):
            self._names[kind].sequence = last
        file.close()


def _complete(row: Any) -> Any:
    """A row written by an older version lacks the attributes that came since: they get their defaults."""
    for each in fields(row):
        if not hasattr(row, each.name):
            setattr(row, each.name, each.default if each.default_factory is MISSING else each.default_factory())
    return row


def _order(row: Any) -> Any:
    """Counted rows by number; the others by when they were made, else as the file has them."""
    if isinstance(row.pk, int):
        return (0, row.pk)
    return (1, getattr(row, "number", 0), (getattr(row, "created", None) and row.created.timestamp()) or 0)
