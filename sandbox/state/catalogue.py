"""What is sold, and how much of it lies where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .places import Metadata


@dataclass(slots=True)
class ProductType:
    pk: int
    name: str
    slug: str
    shipping_required: bool = True
    has_variants: bool = True
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Category:
    pk: int
    name: str
    slug: str
    parent: int | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Collection:
    pk: int
    name: str
    slug: str
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A product in a channel."""

    published: bool = False
    visible: bool = False
    available: bool = False


@dataclass(slots=True)
class Product:
    pk: int
    name: str
    slug: str
    product_type: int
    created: datetime
    updated_at: datetime
    category: int | None = None
    collections: tuple[int, ...] = ()
    description: str | None = None
    listings: dict[int, Listing] = field(default_factory=dict)
    external_reference: str | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Variant:
    """``prices`` is by channel; without a price there the variant is not sold in that channel."""

    pk: int
    product: int
    name: str
    sku: str | None
    created: datetime
    updated_at: datetime
    track_inventory: bool = True
    quantity_limit: int | None = None
    prices: dict[int, Decimal] = field(default_factory=dict)
    external_reference: str | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Stock:
    """Units of a variant in a warehouse. ``quantity`` may go below zero, as in Saleor."""

    pk: int
    variant: int
    warehouse: str
    quantity: int


@dataclass(slots=True)
class Allocation:
    """Units of a stock that are set aside for an order line. Rows at zero stay."""

    pk: int
    line: str
    stock: int
    quantity: int


@dataclass(slots=True)
class Reservation:
    """Units of a stock that a checkout line holds until a moment."""

    pk: int
    checkout_line: str
    stock: int
    quantity: int
    until: datetime
