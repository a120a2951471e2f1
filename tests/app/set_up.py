"""A shop to set pools up in: it keeps Saleor's rules about where a warehouse may be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from app.platforms import (
    Change,
    ChannelSeen,
    Failure,
    Identity,
    Platform,
    ReportProblem,
    ShopError,
    ShopLayout,
    WarehouseSeen,
    WebhookSeen,
    ZoneSeen,
)
from app.pools import IN_ORDER, open_pool

HIGH_STOCK = "PRIORITIZE_HIGH_STOCK"
NEEDED = frozenset({"MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"})


@dataclass
class Shop:
    """Channels, warehouses, zones and webhooks by id. `problems` are those shown to its staff, by key.

    `addresses_refused` are warehouses whose address it takes no more.
    """

    channels: dict[str, ChannelSeen] = field(default_factory=dict)
    warehouses: dict[str, WarehouseSeen] = field(default_factory=dict)
    zones: dict[str, ZoneSeen] = field(default_factory=dict)
    webhooks_by_id: dict[str, WebhookSeen] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    addresses_refused: set[str] = field(default_factory=set)
    legacy_zones: bool = False
    reservations: bool | None = True
    permissions: frozenset[str] = NEEDED

    def close(self) -> None:
        """There is no connection to let go of."""

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

    def leave_channel(self, channel: str, warehouse: str) -> None:
        seen = self.channels[channel]
        left = tuple(other for other in seen.warehouses if other != warehouse)
        self.channels[channel] = replace(seen, warehouses=left)

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

    def identity(self) -> Identity:
        return Identity("App", "Shop", "3.23.28", self.permissions, clock=None)

    def own_preorders(self) -> list[str]:
        return []

    def webhooks(self) -> list[WebhookSeen]:
        return list(self.webhooks_by_id.values())

    def create_webhook(self, name: str, url: str, query: str, events: Sequence[str]) -> str:
        self.update_webhook(name, name, url, query, events)
        return name

    def update_webhook(self, webhook: str, name: str, url: str, query: str, events: Sequence[str]) -> None:
        self.webhooks_by_id[webhook] = WebhookSeen(
            webhook, name, url, query, frozenset(events), active=True, failures=()
        )

    def delete_webhook(self, webhook: str) -> None:
        del self.webhooks_by_id[webhook]

    def write(self, changes: Sequence[Change]) -> list[Failure]:
        self.problems |= {change.key: change.message for change in changes if isinstance(change, ReportProblem)}
        return []


def shop_in_order() -> Shop:
    """One channel, web, with two warehouses and its pool, all as it should be."""
    shop = Shop()
    web = shop.channel("web", "Berlin", "Paris")
    shop.zone("Europe", ["web"], ["Berlin", "Paris"])
    open_pool(shop.platform, [web], may_change_strategy=False)
    return shop


def pool_of_web(shop: Shop) -> str:
    return next(warehouse.id for warehouse in shop.warehouses.values() if warehouse.ours)
