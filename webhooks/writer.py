"""Group commit: many requests, one durable statement.

Each request hands over its marks and waits. One thread takes all that is waiting, commits it as one statement, and lets
the requests go. Only after that commit is the shop's worker woken: a mark that commits after its wake-up could be left
behind.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence

import psycopg
import structlog

from app.marks import MARK, parameters

log = structlog.get_logger()

MarkRow = tuple[int, str, str]

MOST_WAITING = 2000
MOST_AT_ONCE = 500
PATIENCE_SECONDS = 10
STOP_SECONDS = 10
# Under load one look at the job table in so long does for all commits in between.
GATHER_SECONDS = 0.01
CONNECT_SECONDS = 3
# Two attempts end before the patience of those who wait.
DEAD_PEER_MS = 9000
SESSION = "-c synchronous_commit=on -c statement_timeout=4000"


class CannotKeep(Exception):
    """The marks could not be made durable; the sender has to try again."""


class _Request:
    """Marks handed over, and how the one who waits learns what became of them."""

    __slots__ = ("_settled", "_wrong", "rows")

    def __init__(self, rows: Sequence[MarkRow]) -> None:
        self.rows = rows
        self._wrong: Exception | None = None
        # A bare lock is the quickest way to wait for one moment.
        self._settled = threading.Lock()
        self._settled.acquire()

    def settle(self, wrong: Exception | None = None) -> None:
        self._wrong = wrong
        self._settled.release()

    def wait(self, seconds: float) -> None:
        """Raises CannotKeep."""
        if not self._settled.acquire(timeout=seconds):
            raise CannotKeep("The database does not answer.")
        if self._wrong is not None:
            raise CannotKeep(f"{type(self._wrong).__name__}: {self._wrong}") from self._wrong


class Writer:
    """Keeps marks durably for many threads at once."""

    def __init__(self, database_url: str, wake: Callable[[int], None]) -> None:
        self._url = database_url
        self._wake = wake
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._to_wake: queue.SimpleQueue[set[int] | None] = queue.SimpleQueue()
        self._cursor: psycopg.Cursor | None = None
        self._threads = [
            threading.Thread(target=work, name=f"door {work.__name__}", daemon=True)
            for work in (self._write_until_closed, self._wake_until_closed)
        ]
        for thread in self._threads:
            thread.start()

    def keep(self, rows: Sequence[MarkRow]) -> None:
        """Return once the marks are on disk. Raises CannotKeep."""
        if self._waiting.qsize() >= MOST_WAITING:
            raise CannotKeep("Too much is waiting for the database.")
        request = _Request(rows)
        self._waiting.put(request)
        request.wait(PATIENCE_SECONDS)

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

    def _next_batch(self) -> tuple[list[_Request], bool]:
        """What is waiting now, at least one; and whether that was the last."""
        batch: list[_Request] = []
        request = self._waiting.get()
        while request is not None:
            batch.append(request)
            if len(batch) == MOST_AT_ONCE or self._waiting.empty():
                return batch, False
            request = self._waiting.get()
        return batch, True

    def _settle(self, batch: Sequence[_Request]) -> None:
        """Commit the batch and let its requests go.

        Where the database refuses it though it answers, each request stands for itself: nobody's marks keep others out.
        """
        try:
            self._commit([row for request in batch for row in request.rows])
        except Exception as wrong:  # noqa: BLE001 - whatever it is, this thread must live and the requests must go
            self._drop_connection()
            if len(batch) > 1 and not isinstance(wrong, psycopg.OperationalError):
                for request in batch:
                    self._settle([request])
                return
            log.warning("marks not kept", requests=len(batch), reason=str(wrong))
            for request in batch:
                request.settle(wrong)
        else:
            for request in batch:
                request.settle()
            self._to_wake.put({shop_id for request in batch for shop_id, _, _ in request.rows})

    def _commit(self, rows: Sequence[MarkRow]) -> None:
        """A connection that broke while nobody looked deserves a second attempt, and so does a deadlock."""
        for attempts_left in (1, 0):
            try:
                self._opened().execute(MARK, parameters(rows))
            except psycopg.OperationalError:
                self._drop_connection()
                if not attempts_left:
                    raise
            else:
                return

    def _opened(self) -> psycopg.Cursor:
        """One cursor for all: making one takes as long as using it."""
        if self._cursor is None:
            self._cursor = psycopg.connect(
                self._url,
                autocommit=True,
                application_name="dueback door",
                connect_timeout=CONNECT_SECONDS,
                tcp_user_timeout=DEAD_PEER_MS,
                options=SESSION,
            ).cursor()
        return self._cursor

    def _drop_connection(self) -> None:
        if self._cursor is not None:
            self._cursor.connection.close()
            self._cursor = None

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
            time.sleep(0 if closed else GATHER_SECONDS)

    def _wake_one(self, shop_id: int) -> None:
        try:
            self._wake(shop_id)
        except Exception:
            # The marks are safe; the periodic look-after wakes the shop in a few seconds.
            log.exception("shop not woken", shop=shop_id)
