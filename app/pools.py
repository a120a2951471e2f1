"""Opening a channel's pool: our own warehouse, where the shop's checkout looks first. See DESIGN.md section 2.

A pool is known by the channels its private metadata names, never by its name or slug, which are the staff's to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy

from app.platforms import ChannelSeen, Platform, ShopError, ShopLayout, WarehouseSeen
from app.pool_layout import members_of, pool_name, pool_of, real_warehouses, zones_lacking
from app.refusal import Refusal
from app.wording import Said

IN_ORDER = "PRIORITIZE_SORTING_ORDER"
BAD_ADDRESS = {"INVALID", "REQUIRED"}
NO_CHANNEL = lazy("The shop does not have this channel any more.")


class CannotOpen(ShopError):
    """The channels cannot have a pool as they are; the text says why and what to do."""

    def __init__(self, text: Text, /, **values: Any) -> None:
        super().__init__(text, retry=False, code="CANNOT_OPEN", **values)


class NeedsConsent(Refusal):
    """Opening the pool would change how the shop allocates; the text says what."""


@dataclass(frozen=True, slots=True)
class PoolOpened:
    """The pool's warehouse, and what was done for it, in sentences; nothing when all was well before."""

    warehouse: str
    done: tuple[Said, ...]


def open_pool(platform: Platform, channels: Sequence[ChannelSeen], *, may_change_strategy: bool) -> PoolOpened:
    """Make sure that the channel, or the channels as one group, has its pool in the right places.

    Does only what is missing, so that it may be cut off anywhere and asked again. Raises NeedsConsent, CannotOpen,
    ShopError.
    """
    layout = platform.layout()
    group = _group(layout, [channel.id for channel in channels])
    pools = _pools_of_group(layout, group)
    pool = pools[0] if pools else None
    _check_warehouses(layout, group, pool)
    ask_consent(group, may_change_strategy=may_change_strategy)
    opening = Opening(platform, layout, group)
    warehouse = opening.name_ours(pool) if pool else opening.create()
    opening.join(warehouse)
    opening.bring_to_front(warehouse)
    for replaced in pools[1:]:
        opening.let_drain(replaced)
    opening.allocate_in_order()
    return PoolOpened(warehouse, tuple(opening.done))


def _group(layout: ShopLayout, ids: Sequence[str]) -> list[ChannelSeen]:
    known = {channel.id: channel for channel in layout.channels}
    group = [known[channel] for channel in dict.fromkeys(ids) if channel in known]
    if not group or len(group) < len(set(ids)):
        raise CannotOpen(NO_CHANNEL)
    return group


def _pools_of_group(layout: ShopLayout, group: Sequence[ChannelSeen]) -> list[WarehouseSeen]:
    """The pools the channels have now, that of the first of them first: the group takes it and replaces the others.

    Open orders cannot move from one pool to another, and what is allocated in a pool counts where it is sold from. So
    the whole group sells from the replaced ones too, which hold nothing, until no open order is left there.
    """
    pools = {pool.id: pool for channel in group if (pool := pool_of(layout, channel))}
    for pool in list(pools.values())[1:]:
        others = [member for member in members_of(layout, pool) if member not in group]
        if others:
            inside = _names([channel for channel in group if pool_of(layout, channel) == pool])
            raise CannotOpen(
                lazy("{channels} is in a group with {others}. Name them too, or dissolve that group first."),
                channels=inside,
                others=_names(others),
            )
    return list(pools.values())


def _check_warehouses(layout: ShopLayout, group: Sequence[ChannelSeen], pool: WarehouseSeen | None) -> None:
    """Everybody who shares the pool must sell from the same warehouses: the pool holds one number for all of them."""
    members = [*group, *(member for member in members_of(layout, pool) if member not in group)]
    for channel in group:
        if not real_warehouses(layout, channel):
            raise CannotOpen(
                lazy("{channel} has no warehouse of its own. Assign one to the channel first."), channel=channel.name
            )
    if len({frozenset(real_warehouses(layout, channel)) for channel in members}) > 1:
        raise CannotOpen(
            lazy(
                "{channels} do not sell from the same warehouses, so they cannot share one backorder pool. Give them "
                "the same warehouses, or let each have a pool of its own."
            ),
            channels=_names(members),
        )


