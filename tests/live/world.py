"""A world of its own for one scenario: a channel, warehouses, a shipping zone and products nobody else uses."""

import contextlib
import itertools
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.live import documents
from tests.live.client import Client, Refused

ADDRESS = {
    "firstName": "Test",
    "lastName": "Buyer",
    "streetAddress1": "1 Test Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}
ARCHIVE = "dueback-tests-past"
OPEN = {"UNCONFIRMED", "UNFULFILLED", "PARTIALLY_FULFILLED", "PARTIALLY_RETURNED"}


@dataclass(frozen=True)
class Place:
    """A warehouse or a channel."""

    id: str
    slug: str


@dataclass(frozen=True)
class Item:
    """A variant on sale."""

    id: str
    sku: str


@dataclass
class World:
    """What a scenario plays in. Names are unique: scenarios disturb neither each other nor the shop's own data."""

    client: Client
    tag: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}")
    channels: list[Place] = field(default_factory=list)
    warehouses: list[Place] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    category_slug: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def _name(self, what: str) -> str:
        return f"{self.tag}-{what}{next(self._numbers)}"

    def warehouse(self) -> Place:
        name = self._name("warehouse")
        made = self.client.staff(documents.CREATE_WAREHOUSE, input={"name": name, "slug": name, "address": ADDRESS})
        place = Place(made["warehouse"]["id"], name)
        self.warehouses.append(place)
        return place

    def channel(self, *warehouses: Place, strategy: str = "PRIORITIZE_SORTING_ORDER", **orders: Any) -> Place:
        """A channel that sells from these warehouses, in this order, with a shipping zone and a method of its own."""
        slug = self._name("channel")
        settings = {
            "name": slug,
            "slug": slug,
            "currencyCode": "USD",
            "defaultCountry": "US",
            "isActive": True,
            "stockSettings": {"allocationStrategy": strategy},
            "orderSettings": {"allowUnpaidOrders": True, "automaticallyConfirmAllNewOrders": True} | orders,
        }
        channel_id = self.client.staff(documents.CREATE_CHANNEL, input=settings)["channel"]["id"]
        channel = Place(channel_id, slug)
        self.channels.append(channel)
        for warehouse in warehouses:
            self.client.staff(documents.UPDATE_CHANNEL, id=channel_id, input={"addWarehouses": [warehouse.id]})
        self._deliver(channel_id, warehouses)
        return channel

    def _deliver(self, channel_id: str, warehouses: Sequence[Place]) -> None:
        zone_input = {
            "name": self._name("zone"),
            "countries": ["US"],
            "addChannels": [channel_id],
            "addWarehouses": [warehouse.id for warehouse in warehouses],
        }
        zone = self.client.staff(documents.CREATE_ZONE, input=zone_input)["shippingZone"]["id"]
        self.zones.append(zone)
        method_input = {"name": self._name("method"), "type": "PRICE", "shippingZone": zone}
        method = self.client.staff(documents.CREATE_METHOD, input=method_input)["shippingMethod"]["id"]
        listing = {"addChannels": [{"channelId": channel_id, "price": "0", "minimumOrderPrice": "0"}]}
        self.client.staff(documents.LIST_METHOD, id=method, input=listing)

    def warehouse_like_a_pool(self, channel: Place) -> Place:
        """A warehouse of the merchant's that a careless look takes for ours, in front of the others."""
        name, slug = f"Backorders {self._name('warehouse')}", f"dueback-{channel.slug}"
        made = self.client.staff(documents.CREATE_WAREHOUSE, input={"name": name, "slug": slug, "address": ADDRESS})
        place = Place(made["warehouse"]["id"], slug)
        self.warehouses.append(place)
        self.client.staff(documents.UPDATE_CHANNEL, id=channel.id, input={"addWarehouses": [place.id]})
        return place

    def items(self, count: int, *channels: Place) -> list[Item]:
        """Tracked variants of one new product, on sale in these channels, with no stock yet."""
        product = self._product()
        on_sale = {"isPublished": True, "isAvailableForPurchase": True, "visibleInListings": True}
        listing = {"updateChannels": [{"channelId": channel.id} | on_sale for channel in channels]}
        self.client.staff(documents.LIST_PRODUCT, id=product, input=listing)
        return [self._item(product, channels) for _ in range(count)]

    def _product(self) -> str:
        if not self.types:
            type_input = {"name": self._name("type"), "kind": "NORMAL", "isShippingRequired": True, "hasVariants": True}
            self.types.append(self.client.staff(documents.CREATE_TYPE, input=type_input)["productType"]["id"])
            category = self.client.staff(documents.CREATE_CATEGORY, input={"name": self._name("category")})
            self.categories.append(category["category"]["id"])
            self.category_slug = category["category"]["slug"]
        product_input = {"name": self._name("product"), "productType": self.types[0], "category": self.categories[0]}
        product: str = self.client.staff(documents.CREATE_PRODUCT, input=product_input)["product"]["id"]
        self.products.append(product)
        return product

    def _item(self, product: str, channels: Sequence[Place]) -> Item:
        sku = self._name("sku")
        variant_input = {"product": product, "sku": sku, "name": sku, "trackInventory": True, "attributes": []}
        variant = self.client.staff(documents.CREATE_VARIANT, input=variant_input)["productVariant"]["id"]
        prices = [{"channelId": channel.id, "price": "10"} for channel in channels]
        self.client.staff(documents.LIST_VARIANT, id=variant, input=prices)
        return Item(variant, sku)

    def dissolve(self) -> None:
        """Take away what was made here, and the pools an app made in these channels.

        Orders cannot be deleted: they are cancelled where that can still be, and left to one channel that stays.
        """
        places = self._warehouses_in_use()
        self._cancel_orders()
        for document, targets in (
            (documents.DELETE_PRODUCT, self.products),
            (documents.DELETE_TYPE, self.types),
            (documents.DELETE_CATEGORY, self.categories),
            (documents.DELETE_ZONE, self.zones),
        ):
            self._delete(document, targets)
        if self.channels:
            self._delete(documents.DELETE_CHANNEL, [channel.id for channel in self.channels], heir=self._archive())
        self._delete(documents.DELETE_WAREHOUSE, places)

    def _warehouses_in_use(self) -> set[str]:
        ours = {channel.id for channel in self.channels}
        found = [channel for channel in self.client.staff(documents.CHANNELS) if channel["id"] in ours]
        linked = {warehouse["id"] for channel in found for warehouse in channel["warehouses"]}
        return linked | {warehouse.id for warehouse in self.warehouses}

    def _cancel_orders(self) -> None:
        for channel in self.channels:
            orders = self.client.staff(documents.ORDERS_OF_CHANNEL, channel=channel.id)["edges"]
            self._delete(
                documents.CANCEL_ORDER, [edge["node"]["id"] for edge in orders if edge["node"]["status"] in OPEN]
            )

    def _archive(self) -> str:
        """The channel that keeps the orders of worlds that are gone."""
        for channel in self.client.staff(documents.CHANNELS):
            if channel["slug"] == ARCHIVE:
                return str(channel["id"])
        settings = {"name": ARCHIVE, "slug": ARCHIVE, "currencyCode": "USD", "defaultCountry": "US", "isActive": False}
        return str(self.client.staff(documents.CREATE_CHANNEL, input=settings)["channel"]["id"])

    def _delete(self, document: str, targets: Iterable[str], **more: str) -> None:
        """What is gone already, or may not go, is left alone."""
        for target in targets:
            with contextlib.suppress(Refused):
                self.client.staff(document, id=target, **more)
