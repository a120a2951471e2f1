"""What people call the things that the engine knows by id."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from app import wording
from app.engine.model import Supply as Supplying
from app.engine.rules import Merged
from app.models import Channel, Order, Supplier, Supply, Warehouse
from app.supply.receipts import to_come


class Names:
    """Warehouses, channels and supplies of one shop."""

    def __init__(self, connection: Connection, shop_id: int) -> None:
        warehouses = connection.execute(select(Warehouse).where(Warehouse.shop_id == shop_id)).all()
        channels = connection.execute(select(Channel.id, Channel.slug).where(Channel.shop_id == shop_id)).all()
        self._connection, self._shop_id = connection, shop_id
        self._slugs = {row.id: row.slug for row in warehouses}
        self._warehouses: dict[str, str] = {row.id: row.name for row in warehouses}
        self._channels = {row.id: row.slug for row in channels}
        self._supplies: dict[str, Row[*tuple[Any, ...]]] = {}

    def warehouse(self, warehouse: str | None) -> str:
        return self._warehouses.get(warehouse or "") or wording.gettext("a warehouse")

    def slug(self, warehouse: str | None) -> str | None:
        return self._slugs.get(warehouse or "")

    def channel(self, channel: str) -> str | None:
        """The slug of the channel; None for every channel."""
        return self._channels.get(channel)

    def learn(self, variants: list[str]) -> None:
        """Read the supplies of these variants: afterwards they have names."""
        query = (
            select(Supply.__table__, Supplier.name.label("supplier"))
            .outerjoin(Supplier, Supplier.id == Supply.supplier_id)
            .where(Supply.shop_id == self._shop_id, Supply.variant_id.in_(variants))
        )
        self._supplies |= {str(row.id): row for row in self._connection.execute(query)}

    def supply(self, supply: str | None) -> Row[*tuple[Any, ...]] | None:
        """Its row, with the name of its supplier; None where there is none."""
        return self._supplies.get(supply or "")

    def in_doubt(self, supply: Supplying) -> int:
        """Units still to come of the supply that may be on hand already, and so are for nobody."""
        row = self.supply(supply.id)
        return max(0, to_come(row) - row.held - supply.quantity) if row else 0

    def reference(self, supply: str | None) -> str | None:
        row = self.supply(supply)
        return row.reference if row else None

    def supply_told(self, supply: str | None) -> str:
        row = self.supply(supply)
        return wording.supply(row.reference if row else "", supply)

    def supplier_told(self, supply: str | None) -> str:
        """The supplier as it follows a supply's name."""
        row = self.supply(supply)
        return wording.gettext(" from %(supplier)s", supplier=row.supplier) if row and row.supplier else ""

    def rule(self, merged: Merged) -> list[dict[str, Any]]:
        """The values that hold, and the rule each came from."""
        return [
            {
                "field": field,
                "value": origin.fields[field],
                "scope": origin.scope.value,
                "target": origin.name or None,
                "channel": self.channel(origin.channel),
            }
            for field, origin in merged.origins.items()
        ]


def rule_told(value: dict[str, Any], said: str, today: date) -> str:
    """Where a value of a rule comes from, in a sentence."""
    origin = wording.origin(value["scope"], value["target"] or "", one_channel=value["channel"] is not None)
    told = wording.value_of(value["value"], today)
    return wording.say(said, field=wording.name_of(value["field"]), value=told, origin=origin)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def knows(connection: Connection, shop_id: int, number: str) -> bool:
    """Whether the book has the order; an order that was shipped long ago too."""
    query = select(Order.id).where(Order.shop_id == shop_id, Order.number == number)
    return connection.scalar(query.limit(1)) is not None
