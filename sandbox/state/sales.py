"""Checkouts, orders and what is shipped of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .places import Address, Metadata


@dataclass(slots=True)
class Checkout:
    pk: str
    channel: int
    created: datetime
    updated_at: datetime
    country: str
    email: str | None = None
    user: int | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    method: int | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class CheckoutLine:
    pk: str
    checkout: str
    variant: int
    quantity: int
    price: Decimal | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Transaction:
    """Money told to the shop; it belongs to a checkout until that becomes an order."""

    pk: str
    created: datetime
    modified_at: datetime
    currency: str
    checkout: str | None = None
    order: str | None = None
    name: str = ""
    message: str = ""
    psp_reference: str = ""
    authorized: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    canceled: Decimal = Decimal(0)
    app: int | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Order:
    pk: str
    number: int
    channel: int
    status: str
    origin: str
    created: datetime
    updated_at: datetime
    currency: str
    email: str = ""
    user: int | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    method: int | None = None
    shipping_price: Decimal = Decimal(0)
    customer_note: str = ""
    checkout: str = ""
    original: str | None = None
    redirect_url: str | None = None
    external_reference: str | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class OrderLine:
    """``variant`` becomes None when the variant is deleted; the line stays."""

    pk: str
    order: str
    variant: int | None
    product_name: str
    variant_name: str
    sku: str | None
    quantity: int
    unit_price: Decimal
    fulfilled: int = 0
    shipping_required: bool = True
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)

    @property
    def unfulfilled(self) -> int:
        return self.quantity - self.fulfilled


@dataclass(slots=True)
class Fulfillment:
    pk: int
    order: str
    ordinal: int
    status: str
    created: datetime
    tracking_number: str = ""
    reason: str = ""
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class FulfillmentLine:
    """``stock`` is None for a return, and where the warehouse is not the channel's."""

    pk: int
    fulfillment: int
    line: str
    quantity: int
    stock: int | None
    reason: str = ""


@dataclass(slots=True)
class OrderEvent:
    """``details`` holds what an event of this type says: message, warehouse, lines, fulfilled items, ..."""

    pk: int
    order: str
    type: str
    date: datetime
    user: int | None = None
    app: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
