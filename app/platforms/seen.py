"""What a shop shows, in our words. Ids are the platform's own, opaque."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class StockSeen:
    """Units of a variant in one warehouse."""

    warehouse: str
    quantity: int
    allocated: int


@dataclass(frozen=True, slots=True)
class VariantSeen:
    """A variant as the shop shows it now. `metadata` holds our own keys only (they begin with `dueback.`).

    `category_ids` are its product's category and all above that, the nearest first.
    """

    id: str
    sku: str
    name: str
    product_id: str
    product_name: str
    product_type_id: str
    category_ids: tuple[str, ...]
    collection_ids: tuple[str, ...]
    listed_in: tuple[str, ...]
    tracked: bool
    stocks: tuple[StockSeen, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineSeen:
    """An order line. `fulfilled` counts units in shipments approved or not, and units returned unshipped.

    `variant` is None once the variant is deleted; its names and the price of one unit, taxes and discounts included,
    are those it was sold under. `metadata` holds our own keys only.
    """

    id: str
    variant: str | None
    sku: str
    quantity: int
    fulfilled: int
    allocations: Mapping[str, int]
    metadata: Mapping[str, str]
    product_name: str = ""
    variant_name: str = ""
    unit_price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class FulfilmentSeen:
    """A shipment. `lines` are (its own line id, order line id, units); `cancelled_into` the warehouse that got it back.

    `warehouse` is None where the shop forgot it: the stock row was deleted, or was never one of the channel's.
    """

    id: str
    status: str
    warehouse: str | None
    created: datetime
    cancelled_into: str | None
    lines: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order. `placed` is when the shop accepted it, or None where it was imported in bulk; `customer` the e-mail.

    `metadata` is ours; `others` is everybody else's and may be personal: of it only what a merchant names is kept.
    """

    id: str
    number: str
    channel: str
    status: str
    origin: str
    created: datetime
    placed: datetime | None
    metadata: Mapping[str, str]
    lines: tuple[LineSeen, ...]
    fulfilments: tuple[FulfilmentSeen, ...]
    paid: bool = False
    customer: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WarehouseSeen:
    """A warehouse. `pool_of`: ids of the channels whose pool its private metadata says it is; None: not ours."""

    id: str
    slug: str
    name: str
    pool_of: tuple[str, ...] | None = None

    @property
    def ours(self) -> bool:
        return self.pool_of is not None


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel. `warehouses` are ids in allocation order."""

    id: str
    slug: str
    name: str
    active: bool
    strategy: str
    warehouses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneSeen:
    """A shipping zone: which warehouses may serve it, in which channels."""

    id: str
    name: str
    channels: tuple[str, ...]
    warehouses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopLayout:
    """Everything about a shop that is neither catalogue nor order.

    `legacy_zones`: a sale counts only the warehouses whose shipping zone holds the buyer's country. `reservations` is
    None where we may not know (reading it needs a permission we do not ask for).
    """

    name: str
    version: str
    channels: tuple[ChannelSeen, ...]
    warehouses: tuple[WarehouseSeen, ...]
    zones: tuple[ZoneSeen, ...]
    legacy_zones: bool
    reservations: bool | None
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token belongs to, proved by the shop itself. `clock` is the shop's, where it tells.

    `app_id` is the installation's; `identifier` the one in the manifest it was installed from, empty where it had none.
    """

    app_id: str
    shop_name: str
    version: str
    permissions: frozenset[str]
    clock: datetime | None
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSeen:
    """A webhook of our own app. `failures` are deliveries the shop gave up on: (when, event), the newest ten first."""

    id: str
    name: str
    url: str
    query: str
    events: frozenset[str]
    active: bool
    failures: tuple[tuple[datetime, str], ...]
