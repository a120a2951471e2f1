"""What orders say left or came back is taken out of what a stock's change says about supply."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from app import models
from app.book.movements import moved
from app.supply import record, rises
from tests.app.supply_shop import (
    NOW,
    WHO,
    Stocks,
    expect,
    installed,
    look,
    observe,
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


def test_a_line_closed_long_ago_was_not_closed_by_units_that_came_back(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    ordered(engine, shop, "21", shipment("21", 4))
    look(engine, shop, stocks)
    number = expect(engine, shop, 4)
    stocks.units["B"] = 4
    look(engine, shop, stocks)
    ordered(engine, shop, "21", shipment("21", 4, back="B"))
    look(engine, shop, stocks, datetime.now(UTC) + timedelta(hours=2))
    assert row(engine, number).state == "received"


def test_a_shipment_heard_of_long_after_its_fall_is_no_rise(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    number = expect(engine, shop, 4)
    stocks.units["B"] = 2
    look(engine, shop, stocks, NOW + timedelta(hours=1))
    look(engine, shop, stocks, NOW + timedelta(hours=9))
    ordered(engine, shop, "21", shipment("21", 4, at=NOW + timedelta(minutes=30)))
    look(engine, shop, stocks, NOW + timedelta(hours=10))
    assert (row(engine, number).state, units_coming(engine, shop)) == ("expected", 4)


FIRST = NOW + timedelta(hours=2)


@pytest.mark.parametrize("back", [None, "B"])
def test_a_shipment_before_the_first_look_says_nothing_of_supply(
    engine: Engine, shop: models.Shop, stocks: Stocks, back: str | None
) -> None:
    stocks.units["B"] = 2
    observe(engine, shop.id, stocks, "V2", FIRST)
    expect(engine, shop, 9, sku="S2")
    stocks.units["B"] = 6
    observe(engine, shop.id, stocks, "V2", FIRST + timedelta(hours=1))
    ordered(engine, shop, "21", shipment("21", 4, at=NOW + timedelta(hours=1), back=back), "V2")
    observe(engine, shop.id, stocks, "V2", FIRST + timedelta(hours=2))
    assert open_rises(engine) == [4]


def test_the_clocks_may_differ_a_little(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    expect(engine, shop, 4)
    stocks.units["B"] = 2
    look(engine, shop, stocks)
    ordered(engine, shop, "21", shipment("21", 4, at=NOW + timedelta(minutes=1)))
    look(engine, shop, stocks, NOW + timedelta(hours=2))
    assert (open_rises(engine), units_coming(engine, shop)) == ([], 4)


def test_a_shipment_that_had_to_be_approved_left_when_it_was(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    """Not when it was made: the fall before that was another's."""
    stocks.units["B"] = 10
    look(engine, shop, stocks)
    stocks.units["B"] = 6
    look(engine, shop, stocks, NOW)
    ordered(engine, shop, "21", shipment("21", 4, status="WAITING_FOR_APPROVAL"), at=NOW + timedelta(hours=1))
    number = expect(engine, shop, 10)
    stocks.units["B"] = 6 - 4 + 10
    ordered(engine, shop, "21", shipment("21", 4))
    look(engine, shop, stocks, NOW + timedelta(hours=2))
    assert (row(engine, number).state, units_coming(engine, shop)) == ("received", 0)


