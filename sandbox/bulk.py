"""A big shop for benchmarks, the same every time."""

from __future__ import annotations

import random
import uuid
from decimal import Decimal

from .seed import add_channel, add_warehouse, add_zone
from .state.catalogue import Allocation, Listing, Product, ProductType, Stock, Variant
from .state.places import Channel, Warehouse
from .state.sales import Order, OrderLine
from .state.shop import Shop

PER_PRODUCT = 10
MOST_UNITS = 20


def fill(shop: Shop, variants: int = 10_000, warehouses: int = 2, orders: int = 0) -> Channel:
    """Add a channel with warehouses and variants that have a stock in each, and orders of one unit for some.

    SKUs are BULK-00000, BULK-00001, ...; about a third of the stocks is empty. Returns the channel.
    """
    chance = random.Random(1)
    with shop.working():
        number = len(shop.channels) + 1
        places = tuple(
            add_warehouse(shop, f"Bulk {number}-{count}", f"bulk-{number}-{count}", "Reno", "89501", "NV")
            for count in range(1, warehouses + 1)
        )
        channel = add_channel(shop, f"Bulk {number}", f"bulk-{number}", *places)
        add_zone(shop, f"Bulk {number}", (channel,), places)
        kind = ProductType(shop.product_types.next_pk(), f"Bulk {number}", f"bulk-{number}")
        shop.add(kind)
        made = [_variant(shop, channel, kind, index, places, chance) for index in range(variants)]
        for index in range(orders):
            _order(shop, channel, made[index % len(made)])
    return channel


def _variant(
    shop: Shop,
    channel: Channel,
    kind: ProductType,
    index: int,
    places: tuple[Warehouse, ...],
    chance: random.Random,
) -> Variant:
    now = shop.now()
    if index % PER_PRODUCT == 0:
        name = f"Bulk product {channel.pk}-{index // PER_PRODUCT:05}"
        listings = {channel.pk: Listing(published=True, visible=True, available=True)}
        slug = name.lower().replace(" ", "-")
        shop.add(Product(shop.products.next_pk(), name, slug, kind.pk, now, now, listings=listings))
    sku = f"BULK-{index:05}" if channel.slug == "bulk-1" else f"BULK-{channel.pk}-{index:05}"
    prices = {channel.pk: Decimal(10)}
    variant = Variant(shop.variants.next_pk(), shop.products.sequence, f"Variant {index}", sku, now, now, prices=prices)
    shop.add(variant)
    for place in places:
        units = 0 if chance.random() < 1 / 3 else chance.randint(1, MOST_UNITS)
        shop.add(Stock(shop.stocks.next_pk(), variant.pk, place.pk, units))
    return variant


def _order(shop: Shop, channel: Channel, variant: Variant) -> None:
    now = shop.now()
    order = Order(
        str(uuid.uuid4()), shop.next_number(), channel.pk, "UNFULFILLED", "CHECKOUT", now, now, channel.currency
    )
    shop.add(order)
    product = shop.products[variant.product].name
    line = OrderLine(
        str(uuid.uuid4()), order.pk, variant.pk, product, variant.name, variant.sku, 1, variant.prices[channel.pk]
    )
    shop.add(line)
    stock = shop.stocks.of("variant", variant.pk)[0]
    shop.add(Allocation(shop.allocations.next_pk(), line.pk, stock.pk, 1))
