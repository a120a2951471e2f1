"""A shop with two channels and a small assortment, for tests of rules: in our tables, without a platform."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from app import book, models, rulebook
from app.engine.rules import Scope
from app.platforms import ChannelSeen, LineSeen, OrderSeen, ShopLayout, StockSeen, VariantSeen, WarehouseSeen
from app.rulebook import Place

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = NOW.date()
WHO = "dueback command"
SHOP = Place(Scope.SHOP)


def layout(*, pools: bool = True) -> ShopLayout:
    """Web sells from Berlin, outlet from Paris; each has its pool, or none has."""
    own = {"web": ("B",), "outlet": ("P",)}
    channels = [
        ChannelSeen(slug, slug, slug.title(), active=True, strategy="x", warehouses=(f"pool-{slug}", *warehouses))
        if pools
        else ChannelSeen(slug, slug, slug.title(), active=True, strategy="x", warehouses=warehouses)
        for slug, warehouses in own.items()
    ]
    warehouses = [WarehouseSeen("B", "berlin", "Berlin"), WarehouseSeen("P", "paris", "Paris")]
    warehouses += [WarehouseSeen(f"pool-{slug}", f"pool-{slug}", slug, pool_of=(slug,)) for slug in own if pools]
    return ShopLayout("Shop", "3.23.28", tuple(channels), tuple(warehouses), (), False, True, frozenset())


def installed(engine: Engine, *variants: VariantSeen, pools: bool = True) -> models.Shop:
    """The shop with these variants in its book."""
    new = insert(models.Shop).values(api_url="https://shop.example/graphql/", app_id="App", token="")
    with engine.begin() as connection:
        shop_id = connection.scalar(new.returning(models.Shop.id))
        assert shop_id is not None
        book.record_layout(connection, shop_id, layout(pools=pools))
        book.record_variants(connection, shop_id, [variant.id for variant in variants], variants, NOW)
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(models.Shop, shop_id)


def variant(
    name: str,
    *,
    product: str = "cups",
    product_type: str = "kitchen",
    categories: Sequence[str] = (),
    collections: Sequence[str] = (),
    listed_in: Sequence[str] = ("web", "outlet"),
    berlin: int = 0,
) -> VariantSeen:
    """Known by its SKU, which is its id; with so many units in Berlin."""
    return VariantSeen(
        id=name,
        sku=name,
        name=name,
        product_id=product,
        product_name=product,
        product_type_id=product_type,
        category_ids=tuple(categories),
        collection_ids=tuple(collections),
        listed_in=tuple(listed_in),
        tracked=True,
        stocks=(StockSeen("B", berlin, 0),),
        metadata={},
    )


def place(scope: Scope, target: str, channel: str = "") -> Place:
    return Place(scope, target, target, channel)


def put(engine: Engine, shop: models.Shop, at: Place, **fields: Any) -> Any:
    with engine.begin() as connection:
        return rulebook.put(connection, shop, at, fields, who=WHO)


def ordered(engine: Engine, shop: models.Shop, number: str, sku: str, units: int, channel: str = "web") -> None:
    """The book takes over an order that nothing was shipped of."""
    line = LineSeen(f"{number}-1", sku, sku, units, 0, {}, {})
    order = OrderSeen(number, number, channel, "UNFULFILLED", "CHECKOUT", NOW, NOW, {}, (line,), ())
    with engine.begin() as connection:
        book.record_orders(connection, shop, [number], [order], NOW)


def marked(engine: Engine) -> set[str]:
    """The marked variants; their marks are taken away."""
    with engine.begin() as connection:
        found = set(connection.scalars(select(models.Mark.target).where(models.Mark.kind == "variant")))
        connection.execute(delete(models.Mark))
    return found


def terms(engine: Engine, shop: models.Shop, sku: str, channel: str = "web", today: date = TODAY) -> Any:
    """What holds for the variant in the channel, as the worker would plan it."""
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, [sku], today)
    return facts.terms(next(each for each in facts.channels if each.slug == channel))
