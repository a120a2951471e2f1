"""What orders say left or came back is taken out of what a stock's change says about supply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from app import models
from app.book.movements import moved
from tests.app.supply_shop import (
    Stocks,
    expect,
    installed,
    look,
    open_rises,
    ordered,
    receipts,
    row,
    shipment,
    units_coming,
)


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


@pytest.fixture
def stocks() -> Stocks:
    return Stocks()


def test_units_shipped_meanwhile_do_not_hide_what_arrived(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    number = expect(engine, shop, 10)
    stocks.units["B"] = 6 - 4 + 10
    ordered(engine, shop, "21", shipment("21", 4))
    look(engine, shop, stocks)
    assert (row(engine, number).state, units_coming(engine, shop)) == ("received", 0)


def test_a_shipment_is_no_rise_whenever_we_hear_of_it(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    expect(engine, shop, 10)
    stocks.units["B"] = 2
    look(engine, shop, stocks)
    ordered(engine, shop, "21", shipment("21", 4))
    look(engine, shop, stocks)
    assert (open_rises(engine), units_coming(engine, shop)) == ([], 10)


def test_units_of_a_cancelled_shipment_are_not_supply(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    expect(engine, shop, 4)
    for units, happened in ((2, shipment("21", 4)), (6, shipment("21", 4, back="B"))):
        stocks.units["B"] = units
        ordered(engine, shop, "21", happened)
        look(engine, shop, stocks)
    assert (open_rises(engine), receipts(engine), units_coming(engine, shop)) == ([], [], 4)


@pytest.mark.parametrize("owed", [4, 10])
def test_a_cancelled_shipment_heard_of_late_takes_back_what_the_rise_seemed_to_say(
    engine: Engine, shop: models.Shop, stocks: Stocks, owed: int
) -> None:
    stocks.units["B"] = 2
    look(engine, shop, stocks)
    ordered(engine, shop, "21", shipment("21", 4))
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    stocks.units["B"] = 2
    look(engine, shop, stocks)
    expect(engine, shop, owed)
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    assert units_coming(engine, shop) == owed - 4
    ordered(engine, shop, "21", shipment("21", 4, back="B"))
    look(engine, shop, stocks)
    assert (open_rises(engine), units_coming(engine, shop)) == ([], owed)


units = st.integers(0, 20)


@given(st.integers(-20, 20), units, units, units)
def test_every_unit_of_a_change_is_accounted_for(change: int, shipped: int, restocked: int, missing: int) -> None:
    seen = moved(change, shipped=shipped, restocked=restocked, missing=missing)
    assert change + shipped - restocked == seen.rise - seen.unseen - (seen.missing - missing)
    assert min(seen.rise, seen.unseen, seen.missing) >= 0
    assert not (seen.rise and seen.unseen)
