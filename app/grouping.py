"""Making and dissolving groups of channels in a shop as it is: its open orders, and our book afterwards."""

import contextlib
from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, func, select

from app import book, groups, marks, pooling
from app.activity import Subject, Thing, tell
from app.models import Line, Order, Shop, Stock
from app.platforms import ChannelSeen, Platform
from app.pools import NO_CHANNEL, CannotOpen, NeedsConsent
from app.runtime import Runtime
from app.wording import Said


def make(runtime: Runtime, shop: Shop, channels: Sequence[str], *, who: str, agreed: bool) -> list[Said]:
    """Run these channels, by id, as one. Open orders keep their place in the queue. Says what was done.

    Where they have a pool each, the first channel's serves all of them. The others stay until no open order is in them
    any more: made again then, they are left. Raises NeedsConsent, CannotOpen, ShopError.
    """
    if len(set(channels)) < 2:  # noqa: PLR2004 - one alone is no group
        raise CannotOpen(lazy("A group has two channels or more."))
    with runtime.engine.connect() as connection:
        empty = _drained(connection, shop.id)
    done = pooling.open_pools(runtime, shop, [channels], who=who, agreed=agreed)
    with contextlib.closing(runtime.platform(shop)) as platform:
        done += groups.drop_drained(platform, platform.layout(), empty)
        _finish(runtime, shop, platform, who, "group.made", channels)
    return done


def dissolve(runtime: Runtime, shop: Shop, keeper: str, *, who: str, agreed: bool) -> list[Said]:
    """Give each channel of the keeper's group a pool of its own; the keeper, by id, keeps theirs. Says what was done.

    Raises NeedsConsent where open orders of the others may be in that pool, CannotOpen, ShopError.
    """
    with contextlib.closing(runtime.platform(shop)) as platform:
        layout = platform.layout()
        seen = next((channel for channel in layout.channels if channel.id == keeper), None)
        if seen is None:
            raise CannotOpen(NO_CHANNEL)
        leaving = [channel for channel in groups.members(layout, seen) if channel != seen]
        if not agreed:
            _ask_consent(runtime, shop, leaving)
        done = groups.dissolve(platform, seen)
        _finish(runtime, shop, platform, who, "group.dissolved", [keeper, *(channel.id for channel in leaving)])
    return done


def units_waiting(connection: Connection, shop_id: int, channels: Collection[str]) -> int:
    """Units of open orders of these channels, by id, that may be allocated in a pool they share."""
    query = (
        select(func.sum(Line.open))
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Order.channel_id.in_(channels))
    )
    return connection.scalar(query) or 0


def risk(units: int, names: Sequence[str]) -> NeedsConsent:
    """What is allocated in the pool counts only where it is sold from, and that is the keeper's channel alone then."""
    return NeedsConsent(
        lazy(
            "{units} of open orders of {channels} may be allocated in the pool they share. These orders keep their "
            "place in the queue, but until they ship, the shop may sell a restock to newcomers before them; each "
            "such order is found and listed. Best dissolve the group once they have shipped."
        ),
        units=units,
        channels=list(names),
    )


def _ask_consent(runtime: Runtime, shop: Shop, leaving: Collection[ChannelSeen]) -> None:
    with runtime.engine.connect() as connection:
        units = units_waiting(connection, shop.id, [channel.id for channel in leaving])
    if units:
        raise risk(units, [channel.name for channel in leaving])


def _drained(connection: Connection, shop_id: int) -> set[str]:
    """Pools that a group replaced before, and in which nothing was allocated when last observed."""
    replaced = {place for channel in book.load_channels(connection, shop_id) for place in channel.draining}
    query = select(Stock.warehouse_id).where(
        Stock.shop_id == shop_id, Stock.warehouse_id.in_(replaced), (Stock.allocated > 0) | (Stock.quantity > 0)
    )
    return replaced - set(connection.scalars(query))


def _finish(runtime: Runtime, shop: Shop, platform: Platform, who: str, kind: str, channels: Sequence[str]) -> None:
    """What was done is kept with the layout that came of it, and everything is looked at anew."""
    layout = platform.layout()
    names = {channel.id: channel.name for channel in layout.channels}
    subject = Thing(Subject.CHANNEL, channels[0], names[channels[0]])
    with runtime.engine.begin() as connection:
        tell(connection, shop.id, who, kind, subject, channels=", ".join(names[channel] for channel in channels))
        book.record_layout(connection, shop.id, layout)
        marks.mark_every_variant(connection, shop.id)
