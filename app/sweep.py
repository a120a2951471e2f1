"""The sweep: mark everything of a shop, so that whatever a webhook failed to say heals by itself."""

import contextlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from app import doctor, installs, marks, reconcile
from app.activity import APP, Subject, Thing, tell
from app.book import customers
from app.models import Line, Shop
from app.platforms import Platform
from app.runtime import Runtime

# Orders are read again from a little before the last look: clocks differ, and a change commits after it was stamped.
OVERLAP = timedelta(minutes=15)
FULL_EVERY = timedelta(days=1)
AFTER_A_FAILURE = timedelta(minutes=5)

Progress = Callable[[str, int], None]


def run(
    runtime: Runtime,
    shop_id: int,
    *,
    full: bool = False,
    progress: Progress = lambda _what, _count: None,
    who: str = APP,
) -> None:
    """Mark the shop's layout, its variants, its orders that changed since the last sweep, and all we hold open.

    `full`, once a day in any case, asks the shop for every order that may have open units besides. `who` asked for it.
    Raises ShopError; a sweep that was cut off is begun anew.
    """
    shop, began = runtime.shop(shop_id), datetime.now(UTC)
    with runtime.engine.begin() as connection:
        customers.forget(connection, shop_id, began)
    if shop.state == "inactive":
        _ask_whether_it_is_back(runtime, shop, began)
    if shop.state in reconcile.RESTING:
        return
    full = full or shop.fully_swept_at is None or shop.fully_swept_at < began - FULL_EVERY
    with contextlib.closing(runtime.platform(shop)) as platform:
        _mark(runtime, shop_id, [("layout", "")])
        _mark_pages(runtime, shop_id, "variant", platform.variant_ids(), progress)
        _mark_pages(runtime, shop_id, "order", _orders(platform, shop, full=full), progress)
    _mark_known(runtime, shop_id)
    _finish(runtime, shop, began, who, full=full)
    installs.upgrade_webhooks(runtime, shop)
    doctor.report(runtime, shop)


def _ask_whether_it_is_back(runtime: Runtime, shop: Shop, now: datetime) -> None:
    """That we were switched on again may have failed to reach us, too. If so, the shop is due to be swept at once."""
    with runtime.engine.begin() as connection:
        connection.execute(update(Shop).where(Shop.id == shop.id).values(swept_at=now))
    installs.look_again(runtime, shop)


def try_again_soon(runtime: Runtime, shop_id: int, now: datetime) -> None:
    """A sweep failed: the shop is due again in a few minutes, not at once and not only at the next regular time."""
    due = now - timedelta(minutes=runtime.config.sweep_minutes) + AFTER_A_FAILURE
    with runtime.engine.begin() as connection:
        connection.execute(update(Shop).where(Shop.id == shop_id).values(swept_at=due))


def overdue(connection: Connection, now: datetime, minutes: int) -> list[int]:
    """Shops that have not been swept for so long, or never. One that switched us off is asked about that alone."""
    late = or_(Shop.swept_at.is_(None), Shop.swept_at < now - timedelta(minutes=minutes))
    return list(connection.scalars(select(Shop.id).where(late, Shop.state.not_in(("left", "removed")))))


def _orders(platform: Platform, shop: Shop, *, full: bool) -> Iterable[list[str]]:
    if full:
        yield from platform.order_ids(None)
    if shop.orders_seen_until is not None:
        yield from platform.order_ids(shop.orders_seen_until - OVERLAP)


def _mark_pages(runtime: Runtime, shop_id: int, kind: str, pages: Iterable[list[str]], progress: Progress) -> None:
    for page in pages:
        _mark(runtime, shop_id, [(kind, target) for target in page])
        progress(kind, len(page))


def _mark(runtime: Runtime, shop_id: int, targets: list[tuple[str, str]]) -> None:
    with runtime.engine.begin() as connection:
        marks.mark(connection, shop_id, targets, routine=True)


def _mark_known(runtime: Runtime, shop_id: int) -> None:
    """What we know and the shop did not list may be gone or done: its date of change does not tell all."""
    with runtime.engine.begin() as connection:
        open_orders = select(Line.order_id).where(Line.shop_id == shop_id, Line.open > 0).distinct()
        known = [("order", order) for order in connection.scalars(open_orders)]
        marks.mark(connection, shop_id, known, routine=True)
        marks.mark_every_variant(connection, shop_id)


def _finish(runtime: Runtime, shop: Shop, began: datetime, who: str, *, full: bool) -> None:
    """What the clock has swept is told once a day; an hourly line would hide what people did."""
    values = {"swept_at": began, "orders_seen_until": began} | ({"fully_swept_at": began} if full else {})
    with runtime.engine.begin() as connection:
        connection.execute(update(Shop).where(Shop.id == shop.id).values(values))
        if full or who != APP:
            tell(connection, shop.id, who, "shop.swept", Thing(Subject.SHOP, str(shop.id), shop.name), full=full)