def ask_consent(group: Sequence[ChannelSeen], *, may_change_strategy: bool) -> None:
    """Raises NeedsConsent where a pool would change how these channels allocate and nobody has agreed."""
    others = [channel for channel in group if channel.strategy != IN_ORDER]
    if others and not may_change_strategy:
        raise NeedsConsent(
            lazy(
                "Orders of {channels} are taken from the warehouse with the most stock. Backorders need them to be "
                "taken from the channel's warehouses in their order, which changes where your orders are allocated."
            ),
            channels=_names(others),
        )


def _names(channels: Sequence[ChannelSeen]) -> list[str]:
    return [channel.name for channel in channels]


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening under way. `done` gathers what was changed."""

    platform: Platform
    layout: ShopLayout
    group: Sequence[ChannelSeen]
    done: list[Said] = field(default_factory=list)

    def _did(self, text: Text, **values: Any) -> None:
        self.done.append(Said(text, **values))

    def create(self) -> str:
        """Make the pool, with the address of the first real warehouse whose address the shop still takes."""
        name, slug = pool_name(self.group), self._free_slug()
        refused: ShopError | None = None
        for like in real_warehouses(self.layout, self.group[0]):
            try:
                created = self.platform.create_warehouse(name, slug, like, self._ids())
            except ShopError as error:
                if error.code not in BAD_ADDRESS:
                    raise
                refused = error
            else:
                self._did(lazy('Made the warehouse "{warehouse}".'), warehouse=name)
                return created
        raise CannotOpen(
            lazy(
                "The shop takes the address of none of the warehouses of {channels} for a new one: {reason} Complete "
                "the address of one of them first."
            ),
            channels=_names(self.group),
            reason=refused,
        )

    def name_ours(self, pool: WarehouseSeen) -> str:
        """Let a pool that was made for fewer channels be known as that of all of them."""
        before = members_of(self.layout, pool)
        missing = [channel for channel in self._ids() if channel not in (pool.pool_of or ())]
        if missing:
            self.platform.name_ours(pool.id, [*(pool.pool_of or ()), *missing])
            made = lazy('Made the warehouse "{warehouse}" the backorder pool of {channels} too.')
            self._did(made, warehouse=pool.name, channels=_names(self.group))
            if pool.name == pool_name(before):  # a name that staff chose stays
                self.platform.rename_warehouse(pool.id, pool_name([*before, *self.group]))
        return pool.id

    def join(self, pool: str) -> None:
        """Channels first: a shipping zone takes only a warehouse that shares a channel with it."""
        for channel in self.group:
            if pool not in channel.warehouses:
                self.platform.join_channel(channel.id, pool)
                self._did(lazy("Let {channel} sell from it."), channel=channel.name)
        self._join_zones(pool)

    def let_drain(self, replaced: WarehouseSeen) -> None:
        for channel in self.group:
            if replaced.id not in channel.warehouses:
                self.platform.join_channel(channel.id, replaced.id)
                let = lazy('Let {channel} have "{warehouse}" until no open order is left there.')
                self._did(let, channel=channel.name, warehouse=replaced.name)
        self._join_zones(replaced.id)

    def bring_to_front(self, pool: str) -> None:
        for channel in self.group:
            if channel.warehouses[0] != pool:
                self.platform.bring_to_front(channel.id, pool)
                self._did(lazy("Put it first among the warehouses of {channel}."), channel=channel.name)

    def allocate_in_order(self) -> None:
        for channel in self.group:
            if channel.strategy != IN_ORDER:
                self.platform.allocate_in_order(channel.id)
                made = lazy("Made {channel} take orders from its warehouses in their order.")
                self._did(made, channel=channel.name)

    def _join_zones(self, pool: str) -> None:
        zones = {zone.id: zone for channel in self.group for zone in zones_lacking(self.layout, channel, pool)}
        for zone in zones.values():
            self.platform.join_zone(zone.id, pool)
            self._did(lazy("Let it serve the shipping zone {zone}."), zone=zone.name)

    def _ids(self) -> list[str]:
        return [channel.id for channel in self.group]

    def _free_slug(self) -> str:
        """Somebody else's warehouse may have our slug already."""
        taken = {warehouse.slug for warehouse in self.layout.warehouses}
        wished = f"backorders-{self.group[0].slug[:200]}"
        return next(slug for n in count(1) if (slug := wished if n == 1 else f"{wished}-{n}") not in taken)
