"""A shop whose buyers wait, for tests of what they are promised: orders, stock, supply, and the app that looks."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from app import book, models
from app.engine import plan
from app.platforms import FulfilmentSeen, LineSeen, OrderSeen
from tests.app.supply_shop import NOW, TODAY, Stocks, expect, installed, observe

BACKORDERS = {"mode": "backorder", "cap": 50}


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


@dataclass
class Waiting:
    """The shop of `supply_shop` with backorders on. Order "1" is order-1, its only line line-1.

    `gone`: the variant was deleted there.
    """

    engine: Engine
    shop: models.Shop
    stocks: Stocks = field(default_factory=Stocks)
    orders: dict[str, OrderSeen] = field(default_factory=dict)
    looked: datetime = NOW
    gone: bool = False

    @classmethod
    def opened(cls, engine: Engine, **fields: Any) -> "Waiting":
        there = cls(engine, installed(engine))
        there.rule(**BACKORDERS | fields)
        return there

    def rule(self, **fields: Any) -> None:
        """The one rule for the whole shop."""
        row = {"shop_id": self.shop.id, "scope": "shop", "target": "", "channel_id": "", "fields": fields}
        with self.engine.begin() as connection:
            connection.execute(delete(models.Rule))
            connection.execute(insert(models.Rule).values(row))

    def order(self, number: int, units: int, *, minute: int | None = None) -> None:
        placed = NOW + timedelta(minutes=number if minute is None else minute)
        line = LineSeen(f"line-{number}", "V1", "S1", units, 0, {}, {})
        self.orders[str(number)] = OrderSeen(
            id=f"order-{number}", number=str(number), channel="C", status="UNFULFILLED", origin="CHECKOUT",
            created=placed, placed=placed, metadata={}, lines=(line,), fulfilments=(),
        )  # fmt: skip

    def ship(self, number: int, units: int, warehouse: str = "B", *, on: datetime | None = None) -> None:
        """Units of the order leave."""
        order = self.orders[str(number)]
        name, left = f"shipment-{number}-{len(order.fulfilments)}", on or self.looked
        shipment = FulfilmentSeen(name, "FULFILLED", warehouse, left, None, ((name, f"line-{number}", units),))
        self.orders[str(number)] = replace(order, fulfilments=(*order.fulfilments, shipment))
        self._line(number, fulfilled=order.lines[0].fulfilled + units)
        self.stocks.units[warehouse] -= units

    def edit(self, number: int, units: int) -> None:
        self._line(number, quantity=units)

    def _line(self, number: int, **changed: Any) -> None:
        order = self.orders[str(number)]
        self.orders[str(number)] = replace(order, lines=(replace(order.lines[0], **changed),))

    def cancel(self, number: int) -> None:
        self.orders[str(number)] = replace(self.orders[str(number)], status="CANCELED")

    def expect(self, units: int, days: int, reference: str = "PO-1", **fields: Any) -> int:
        """A supply that comes in so many days. Returns its number."""
        return expect(self.engine, self.shop, units, day(days), reference=reference, **fields)

    def supply(self, number: int, **values: Any) -> None:
        """What became of a supply."""
        with self.engine.begin() as connection:
            connection.execute(update(models.Supply).where(models.Supply.id == number).values(values))

    def look(self, days: int = 0) -> None:
        """The app reads everything and plans, so many days from now."""
        self.looked = max(self.looked + timedelta(minutes=1), NOW + timedelta(days=days))
        today = self.looked.date()
        if self.gone:
            with self.engine.begin() as connection:
                book.record_variants(connection, self.shop.id, ["V1"], [], self.looked)
        else:
            observe(self.engine, self.shop.id, self.stocks, at=self.looked)
        with self.engine.begin() as connection:
            seen = [self._shown(order) for order in self.orders.values()]
            book.record_orders(connection, self.shop, [order.id for order in seen], seen, self.looked)
            facts = book.load_facts(connection, self.shop, ["V1"], today)
            book.save_plans(connection, self.shop.id, facts, [plan(each, today) for each in facts], today, self.looked)

    def _shown(self, order: OrderSeen) -> OrderSeen:
        """The shop forgets what a line was of once that is deleted."""
        return replace(order, lines=(replace(order.lines[0], variant=None),)) if self.gone else order

    def count(self, table: type[models.Table]) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0
