"""The life of one variant in a sandbox shop with the whole app at work: what may happen there, and what must hold.

Two channels sell from the same two warehouses as a group; orders of the second stay unconfirmed until they are shipped,
so that their lines can change.
"""

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import book, marks, models, reconcile, rulebook
from app.engine import plan
from app.engine.answer import Piece, Plan, Source
from app.engine.model import Facts
from app.engine.rules import Scope
from app.rulebook import Place as RulePlace
from app.runtime import Runtime
from app.supply import BadSupply, lines, receiving
from tests.live.shop import Bought, Shop
from tests.live.world import Item, Place, World

WHO = "dueback command"


@dataclass
class Town:
    """A shop with Dueback in it, as its app, without webhooks: it is told where to look."""

    runtime: Runtime
    id: int
    shop: Shop
    world: World
    warehouses: list[Place]
    channels: list[Place]


@dataclass
class Life:
    """One variant, from when it is known. `owed` are the open units of each order, as the merchant counts them.

    Units joined orders that `grew` after others had ordered.
    """

    town: Town
    item: Item
    cap: int = 6
    orders: list[tuple[Bought, int]] = field(default_factory=list)
    owed: Counter[str] = field(default_factory=Counter)
    unconfirmed: set[str] = field(default_factory=set)
    grew: set[str] = field(default_factory=set)
    shipments: list[tuple[Bought, str, int, str]] = field(default_factory=list)
    supplies: list[int] = field(default_factory=list)

    @property
    def today(self) -> Any:
        return datetime.now(UTC).date()

    @property
    def row(self) -> models.Shop:
        return self.town.runtime.shop(self.town.id)

    # What happens.

    def buy(self, which: int, units: int) -> None:
        """What may be bought is what the last look said: no less, no more."""
        place = which % 2
        bought = self.town.shop.try_to_buy(self.town.channels[place], self.item, units)
        assert (bought is not None) == (units <= self.sellable(place))
        if bought:
            self.orders.append((bought, place))
            self.owed[bought.number] = units
            self.unconfirmed |= {bought.id} if place else set()

    def cancel(self, which: int, _units: int) -> None:
        if order := self.an_order(which):
            self.confirm(order)
            if not any(shipped[0] == order for shipped in self.shipments):
                self.town.shop.cancel(order.id)
                self.owed[order.number] = 0

    def edit(self, which: int, units: int) -> None:
        """Staff let the line of an unconfirmed order grow or shrink."""
        order = self.an_order(which)
        if order and order.id in self.unconfirmed:
            wanted = self.owed[order.number] + units - 3
            if wanted > 0 and units - 3 <= self.sellable(1):
                self.town.shop.set_line_quantity(order.id, wanted)
                self.grew |= {order.number} if wanted > self.owed[order.number] else set()
                self.owed[order.number] = wanted

    def give_up(self, which: int, units: int) -> None:
        """Units are returned before they were shipped."""
        order = self.an_order(which)
        if order and self.owed[order.number] > units:
            self.confirm(order)
            self.town.shop.return_unshipped(order.id, units)
            self.owed[order.number] -= units

    def ship(self, which: int, _units: int) -> None:
        """What is ready of an order, from where it lies."""
        order = self.an_order(which)
        for piece in self.pieces(order) if order else ():
            if order and piece.source is Source.ON_HAND and piece.warehouse:
                self.confirm(order)
                shipment = self.town.shop.fulfil(order.id, piece.warehouse, piece.quantity, anyway=True)
                self.shipments.append((order, shipment, piece.quantity, piece.warehouse))
                self.owed[order.number] -= piece.quantity

    def take_back(self, _which: int, _units: int) -> None:
        """The last shipment is cancelled, and its units are put back."""
        if self.shipments:
            order, shipment, units, warehouse = self.shipments.pop()
            self.town.shop.cancel_fulfilment(shipment, warehouse)
            self.owed[order.number] += units

    def expect(self, which: int, units: int) -> None:
        fields = {"sku": self.item.sku, "warehouse": self.place(which).slug, "quantity": units}
        eta = self.today + timedelta(days=which)
        with self.town.runtime.engine.begin() as connection:
            self.supplies.append(lines.add(connection, self.row, fields | {"eta": eta}, who=WHO, today=self.today))

    def slip(self, which: int, units: int) -> None:
        self.change(which, lambda row: {"eta": row.eta + timedelta(days=units)})

    def shrink(self, which: int, units: int) -> None:
        self.change(which, lambda row: {"quantity": max(row.received, row.quantity - units) or 1})

    def hold(self, which: int, units: int) -> None:
        self.change(which, lambda row: {"held": min(units, row.quantity)})

    def change(self, which: int, fields: Any) -> None:
        if self.supplies:
            number = self.supplies[which % len(self.supplies)]
            with contextlib.suppress(BadSupply), self.town.runtime.engine.begin() as connection:
                [row] = lines.rows(connection, self.town.id, number=number)
                lines.change(connection, self.row, number, fields(row), who=WHO, today=self.today)

    def receive(self, which: int, units: int) -> None:
        """Somebody presses Receive."""
        if self.supplies:
            number = self.supplies[which % len(self.supplies)]
            with contextlib.suppress(BadSupply):
                receiving.receive(self.town.runtime, self.row, number, units, who=WHO, raise_stock=True)

    def restock(self, which: int, units: int) -> None:
        """Somebody counts more: it may be supply or not."""
        self.count(which, units)

    def lose(self, which: int, units: int) -> None:
        self.count(which, -units)

    def count(self, which: int, more: int) -> None:
        place = self.place(which)
        shown = self.town.shop.stocks(self.item).get(place.id, (0, 0))[0]
        self.town.shop.put(self.item, place, max(0, shown + more))

    def rule(self, _which: int, units: int) -> None:
        self.cap = 2 * units - 2
        with self.town.runtime.engine.begin() as connection:
            rule_at = RulePlace(Scope.VARIANT, self.item.id, self.item.sku)
            rulebook.put(connection, self.row, rule_at, {"mode": "backorder", "cap": self.cap}, who=WHO)

    # What is read.

    def place(self, which: int) -> Place:
        return self.town.warehouses[which // 2 % 2]

    def an_order(self, which: int) -> Bought | None:
        standing = [order for order, _ in self.orders if self.owed[order.number]]
        return standing[which % len(standing)] if standing else None

    def confirm(self, order: Bought) -> None:
        if order.id in self.unconfirmed:
            self.unconfirmed.remove(order.id)
            self.town.shop.confirm(order.id)

    def planned(self) -> tuple[Facts, Plan]:
        with self.town.runtime.engine.begin() as connection:
            [facts] = book.load_facts(connection, self.row, [self.item.id], self.today)
        return facts, plan(facts, self.today)

    def pieces(self, order: Bought) -> list[Piece]:
        _, planned = self.planned()
        mine = [promise for promise in planned.promises if promise.claim.number == order.number]
        return [piece for promise in mine for piece in promise.pieces]

    def sellable(self, place: int) -> int:
        _, planned = self.planned()
        [offer] = [offer for offer in planned.offers if offer.channel == self.town.channels[place].id]
        return offer.available_now + offer.backorder_left

    def moves(self) -> list[Any]:
        """Every move of what this life's orders were promised."""
        query = (
            select(models.PromiseMove.__table__, models.Line.order_id)
            .join(
                models.Line,
                (models.Line.shop_id == models.PromiseMove.shop_id) & (models.Line.id == models.PromiseMove.line_id),
            )
            .where(models.Line.shop_id == self.town.id, models.Line.variant_id == self.item.id)
            .order_by(models.PromiseMove.id)
        )
        with self.town.runtime.engine.connect() as connection:
            return list(connection.execute(query))

    def look(self) -> None:
        """As after a webhook for everything."""
        targets = [("variant", self.item.id), *(("order", order.id) for order, _ in self.orders)]
        with self.town.runtime.engine.begin() as connection:
            marks.mark(connection, self.town.id, sorted(targets))
        reconcile.run(self.town.runtime, self.town.id)
        with self.town.runtime.engine.connect() as connection:
            assert not marks.pending(connection, self.town.id)
