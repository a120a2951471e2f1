"""Observe, decide, apply: the one loop that keeps a shop right. See DESIGN.md section 4.

Every step may be cut off anywhere. Marks are cleared only after what they asked for is done, and every write but those
of `app.stock_writes` is harmless twice.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from app import book, burst, clock, leaving, marks, notices, pool_repair, publish, stock_writes
from app.db import at_one_moment
from app.engine import plan
from app.marks import Taken
from app.models import Shop
from app.platforms import Platform, SetStock, ShopError
from app.runtime import Runtime
from app.supply import receiving
from app.turns import completing

log = structlog.get_logger()

Seen = TypeVar("Seen")

# What the platform gives in one read, and how many reads are under way at once.
PAGE = 100
READS_AT_ONCE = 2
BATCH = PAGE * READS_AT_ONCE
RESTING = {"inactive", "left", "removed"}
SHORT_REST = timedelta(seconds=5)
LONG_REST = timedelta(minutes=5)


def run(runtime: Runtime, shop_id: int) -> None:
    """Look at everything of the shop that is marked and due, until nothing is.

    Where the shop cannot be reached or fails us, its marks rest for a while and are looked at again; nothing is raised.
    """
    shop = runtime.shop(shop_id)
    if shop.state in RESTING:
        return
    platform = runtime.platform(shop)
    try:
        while _one_round(runtime, shop_id, platform):
            pass
        with runtime.engine.begin() as connection:
            leaving.finish(connection, shop_id)
    except ShopError as wrong:
        log.warning("shop fails us", shop=shop_id, reason=str(wrong), code=wrong.code)
        rest = SHORT_REST if wrong.retry else LONG_REST
        with runtime.engine.begin() as connection:
            marks.rest(connection, shop_id, rest)
    finally:
        platform.close()


def _one_round(runtime: Runtime, shop_id: int, platform: Platform) -> bool:
    """A batch of each kind. False when nothing was left. What merchants set meanwhile holds from the next batch."""
    burst.let_in(runtime, shop_id)
    shop = runtime.shop(shop_id)
    if shop.state in RESTING:
        return False
    layout = _batch(runtime, shop_id, "layout", partial(_layout, runtime, platform))
    orders = _batch(runtime, shop_id, "order", partial(_orders, runtime, platform))
    _say_what_completes(runtime, shop)
    variants = _batch(runtime, shop_id, "variant", partial(_variants, runtime, platform, urgent_only=orders))
    notices.send(runtime.engine, shop_id, platform)
    return layout or orders or variants


def _batch(runtime: Runtime, shop_id: int, kind: str, work: Callable[[Shop, list[Taken]], bool]) -> bool:
    """Take a batch and work on it. True when there was any.

    The shop is read after its marks: whoever sets something commits it with marks, and these are not to be cleared by
    what held before.

    Where the work breaks on something unforeseen, the batch rests, and its marks are taken one by one afterwards: what
    breaks again keeps only itself waiting.
    """
    with runtime.engine.begin() as connection:
        taken = marks.take(connection, shop_id, kind, BATCH)
    try:
        return bool(taken) and work(runtime.shop(shop_id), taken)
    except ShopError:
        raise
    except Exception:
        log.exception("batch broke", shop=shop_id, kind=kind, targets=[mark.target for mark in taken])
        with runtime.engine.begin() as connection:
            marks.postpone(connection, shop_id, kind, taken)
        return True


def _say_what_completes(runtime: Runtime, shop: Shop) -> None:
    with runtime.engine.begin() as connection:
        completing.refresh(connection, shop)


def _layout(runtime: Runtime, platform: Platform, shop: Shop, taken: list[Taken]) -> bool:
    """Channels, warehouses and their order. A change in them may concern every variant."""
    with book.one_layout_at_a_time(runtime.engine, shop.id) as connection:
        if book.record_layout(connection, shop.id, platform.layout()):
            marks.mark_every_variant(connection, shop.id)
        marks.clear(connection, shop.id, "layout", taken)
    return True


def _orders(runtime: Runtime, platform: Platform, shop: Shop, taken: list[Taken]) -> bool:
    """Observe marked orders. What they change is marked in the same transaction, so nothing is lost in between."""
    ids = [mark.target for mark in taken]
    with stock_writes.one_at_a_time(runtime.engine, shop.id):
        seen = _read(platform.orders, ids)
        with runtime.engine.begin() as connection:
            touched = book.record_orders(connection, shop, ids, seen, datetime.now(UTC))
            marks.mark(connection, shop.id, [("variant", variant) for variant in touched])
            marks.clear(connection, shop.id, "order", taken)
    return True


def _variants(runtime: Runtime, platform: Platform, shop: Shop, taken: list[Taken], *, urgent_only: bool) -> bool:
    """Observe, decide and apply for marked variants. While a sweep's orders are still being read, routine ones wait."""
    taken = [mark for mark in taken if not (urgent_only and mark.routine)]
    ids = [mark.target for mark in taken]
    if ids:
        _observe(runtime, shop, platform, ids)
        stocks, wanted = _decide(runtime, shop, ids)
        refused = _apply(runtime, shop, platform, stocks, wanted)
        with runtime.engine.begin() as connection:
            marks.postpone(connection, shop.id, "variant", [mark for mark in taken if mark.target in refused])
            marks.clear(connection, shop.id, "variant", [mark for mark in taken if mark.target not in refused])
    return bool(ids)


