"""A burst of webhooks is let in before it is worked on: whatever is named in it ten times is looked at once."""

import time
from datetime import timedelta

from sqlalchemy import Connection, func, select

from app.models import Mark
from app.runtime import Runtime

# The webhooks of one sale come within a tenth of a second; a mark that is looked at later is looked at once.
SETTLE_SECONDS = 0.1
# More than a batch in so short a time is more than can be worked off in it.
WINDOW = timedelta(milliseconds=200)
BATCH = 100
LONGEST_WAIT_SECONDS = 5.0


def let_in(runtime: Runtime, shop_id: int) -> None:
    """Wait while marks of the shop come in faster than they could be worked off, 5 seconds at most."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while _comes_in(runtime, shop_id) and time.monotonic() < deadline:
        time.sleep(SETTLE_SECONDS)


def _comes_in(runtime: Runtime, shop_id: int) -> bool:
    with runtime.engine.connect() as connection:
        return any(comes_in(connection, shop_id, kind) for kind in ("order", "variant"))


def comes_in(connection: Connection, shop_id: int, kind: str) -> bool:
    """Whether more than a batch of this kind was marked, or marked again, just now. What a sweep marks is no burst."""
    hints = select(Mark.marked_at).where(Mark.shop_id == shop_id, Mark.kind == kind, ~Mark.routine)
    last_batch = hints.order_by(Mark.generation.desc()).limit(1).offset(BATCH).scalar_subquery()
    return bool(connection.scalar(select(last_batch > func.now() - WINDOW)))
