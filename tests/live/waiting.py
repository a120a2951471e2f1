"""Waiting for what must come true in a shop that answers by webhooks and jobs."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def eventually(look: Callable[[], object], wanted: object, seconds: float = 20) -> float:
    """Look until it is as wanted. Returns the seconds it took; fails with what was seen last."""
    began = time.monotonic()
    while (seen := look()) != wanted:
        if time.monotonic() - began > seconds:
            raise AssertionError(f"After {seconds} seconds still {seen!r}, not {wanted!r}.")
        time.sleep(POLL_SECONDS)
    return time.monotonic() - began