def _read(read: Callable[[Sequence[str]], list[Seen]], ids: Sequence[str]) -> list[Seen]:
    """Read a batch, page by page."""
    pages = [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)]
    if len(pages) == 1:
        return read(ids)
    with ThreadPoolExecutor(len(pages)) as pool:
        return [seen for page in pool.map(read, pages) for seen in page]


def _observe(runtime: Runtime, shop: Shop, platform: Platform, ids: Sequence[str]) -> None:
    """Read the variants' truth.

    Receipts that were cut off are finished first, and units that staff shipped from a pool put right: see
    `app.supply.receiving` and `app.pool_repair`.
    """
    with stock_writes.one_at_a_time(runtime.engine, shop.id):
        seen = _read(platform.variants, ids)
        seen = receiving.settle(runtime.engine, shop, platform, seen)
        seen = pool_repair.settle(runtime.engine, shop, platform, seen)
        with runtime.engine.begin() as connection:
            book.record_variants(connection, shop.id, ids, seen, datetime.now(UTC))


def _decide(runtime: Runtime, shop: Shop, ids: Sequence[str]) -> tuple[list[SetStock], list[publish.Wish]]:
    """Plan each variant; keep the plans, their history and what there is to tell in one transaction.

    Of one moment: units that somebody receives meanwhile are either still to come or here, and never neither.
    """
    now = datetime.now(UTC)
    today = clock.today(shop.settings, now)

    def decide(connection: Connection) -> tuple[list[SetStock], list[publish.Wish]]:
        facts = book.load_facts(connection, shop, ids, today)
        plans = [plan(fact, today) for fact in facts]
        book.save_plans(connection, shop.id, facts, plans, today, now)
        notices.tell_overruns(connection, shop.id, ids)
        return publish.pool_changes(facts, plans), publish.wishes(connection, shop, facts, plans, today)

    return at_one_moment(runtime.engine, decide)


def _apply(
    runtime: Runtime, shop: Shop, platform: Platform, stocks: Sequence[SetStock], wanted: Sequence[publish.Wish]
) -> set[str]:
    """Write the differences. Returns the variants of which the shop refused anything: to be looked at again."""
    failures = platform.write([*stocks, *(change for wish in wanted for change in wish.changes())])
    for failure in failures:
        log.warning("refused by the shop", shop=shop.id, change=failure.change, reason=str(failure.message))
    refused = [wish for wish in wanted if publish.is_refused(wish, failures)]
    with runtime.engine.begin() as connection:
        publish.remember(connection, shop.id, [wish for wish in wanted if wish not in refused])
    unstocked = {failure.change.variant for failure in failures if isinstance(failure.change, SetStock)}
    return unstocked.union(*(wish.variants for wish in refused))
