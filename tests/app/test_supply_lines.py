"""Purchase-order lines: kept all or none, changed by whoever looked last, in two purchase orders if need be."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from app import models
from app.supply import BadSupply, ChangedMeanwhile, lines
from tests.app.supply_shop import TODAY, WHO, coming, expect, installed, row, units_coming


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


def line(quantity: int, **fields: Any) -> dict[str, Any]:
    return {"sku": "S1", "warehouse": "berlin", "quantity": quantity, "eta": date(2026, 12, 12)} | fields


def add_all(engine: Engine, shop: models.Shop, *given: dict[str, Any]) -> list[int]:
    with engine.begin() as connection:
        return lines.add_all(connection, shop, given, who=WHO, today=TODAY)


def change(engine: Engine, shop: models.Shop, number: int, version: int | None = None, **changes: Any) -> Any:
    with engine.begin() as connection:
        return lines.change(connection, shop, number, changes, who=WHO, today=TODAY, version=version)


def test_many_lines_get_their_numbers_in_order(engine: Engine, shop: models.Shop) -> None:
    numbers = add_all(engine, shop, *(line(units, supplier="Acme") for units in range(1, 30)))
    assert [row(engine, number).quantity for number in numbers] == list(range(1, 30))


def test_one_bad_line_keeps_all_from_being_kept(engine: Engine, shop: models.Shop) -> None:
    with pytest.raises(BadSupply, match="warehouse: The shop has no warehouse pool"):
        add_all(engine, shop, line(1), line(2, warehouse="pool"))
    assert units_coming(engine, shop) == 0


def test_a_variant_in_two_purchase_orders_counts_twice(engine: Engine, shop: models.Shop) -> None:
    add_all(engine, shop, line(10, reference="PO-1"), line(10, reference="PO-2"))
    assert units_coming(engine, shop) == 20


def test_who_looked_at_an_older_version_is_told_to_look_again(engine: Engine, shop: models.Shop) -> None:
    number = expect(engine, shop, 10)
    change(engine, shop, number, version=1, quantity=12)
    with pytest.raises(ChangedMeanwhile, match="at version 2 now"):
        change(engine, shop, number, version=1, quantity=14)
    assert row(engine, number).quantity == 12


def test_units_held_back_are_promised_to_nobody(engine: Engine, shop: models.Shop) -> None:
    number = expect(engine, shop, 10, held=4)
    assert units_coming(engine, shop) == 6
    change(engine, shop, number, held=0)
    assert units_coming(engine, shop) == 10


def test_a_range_is_reckoned_with_by_its_end_and_a_new_date_takes_its_place(engine: Engine, shop: models.Shop) -> None:
    number = expect(engine, shop, 10, eta_latest=date(2026, 12, 20))
    assert [supply.eta for supply in coming(engine, shop)] == [date(2026, 12, 20)]
    change(engine, shop, number, eta="2026-12-15")
    assert [supply.eta for supply in coming(engine, shop)] == [date(2026, 12, 15)]


def test_a_range_stays_where_its_first_day_is_said_again_or_its_end_with_a_new_one(
    engine: Engine, shop: models.Shop
) -> None:
    number = expect(engine, shop, 10, eta_latest=date(2026, 12, 20))
    change(engine, shop, number, eta=str(row(engine, number).eta))
    assert row(engine, number).eta_latest == date(2026, 12, 20)
    change(engine, shop, number, eta="2026-12-15", eta_latest="2026-12-20")
    assert (row(engine, number).eta, row(engine, number).eta_latest) == (date(2026, 12, 15), date(2026, 12, 20))


@pytest.mark.parametrize(
    ("day", "status"),
    [(date(2026, 12, 12), "expected"), (date(2026, 12, 20), "expected"), (date(2026, 12, 21), "late")],
)
def test_a_line_is_late_once_its_range_has_passed(engine: Engine, shop: models.Shop, day: date, status: str) -> None:
    number = expect(engine, shop, 10, eta_latest=date(2026, 12, 20))
    assert lines.status_of(row(engine, number), day) == status
    with engine.begin() as connection:
        found = [kept.id for kept in lines.rows(connection, shop.id, status=status, today=day)]
    assert found == [number]


def test_lines_are_read_page_by_page(engine: Engine, shop: models.Shop) -> None:
    numbers = add_all(engine, shop, line(1, eta=date(2026, 12, 20)), line(2), line(3))
    with engine.begin() as connection:
        first = lines.rows(connection, shop.id, limit=2)
        rest = lines.rows(connection, shop.id, after=first[-1].id)
    assert [kept.id for kept in (*first, *rest)] == [numbers[1], numbers[2], numbers[0]]
