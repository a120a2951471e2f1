"""Group commit: many requests, one durable statement.

Each request hands over its marks and waits. One thread takes all that is waiting, commits it as one statement, and lets
the requests go. Only after that commit is the shop's worker woken: a mark that commits after its wake-up could be left
behind.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import psycopg
import structlog

from app.marks import MARK, parameters

log = structlog.get_logger()

MarkRow = tuple[int, str, str]

MOST_WAITING = 2000
MOST_AT_ONCE = 500
PATIENCE_SECONDS = 10
CONNECT_OPTIONS = "-c synchronous_commit=on -c statement_timeout=8000"


class CannotKeep(Exception):
    """The marks could not be made durable; the sender has to try again."""


class Writer:
    """Keeps marks durably for many threads at once."""

    def __init__(self, database_url: str, wake: Callable[[int], None]) -> None:
        self._url = database_url
        self._wake = wake
        self._waiting: queue.Queue[tuple[Sequence[MarkRow], Future[None]]] = queue.Queue(MOST_WAITING)
        self._to_wake: queue.SimpleQueue[set[int]] = queue.SimpleQueue()
        self._connection: psycopg.Connection | None = None
        for task in (self._write_for_ever, self._wake_for_ever):
            threading.Thread(target=task, name=task.__name__, daemon=True).start()

    def keep(self, rows: Sequence[MarkRow]) -> None:
        """Return once the marks are on disk. Raises CannotKeep."""
        done: Future[None] = Future()
        try:
            self._waiting.put_nowait((rows, done))
            done.result(PATIENCE_SECONDS)
        except (queue.Full, TimeoutError, psycopg.Error) as wrong:
            raise CannotKeep(str(wrong) or type(wrong).__name__) from wrong

    def _write_for_ever(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                self._commit([row for rows, _ in batch for row in rows])
            except psycopg.Error as wrong:
                log.warning("marks not kept", reason=str(wrong))
                self._drop_connection()
                for _, done in batch:
                    done.set_exception(wrong)
            else:
                for _, done in batch:
                    done.set_result(None)
                self._to_wake.put({shop_id for rows, _ in batch for shop_id, _, _ in rows})

    def _next_batch(self) -> list[tuple[Sequence[MarkRow], Future[None]]]:
        batch = [self._waiting.get()]
        while len(batch) < MOST_AT_ONCE:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _commit(self, rows: Sequence[MarkRow]) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, options=CONNECT_OPTIONS, application_name="dueback door"
            )
        self._connection.execute(MARK, parameters(rows))

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _wake_for_ever(self) -> None:
        """Wake each shop once for all the commits that happened meanwhile."""
        while True:
            shops = self._to_wake.get()
            while not self._to_wake.empty():
                shops |= self._to_wake.get()
            for shop_id in shops:
                try:
                    self._wake(shop_id)
                except Exception:
                    # The marks are safe; the periodic look-after wakes the shop in a few seconds.
                    log.exception("shop not woken", shop=shop_id)
