"""Where the pools stand in a shop as it shows itself. Nothing is asked and nothing is changed."""

from collections.abc import Sequence

from app.platforms import ChannelSeen, ShopLayout, WarehouseSeen, ZoneSeen

LONGEST_NAME = 250


def pool_of(layout: ShopLayout, channel: ChannelSeen) -> WarehouseSeen | None:
    """The channel's pool: one of ours that it sells from, else the one that was made for it and taken away."""
    ours = {warehouse.id: warehouse for warehouse in layout.warehouses if warehouse.ours}
    joined = [ours[warehouse] for warehouse in channel.warehouses if warehouse in ours]
    made = [warehouse for warehouse in ours.values() if channel.id in (warehouse.pool_of or ())]
    return next(iter([*joined, *made]), None)


def pool_name(channels: Sequence[ChannelSeen]) -> str:
    """What staff read where they choose a warehouse to ship from."""
    begin, end = "Backorders (", "): ship from your own warehouse instead"
    names = ", ".join(dict.fromkeys(channel.name for channel in channels))
    return f"{begin}{names[: LONGEST_NAME - len(begin) - len(end)]}{end}"


def members_of(layout: ShopLayout, pool: WarehouseSeen | None) -> list[ChannelSeen]:
    """The channels that share the pool: those it was made for, and those that sell from it."""
    if pool is None:
        return []
    return [
        channel for channel in layout.channels if channel.id in (pool.pool_of or ()) or pool.id in channel.warehouses
    ]


def real_warehouses(layout: ShopLayout, channel: ChannelSeen) -> tuple[str, ...]:
    """The merchant's own warehouses of the channel, in allocation order."""
    ours = {warehouse.id for warehouse in layout.warehouses if warehouse.ours}
    return tuple(warehouse for warehouse in channel.warehouses if warehouse not in ours)


def zones_lacking(layout: ShopLayout, channel: ChannelSeen, pool: str) -> list[ZoneSeen]:
    """Shipping zones of the channel that its real warehouses serve and its pool does not.

    A zone that none of them serves sells nothing in the channel; the pool must not open it.
    """
    real = set(real_warehouses(layout, channel))
    return [
        zone
        for zone in layout.zones
        if channel.id in zone.channels and real & set(zone.warehouses) and pool not in zone.warehouses
    ]
