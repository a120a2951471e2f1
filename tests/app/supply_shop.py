"""A shop with one variant, two warehouses of its own and a pool, for tests of supply: our tables, and a platform.

The platform holds the stock, and can be told to die or to refuse at any step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from app import book, models, stock_writes
from app.engine.model import Supply
from app.platforms import (
    Change,
    ChannelSeen,
    Failure,
    FulfilmentSeen,
    LineSeen,
    OrderSeen,
    Platform,
    SetStock,
    ShopLayout,
    StockSeen,
    VariantSeen,
    WarehouseSeen,
)
from app.supply import lines, receiving

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = NOW.date()
WHO = "dueback command"
LAYOUT = ShopLayout(
    name="Shop",
    version="3.23.28",
    channels=(ChannelSeen("C", "web", "Web", active=True, strategy="x", warehouses=("POOL", "B", "P")),),
    warehouses=(
        WarehouseSeen("B", "berlin", "Berlin"),
        WarehouseSeen("P", "paris", "Paris"),
        WarehouseSeen("POOL", "pool", "Backorders", pool_of=("C",)),
    ),
    zones=(),
    legacy_zones=False,
    reservations=True,
    permissions=frozenset(),
)


class Killed(BaseException):
    """The process is gone: nothing after this runs, and nothing catches it."""


@dataclass
class Stocks:
    """The stock of the variant S1 by warehouse, as a platform shows and writes it.

    `before_write` and `after_write` are called around each write; `refusal` refuses all of them.
    """

    units: dict[str, int] = field(default_factory=lambda: {"B": 0, "P": 0, "POOL": 0})
    writes: list[SetStock] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None
    after_write: Callable[[], None] = lambda: None
    refusal: str = ""

    @property
    def platform(self) -> Platform:
        """Only variants are read there, and only stocks written."""
        return cast("Platform", self)

    def close(self) -> None:
        """There is no connection to let go of."""

    def seen(self, variant: str = "V1") -> VariantSeen:
        stocks = tuple(StockSeen(warehouse, units, 0) for warehouse, units in self.units.items())
        return VariantSeen(id=variant, sku=f"S{variant[1:]}", name="M", product_id="P", product_name="Shirt",
                           product_type_id="T", category_ids=(), collection_ids=(), listed_in=("C",), tracked=True,
                           metadata={}, stocks=stocks)  # fmt: skip

    def variants(self, ids: Sequence[str]) -> list[VariantSeen]:
        return [self.seen(variant) for variant in ids]

    def write(self, changes: Sequence[Change]) -> list[Failure]:
        if changes:
            self.before_write()
        if self.refusal:
            return [Failure(change, self.refusal, "INVALID") for change in changes]
        for change in changes:
            assert isinstance(change, SetStock)
            self.writes.append(change)
            self.units[change.warehouse] = change.quantity
        if changes:
            self.after_write()
        return []


def installed(engine: Engine, name: str = "shop", **settings: Any) -> models.Shop:
    """The shop in our tables; its variant is known by its SKU S1, and nothing of it is in stock."""
    url = f"https://{name}.example/graphql/"
    new = insert(models.Shop).values(api_url=url, app_id="App", token="", settings=settings, installed_at=NOW)
    with engine.begin() as connection:
        shop_id = connection.scalar(new.returning(models.Shop.id))
        assert shop_id is not None
        book.record_layout(connection, shop_id, LAYOUT)
    observe(engine, shop_id, Stocks())
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(models.Shop, shop_id)


def look(engine: Engine, shop: models.Shop, stocks: Stocks, at: datetime = NOW) -> None:
    """What the worker does when the variant is marked: finish what was cut off, then observe."""
    with stock_writes.one_at_a_time(engine, shop.id):
        seen = receiving.settle(engine, shop, stocks.platform, [stocks.seen()])
        with engine.begin() as connection:
            book.record_variants(connection, shop.id, ["V1"], seen, at)


def ordered(
    engine: Engine, shop: models.Shop, name: str, shipment: FulfilmentSeen, variant: str = "V1", at: datetime = NOW
) -> None:
    """The book takes over an order of the variant, S1 if nothing else is said, with one shipment."""
    units = sum(units for _, _, units in shipment.lines)
    line = LineSeen(f"{name}-1", variant, f"S{variant[1:]}", units, units, {}, {})
    order = OrderSeen(name, name, "C", "FULFILLED", "CHECKOUT", NOW, NOW, {}, (line,), (shipment,))
    with engine.begin() as connection:
        book.record_orders(connection, shop, [name], [order], at)


def shipment(
    name: str, units: int, *, back: str | None = None, at: datetime = NOW, status: str = "FULFILLED"
) -> FulfilmentSeen:
    """Units of the order `name` that left Berlin, and came `back` into a warehouse when it was cancelled."""
    lines = ((f"{name}-F1", f"{name}-1", units),)
    return FulfilmentSeen(f"{name}-F", "CANCELED" if back else status, "B", at, back, lines)


def observe(engine: Engine, shop_id: int, stocks: Stocks, variant: str = "V1", at: datetime = NOW) -> None:
    """The book takes over what the shop shows."""
    with engine.begin() as connection:
        book.record_variants(connection, shop_id, [variant], [stocks.seen(variant)], at)


def expect(engine: Engine, shop: models.Shop, quantity: int, eta: date = date(2026, 12, 12), **fields: Any) -> int:
    """Add a supply of S1 for Berlin, if nothing else is said. Returns its number."""
    given: Mapping[str, Any] = {"sku": "S1", "warehouse": "berlin", "quantity": quantity, "eta": eta} | fields
    with engine.begin() as connection:
        return lines.add(connection, shop, given, who=WHO, today=TODAY)


def coming(engine: Engine, shop: models.Shop, variant: str = "V1") -> list[Supply]:
    """The supplies the engine may promise, earliest first, those with nothing left of them left out."""
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, [variant])
    return sorted((s for s in facts.supplies if s.quantity), key=lambda supply: supply.eta)


def units_coming(engine: Engine, shop: models.Shop) -> int:
    return sum(supply.quantity for supply in coming(engine, shop))


def row(engine: Engine, number: int) -> Any:
    with engine.begin() as connection:
        return connection.execute(select(models.Supply.__table__).where(models.Supply.id == number)).one()


def open_rises(engine: Engine) -> list[int]:
    """Units of each open rise."""
    query = select(models.StockRise.units).where(models.StockRise.state == "open").order_by(models.StockRise.id)
    with engine.begin() as connection:
        return list(connection.scalars(query))


def receipts(engine: Engine) -> list[Any]:
    with engine.begin() as connection:
        return list(connection.execute(select(models.Receipt.__table__).order_by(models.Receipt.id)).all())


def receipts_of(engine: Engine, shop: models.Shop) -> list[Any]:
    """The shop's receipts, oldest first."""
    return [receipt for receipt in receipts(engine) if receipt.shop_id == shop.id]


def marked(engine: Engine) -> int:
    with engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(models.Mark)) or 0
