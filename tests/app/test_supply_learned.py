"""What receipts teach: delays and lead times by nearest rank, and only once there are enough of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from app import book, models
from app.engine.model import Supply, Terms
from app.supply import learned, lines, suppliers
from app.supply.receipts import enter, undo
from app.supply.record import locked
from tests.app.supply_shop import TODAY, WHO, Stocks, expect, installed, observe, receipts

ETA = date(2026, 12, 12)
# Days after the date by which ten receipts came; the 50th, 80th and 95th percent are the 5th, 8th and 10th of them.
TEN = (-3, -1, 0, 0, 2, 3, 4, 6, 9, 20)


@pytest.fixture
def shop(engine: Engine) -> models.Shop:
    return installed(engine)


def supplier(engine: Engine, shop: models.Shop, name: str = "Acme") -> int:
    with engine.begin() as connection:
        found = suppliers.find(connection, shop.id, name)
    assert found
    return int(found.id)


def arrived(engine: Engine, shop: models.Shop, *delays: int, name: str = "Acme", **fields: Any) -> None:
    """Lines of the supplier, ordered 30 days before they were due, that came so many days after that."""
    for delay in delays:
        number = expect(engine, shop, 1, ETA, supplier=name, ordered_on=ETA - timedelta(days=30), **fields)
        with engine.begin() as connection:
            enter(connection, locked(connection, shop.id, number), 1, on=ETA + timedelta(days=delay), who=WHO)


def delays(engine: Engine, shop: models.Shop) -> dict[int, Any]:
    number = supplier(engine, shop)
    with engine.begin() as connection:
        return learned.delays(connection, shop.id, [number])


def rule(engine: Engine, shop: models.Shop, **fields: Any) -> None:
    new = insert(models.Rule).values(shop_id=shop.id, scope="shop", target="", fields={"mode": "backorder"} | fields)
    with engine.begin() as connection:
        connection.execute(update(models.Channel).values(pool="POOL"))
        connection.execute(new)


def planned(engine: Engine, shop: models.Shop) -> tuple[Terms, list[Supply]]:
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, ["V1"])
    return facts.pools[0].terms, list(facts.supplies)


def test_the_date_that_held_is_the_nearest_rank(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN)
    assert delays(engine, shop) == {supplier(engine, shop): ((50, 2), (80, 6), (95, 20))}
    with engine.begin() as connection:
        leads = learned.lead_days(connection, shop.id, [supplier(engine, shop)])
    assert leads == {supplier(engine, shop): ((50, 32), (80, 36), (95, 50))}


def test_with_fewer_than_eight_receipts_nothing_is_learned(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN[:7])
    assert delays(engine, shop) == {}
    arrived(engine, shop, 5)
    assert list(delays(engine, shop)) == [supplier(engine, shop)]


def test_a_receipt_taken_back_teaches_nothing(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN[:8])
    with engine.begin() as connection:
        undo(connection, shop.id, receipts(engine)[0].id, who=WHO)
    assert delays(engine, shop) == {}


def test_a_supplier_is_measured_by_the_date_first_told(engine: Engine, shop: models.Shop) -> None:
    for _ in range(8):
        number = expect(engine, shop, 1, ETA, supplier="Acme")
        with engine.begin() as connection:
            lines.change(connection, shop, number, {"eta": ETA + timedelta(days=9)}, who=WHO, today=TODAY)
            enter(connection, locked(connection, shop.id, number), 1, on=ETA + timedelta(days=9), who=WHO)
    assert delays(engine, shop) == {supplier(engine, shop): ((50, 9), (80, 9), (95, 9))}


def test_no_date_is_told_before_the_suppliers_own(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *[-5] * 8)
    assert delays(engine, shop) == {supplier(engine, shop): ((50, 0), (80, 0), (95, 0))}


def test_a_rule_that_asks_how_sure_a_date_is_gets_what_was_learned(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN)
    expect(engine, shop, 5, ETA, supplier="Acme")
    rule(engine, shop, lead_days=10, confidence=80)
    terms, [coming] = planned(engine, shop)
    assert (terms.lead_days, dict(coming.delays)[80]) == (36, 6)


def test_a_rule_that_does_not_ask_keeps_the_typed_lead_time(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN)
    expect(engine, shop, 5, ETA, supplier="Acme")
    rule(engine, shop, lead_days=10)
    terms, [coming] = planned(engine, shop)
    assert (terms.lead_days, coming.delays) == (10, ())


@pytest.mark.parametrize(("typed", "holds"), [(10, 10), (None, 21)])
def test_before_enough_is_learned_the_typed_lead_time_holds(
    engine: Engine, shop: models.Shop, typed: int | None, holds: int
) -> None:
    arrived(engine, shop, *TEN[:7])
    with engine.begin() as connection:
        suppliers.put(connection, shop, "Acme", lead_days=21)
    rule(engine, shop, confidence=80, **({} if typed is None else {"lead_days": typed}))
    terms, _ = planned(engine, shop)
    assert terms.lead_days == holds


def test_the_lead_time_is_that_of_whom_it_was_last_bought_from(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN)
    arrived(engine, shop, *[1] * 8, name="Late")
    rule(engine, shop, confidence=50)
    assert planned(engine, shop)[0].lead_days == 31


def last_bought_from(engine: Engine, shop: models.Shop) -> str:
    with engine.begin() as connection:
        return str(learned.last_bought_from(connection, shop.id, ["V1"])["V1"].name)


def test_it_was_last_bought_from_whom_it_was_ordered_from_last_whenever_that_was_entered(
    engine: Engine, shop: models.Shop
) -> None:
    expect(engine, shop, 1, supplier="New", ordered_on=date(2026, 11, 20))
    expect(engine, shop, 1, supplier="Old", ordered_on=date(2026, 11, 1))
    assert last_bought_from(engine, shop) == "New"


def test_a_line_without_its_day_was_ordered_on_the_day_it_was_entered_where_the_shop_is(engine: Engine) -> None:
    shop = installed(engine, time_zone="America/New_York")
    expect(engine, shop, 1, supplier="Today", ordered_on=TODAY)
    evening_before = expect(engine, shop, 1, supplier="Yesterday")
    created = {"created_at": datetime(2026, 11, 23, 2, tzinfo=UTC)}
    with engine.begin() as connection:
        connection.execute(update(models.Supply).where(models.Supply.id == evening_before).values(created))
    assert last_bought_from(engine, shop) == "Today"


@pytest.fixture
def others(engine: Engine, shop: models.Shop) -> set[str]:
    """Two more variants bought from Acme, and one that was not, under a rule that asks what is learned."""
    rule(engine, shop, confidence=80)
    for number, name in ((2, "Acme"), (3, "Acme"), (4, "Late")):
        observe(engine, shop.id, Stocks(), f"V{number}")
        arrived(engine, shop, 0, name=name, sku=f"S{number}")
    expect(engine, shop, 1, supplier="Acme", sku="S3")
    return {"V2", "V3"}


def concerned(engine: Engine, change: Callable[[Connection], Any]) -> set[str]:
    """The variants that the change marks."""
    with engine.begin() as connection:
        connection.execute(delete(models.Mark))
        change(connection)
        return set(connection.scalars(select(models.Mark.target)))


def test_a_receipt_teaches_every_variant_bought_from_its_supplier(
    engine: Engine, shop: models.Shop, others: set[str]
) -> None:
    number = expect(engine, shop, 10, supplier="Acme")
    entered = concerned(engine, lambda c: enter(c, locked(c, shop.id, number), 1, on=TODAY, who=WHO))
    assert entered == {"V1"} | others


@pytest.mark.parametrize("changes", [{"ordered_on": date(2026, 9, 1)}, {"supplier": "Late"}], ids=str)
def test_a_receipt_that_teaches_otherwise_concerns_every_variant_bought_there(
    engine: Engine, shop: models.Shop, others: set[str], changes: dict[str, Any]
) -> None:
    untaught, number = (expect(engine, shop, 10, supplier="Acme") for _ in range(2))
    with engine.begin() as connection:
        enter(connection, locked(connection, shop.id, number), 1, on=TODAY, who=WHO)

    def change(number: int) -> set[str]:
        return concerned(engine, lambda c: lines.change(c, shop, number, changes, who=WHO, today=TODAY))

    assert change(untaught) == {"V1"}
    assert change(number) == {"V1"} | others | ({"V4"} if "supplier" in changes else set())


def test_the_report_on_suppliers_has_the_share_on_time_and_the_spread(engine: Engine, shop: models.Shop) -> None:
    arrived(engine, shop, *TEN)
    with engine.begin() as connection:
        suppliers.put(connection, shop, "New")
        acme, new = learned.punctuality(connection, shop.id)
    assert (acme["supplier"], acme["receipts"], acme["on_time"], acme["learned"]) == ("Acme", 10, 0.4, True)
    assert acme["delay_days"] == {50: 2, 80: 6, 95: 20}
    assert (new["receipts"], new["on_time"], new["delay_days"]) == (0, None, None)


def test_the_report_on_promises_goes_by_month_and_supplier(engine: Engine, shop: models.Shop) -> None:
    expect(engine, shop, 5, ETA, supplier="Acme")
    same = {"shop_id": shop.id, "line_id": "L", "variant_id": "V1"}
    told = [(3, ETA, ETA, ETA), (1, ETA, ETA + timedelta(days=4), ETA + timedelta(days=3)), (9, None, None, ETA)]
    rows = [
        same | {"supplier_id": supplier(engine, shop), "units": units, "promised_first": first, "promised_last": last,
                "shipped_on": on}
        for units, first, last, on in told
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(models.Delivery), rows)
        found = learned.accuracy(connection, shop.id)
    assert found == [
        {"month": "2026-12", "supplier": "Acme", "units": 4, "kept_first": 0.75, "kept_last": 1.0, "worst_days": 3}
    ]
