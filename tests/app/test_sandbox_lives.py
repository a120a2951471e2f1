"""Random lives of a variant in a sandbox shop, with the whole app at work: what must hold of every promise, holds.

Each life is lived on Saleor as it is and on one whose checkout sees allocations. Two channels sell from the same two
warehouses as a group; orders of the second stay unconfirmed until they are shipped, so that their lines can change.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

import sandbox
from app import book, leaving, marks, models, queue, reconcile, rulebook
from app.engine import plan
from app.engine.answer import Piece, Plan, Source
from app.engine.cause import LET_DATES_MOVE_LATER
from app.engine.model import Facts
from app.engine.rules import Scope
from app.pools import open_pool
from app.rulebook import Place as RulePlace
from app.runtime import Runtime
from app.seal import Seal
from app.supply import BadSupply, lines, receiving
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.app.conftest import SECRET
from tests.live.client import Client
from tests.live.shop import Bought, Shop
from tests.live.world import Item, Place, World
from tests.sandbox.desk import Desk

WHO = "dueback command"
PERMISSIONS = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]


@dataclass
class Town:
    """A shop with Dueback in it, as its app, without webhooks: it is told where to look."""

    runtime: Runtime
    id: int
    shop: Shop
    world: World
    warehouses: list[Place]
    channels: list[Place]


@pytest.fixture(params=[False, True], ids=["as it is", "mended"])
def town(request: pytest.FixtureRequest, runtime: Runtime) -> Iterator[Town]:
    with sandbox.serve(gap=0.01, retry_scale=0.001, mended_allocation=request.param) as server:
        desk, client = Desk(server), Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
        world = World(client)
        warehouses = [world.warehouse(), world.warehouse()]
        channels = [
            world.channel(*warehouses, automaticallyConfirmAllNewOrders=confirmed) for confirmed in (True, False)
        ]
        token = desk.do("appCreate", "authToken", input={"name": "Dueback", "permissions": PERMISSIONS})["authToken"]
        row = {"api_url": server.url, "app_id": "App", "token": Seal(SECRET).close(token)}
        with runtime.engine.begin() as connection:
            number = connection.scalar(insert(models.Shop).values(row).returning(models.Shop.id))
        assert number is not None
        with contextlib.closing(runtime.platform(runtime.shop(number))) as platform:
            known = {channel.id: channel for channel in platform.layout().channels}
            open_pool(platform, [known[channel.id] for channel in channels], may_change_strategy=True)
            with runtime.engine.begin() as connection:
                book.record_layout(connection, number, platform.layout())
        yield Town(runtime, number, Shop(client), world, warehouses, channels)
        client.close()


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

    # What must hold.

    def check(self, what: str, moves_before: int, outstanding_before: int) -> None:
        facts, planned = self.planned()
        self.covered_and_outstanding_are_what_is_owed(planned)
        self.no_unit_is_promised_twice(facts, planned)
        self.first_come_first_served()
        [pool] = planned.pools
        for channel in self.town.channels:
            assert self.town.shop.available(channel, self.item) == self.on_offer()
        if what in {"buy", "edit"}:
            assert pool.outstanding <= max(outstanding_before, self.cap)
        for move in self.moves()[moves_before:]:
            assert not is_later(move) or move.cause in LET_DATES_MOVE_LATER
            assert not is_later(move) or what != "buy", "nobody's date gets later because somebody orders"

    def covered_and_outstanding_are_what_is_owed(self, planned: Plan) -> None:
        with self.town.runtime.engine.connect() as connection:
            claims = queue.lines(connection, self.town.id, self.item.sku)
        assert {claim["order"]: claim["quantity"] for claim in claims} == {k: n for k, n in self.owed.items() if n}
        assert all(claim["ready"] + claim["waiting"] == claim["quantity"] for claim in claims)
        assert all(sum(piece["quantity"] for piece in claim["pieces"]) == claim["quantity"] for claim in claims)
        [pool] = planned.pools
        assert pool.outstanding == sum(claim["quantity"] for claim in claims) - sum(p.ready for p in planned.promises)

    def on_offer(self) -> int:
        """What a merchant would reckon: what nobody is owed, or with nothing of that, what the cap leaves.

        Everybody may use both warehouses.
        """
        there = sum(self.town.shop.stocks(self.item).get(place.id, (0, 0))[0] for place in self.town.warehouses)
        short = sum(self.owed.values()) - there
        return max(0, self.cap - short) if short >= 0 else -short

    def first_come_first_served(self) -> None:
        """Nobody rests on anything better than somebody who bought before has to rest on."""
        with self.town.runtime.engine.connect() as connection:
            claims = {claim["order"]: claim for claim in queue.lines(connection, self.town.id, self.item.sku)}
        worst = (0, "")
        for order, _ in self.orders:
            if order.number in claims and order.number not in self.grew:
                ranks = [rank(piece) for piece in claims[order.number]["pieces"]]
                assert all(worst <= found for found in ranks)
                worst = max([worst, *ranks])

    def no_unit_is_promised_twice(self, facts: Facts, planned: Plan) -> None:
        """Neither one on hand in the shop, nor one that a supply still has to come."""
        given_out: Counter[tuple[str | None, str | None]] = Counter()
        for piece in (piece for promise in planned.promises for piece in promise.pieces):
            given_out[piece.warehouse, piece.supply] += piece.quantity
        for place, (units, _) in self.town.shop.stocks(self.item).items():
            assert given_out[place, None] <= units
        with self.town.runtime.engine.connect() as connection:
            rows = {str(row.id): row for row in lines.rows(connection, self.town.id, sku=self.item.sku)}
        for supply in facts.supplies:
            row = rows[supply.id]
            assert given_out[supply.warehouse, supply.id] <= row.quantity - row.received - row.held * (not row.received)
        for place, doubtful in self.doubts().items():
            coming = sum(row.quantity - row.received for row in rows.values() if row.warehouse_id == place)
            assert sum(given_out[place, number] for number in rows) <= max(0, coming - doubtful)

    def doubts(self) -> Counter[str]:
        """By warehouse, the units by which its stock rose, where nobody has said yet whether that is supply."""
        query = select(models.StockRise.warehouse_id, models.StockRise.units).where(
            models.StockRise.variant_id == self.item.id, models.StockRise.state == "open"
        )
        found: Counter[str] = Counter()
        with self.town.runtime.engine.connect() as connection:
            for place, units in connection.execute(query):
                found[place] += units
        return found


def rank(piece: dict[str, Any]) -> tuple[int, str]:
    kinds = {"on_hand": 0, "supply": 1}
    return kinds.get(piece["source"], 2), str(piece["expected"]) if piece["source"] == "supply" else ""


def is_later(move: Any) -> bool:
    had_a_day = move.waiting_before and move.expected_before
    return bool(had_a_day and move.waiting_after) and (
        move.expected_after is None or move.expected_after > move.expected_before
    )


STEPS = (
    "buy", "buy", "buy", "cancel", "edit", "give_up", "ship", "take_back", "expect", "slip", "shrink", "hold",
    "receive", "restock", "lose", "rule",
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(1, 5)), min_size=5, max_size=10)

# Everybody waits for two supplies, the later one in the book first; then the stock rises by something else.
TWO_SUPPLIES = [
    ("buy", 0, 2), ("buy", 0, 2), ("buy", 1, 2), ("expect", 4, 1), ("expect", 1, 2), ("restock", 0, 1), ("ship", 0, 1),
]  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example(life=TWO_SUPPLIES)
@given(life=steps)
def test_whatever_happens_in_a_shop_its_promises_can_be_kept_and_justified(
    town: Town, life: list[tuple[str, int, int]]
) -> None:
    [item] = town.world.items(1, *town.channels)
    lived = Life(town, item)
    lived.restock(0, 2)
    lived.look()
    lived.rule(0, 4)
    lived.look()
    for what, which, units in life:
        moves, outstanding = len(lived.moves()), lived.planned()[1].pools[0].outstanding
        getattr(lived, what)(which, units)
        lived.look()
        lived.check(what, moves, outstanding)
    moves, stocks = len(lived.moves()), town.shop.stocks(item)
    lived.look()
    assert (len(lived.moves()), town.shop.stocks(item)) == (moves, stocks), "looking again changes nothing"


def test_what_people_set_while_the_worker_begins_a_round_is_not_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived = Life(town, town.world.items(1, *town.channels)[0])
    lived.rule(0, 4)
    lived.look()
    assert town.shop.available(town.channels[0], lived.item) == lived.cap
    take, left = marks.take, iter([leaving.begin])

    def meanwhile(connection: Connection, shop_id: int, kind: str, most: int) -> list[marks.Taken]:
        if kind == "variant" and (leave := next(left, None)):
            with town.runtime.engine.begin() as another:
                leave(another, town.runtime.shop(shop_id), who=WHO)
        return take(connection, shop_id, kind, most)

    monkeypatch.setattr(marks, "take", meanwhile)
    lived.look()
    assert town.shop.available(town.channels[0], lived.item) == 0
