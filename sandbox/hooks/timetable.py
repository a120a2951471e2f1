"""Jobs at their time, from one thread."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

Job = Callable[[], None]


class Timetable:
    """Hands each job to ``submit`` when its seconds are over, and knows when all of them are done."""

    def __init__(self, submit: Callable[[Job], Any]) -> None:
        self._submit = submit
        self._jobs: list[tuple[float, int, Job]] = []
        self._count = itertools.count()
        self._under_way = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sandbox-timetable", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def at(self, seconds: float, job: Job) -> None:
        with self._changed:
            self._under_way += 1
            heapq.heappush(self._jobs, (time.monotonic() + seconds, next(self._count), job))
            self._changed.notify_all()

    def idle(self, seconds: float) -> bool:
        """Wait until every job, and every job those made, is done; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                job = heapq.heappop(self._jobs)[2]
            self._submit(lambda job=job: self._do(job))  # type: ignore[misc]

    def _do(self, job: Job) -> None:
        try:
            job()
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
