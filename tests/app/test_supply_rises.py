"""When the shop's own stock grows while supply is expected there, the same units are never promised twice."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from app import book, models
from app.supply import BadSupply, lines, receiving, rises
from tests.app.supply_shop import (
    NOW,
    TODAY,
    WHO,
    Stocks,
    coming,
    expect,
    installed,
    observe,
    open_rises,
    receipts,
    row,
    units_coming,
)


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


@pytest.fixture
def stocks() -> Stocks:
    return Stocks()


def test_a_rise_by_just_what_the_earliest_line_owes_closes_it(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    later = expect(engine, shop, 10, date(2026, 12, 24))
    first = expect(engine, shop, 10, date(2026, 12, 12))
    stocks.units["B"] = 10
    observe(engine, shop.id, stocks)
    assert [row(engine, number).state for number in (first, later)] == ["received", "expected"]
    assert units_coming(engine, shop) == 10
    [receipt] = receipts(engine)
    assert (receipt.supply_id, receipt.units, receipt.source, receipt.received_on) == (first, 10, "stock", TODAY)
    with engine.begin() as connection:
        last = lines.history(connection, shop.id, first)[-1]
    assert (last["kind"], last["who"]) == ("received", "Dueback")
    assert "rose by just the 10 units" in last["why"]


def test_any_other_rise_is_in_doubt_until_somebody_says_what_it_was(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    expect(engine, shop, 10)
    stocks.units["B"] = 7
    observe(engine, shop.id, stocks)
    assert open_rises(engine) == [7]
    assert units_coming(engine, shop) == 3
    with engine.begin() as connection:
        [rise] = rises.rows(connection, shop.id)
        rises.dismiss(connection, shop, rise.id, who=WHO)
    assert units_coming(engine, shop) == 10


def test_a_rise_that_was_a_receipt_is_taken_as_one(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    number = expect(engine, shop, 10)
    stocks.units["B"] = 7
    observe(engine, shop.id, stocks, at=NOW)
    with engine.begin() as connection:
        [rise] = rises.rows(connection, shop.id)
        assert (rise.sku, rise.warehouse, rise.supply) == ("S1", "berlin", number)
        rises.take(connection, shop, rise.id, number, who=WHO)
    assert (row(engine, number).received, units_coming(engine, shop), open_rises(engine)) == (7, 3, [])
    with engine.begin() as connection, pytest.raises(BadSupply, match="taken as a receipt already"):
        rises.take(connection, shop, rise.id, number, who=WHO)


def test_a_rise_taken_as_a_receipt_is_in_doubt_again_once_that_is_undone(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(engine, shop, 10)
    stocks.units["B"] = 7
    observe(engine, shop.id, stocks)
    with engine.begin() as connection:
        [rise] = rises.rows(connection, shop.id)
        receipt = rises.take(connection, shop, rise.id, number, who=WHO)
        receiving.undo(connection, shop, receipt.id, who=WHO)
    assert (open_rises(engine), units_coming(engine, shop)) == ([7], 3)


def test_units_held_back_do_not_hide_a_doubt(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    expect(engine, shop, 10, held=8)
    expect(engine, shop, 10, date(2026, 12, 20))
    stocks.units["B"] = 5
    observe(engine, shop.id, stocks)
    assert [supply.quantity for supply in coming(engine, shop)] == [7]


def test_a_late_line_does_not_hide_a_doubt(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    late, other = expect(engine, shop, 10, date(2026, 11, 24)), expect(engine, shop, 10, date(2026, 12, 20))
    stocks.units["B"] = 5
    observe(engine, shop.id, stocks)
    for day, left in ((date(2026, 11, 24), {late: 5, other: 10}), (date(2026, 11, 25), {late: 10, other: 5})):
        with engine.begin() as connection:
            [facts] = book.load_facts(connection, shop, ["V1"], day)
        assert {int(supply.id): supply.quantity for supply in facts.supplies} == left


def test_what_the_stock_said_can_be_taken_back(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    number = expect(engine, shop, 10)
    stocks.units["B"] = 10
    observe(engine, shop.id, stocks)
    [receipt] = receipts(engine)
    with engine.begin() as connection:
        receiving.undo(connection, shop, receipt.id, who=WHO)
    assert (row(engine, number).state, units_coming(engine, shop)) == ("expected", 10)
    observe(engine, shop.id, stocks)
    assert units_coming(engine, shop) == 10


def test_a_variant_seen_for_the_first_time_has_not_risen(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 10
    observe(engine, shop.id, stocks, "V2")
    expect(engine, shop, 10, sku="S2")
    observe(engine, shop.id, stocks, "V2")
    assert [supply.quantity for supply in coming(engine, shop, "V2")] == [10]


def test_a_rise_seen_twice_counts_once(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    expect(engine, shop, 10)
    stocks.units["B"] = 4
    for minute in range(3):
        observe(engine, shop.id, stocks, at=NOW + timedelta(minutes=minute))
    assert open_rises(engine) == [4]


def test_a_rise_elsewhere_or_in_the_pool_says_nothing(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    expect(engine, shop, 10)
    stocks.units |= {"P": 10, "POOL": 10}
    observe(engine, shop.id, stocks)
    assert (open_rises(engine), units_coming(engine, shop)) == ([], 10)
