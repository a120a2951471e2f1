"""What a new shop starts with: somebody to log in, and a small catalogue of our own invention."""

from __future__ import annotations

import uuid
from decimal import Decimal

from .fields.permissions import PERMISSIONS
from .state.catalogue import Category, Listing, Product, ProductType, Stock, Variant
from .state.people import User
from .state.places import Address, Channel, ChannelWarehouse, Method, Warehouse, Zone
from .state.shop import Shop

STAFF_EMAIL = "admin@example.com"
STAFF_PASSWORD = "admin"  # noqa: S105  everybody's, as in Saleor's own sample data
# Who else works here: somebody who looks after orders and may not touch products, and the other way round.
STAFF: dict[str, tuple[str, ...]] = {
    STAFF_EMAIL: PERMISSIONS,
    "orders@example.com": tuple(name for name in PERMISSIONS if name != "MANAGE_PRODUCTS"),
    "products@example.com": tuple(name for name in PERMISSIONS if name != "MANAGE_ORDERS"),
}
COUNTRIES = ("US", "CA", "GB", "IE", "DE", "FR", "NL", "PL", "SE", "ES", "IT", "AU", "JP")
# Product, category, and for each variant: name, SKU, price, units in the two warehouses.
CATALOGUE: tuple[tuple[str, str, tuple[tuple[str, str, str, int, int], ...]], ...] = (
    (
        "Harbour lantern",
        "Lighting",
        (("Brass", "LANTERN-BRASS", "89.00", 6, 2), ("Black", "LANTERN-BLACK", "84.00", 0, 0)),
    ),
    ("Reading lamp", "Lighting", (("Birch", "LAMP-BIRCH", "120.00", 3, 1), ("Walnut", "LAMP-WALNUT", "135.00", 0, 2))),
    (
        "Camp mug",
        "Kitchen",
        (
            ("White", "MUG-WHITE", "14.50", 40, 25),
            ("Blue", "MUG-BLUE", "14.50", 12, 0),
            ("Red", "MUG-RED", "14.50", 0, 0),
        ),
    ),
    ("Iron skillet", "Kitchen", (("20 cm", "SKILLET-20", "38.00", 9, 4), ("28 cm", "SKILLET-28", "52.00", 0, 0))),
    (
        "Wool blanket",
        "Home",
        (
            ("Grey", "BLANKET-GREY", "110.00", 5, 5),
            ("Moss", "BLANKET-MOSS", "110.00", 1, 0),
            ("Rust", "BLANKET-RUST", "110.00", 0, 0),
        ),
    ),
    ("Linen apron", "Kitchen", (("One size", "APRON-ONE", "45.00", 8, 0),)),
    (
        "Trail backpack",
        "Outdoor",
        (("18 litres", "PACK-18", "95.00", 7, 3), ("30 litres", "PACK-30", "140.00", 2, 0)),
    ),
    ("Field notebook", "Outdoor", (("Plain", "NOTE-PLAIN", "9.00", 120, 60), ("Dotted", "NOTE-DOTTED", "9.00", 0, 30))),
)


def first_users(shop: Shop) -> None:
    """Somebody has to be able to log in. Staff kept from before there were permissions may do everything."""
    known = {user.email: user for user in shop.users}
    with shop.working():
        for email, permissions in STAFF.items():
            if email not in known:
                pk = shop.users.next_pk()
                shop.add(User(pk, email, STAFF_PASSWORD, is_staff=True, permissions=permissions))
            elif not known[email].permissions:
                shop.set(known[email], permissions=permissions)


def seed(shop: Shop) -> None:
    """Two channels, two warehouses, a shipping zone and the catalogue. A shop that has channels is left alone."""
    if len(shop.channels):
        return
    with shop.working():
        harbour = add_warehouse(shop, "Harbour warehouse", "harbour", "New York", "10001", "NY")
        valley = add_warehouse(shop, "Valley warehouse", "valley", "Sacramento", "94203", "CA")
        main = add_channel(shop, "Default channel", "default-channel", harbour, valley)
        outlet = add_channel(shop, "Outlet", "outlet", valley)
        add_zone(shop, "Everywhere", (main, outlet), (harbour, valley))
        kind = ProductType(shop.product_types.next_pk(), "Goods", "goods")
        shop.add(kind)
        for name, category, variants in CATALOGUE:
            _add_product(shop, kind, name, category, variants, (main, outlet), (harbour, valley))


def add_warehouse(shop: Shop, name: str, slug: str, city: str, postal_code: str, area: str) -> Warehouse:
    address: Address = {
        "id": "QWRkcmVzczox",
        "first_name": "",
        "last_name": "",
        "company_name": name,
        "street_address1": "1 Dock Road",
        "street_address2": "",
        "city": city,
        "city_area": "",
        "postal_code": postal_code,
        "country": "US",
        "country_area": area,
        "phone": None,
    }
    made = Warehouse(str(uuid.uuid4()), name, slug, address)
    shop.add(made)
    return made


def add_channel(shop: Shop, name: str, slug: str, *warehouses: Warehouse) -> Channel:
    links = len([link for channel in shop.channels for link in channel.links])
    made = Channel(
        shop.channels.next_pk(),
        name,
        slug,
        "USD",
        "US",
        is_active=True,
        links=tuple(ChannelWarehouse(links + count, each.pk) for count, each in enumerate(warehouses, start=1)),
    )
    shop.add(made)
    return made


def add_zone(shop: Shop, name: str, channels: tuple[Channel, ...], warehouses: tuple[Warehouse, ...]) -> Zone:
    zone = Zone(
        shop.zones.next_pk(),
        name,
        COUNTRIES,
        channels=tuple(each.pk for each in channels),
        warehouses=tuple(each.pk for each in warehouses),
    )
    shop.add(zone)
    prices = {each.pk: Decimal("5.00") for each in channels}
    shop.add(Method(shop.methods.next_pk(), "Standard delivery", zone.pk, prices=prices))
    return zone


def _category(shop: Shop, name: str) -> Category:
    found = next((each for each in shop.categories if each.name == name), None)
    if found is None:
        found = Category(shop.categories.next_pk(), name, name.lower())
        shop.add(found)
    return found


def _add_product(
    shop: Shop,
    kind: ProductType,
    name: str,
    category: str,
    variants: tuple[tuple[str, str, str, int, int], ...],
    channels: tuple[Channel, ...],
    warehouses: tuple[Warehouse, ...],
) -> None:
    now = shop.now()
    slug = name.lower().replace(" ", "-")
    listings = {each.pk: Listing(published=True, visible=True, available=True) for each in channels}
    category_pk = _category(shop, category).pk
    product = Product(shop.products.next_pk(), name, slug, kind.pk, now, now, category_pk, listings=listings)
    shop.add(product)
    for variant_name, sku, price, *units in variants:
        prices = {each.pk: Decimal(price) for each in channels}
        variant = Variant(shop.variants.next_pk(), product.pk, variant_name, sku, now, now, prices=prices)
        shop.add(variant)
        for warehouse, quantity in zip(warehouses, units, strict=True):
            shop.add(Stock(shop.stocks.next_pk(), variant.pk, warehouse.pk, quantity))
