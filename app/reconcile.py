"""Observe, decide, apply: the one loop that keeps a shop right. See DESIGN.md section 4.

Every step may be cut off anywhere. Marks are cleared only after what they asked for is done, and every write but those
of `app.pool_repair` is harmless twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from app import book, clock, marks, notices, pool_repair, publish
from app.engine import plan
from app.marks import Taken
from app.models import Shop
from app.platforms import Platform, SetStock, ShopError
from app.runtime import Runtime

log = structlog.get_logger()

BATCH = 100
RESTING = {"inactive", "left", "removed"}


def run(runtime: Runtime, shop_id: int) -> None:
    """Look at everything of the shop that is marked and due, until nothing is. Raises ShopError."""
    shop = runtime.shop(shop_id)
    if shop.state in RESTING:
        return
    platform = runtime.platform(shop)
    try:
        _work(runtime, shop, platform)
    except ShopError as wrong:
        if not wrong.retry:
            with runtime.engine.begin() as connection:
                marks.postpone_all(connection, shop_id)
        raise


def _work(runtime: Runtime, shop: Shop, platform: Platform) -> None:
    left = True
    while left:
        left = _layout(runtime, shop, platform)
        left |= (orders_left := _orders(runtime, shop, platform))
        left |= _variants(runtime, shop, platform, urgent_only=orders_left)
    notices.send(runtime.engine, shop.id, platform)


def _take(runtime: Runtime, shop: Shop, kind: str) -> list[Taken]:
    with runtime.engine.begin() as connection:
        return marks.take(connection, shop.id, kind, BATCH)


def _layout(runtime: Runtime, shop: Shop, platform: Platform) -> bool:
    """Channels, warehouses and their order. A change in them may concern every variant."""
    taken = _take(runtime, shop, "layout")
    if taken:
        layout = platform.layout()
        with runtime.engine.begin() as connection:
            if book.record_layout(connection, shop.id, layout):
                marks.mark_every_variant(connection, shop.id)
            marks.clear(connection, shop.id, "layout", taken)
    return bool(taken)


def _orders(runtime: Runtime, shop: Shop, platform: Platform) -> bool:
    """Observe marked orders. What they change is marked in the same transaction, so nothing is lost in between."""
    taken = _take(runtime, shop, "order")
    if taken:
        ids = [mark.target for mark in taken]
        seen = platform.orders(ids)
        with runtime.engine.begin() as connection:
            touched = book.record_orders(connection, shop, ids, seen, datetime.now(UTC))
            marks.mark(connection, shop.id, [("variant", variant) for variant in touched])
            marks.clear(connection, shop.id, "order", taken)
    return bool(taken)


def _variants(runtime: Runtime, shop: Shop, platform: Platform, *, urgent_only: bool) -> bool:
    """Observe, decide and apply for marked variants. While a sweep's orders are still being read, routine ones wait."""
    taken = [mark for mark in _take(runtime, shop, "variant") if not (urgent_only and mark.routine)]
    if taken:
        ids = [mark.target for mark in taken]
        _observe(runtime, shop, platform, ids)
        stocks, wanted = _decide(runtime, shop, ids)
        refused = _apply(runtime, shop, platform, stocks, wanted)
        with runtime.engine.begin() as connection:
            if refused:
                marks.postpone(connection, shop.id, "variant", taken)
            else:
                marks.clear(connection, shop.id, "variant", taken)
    return bool(taken)


def _observe(runtime: Runtime, shop: Shop, platform: Platform, ids: Sequence[str]) -> None:
    """Read the variants' truth. Units that staff shipped from a pool are put right first: see `app.pool_repair`."""
    seen = platform.variants(ids)
    seen = pool_repair.settle(runtime.engine, shop, platform, seen)
    with runtime.engine.begin() as connection:
        book.record_variants(connection, shop.id, ids, seen, datetime.now(UTC))


def _decide(runtime: Runtime, shop: Shop, ids: Sequence[str]) -> tuple[list[SetStock], list[publish.Wish]]:
    """Plan each variant; keep the plans, their history and what there is to tell in one transaction."""
    now = datetime.now(UTC)
    today = clock.today(shop.settings, now)
    with runtime.engine.begin() as connection:
        facts = book.load_facts(connection, shop, ids)
        plans = [plan(fact, today) for fact in facts]
        book.save_plans(connection, shop.id, plans, today, now)
        notices.tell_overruns(connection, shop.id, ids)
        wanted = publish.wishes(connection, shop, facts, plans, today)
    return publish.pool_changes(facts, plans), wanted


def _apply(
    runtime: Runtime, shop: Shop, platform: Platform, stocks: Sequence[SetStock], wanted: Sequence[publish.Wish]
) -> bool:
    """Write the differences. True when the shop refused any of them: they are to be looked at again later."""
    failures = platform.write([*stocks, *(change for wish in wanted for change in wish.changes())])
    for failure in failures:
        log.warning("refused by the shop", shop=shop.id, change=failure.change, reason=failure.message)
    with runtime.engine.begin() as connection:
        publish.remember(connection, shop.id, publish.without(wanted, failures))
    return bool(failures)
