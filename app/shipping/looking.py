"""Having an order looked at: before something is done to it, and after, so that whoever looks next sees it."""

import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, func, select, tuple_

from app import marks, tasks
from app.models import Line, Mark
from app.runtime import Runtime

# After something was done. Nothing depends on it.
SEEN_SECONDS = 5
POLL_SECONDS = 0.05


def mark(
    runtime: Runtime, shop_id: int, order_id: str, also: Callable[[Connection], None] = lambda _connection: None
) -> Sequence[tuple[str, str]]:
    """Mark the order and its variants, and do what else belongs to that. Returns what was marked."""
    with runtime.engine.begin() as connection:
        variants = select(Line.variant_id).where(Line.shop_id == shop_id, Line.order_id == order_id, Line.open > 0)
        looked_at = [("order", order_id), *(("variant", found) for found in connection.scalars(variants) if found)]
        marks.mark(connection, shop_id, looked_at)
        also(connection)
    tasks.wake(shop_id)
    return looked_at


def wait(runtime: Runtime, shop_id: int, looked_at: Sequence[tuple[str, str]], seconds: float) -> bool:
    """Until none of it is marked any more. False where it still is after so many seconds."""
    still = select(func.count()).where(Mark.shop_id == shop_id, tuple_(Mark.kind, Mark.target).in_(looked_at))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with runtime.engine.connect() as connection:
            if not connection.scalar(still):
                return True
        time.sleep(POLL_SECONDS)
    return False