def test_a_fall_is_explained_once(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 10
    look(engine, shop, stocks)
    stocks.units["B"] = 6
    look(engine, shop, stocks, NOW + timedelta(minutes=20))
    ordered(engine, shop, "21", shipment("21", 4, at=NOW + timedelta(minutes=10)))
    number = expect(engine, shop, 10)
    stocks.units["B"] = 6 - 4 + 10
    ordered(engine, shop, "22", shipment("22", 4, at=NOW + timedelta(minutes=25)))
    look(engine, shop, stocks, NOW + timedelta(minutes=30))
    assert row(engine, number).state == "received"


def test_what_left_while_we_first_looked_does_not_hide_what_arrived(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 6
    observe(engine, shop.id, stocks, "V2", FIRST)
    number = expect(engine, shop, 10, sku="S2")
    stocks.units["B"] = 6 - 4 + 10
    ordered(engine, shop, "21", shipment("21", 4, at=FIRST - timedelta(seconds=20)), "V2")
    observe(engine, shop.id, stocks, "V2", FIRST + timedelta(hours=1))
    assert row(engine, number).state == "received"


def test_what_arrived_while_a_shipment_hid_it_is_found_when_that_is_heard_of(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    number = expect(engine, shop, 4)
    look(engine, shop, stocks, NOW + timedelta(hours=1))
    ordered(engine, shop, "21", shipment("21", 4, at=NOW + timedelta(minutes=30)))
    look(engine, shop, stocks, NOW + timedelta(hours=2))
    assert row(engine, number).state == "received"


def test_a_fall_that_nothing_explained_for_days_was_a_count(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 10
    look(engine, shop, stocks)
    for units, days in ((6, 0), (6, 4), (5, 4)):
        stocks.units["B"] = units
        look(engine, shop, stocks, NOW + timedelta(days=days))
    number = expect(engine, shop, 4)
    ordered(engine, shop, "21", shipment("21", 1, at=NOW + timedelta(days=4)))
    ordered(engine, shop, "22", shipment("22", 4, at=NOW + timedelta(days=4)))
    look(engine, shop, stocks, NOW + timedelta(days=4))
    assert row(engine, number).state == "received"


def test_units_counted_away_hide_nothing_that_arrives_hours_later(
    engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 10
    look(engine, shop, stocks)
    stocks.units["B"] = 6
    look(engine, shop, stocks)
    number = expect(engine, shop, 10)
    later = NOW + timedelta(hours=2)
    look(engine, shop, stocks, later)
    stocks.units["B"] = 6 - 4 + 10
    ordered(engine, shop, "21", shipment("21", 4, at=later + timedelta(minutes=1)))
    look(engine, shop, stocks, later + timedelta(minutes=2))
    assert row(engine, number).state == "received"


def test_the_worker_and_a_person_do_not_wait_for_each_other(engine: Engine, shop: models.Shop, stocks: Stocks) -> None:
    """The worker hears that units came back while a person says what a rise was: both lock supply before rises."""
    ordered(engine, shop, "21", shipment("21", 13))
    look(engine, shop, stocks)
    closed = expect(engine, shop, 10)
    stocks.units["B"] = 10
    look(engine, shop, stocks)
    other = expect(engine, shop, 30)
    stocks.units["B"] = 13
    look(engine, shop, stocks)
    ordered(engine, shop, "21", shipment("21", 13, back="B"))
    with ThreadPoolExecutor(1) as worker:
        with engine.begin() as person:
            record.locked(person, shop.id, closed)
            looking = worker.submit(look, engine, shop, stocks)
            while not looking.done() and not somebody_waits(engine):
                pass
            [rise] = rises.rows(person, shop.id)
            rises.take(person, shop, rise.id, other, who=WHO)
        looking.result()
    assert [row(engine, number).received for number in (closed, other)] == [10, 3]


def somebody_waits(engine: Engine) -> bool:
    """Whether anybody is kept by a lock of somebody else's row."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with engine.connect() as connection:
        return connection.execute(text(waiting)).first() is not None


units = st.integers(0, 20)


@given(st.integers(-20, 20), units, units)
def test_every_unit_of_a_change_is_accounted_for(change: int, shipped: int, restocked: int) -> None:
    seen = moved(change, shipped=shipped, restocked=restocked)
    assert change + shipped - restocked == seen.rise - seen.unseen - seen.fall
    assert min(seen.rise, seen.unseen, seen.fall) >= 0
    assert not (seen.rise and seen.unseen)
