"""Channels run as one: one pool, one cap, one queue. See DESIGN.md section 2; `app.pools.open_pool` makes a group."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from flask_babel import lazy_gettext as lazy

from app.platforms import ChannelSeen, Platform, ShopLayout, WarehouseSeen
from app.pool_layout import members_of, pool_name, pool_of, real_warehouses
from app.pools import CannotOpen, open_pool
from app.wording import Said

LEFT = lazy('{channel} does not sell from "{warehouse}" any more.')


def proposals(layout: ShopLayout, rules: Mapping[str, object]) -> list[list[ChannelSeen]]:
    """Active channels that would sell the same with one pool: they have the same warehouses and equal rules.

    `rules` is what is ruled for each channel alone, by its id: see `rulebook.of_channels`. Groups that are made already
    are left out.
    """
    active = [channel for channel in layout.channels if channel.active and real_warehouses(layout, channel)]
    alike: list[list[ChannelSeen]] = []
    for _, same in groupby(sorted(active, key=lambda c: _places(layout, c)), key=lambda c: _places(layout, c)):
        left = list(same)
        while left:
            equal = [channel for channel in left if rules.get(channel.id) == rules.get(left[0].id)]
            left = [channel for channel in left if channel not in equal]
            alike.append(equal)
    return [group for group in alike if len(group) > 1 and not _is_made(layout, group)]


def members(layout: ShopLayout, channel: ChannelSeen) -> list[ChannelSeen]:
    """The channels of the channel's group; itself alone where it is in none."""
    pool = pool_of(layout, channel)
    joined = [member for member in members_of(layout, pool) if pool_of(layout, member) == pool]
    return joined if channel in joined else [channel]


def dissolve(platform: Platform, keeper: ChannelSeen) -> list[Said]:
    """Give every channel of the keeper's group a pool of its own; the keeper keeps the one they share.

    Open orders keep their place in the queue. Returns what was done, in sentences. Raises CannotOpen, ShopError. Cut
    off, it goes on when asked again.
    """
    layout = platform.layout()
    pool, group = pool_of(layout, keeper), members(layout, keeper)
    if pool is None or len(group) == 1:
        raise CannotOpen(lazy("{channel} is in no group."), channel=keeper.name)
    done = _leave_replaced(platform, layout, group)
    left = [channel.id for channel in group]
    for channel in group:
        if channel.id == keeper.id:
            continue
        left.remove(channel.id)
        platform.leave_channel(channel.id, pool.id)
        platform.name_ours(pool.id, left)
        done.append(Said(LEFT, channel=channel.name, warehouse=pool.name))
        done += open_pool(platform, [channel], may_change_strategy=True).done
    if pool.name == pool_name(group):  # a name that staff chose stays
        platform.rename_warehouse(pool.id, pool_name([keeper]))
    return done


def _leave_replaced(platform: Platform, layout: ShopLayout, group: Sequence[ChannelSeen]) -> list[Said]:
    """A pool that the group replaced becomes its own channel's again: nobody else may sell from it."""
    done = []
    for channel in group:
        for old in _replaced(layout, channel):
            if channel.id not in (old.pool_of or ()):
                platform.leave_channel(channel.id, old.id)
                done.append(Said(LEFT, channel=channel.name, warehouse=old.name))
    return done


def drop_drained(platform: Platform, layout: ShopLayout, empty: Collection[str]) -> list[Said]:
    """Let channels leave the pools that a group replaced and that no open order is left in; returns sentences.

    `empty` are the ids of pools in which nothing is allocated, nor can be any more.
    """
    done = []
    for channel in layout.channels:
        for old in _replaced(layout, channel):
            if old.id in empty:
                platform.leave_channel(channel.id, old.id)
                text = lazy('{channel} has left "{warehouse}": no open order is in it any more.')
                done.append(Said(text, channel=channel.name, warehouse=old.name))
    return done


def _replaced(layout: ShopLayout, channel: ChannelSeen) -> Sequence[WarehouseSeen]:
    used = {pool.id for each in layout.channels if (pool := pool_of(layout, each))}
    ours = {warehouse.id: warehouse for warehouse in layout.warehouses if warehouse.ours}
    return [ours[place] for place in channel.warehouses if place in ours and place not in used]


def _is_made(layout: ShopLayout, group: Sequence[ChannelSeen]) -> bool:
    pools = {pool.id if (pool := pool_of(layout, channel)) else "" for channel in group}
    return len(pools) == 1 and pools != {""}


def _places(layout: ShopLayout, channel: ChannelSeen) -> list[str]:
    return sorted(real_warehouses(layout, channel))
