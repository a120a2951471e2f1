"""How many requests a key may make: counted in each process, so that counting costs nothing and needs nobody.

With several web processes a key may make as many times more: a limit against mistakes, not a meter.
"""

import threading
import time

A_MINUTE = 60.0


class Rates:
    """One bucket a key, full at first, which fills up evenly over a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[int, tuple[float, float]] = {}

    def wait(self, key: int, per_minute: int) -> float:
        """0 when one more request is all right now; else the seconds after which it is."""
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.get(key, (float(per_minute), now))
            left = min(float(per_minute), left + (now - at) * per_minute / A_MINUTE)
            if left >= 1:
                self._buckets[key] = left - 1, now
                return 0.0
            self._buckets[key] = left, now
            return (1 - left) * A_MINUTE / per_minute
