"""What the history of a Saleor order tells that the order itself does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Events:
    """The events of one order, as Saleor lists them: oldest first."""

    rows: Sequence[Mapping[str, Any]]

    def placed(self) -> datetime | None:
        """When a draft was turned into an order."""
        for row in self.rows:
            if row["type"] == "PLACED_FROM_DRAFT" and row["date"]:
                return datetime.fromisoformat(row["date"])
        return None

    def notes(self) -> list[str]:
        return [row["message"] for row in self.rows if row["type"] in {"NOTE_ADDED", "NOTE_UPDATED"} and row["message"]]

    def cancelled_into(self, shipment: str, units: int) -> str | None:
        """The warehouse that got back the units of a shipment, named as Saleor composes it: order number-position.

        Saleor writes two events in one transaction: the cancelling, which names the shipment, and the restocking, which
        names the warehouse and the units. Of two shipments cancelled at once the units tell them apart.
        """
        cancelled = False
        for row in self.rows:
            if row["type"] == "FULFILLMENT_CANCELED" and row["composedId"] == shipment:
                cancelled = True
            elif cancelled and row["type"] == "FULFILLMENT_RESTOCKED_ITEMS" and row["quantity"] == units:
                return row["warehouse"]["id"] if row["warehouse"] else None
        return None
