"""What Dueback asks of a headless shop, in our words. One module per platform answers it.

Every method may raise `ShopError`; `ShopError.retry` says whether trying again can help.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from app.platforms.changes import (
    Change,
    DropMetadata,
    Failure,
    NoteOrder,
    ReportProblem,
    SetMetadata,
    SetStock,
    ShipLine,
)
from app.platforms.errors import CANNOT_CANCEL, PERMISSION_DENIED, TOKEN_DEAD, ShopError
from app.platforms.seen import (
    ChannelSeen,
    FulfilmentSeen,
    Identity,
    LineSeen,
    OrderSeen,
    ShopLayout,
    StockSeen,
    VariantSeen,
    WarehouseSeen,
    WebhookSeen,
    ZoneSeen,
)

__all__ = [
    "CANNOT_CANCEL",
    "PERMISSION_DENIED",
    "TOKEN_DEAD",
    "Change",
    "ChannelSeen",
    "DropMetadata",
    "Failure",
    "FulfilmentSeen",
    "Identity",
    "LineSeen",
    "NoteOrder",
    "OrderSeen",
    "Platform",
    "ReportProblem",
    "SetMetadata",
    "SetStock",
    "ShipLine",
    "ShopError",
    "ShopLayout",
    "StockSeen",
    "VariantSeen",
    "WarehouseSeen",
    "WebhookSeen",
    "ZoneSeen",
]


class Platform(Protocol):
    """A connection to one shop, safe to use from several threads."""

    def close(self) -> None:
        """Let go of the connection."""
        ...

    # What the loop reads.

    def layout(self) -> ShopLayout: ...

    def variants(self, ids: Sequence[str]) -> list[VariantSeen]:
        """The variants among `ids` (at most 100) that still exist, in no order."""
        ...

    def orders(self, ids: Sequence[str]) -> list[OrderSeen]:
        """The orders among `ids` (at most 100) that still exist, with every line, in no order; drafts are no orders."""
        ...

    def variant_ids(self) -> Iterator[list[str]]:
        """Every variant of the shop, a page of ids at a time."""
        ...

    def order_ids(self, since: datetime | None) -> Iterator[list[str]]:
        """Orders the shop stamped as changed since then, a page of ids at a time; drafts are not among them.

        None: every order that may still have open units. The stamp alone does not do: Saleor leaves it when a further
        part of an order ships, and when an order expires.
        """
        ...

    def products_variants(self, ids: Sequence[str]) -> list[str]:
        """Ids of all variants of these products (at most 100)."""
        ...

    def ids_by_slug(self, kind: str, slugs: Sequence[str]) -> dict[str, str]:
        """The ids of the objects with these slugs (at most 100) that exist.

        `kind` is product, product_type, category or collection.
        """
        ...

    def search(self, kind: str, text: str) -> list[tuple[str, str]]:
        """Slug and name of a few objects whose name or slug has the text in it; `kind` as in `ids_by_slug`."""
        ...

    def notes(self, order: str) -> list[str]:
        """The messages of the notes staff and apps left on the order."""
        ...

    def own_preorders(self) -> list[str]:
        """SKUs, or ids where there is none, of variants (at most 100) that the shop itself sells as preorders now.

        Their stock counts for nothing, and so does any pool. Saleor knows none any more from 3.24 on.
        """
        ...

    # What the loop writes.

    def write(self, changes: Sequence[Change]) -> list[Failure]:
        """Make the changes, several at once and in no order; those the shop refused come back.

        Raises ShopError when the shop could not be reached or refused a whole request: any of the changes may have
        been made, and making them again is harmless for all but NoteOrder.
        """
        ...

    def ship(self, order: str, lines: Sequence[ShipLine], *, exceed: bool, tracking: str, notify: bool) -> list[str]:
        """Ship the units; returns the ids of the shipments, one per warehouse. Not harmless twice.

        `exceed` ships although younger claims over-fill the warehouse; `notify` lets the shop write to the buyer.
        """
        ...

    def cancel_order(self, order: str) -> None:
        """Cancel the whole order, as staff do in the shop: its units are owed no more, its money stays where it is.

        Raises ShopError, CANNOT_CANCEL where anything of it was shipped or lies in a shipment, or it is not open.
        """
        ...

    # What set-up asks. Each may be asked again harmlessly, but for `create_warehouse`.

    def create_warehouse(self, name: str, slug: str, like: str, pool_of: Sequence[str]) -> str:
        """Make a warehouse with the address of the warehouse `like`, named ours. Returns its id.

        The shop may refuse an address it took before: then ShopError has the code INVALID or REQUIRED.
        """
        ...

    def name_ours(self, warehouse: str, pool_of: Sequence[str]) -> None:
        """Mark the warehouse as the pool of these channels, where only staff and we can see it."""
        ...

    def rename_warehouse(self, warehouse: str, name: str) -> None: ...

    def join_channel(self, channel: str, warehouse: str) -> None:
        """Let the channel sell from the warehouse; it comes last in the channel's order."""
        ...

    def leave_channel(self, channel: str, warehouse: str) -> None:
        """Let the channel sell from the warehouse no more. What is allocated there stays."""
        ...

    def join_zone(self, zone: str, warehouse: str) -> None:
        """Let the warehouse serve the shipping zone. It must share a channel with the zone already."""
        ...

    def bring_to_front(self, channel: str, warehouse: str) -> None: ...

    def allocate_in_order(self, channel: str) -> None:
        """Make the channel allocate from its warehouses in their order."""
        ...

    # The app about itself.

    def identity(self) -> Identity: ...

    def webhooks(self) -> list[WebhookSeen]: ...

    def create_webhook(self, name: str, url: str, query: str, events: Sequence[str]) -> str:
        """Returns its id. `events` are the platform's names of them, as in the manifest."""
        ...

    def update_webhook(self, webhook: str, name: str, url: str, query: str, events: Sequence[str]) -> None:
        """Make the webhook exactly this, and active."""
        ...

    def delete_webhook(self, webhook: str) -> None: ...
