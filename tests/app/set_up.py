"""A shop to set pools up in: it keeps Saleor's rules about where a warehouse may be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from app.platforms import ChannelSeen, Platform, ShopError, ShopLayout, WarehouseSeen, ZoneSeen
from app.pools import IN_ORDER

HIGH_STOCK = "PRIORITIZE_HIGH_STOCK"


@dataclass
class Shop:
    """Channels, warehouses and zones by id. `addresses_refused` are warehouses whose address it takes no more."""

    channels: dict[str, ChannelSeen] = field(default_factory=dict)
    warehouses: dict[str, WarehouseSeen] = field(default_factory=dict)
    zones: dict[str, ZoneSeen] = field(default_factory=dict)
    addresses_refused: set[str] = field(default_factory=set)
    legacy_zones: bool = False
    reservations: bool | None = True
    permissions: frozenset[str] = frozenset()

    @property
    def platform(self) -> Platform:
        """Only what set-up asks is there."""
        return cast("Platform", self)

    def channel(self, slug: str, *warehouses: str, strategy: str = IN_ORDER) -> ChannelSeen:
        """Add a channel with these warehouses, made as needed, in this order."""
        for warehouse in warehouses:
            self.warehouses.setdefault(warehouse, WarehouseSeen(warehouse, warehouse.lower(), warehouse))
        seen = ChannelSeen(f"id-{slug}", slug, slug.title(), active=True, strategy=strategy, warehouses=warehouses)
        self.channels[seen.id] = seen
        return seen

    def zone(self, name: str, channels: Sequence[str], warehouses: Sequence[str]) -> None:
        self.zones[name] = ZoneSeen(name, name, tuple(f"id-{slug}" for slug in channels), tuple(warehouses))

    def now(self, channel: ChannelSeen) -> ChannelSeen:
        return self.channels[channel.id]

    # What `Platform` promises:

    def layout(self) -> ShopLayout:
        return ShopLayout(
            name="Shop",
            version="3.23.28",
            channels=tuple(self.channels.values()),
            warehouses=tuple(self.warehouses.values()),
            zones=tuple(self.zones.values()),
            legacy_zones=self.legacy_zones,
            reservations=self.reservations,
            permissions=self.permissions,
        )

    def create_warehouse(self, name: str, slug: str, like: str, pool_of: Sequence[str]) -> str:
        if like in self.addresses_refused:
            raise ShopError("countryArea: This field is required.", retry=False, code="REQUIRED")
        if slug in {warehouse.slug for warehouse in self.warehouses.values()}:
            raise ShopError("slug: Warehouse with this Slug already exists.", retry=False, code="UNIQUE")
        made = WarehouseSeen(f"pool-{len(self.warehouses)}", slug, name, tuple(pool_of))
        self.warehouses[made.id] = made
        return made.id

    def name_ours(self, warehouse: str, pool_of: Sequence[str]) -> None:
        self.warehouses[warehouse] = replace(self.warehouses[warehouse], pool_of=tuple(pool_of))

    def rename_warehouse(self, warehouse: str, name: str) -> None:
        self.warehouses[warehouse] = replace(self.warehouses[warehouse], name=name)

    def join_channel(self, channel: str, warehouse: str) -> None:
        seen = self.channels[channel]
        self.channels[channel] = replace(seen, warehouses=(*seen.warehouses, warehouse))

    def join_zone(self, zone: str, warehouse: str) -> None:
        seen = self.zones[zone]
        if not any(warehouse in self.channels[channel].warehouses for channel in seen.channels):
            raise ShopError("Warehouse and shipping zone share no channel.", retry=False, code="INVALID")
        self.zones[zone] = replace(seen, warehouses=(*seen.warehouses, warehouse))

    def bring_to_front(self, channel: str, warehouse: str) -> None:
        seen = self.channels[channel]
        others = [other for other in seen.warehouses if other != warehouse]
        self.channels[channel] = replace(seen, warehouses=(warehouse, *others))

    def allocate_in_order(self, channel: str) -> None:
        self.channels[channel] = replace(self.channels[channel], strategy=IN_ORDER)
