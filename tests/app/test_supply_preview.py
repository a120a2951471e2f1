"""What a change of supply would do is told before it is made: who waits longer, who less, and what they are told."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from app import book, models
from app.engine import plan
from app.preview.supply import Days, SupplyPreview, of_supplies
from app.supply import BadSupply, ChangedMeanwhile, lines
from tests.app.rule_shop import SHOP, TODAY, WHO, installed, marked, ordered, put, variant

DECEMBER, JANUARY = date(2026, 12, 10), date(2027, 1, 15)


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    """Cups may be backordered; of two purchase orders the first brings five, the second three."""
    found = installed(engine, variant("cup"), variant("plate"))
    put(engine, found, SHOP, mode="backorder", cap="incoming")
    return found


def expect(engine: Engine, shop: models.Shop, quantity: int, eta: date, sku: str = "cup", **more: Any) -> int:
    given = {"sku": sku, "warehouse": "berlin", "quantity": quantity, "eta": eta, **more}
    with engine.begin() as connection:
        return lines.add(connection, shop, given, who=WHO, today=TODAY)


def previewed(
    engine: Engine, shop: models.Shop, numbers: int | list[int], changes: Mapping[str, Any] | None
) -> SupplyPreview:
    wanted = [numbers] if isinstance(numbers, int) else numbers
    with engine.begin() as connection:
        return of_supplies(connection, shop, dict.fromkeys(wanted), changes, TODAY)


def moves(found: SupplyPreview) -> list[tuple[Any, ...]]:
    return [(move.order, move.units, move.before, move.after, move.later) for move in found.moves]


def test_a_date_that_slips_tells_whose_orders_come_later(engine: Engine, shop: models.Shop) -> None:
    first, _ = expect(engine, shop, 5, DECEMBER), expect(engine, shop, 3, JANUARY)
    ordered(engine, shop, "21", "cup", 4)
    ordered(engine, shop, "22", "cup", 3)
    slipped = date(2027, 2, 1)
    found = previewed(engine, shop, first, {"eta": slipped})
    # The later supply becomes the first to come: order 21 takes its three and one of the slipped ones.
    assert moves(found) == [("21", 4, DECEMBER, slipped, True), ("22", 3, JANUARY, slipped, True)]
    assert (found.orders, found.later, found.earlier) == (2, 2, 0)


def test_one_who_waits_for_the_end_of_the_queue_may_come_earlier(engine: Engine, shop: models.Shop) -> None:
    later = expect(engine, shop, 5, JANUARY)
    ordered(engine, shop, "21", "cup", 4)
    found = previewed(engine, shop, later, {"eta": DECEMBER})
    assert moves(found) == [("21", 4, JANUARY, DECEMBER, False)]
    assert (found.later, found.earlier) == (0, 1)


@pytest.mark.parametrize("changes", [None, {"quantity": 1}, {"held": 5}])
def test_units_that_will_not_come_take_the_date_away(
    engine: Engine, shop: models.Shop, changes: dict[str, Any] | None
) -> None:
    number = expect(engine, shop, 5, DECEMBER)
    ordered(engine, shop, "21", "cup", 4)
    found = previewed(engine, shop, number, changes)
    assert moves(found) == [("21", 4, DECEMBER, None, True)]
    assert found.moves[0].told_after is None
    assert [(turned.sku, turned.channel) for turned in found.closes] == [("cup", "web")]


def test_it_says_the_days_as_the_rule_wants_them_told(engine: Engine, shop: models.Shop) -> None:
    put(engine, shop, SHOP, display="range", spread_days=4)
    number = expect(engine, shop, 5, DECEMBER)
    ordered(engine, shop, "21", "cup", 4)
    [move] = previewed(engine, shop, number, {"eta": JANUARY}).moves
    assert move.told_before == Days(DECEMBER, DECEMBER + timedelta(days=4))
    assert move.told_after == Days(JANUARY, JANUARY + timedelta(days=4))


def test_it_changes_nothing(engine: Engine, shop: models.Shop) -> None:
    number = expect(engine, shop, 5, DECEMBER)
    ordered(engine, shop, "21", "cup", 4)
    marked(engine)
    previewed(engine, shop, number, {"eta": JANUARY, "supplier": "New to us"})
    previewed(engine, shop, number, None)
    with engine.begin() as connection:
        row = lines.rows(connection, shop.id, number=number)[0]
        assert (row.eta, row.version, row.state) == (DECEMBER, 1, "expected")
        assert connection.scalar(select(func.count()).select_from(models.Supplier)) == 0
        assert len(lines.history(connection, shop.id, number)) == 1
    assert marked(engine) == set()


def test_it_is_what_the_worker_plans_once_the_change_is_made(engine: Engine, shop: models.Shop) -> None:
    first, _ = (
        expect(engine, shop, 5, DECEMBER, eta_latest=DECEMBER + timedelta(days=3)),
        expect(engine, shop, 3, JANUARY),
    )
    for number in range(21, 25):
        ordered(engine, shop, str(number), "cup", 2)
    found = previewed(engine, shop, first, {"eta": date(2027, 1, 20), "quantity": 3})
    with engine.begin() as connection:
        lines.change(connection, shop, first, {"eta": date(2027, 1, 20), "quantity": 3}, who=WHO, today=TODAY)
        [facts] = book.load_facts(connection, shop, ["cup"], TODAY)
    planned = {promise.claim.line: promise.pieces[-1].expected for promise in plan(facts, TODAY).promises}
    assert {move.line: move.after for move in found.moves} == {move.line: planned[move.line] for move in found.moves}
    assert len(found.moves) == 4


def test_lines_of_one_purchase_order_slip_together(engine: Engine, shop: models.Shop) -> None:
    numbers = [expect(engine, shop, 5, DECEMBER, sku, reference="PO-1") for sku in ("cup", "plate")]
    ordered(engine, shop, "21", "cup", 4)
    ordered(engine, shop, "22", "plate", 1)
    found = previewed(engine, shop, numbers, {"eta": JANUARY})
    assert {move.order for move in found.moves} == {"21", "22"}
    assert [after.eta for _, after in found.changed] == [JANUARY, JANUARY]


def test_what_cannot_be_meant_is_refused_as_the_change_would_be(engine: Engine, shop: models.Shop) -> None:
    number = expect(engine, shop, 5, DECEMBER)
    for changes in ({"eta": date(9999, 1, 1)}, {"eta": date(2020, 1, 1)}, {"quantity": -5}, {"quantity": 10**40}):
        with pytest.raises(BadSupply):
            previewed(engine, shop, number, changes)
    with engine.begin() as connection, pytest.raises(ChangedMeanwhile):
        of_supplies(connection, shop, {number: 7}, {"eta": JANUARY}, TODAY)
