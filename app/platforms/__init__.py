"""What Dueback asks of a headless shop, in our words. One module per platform answers it.

Every method may raise `ShopError`; `ShopError.retry` says whether trying again can help.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ShopError(Exception):
    """The shop did not do what was asked. `retry`: the same call may work later. `code`: the platform's word for it."""

    def __init__(self, message: str, *, retry: bool, code: str = "") -> None:
        super().__init__(message)
        self.retry = retry
        self.code = code


@dataclass(frozen=True, slots=True)
class StockSeen:
    """Units of a variant in one warehouse."""

    warehouse: str
    quantity: int
    allocated: int


@dataclass(frozen=True, slots=True)
class VariantSeen:
    """A variant as the shop shows it now. `metadata` holds our own keys only (they begin with `dueback.`)."""

    id: str
    sku: str
    name: str
    product_id: str
    product_name: str
    product_type_id: str
    category_id: str | None
    collection_ids: tuple[str, ...]
    listed_in: tuple[str, ...]
    tracked: bool
    stocks: tuple[StockSeen, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineSeen:
    """An order line. `fulfilled` counts units in shipments approved or not, and units returned unshipped."""

    id: str
    variant: str | None
    sku: str
    quantity: int
    fulfilled: int
    allocations: Mapping[str, int]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FulfilmentSeen:
    """A shipment. `lines` are (its own line id, order line id, units); `cancelled_into` the warehouse that got it back."""

    id: str
    status: str
    warehouse: str | None
    created: datetime
    cancelled_into: str | None
    lines: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order. `placed` is when the shop accepted it, or None where it was imported in bulk."""

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


@dataclass(frozen=True, slots=True)
class WarehouseSeen:
    """A warehouse. `zones` are ids of the shipping zones it serves; `ours` says its metadata names it our pool."""

    id: str
    slug: str
    name: str
    zones: tuple[str, ...]
    ours: bool


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel. `warehouses` are ids in allocation order; `zones` are the shipping zones that sell in it."""

    id: str
    slug: str
    name: str
    active: bool
    strategy: str
    warehouses: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopLayout:
    """Everything about a shop that is neither catalogue nor order.

    `reservations` is None where we may not know (reading it needs a permission we do not ask for).
    """

    name: str
    version: str
    channels: tuple[ChannelSeen, ...]
    warehouses: tuple[WarehouseSeen, ...]
    legacy_zones: bool
    reservations: bool | None
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class SetStock:
    """Make a stock row hold exactly `quantity` units. `exists` False creates the row."""

    variant: str
    warehouse: str
    quantity: int
    exists: bool = True


@dataclass(frozen=True, slots=True)
class SetMetadata:
    """Set these public metadata keys of an object; other keys stay."""

    target: str
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DropMetadata:
    """Remove these public metadata keys of an object."""

    target: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteOrder:
    """Leave a note for staff on an order."""

    order: str
    message: str


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """Show the merchant's staff a problem; the same key is shown once."""

    key: str
    message: str


Change = SetStock | SetMetadata | DropMetadata | NoteOrder | ReportProblem


@dataclass(frozen=True, slots=True)
class Failure:
    """A change the shop refused by itself, while others in the same request went through."""

    change: Change
    message: str
    code: str


class Platform(Protocol):
    """A connection to one shop, safe to use from several threads."""

    def layout(self) -> ShopLayout: ...

    def variants(self, ids: Sequence[str]) -> list[VariantSeen]:
        """The variants among `ids` (at most 100) that still exist, in no order."""
        ...

    def orders(self, ids: Sequence[str]) -> list[OrderSeen]:
        """The orders among `ids` (at most 100) that still exist, drafts included, with every line, in no order."""
        ...

    def variant_ids(self) -> Iterator[list[str]]:
        """Every variant of the shop, a page of ids at a time."""
        ...

    def order_ids(self, since: datetime | None) -> Iterator[list[str]]:
        """Orders changed since then (None: every order that may still have open units), a page of ids at a time."""
        ...

    def products_variants(self, ids: Sequence[str]) -> list[str]:
        """Ids of all variants of these products (at most 100)."""
        ...

    def notes(self, order: str) -> list[str]:
        """The messages of the notes staff and apps left on the order."""
        ...

    def write(self, changes: Sequence[Change]) -> list[Failure]:
        """Make the changes, several at once and in no order; those the shop refused come back.

        Raises ShopError when the shop could not be reached or refused a whole request: any of the changes may have
        been made, and making them again is harmless for all but NoteOrder.
        """
        ...
