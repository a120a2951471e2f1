"""A repair of the stock that was cut off is done once, or staff are told: never twice, and nobody waits for it."""

import pytest
from sqlalchemy import Engine, insert, select

from app import models, pool_repair
from app.platforms import FulfilmentSeen, ShopError
from tests.app.supply_shop import NOW, Stocks, installed, look, ordered, shipment


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


@pytest.fixture
def stocks(engine: Engine, shop: models.Shop) -> Stocks:
    """Berlin holds 5, and of these 2 came back by an order's word or left by another's, as soon as that is heard."""
    held = Stocks()
    ordered(engine, shop, "30", shipment("30", 2))
    held.units["B"] = 5
    look(engine, shop, held)
    return held


def cut_off(engine: Engine, shop: models.Shop, state: str, after: int) -> None:
    """A shipment of two units from the pool, of which the repair is under way."""
    writes = [{"warehouse": "B", "before": 5, "after": after}]
    row = {
        "shop_id": shop.id, "id": "20", "fulfilment_id": "20-F", "order_id": "20", "line_id": "20-1",
        "variant_id": "V1", "units": 2, "state": state, "writes": writes, "shipped_at": NOW,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(models.PoolShipment).values(row))


def repaired(engine: Engine, shop: models.Shop, stocks: Stocks) -> str:
    """Its state once the worker has been there."""
    pool_repair.settle(engine, shop, stocks.platform, [stocks.seen()])
    with engine.begin() as connection:
        return connection.execute(select(models.PoolShipment.state)).scalar_one()


CUT_OFF = {"taking": (3, "repaired"), "returning": (7, "returned")}


@pytest.mark.parametrize(("state", "after", "done"), [(state, *then) for state, then in CUT_OFF.items()])
def test_what_was_cut_off_is_done(
    engine: Engine, shop: models.Shop, stocks: Stocks, state: str, after: int, done: str
) -> None:
    cut_off(engine, shop, state, after)
    assert (repaired(engine, shop, stocks), stocks.units["B"]) == (done, after)


@pytest.mark.parametrize(
    ("state", "after", "heard"), [("taking", 3, shipment("30", 2, back="B")), ("returning", 7, shipment("31", 2))]
)
def test_where_orders_moved_as_many_the_other_way_it_may_be_done_already(
    engine: Engine, shop: models.Shop, stocks: Stocks, state: str, after: int, heard: FulfilmentSeen
) -> None:
    cut_off(engine, shop, state, after)
    ordered(engine, shop, heard.id.removesuffix("-F"), heard)
    assert (repaired(engine, shop, stocks), stocks.writes) == ("reported", [])


def test_what_orders_moved_the_same_way_is_no_sign_that_it_is_done(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    cut_off(engine, shop, "taking", 3)
    ordered(engine, shop, "31", shipment("31", 2))
    assert (repaired(engine, shop, stocks), stocks.units["B"]) == ("repaired", 3)


@pytest.mark.parametrize("state", CUT_OFF)
def test_what_the_shop_will_never_do_is_told_and_keeps_nobody_waiting(
    engine: Engine, shop: models.Shop, stocks: Stocks, state: str
) -> None:
    def fail() -> None:
        raise ShopError("Int cannot represent it", retry=False)

    cut_off(engine, shop, state, CUT_OFF[state][0])
    stocks.before_write = fail
    assert repaired(engine, shop, stocks) == "reported"
    with engine.begin() as connection:
        told = connection.scalars(select(models.Notice.payload["message"].as_string())).all()
    assert any("The shop refused the correction: Int cannot represent it." in message for message in told)
