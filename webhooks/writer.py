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
Waiting = tuple[Sequence[MarkRow], Future[None]]

MOST_WAITING = 2000
MOST_AT_ONCE = 500
PATIENCE_SECONDS = 10
STOP_SECONDS = 10
CONNECT_SECONDS = 5
# Both end before the patience of those who wait.
DEAD_PEER_MS = 9000
SESSION = "-c synchronous_commit=on -c statement_timeout=8000"


class CannotKeep(Exception):
    """The marks could not be made durable; the sender has to try again."""


class Writer:
    """Keeps marks durably for many threads at once."""

    def __init__(self, database_url: str, wake: Callable[[int], None]) -> None:
        self._url = database_url
        self._wake = wake
        self._waiting: queue.Queue[Waiting | None] = queue.Queue(MOST_WAITING)
        self._to_wake: queue.SimpleQueue[set[int] | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection | None = None
        self._threads = [
            threading.Thread(target=work, name=f"door {work.__name__}", daemon=True)
            for work in (self._write_until_closed, self._wake_until_closed)
        ]
        for thread in self._threads:
            thread.start()

    def keep(self, rows: Sequence[MarkRow]) -> None:
        """Return once the marks are on disk. Raises CannotKeep."""
        done: Future[None] = Future()
        try:
            self._waiting.put_nowait((rows, done))
            done.result(PATIENCE_SECONDS)
        except (queue.Full, TimeoutError) as wrong:
            raise CannotKeep("Too much is waiting for the database.") from wrong
        except Exception as wrong:
            raise CannotKeep(f"{type(wrong).__name__}: {wrong}") from wrong

    def close(self) -> None:
        """Finish what is waiting. Nothing may be handed over any more."""
        self._waiting.put(None)
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _write_until_closed(self) -> None:
        closed = False
        while not closed:
            batch, closed = self._next_batch()
            if batch:
                self._settle(batch)
        self._drop_connection()
        self._to_wake.put(None)

    def _next_batch(self) -> tuple[list[Waiting], bool]:
        """What is waiting now, at least one; and whether that was the last."""
        batch: list[Waiting] = []
        try:
            item = self._waiting.get()
            while item is not None:
                batch.append(item)
                if len(batch) == MOST_AT_ONCE:
                    return batch, False
                item = self._waiting.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _settle(self, batch: Sequence[Waiting]) -> None:
        """Commit the batch and let its requests go.

        Where the database refuses it though it answers, each request stands for itself: nobody's marks keep others out.
        """
        try:
            self._commit([row for rows, _ in batch for row in rows])
        except Exception as wrong:  # noqa: BLE001 - whatever it is, this thread must live and the requests must go
            self._drop_connection()
            if len(batch) > 1 and not isinstance(wrong, psycopg.OperationalError):
                for one in batch:
                    self._settle([one])
                return
            log.warning("marks not kept", requests=len(batch), reason=str(wrong))
            for _, done in batch:
                done.set_exception(wrong)
        else:
            for _, done in batch:
                done.set_result(None)
            self._to_wake.put({shop_id for rows, _ in batch for shop_id, _, _ in rows})

    def _commit(self, rows: Sequence[MarkRow]) -> None:
        """A connection that broke while nobody looked deserves a second attempt, and so does a deadlock."""
        for attempts_left in (1, 0):
            try:
                self._connected().execute(MARK, parameters(rows))
            except psycopg.OperationalError:
                self._drop_connection()
                if not attempts_left:
                    raise
            else:
                return

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                application_name="dueback door",
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=DEAD_PEER_MS,
                options=SESSION,
            )
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _wake_until_closed(self) -> None:
        """Wake each shop once for all the commits that happened meanwhile."""
        closed = False
        while not closed:
            committed = [self._to_wake.get()]
            while not self._to_wake.empty():
                committed.append(self._to_wake.get())
            closed = None in committed
            for shop_id in set[int]().union(*filter(None, committed)):
                self._wake_one(shop_id)

    def _wake_one(self, shop_id: int) -> None:
        try:
            self._wake(shop_id)
        except Exception:
            # The marks are safe; the periodic look-after wakes the shop in a few seconds.
            log.exception("shop not woken", shop=shop_id)
