"""Units that staff shipped from a pool are taken off the warehouse they really left. See DESIGN.md section 2.

A pool holds nothing, so what was shipped from it came off a shelf somewhere. This writes physical stock, which nothing
else here does unasked, and it is not harmless twice. Hence: what will be written is recorded first, and written only
while the shop still shows what it showed before the shipment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from app import notices, stock_writes
from app.models import Channel, Line, Order, PoolShipment, Shop, Stock, Warehouse
from app.platforms import Platform, StockSeen, VariantSeen
from app.stock_writes import Write
from app.wording import english


@dataclass(frozen=True, slots=True)
class Shelf:
    """A real warehouse as last observed: units there, and which lines they covered, (line, units), oldest first."""

    warehouse: str
    quantity: int
    covering: tuple[tuple[str, int], ...]


def takes(line: str, units: int, shelves: Sequence[Shelf]) -> dict[str, int]:
    """Units to take off each warehouse for a shipment of `units` of a line.

    What covered the line goes first, then free units, then units of the youngest covered lines, never below zero. The
    sum is less than `units` where the shelves hold less. Shelves come in the channel's order.
    """
    taken = dict.fromkeys((shelf.warehouse for shelf in shelves), 0)
    left = units
    for warehouse, most in _in_order_of_harm(line, shelves):
        room = next(shelf.quantity for shelf in shelves if shelf.warehouse == warehouse) - taken[warehouse]
        share = max(0, min(left, most, room))
        taken[warehouse] += share
        left -= share
    return {warehouse: share for warehouse, share in taken.items() if share}


def _in_order_of_harm(line: str, shelves: Sequence[Shelf]) -> Iterator[tuple[str, int]]:
    for shelf in shelves:
        yield from ((shelf.warehouse, units) for owner, units in shelf.covering if owner == line)
    for shelf in shelves:
        yield shelf.warehouse, shelf.quantity - sum(units for _, units in shelf.covering)
    for shelf in shelves:
        yield from ((shelf.warehouse, units) for owner, units in reversed(shelf.covering) if owner != line)


def settle(engine: Engine, shop: Shop, platform: Platform, seen: Sequence[VariantSeen]) -> list[VariantSeen]:
    """Settle every unsettled pool shipment of these variants. Returns the variants as they are afterwards.

    Call before the book takes over what was seen: it still has to hold what was seen before the shipment.
    """
    fresh = {variant.id: variant for variant in seen}
    with engine.connect() as connection:
        shipments = _unsettled(connection, shop.id, list(fresh))
    for shipment in shipments:
        repair = Repair(engine, shop, platform, shipment)
        fresh[shipment.variant_id] = repair.settle(fresh[shipment.variant_id])
    return list(fresh.values())


def _unsettled(connection: Connection, shop_id: int, variants: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    to_give_back = (PoolShipment.state == "repaired") & PoolShipment.cancelled
    query = select(PoolShipment).where(
        PoolShipment.shop_id == shop_id,
        PoolShipment.variant_id.in_(variants),
        PoolShipment.state.in_(("found", "taking", "returning")) | to_give_back,
    )
    return connection.execute(query.order_by(PoolShipment.shipped_at, PoolShipment.id)).all()


@dataclass(frozen=True, slots=True)
class Repair:
    """One unsettled shipment on its way through the states of `PoolShipment`."""

    engine: Engine
    shop: Shop
    platform: Platform
    shipment: Row[*tuple[Any, ...]]

    def settle(self, variant: VariantSeen) -> VariantSeen:
        """Do what the state asks for. Returns the variant as it is afterwards."""
        match self.shipment.state:
            case "found" if self.shipment.cancelled:
                self._keep("returned")
                return variant
            case "found":
                return self._take(variant)
            case "repaired":
                return self._give_back(variant)
            case "taking":
                return self._finish(variant, "repaired")
            case _:
                return self._finish(variant, "returned")

    def _recorded(self) -> list[Write]:
        return [Write(**write) for write in self.shipment.writes]

    def _take(self, variant: VariantSeen) -> VariantSeen:
        with self.engine.connect() as connection:
            shelves = shelves_before(connection, self.shipment)
        shares = takes(self.shipment.line_id, self.shipment.units, shelves)
        before = {shelf.warehouse: shelf.quantity for shelf in shelves}
        writes = [Write(warehouse, before[warehouse], before[warehouse] - units) for warehouse, units in shares.items()]
        if self.shop.settings.get("stock_owner") == "erp":
            return self._report(variant, "Another system owns this shop's stock, so nothing was changed here.")
        if not writes:
            return self._report(variant, "No warehouse of this channel held a unit of it.")
        now = stock_writes.quantities(variant)
        if any(now.get(write.warehouse) != write.before for write in writes):
            return self._report(variant, "The stock changed in between, so these units may be counted already.")
        self._keep("taking", writes)
        return self._carry_out(variant, writes, "repaired")

    def _give_back(self, variant: VariantSeen) -> VariantSeen:
        now = stock_writes.quantities(variant)
        taken = [(write.warehouse, write.before - write.after) for write in self._recorded()]
        writes = [Write(place, now[place], now[place] + units) for place, units in taken if place in now]
        self._keep("returning", writes)
        return self._carry_out(variant, writes, "returned")

    def _finish(self, variant: VariantSeen, done: str) -> VariantSeen:
        """Do what was recorded and cut off."""
        writes = self._recorded()
        with self.engine.connect() as connection:
            moved = stock_writes.moved_since(connection, self.shop.id, self.shipment.variant_id, writes)
        return self._carry_out(variant, writes, done, moved=moved)

    def _carry_out(
        self, variant: VariantSeen, writes: Sequence[Write], done: str, *, moved: bool = False
    ) -> VariantSeen:
        """Write what was recorded where the shop shows `before`. `moved` as in `stock_writes.carry_out`."""
        if problem := stock_writes.carry_out(self.platform, variant, writes, moved=moved):
            return self._report(variant, english(problem))
        self._keep(done, writes, told=self._done(writes, done))
        after = {write.warehouse: write.after for write in writes}
        stocks = tuple(_at(stock, after.get(stock.warehouse, stock.quantity)) for stock in variant.stocks)
        return replace(variant, stocks=stocks)

    def _done(self, writes: Sequence[Write], done: str) -> str:
        moved = ", ".join(f"{self._name(w.warehouse)} {w.before} -> {w.after}" for w in writes)
        if done == "returned":
            return f"The shipment was cancelled. Its units were given back: {moved}."
        missing = self.shipment.units - sum(write.before - write.after for write in writes)
        rest = f" {missing} more could not be found in any warehouse: please count." if missing else ""
        return f"Put right: {moved}.{rest}"

    def _report(self, variant: VariantSeen, why: str) -> VariantSeen:
        self._keep("reported", told=f"{why} Please check the stock of the warehouse it left from.")
        return variant

    def _name(self, warehouse: str) -> str:
        with self.engine.connect() as connection:
            query = select(Warehouse.name).where(Warehouse.shop_id == self.shop.id, Warehouse.id == warehouse)
            return connection.scalar(query) or "a warehouse"

    def _keep(self, state: str, writes: Sequence[Write] | None = None, *, told: str = "") -> None:
        """Record the state; once done, the book shows what we wrote, so that it is not mistaken for news."""
        key = (PoolShipment.shop_id == self.shop.id, PoolShipment.id == self.shipment.id)
        values: dict[str, Any] = {"state": state}
        if writes is not None:
            values["writes"] = [asdict(write) for write in writes]
        with self.engine.begin() as connection:
            connection.execute(update(PoolShipment).where(*key).values(values))
            if state in {"repaired", "returned"}:
                stock_writes.note_in_book(connection, self.shop.id, self.shipment.variant_id, writes or ())
            if told:
                self._tell(connection, state, told)

    def _tell(self, connection: Connection, state: str, told: str) -> None:
        line = (Line.shop_id == self.shop.id, Line.id == self.shipment.line_id)
        sku = connection.scalar(select(Line.sku).where(*line)) or "an item"
        order = (Order.shop_id == self.shop.id, Order.id == self.shipment.order_id)
        number = connection.scalar(select(Order.number).where(*order))
        message = f"{self.shipment.units} of {sku} were shipped from the backorder pool, which holds no goods. {told}"
        key = f"pool_shipment:{self.shipment.id}:{state}"
        notices.note_order(connection, self.shop.id, key, self.shipment.order_id, message)
        if state == "reported" or "please count" in told:
            notices.report(connection, self.shop.id, key, f"Order {number}: {message}")


def _at(stock: StockSeen, quantity: int) -> StockSeen:
    return replace(stock, quantity=quantity)


def shelves_before(connection: Connection, shipment: Row[*tuple[Any, ...]]) -> list[Shelf]:
    """The real warehouses of the shipment's channel as the book holds them, in the channel's order.

    A warehouse whose units were seen to change after the shipment is left out: what it held before is not known.
    """
    order = (Order.shop_id == shipment.shop_id, Order.id == shipment.order_id)
    channel = select(Order.channel_id).where(*order).scalar_subquery()
    places = connection.scalar(
        select(Channel.warehouses).where(Channel.shop_id == shipment.shop_id, Channel.id == channel)
    )
    pools = select(Warehouse.id).where(Warehouse.shop_id == shipment.shop_id, Warehouse.is_pool)
    stocks = connection.execute(
        select(Stock.warehouse_id, Stock.quantity).where(
            Stock.shop_id == shipment.shop_id,
            Stock.variant_id == shipment.variant_id,
            Stock.warehouse_id.in_(places or []),
            Stock.warehouse_id.not_in(pools),
            Stock.changed_at <= shipment.shipped_at,
        )
    )
    units = {row.warehouse_id: row.quantity for row in stocks}
    covering = _covering(connection, shipment)
    return [
        Shelf(place, units[place], tuple((line, n) for line, where, n in covering if where == place))
        for place in places or []
        if place in units
    ]


def _covering(connection: Connection, shipment: Row[*tuple[Any, ...]]) -> list[tuple[str, str, int]]:
    """(line, warehouse, units) of on-hand pieces of the last plan, in queue order."""
    query = (
        select(Line.id, Line.pieces)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shipment.shop_id, Line.variant_id == shipment.variant_id, Line.ready > 0)
        .order_by(Order.queued_at, Order.number, Line.id)
    )
    return [
        (row.id, piece["warehouse"], piece["quantity"])
        for row in connection.execute(query)
        for piece in row.pieces
        if piece["source"] == "on_hand" and piece["warehouse"]
    ]
