"""Receiving raises the shop's stock once, whenever we are cut off; and what was raised is promised once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from app import models, stock_writes
from app.platforms import ShopError
from app.runtime import Runtime
from app.supply import BadSupply, receiving, rises
from tests.app.supply_shop import (
    WHO,
    Killed,
    Stocks,
    coming,
    expect,
    installed,
    look,
    marked,
    open_rises,
    ordered,
    receipts,
    row,
    shipment,
    units_coming,
)

LATER = date(2026, 12, 20)


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


@pytest.fixture
def stocks(monkeypatch: pytest.MonkeyPatch) -> Stocks:
    held = Stocks()
    monkeypatch.setattr(Runtime, "platform", lambda _self, _shop: held.platform)
    return held


def die(*_args: Any, **_options: Any) -> Any:
    raise Killed


def die_after(step: Callable[..., Any], times: int) -> Callable[..., Any]:
    """The step, and death in place of it once it has been done so often."""
    done = []

    def do(*args: Any) -> Any:
        done.append(args)
        return die() if len(done) > times else step(*args)

    return do


CUTS: dict[str, Callable[[Stocks, pytest.MonkeyPatch], None]] = {
    "before it is written": lambda stocks, _: setattr(stocks, "before_write", die),
    "after it is written": lambda stocks, _: setattr(stocks, "after_write", die),
    "before it is kept": lambda _, patch: patch.setattr(stock_writes, "note_in_book", die),
    "before it is verified": lambda stocks, patch: patch.setattr(stocks, "variants", die_after(stocks.variants, 1)),
}


@pytest.mark.parametrize("cut", CUTS)
def test_cut_off_anywhere_the_stock_is_raised_once(
    runtime: Runtime, shop: models.Shop, stocks: Stocks, cut: str
) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.units["B"] = 3
    look(runtime.engine, shop, stocks)
    with runtime.engine.begin() as connection:
        [rise] = rises.rows(connection, shop.id)
        rises.dismiss(connection, shop, rise.id, who=WHO)
    with pytest.MonkeyPatch.context() as patch:
        CUTS[cut](stocks, patch)
        with pytest.raises(Killed):
            receiving.receive(runtime, shop, number, 6, who=WHO, raise_stock=True)
    stocks.before_write = stocks.after_write = lambda: None
    assert marked(runtime.engine)
    for _ in range(3):
        look(runtime.engine, shop, stocks)
    assert stocks.units["B"] == 9
    assert (row(runtime.engine, number).received, units_coming(runtime.engine, shop)) == (6, 4)
    assert [receipt.stock_state for receipt in receipts(runtime.engine)] == ["raised"]
    assert open_rises(runtime.engine) == []


def test_killed_before_the_intent_is_kept_nothing_has_happened(
    runtime: Runtime, shop: models.Shop, stocks: Stocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = expect(runtime.engine, shop, 10)
    monkeypatch.setattr(stocks, "variants", die)
    with pytest.raises(Killed):
        receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    look(runtime.engine, shop, stocks)
    assert (stocks.units["B"], row(runtime.engine, number).received, receipts(runtime.engine)) == (0, 0, [])


def test_a_stock_that_changed_before_it_could_be_finished_is_left_alone_and_reported(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.before_write = die
    with pytest.raises(Killed):
        receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    stocks.before_write = lambda: None
    stocks.units["B"] = 4
    look(runtime.engine, shop, stocks)
    assert (stocks.units["B"], stocks.writes) == (4, [])
    assert [receipt.stock_state for receipt in receipts(runtime.engine)] == ["reported"]
    with runtime.engine.begin() as connection:
        [told] = connection.scalars(select(models.Notice.payload["message"].as_string()))
    assert "The stock of S1 in Berlin was to rise by 10" in told


def test_units_that_shipped_before_a_cut_off_raise_was_found_done_are_of_their_own_line(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 5
    look(runtime.engine, shop, stocks)
    first, second = expect(runtime.engine, shop, 10), expect(runtime.engine, shop, 10, LATER)
    stocks.after_write = die
    with pytest.raises(Killed):
        receiving.receive(runtime, shop, first, who=WHO, raise_stock=True)
    stocks.units["B"] -= 3
    ordered(runtime.engine, shop, "21", shipment("21", 3))
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert [row(runtime.engine, number).state for number in (first, second)] == ["received", "expected"]
    [receipt] = receipts(runtime.engine)
    assert (receipt.stock_state, receipt.counted, open_rises(runtime.engine)) == ("reported", 10, [])


def test_a_raise_the_shop_refused_is_not_taken_for_another_line_once_it_is_counted(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    first, second = expect(runtime.engine, shop, 10), expect(runtime.engine, shop, 10, LATER)
    stocks.refusal = "No permission"
    receiving.receive(runtime, shop, first, who=WHO, raise_stock=True)
    stocks.units["B"] = 10
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert [row(runtime.engine, number).state for number in (first, second)] == ["received", "expected"]
    assert units_coming(runtime.engine, shop) == 10


def test_nor_for_the_rest_of_its_own_line(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    number = expect(runtime.engine, shop, 20)
    stocks.refusal = "No permission"
    receiving.receive(runtime, shop, number, 10, who=WHO, raise_stock=True)
    stocks.units["B"] = 10
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert (row(runtime.engine, number).received, units_coming(runtime.engine, shop)) == (10, 10)


def test_what_was_raised_and_shipped_before_we_were_back_is_not_raised_again(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 5
    look(runtime.engine, shop, stocks)
    number = expect(runtime.engine, shop, 10)
    stocks.after_write = die
    with pytest.raises(Killed):
        receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    stocks.after_write = lambda: None
    stocks.units["B"] -= 10
    ordered(runtime.engine, shop, "21", shipment("21", 10))
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert (stocks.units["B"], len(stocks.writes)) == (5, 1)
    [receipt] = receipts(runtime.engine)
    assert (receipt.stock_state, receipt.counted) == ("reported", 10)


def test_more_than_a_shop_can_keep_is_refused(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    stocks.units["B"] = 2**31 - 10
    look(runtime.engine, shop, stocks)
    number = expect(runtime.engine, shop, 20)
    with pytest.raises(BadSupply, match="is beyond 2,147,483,647"):
        receiving.receive(runtime, shop, number, 10, who=WHO, raise_stock=True)
    assert (receipts(runtime.engine), stocks.writes) == ([], [])
    receiving.receive(runtime, shop, number, 9, who=WHO, raise_stock=True)
    assert stocks.units["B"] == 2**31 - 1


def test_what_the_shop_will_never_do_is_told_and_keeps_nobody_waiting(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    def fail() -> None:
        raise ShopError("Int cannot represent it", retry=False)

    number = expect(runtime.engine, shop, 10)
    stocks.before_write = fail
    done = receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    assert "The shop refused the correction: Int cannot represent it." in done.told
    look(runtime.engine, shop, stocks)
    assert [receipt.stock_state for receipt in receipts(runtime.engine)] == ["reported"]


def test_a_shop_out_of_reach_gets_its_units_later(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    def fail() -> None:
        raise ShopError("no answer", retry=True)

    number = expect(runtime.engine, shop, 10)
    stocks.before_write = fail
    done = receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    assert "will be done as soon as it answers" in done.told
    stocks.before_write = lambda: None
    look(runtime.engine, shop, stocks)
    assert (stocks.units["B"], units_coming(runtime.engine, shop)) == (10, 0)


def test_what_the_shop_refuses_is_told(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.refusal = "No permission"
    done = receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    assert "The shop refused the correction: No permission." in done.told


def test_who_asked_is_told_that_the_stock_was_raised(
    runtime: Runtime, engine: Engine, shop: models.Shop, stocks: Stocks
) -> None:
    done = receiving.receive(runtime, shop, expect(engine, shop, 5), 3, who=WHO, raise_stock=True)
    assert (done.receipt.stock_state, done.receipt.counted, stocks.units["B"]) == ("raised", 3, 3)


def test_units_the_erp_pushed_a_moment_ago_are_not_raised_again(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.units["B"] = 10
    with pytest.raises(BadSupply, match="is received"):
        receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)
    assert (stocks.units["B"], units_coming(runtime.engine, shop)) == (10, 0)


def test_while_units_are_in_doubt_nothing_is_raised(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    number = expect(runtime.engine, shop, 10)
    with runtime.engine.begin() as connection:
        connection.execute(delete(models.Mark))
    stocks.units["B"] = 7
    with pytest.raises(BadSupply, match="rose by 7 units"):
        receiving.receive(runtime, shop, number, 7, who=WHO, raise_stock=True)
    assert stocks.units["B"] == 7
    assert marked(runtime.engine) == 1


def test_where_an_erp_owns_the_stock_nothing_is_raised(runtime: Runtime, engine: Engine, stocks: Stocks) -> None:
    shop = installed(engine, stock_owner="erp")
    number = expect(engine, shop, 10)
    with pytest.raises(BadSupply, match="Another system owns"):
        receiving.receive(runtime, shop, number, who=WHO, raise_stock=True)


def test_a_receipt_entered_before_the_erp_counts_it_is_not_taken_for_another_line(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    first, second = expect(runtime.engine, shop, 10), expect(runtime.engine, shop, 10)
    receiving.receive(runtime, shop, first, who=WHO)
    stocks.units["B"] = 10
    look(runtime.engine, shop, stocks)
    assert [supply.id for supply in coming(runtime.engine, shop)] == [str(second)]
    assert open_rises(runtime.engine) == []


def test_a_receipt_that_was_counted_beside_an_unheard_shipment_explains_no_later_rise(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    stocks.units["B"] = 6
    look(runtime.engine, shop, stocks)
    receiving.receive(runtime, shop, expect(runtime.engine, shop, 5), who=WHO)
    stocks.units["B"] = 6 - 1 + 5
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    other = expect(runtime.engine, shop, 5)
    stocks.units["B"] += 5
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert row(runtime.engine, other).state == "received"


def test_a_receipt_that_was_taken_back_explains_no_rise(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    done = receiving.receive(runtime, shop, expect(runtime.engine, shop, 10), 4, who=WHO)
    with runtime.engine.begin() as connection:
        receiving.undo(connection, shop, done.receipt.id, who=WHO)
    stocks.units["B"] = 4
    look(runtime.engine, shop, stocks, datetime.now(UTC))
    assert (open_rises(runtime.engine), units_coming(runtime.engine, shop)) == ([4], 6)


def test_a_receipt_entered_days_ago_was_counted_before(runtime: Runtime, shop: models.Shop, stocks: Stocks) -> None:
    first, second = expect(runtime.engine, shop, 10), expect(runtime.engine, shop, 10)
    receiving.receive(runtime, shop, first, who=WHO)
    stocks.units["B"] = 10
    look(runtime.engine, shop, stocks, datetime.now(UTC) + timedelta(days=4))
    assert row(runtime.engine, second).state == "received"


def test_a_receipt_entered_after_the_erp_counted_it_explains_the_rise(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.units["B"] = 4
    look(runtime.engine, shop, stocks)
    receiving.receive(runtime, shop, number, 4, who=WHO)
    assert (open_rises(runtime.engine), units_coming(runtime.engine, shop)) == ([], 6)


def test_entering_what_the_stock_had_said_already_confirms_it(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(runtime.engine, shop, 10)
    stocks.units["B"] = 10
    look(runtime.engine, shop, stocks)
    done = receiving.receive(runtime, shop, number, 10, who=WHO)
    assert "that is confirmed" in done.told
    assert [(receipt.units, receipt.source) for receipt in receipts(runtime.engine)] == [(10, "person")]


def test_undoing_a_receipt_that_raised_the_stock_puts_its_units_in_doubt(
    runtime: Runtime, shop: models.Shop, stocks: Stocks
) -> None:
    number = expect(runtime.engine, shop, 10)
    done = receiving.receive(runtime, shop, number, 4, who=WHO, raise_stock=True)
    with runtime.engine.begin() as connection:
        receiving.undo(connection, shop, done.receipt.id, who=WHO)
    assert row(runtime.engine, number).received == 0
    assert (stocks.units["B"], units_coming(runtime.engine, shop)) == (4, 6)
