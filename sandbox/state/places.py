"""Where things are sold and kept: channels, warehouses, shipping zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Metadata = dict[str, str]
Address = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChannelWarehouse:
    """A warehouse in a channel. ``sort_order`` is None until someone reorders; None sorts last, then by ``pk``."""

    pk: int
    warehouse: str
    sort_order: int | None = None


@dataclass(slots=True)
class Channel:
    """``links`` names the channel's warehouses in order of joining, not of sorting."""

    pk: int
    name: str
    slug: str
    currency: str
    country: str
    is_active: bool = False
    strategy: str = "PRIORITIZE_SORTING_ORDER"
    confirm_orders: bool = True
    allow_unpaid: bool = False
    expire_after: int | None = None
    delete_expired_after: int = 60
    paid_strategy: str = "PAYMENT_FLOW"
    links: tuple[ChannelWarehouse, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Warehouse:
    pk: str
    name: str
    slug: str
    address: Address
    email: str = ""
    is_private: bool = True
    collect: str = "DISABLED"
    external_reference: str | None = None
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Zone:
    """A shipping zone: countries, and the channels and warehouses it joins."""

    pk: int
    name: str
    countries: tuple[str, ...]
    is_default: bool = False
    description: str = ""
    channels: tuple[int, ...] = ()
    warehouses: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Method:
    """A shipping method of a zone; ``prices`` is by channel."""

    pk: int
    name: str
    zone: int
    kind: str = "PRICE"
    prices: dict[int, Decimal] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)


@dataclass(slots=True)
class Settings:
    """The shop's own settings. A new Saleor starts with ``legacy_zones`` on where it was upgraded, as here."""

    pk: int = 1
    name: str = "Sandbox shop"
    description: str = ""
    auto_approve: bool = True
    allow_unpaid: bool = True
    track_inventory: bool = True
    reserve_anonymous: int | None = None
    reserve_authenticated: int | None = None
    quantity_limit: int | None = 50
    legacy_zones: bool = True
    legacy_events: bool = True
    metadata: Metadata = field(default_factory=dict)
    private_metadata: Metadata = field(default_factory=dict)
