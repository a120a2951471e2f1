"""The queue page by page: what matters most first, then everybody in turn; and what people look for in it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select, text, update

from app import models, queue, turns
from app.models import Line, Order
from app.queue import Entry, Filters, Page, Risk, State
from tests.app.supply_shop import NOW, TODAY, WHO
from tests.app.waiting import Waiting, day


def page(there: Waiting, *, days: int = 0, offset: int = 0, limit: int = 50, **filters: object) -> Page:
    wanted = Filters(**filters)  # type: ignore[arg-type]
    with there.engine.connect() as connection:
        return queue.page(connection, there.shop.id, wanted, today=day(days), offset=offset, limit=limit)


def orders(found: Page) -> list[str]:
    return [entry.order for entry in found.rows]


def one(found: Page) -> Entry:
    [entry] = found.rows
    return entry


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two on hand and two to come in five days, for orders of two units each; for the third there is nothing."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    found.look()
    found.expect(2, 5, "PO-1", supplier="Mill")
    for number in (9, 10, 11):
        found.order(number, 2, minute=number)
    order = found.orders["10"]
    named = replace(order.lines[0], product_name="100% Cotton", variant_name="Large")
    found.orders["10"] = replace(order, customer="Ann@Example.com", lines=(named,))
    found.look()
    return found


def test_an_entry_says_what_the_order_rests_on(there: Waiting) -> None:
    entry = one(page(there, text="cotton"))
    [rest] = entry.supplies
    assert (entry.order, entry.order_id, entry.line_id, entry.variant_id) == ("10", "order-10", "line-10", "V1")
    assert (entry.product_name, entry.variant_name, entry.sku) == ("100% Cotton", "Large", "S1")
    assert (entry.channel, entry.customer, entry.placed_at) == ("Web", "Ann@Example.com", NOW + timedelta(minutes=10))
    assert (entry.quantity, entry.ready, entry.waiting, entry.approving) == (2, 0, 2, 0)
    assert (entry.promised, entry.expected, entry.days_late, entry.risks) == (day(5), day(5), 0, ())
    assert (rest.reference, rest.supplier, rest.due, rest.late) == ("PO-1", "Mill", day(5), False)


def test_without_trouble_everybody_stands_in_turn(there: Waiting) -> None:
    found = page(there)
    assert (orders(found), found.total) == (["9", "10", "11"], 3)
    assert [entry.state for entry in found.rows] == [State.READY, State.WAITING, State.WAITING]


def test_late_lines_come_first_and_of_them_the_latest(there: Waiting) -> None:
    with there.engine.begin() as connection:
        turns.redate(connection, there.shop, ["line-11"], day(2), TODAY, who=WHO)
    there.look()
    found = page(there, days=7)
    assert [(entry.order, entry.days_late) for entry in found.rows] == [("11", 5), ("10", 2), ("9", 0)]
    assert [entry.state for entry in found.rows] == [State.LATE, State.LATE, State.READY]
    assert found.rows[1].risks == (Risk.LATE, Risk.LATE_SUPPLY)
    assert found.rows[1].supplies[0].late


def test_a_line_whose_day_is_lost_is_at_risk_before_it_is_late(there: Waiting) -> None:
    [supply] = one(page(there, text="10")).supplies
    there.supply(supply.id, state="cancelled")
    there.look()
    found = page(there)
    assert [(entry.order, entry.risks) for entry in found.rows] == [
        ("10", (Risk.LOST_DAY,)), ("9", ()), ("11", ()),
    ]  # fmt: skip
    assert found.rows[0].supplies[0].reference == "PO-1"
    assert orders(page(there, state=State.AT_RISK)) == ["10"]
    assert orders(page(there, state=State.LATE)) == []


def test_a_line_that_lost_its_day_to_a_late_supply_says_so_after_it_was_planned_anew(there: Waiting) -> None:
    there.look(days=6)
    entry = page(there, days=6).rows[0]
    assert (entry.order, entry.expected, entry.promised) == ("10", None, day(5))
    assert set(entry.risks) == {Risk.LATE, Risk.LOST_DAY, Risk.LATE_SUPPLY}


def test_a_line_that_a_late_supply_let_down_is_at_risk_until_that_is_settled(there: Waiting) -> None:
    [late] = one(page(there, text="10")).supplies
    there.expect(9, 30, "PO-2")
    there.look(days=6)
    first = page(there, days=6).rows[0]
    assert (first.order, first.expected, first.days_late, first.risks) == ("10", day(30), 0, (Risk.LATE_SUPPLY,))
    assert [(rest.reference, rest.late) for rest in first.supplies] == [("PO-2", False), ("PO-1", True)]
    with there.engine.connect() as connection:
        [claim] = queue.at_risk(connection, there.shop.id, day(6))
    assert (claim["order"], claim["late"]) == ("10", [{"supply": late.id, "reference": "PO-1"}])
    there.supply(late.id, eta=day(8))
    there.look(days=6)
    assert [entry.risks for entry in page(there, days=6).rows] == [(), (), ()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "s1"}, ["9", "10", "11"]),
        ({"text": "#11"}, ["11"]),
        ({"text": "1"}, ["9", "10", "11"]),
        ({"text": "100% c"}, ["10"]),
        ({"text": "%"}, ["10"]),
        ({"text": "_"}, []),
        ({"text": "large"}, ["10"]),
        ({"customer": "ANN@"}, ["10"]),
        ({"sku": "S1"}, ["9", "10", "11"]),
        ({"sku": "s1"}, []),
        ({"variant": "V1"}, ["9", "10", "11"]),
        ({"variant": "V2"}, []),
        ({"channel": "C"}, ["9", "10", "11"]),
        ({"channel": "D"}, []),
        ({"state": State.READY}, ["9"]),
        ({"state": State.WAITING}, ["10", "11"]),
        ({"state": State.PARTLY_READY}, []),
        ({"state": State.NO_DATE}, ["11"]),
        ({"state": State.HELD}, []),
        ({"expected_from": day(5), "expected_until": day(5)}, ["10"]),
        ({"expected_from": day(6)}, []),
        ({"expected_until": day(4)}, []),
        ({"waiting_since": NOW + timedelta(minutes=10)}, ["9", "10"]),
        ({"text": "s1", "state": State.WAITING, "channel": "C"}, ["10", "11"]),
    ],
)
def test_filters_hold_together(there: Waiting, wanted: dict[str, object], found: list[str]) -> None:
    seen = page(there, **wanted)  # type: ignore[arg-type]
    assert (orders(seen), seen.total) == (found, len(found))


def test_lines_are_found_by_the_supply_and_the_supplier_they_rest_on(there: Waiting) -> None:
    there.expect(1, 9, "PO-2", supplier="Other mill")
    there.look()
    with there.engine.connect() as connection:
        suppliers = dict(connection.execute(select(models.Supplier.name, models.Supplier.id)).all())
    second = next(rest.id for rest in one(page(there, text="#11")).supplies)
    assert orders(page(there, supply=second)) == ["11"]
    assert orders(page(there, supplier=suppliers["Mill"])) == ["10"]
    assert orders(page(there, supplier=suppliers["Other mill"])) == ["11"]
    for no_number in (-1, 0, 10**30):
        assert orders(page(there, supply=no_number)) == []


def test_a_page_says_how_many_there_are_even_beyond_the_end(there: Waiting) -> None:
    assert (orders(page(there, offset=1, limit=1)), page(there, offset=1, limit=1).total) == (["10"], 3)
    assert page(there, offset=900, limit=50) == Page((), 3)


def test_a_pinned_line_stands_first_once_it_was_planned(there: Waiting) -> None:
    there.rule(mode="backorder", cap=50, lead_days=20)
    with there.engine.begin() as connection:
        [number] = turns.pin(connection, there.shop, ["line-11"], who=WHO)
    there.look()
    assert orders(page(there)) == ["11", "9", "10"]
    with there.engine.begin() as connection:
        turns.undo(connection, there.shop, number, who=WHO)
    there.look()
    assert orders(page(there)) == ["9", "10", "11"]


def test_pins_do_not_carry_a_line_past_other_variants(there: Waiting) -> None:
    """A queue of another variant keeps its places: only those of the same variant move up and down."""
    with there.engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO orders (shop_id, id, number, channel_id, status, origin, created_at, queued_at, observed_at)
            SELECT id, 'other', '12', 'C', 'UNFULFILLED', 'CHECKOUT', now(), now(), now() FROM shops
        """)
        )
        other = {"id": "other", "sku": "S2", "variant_id": "V2", "quantity": 1, "open": 1, "turn": "202611231009~"}
        connection.execute(insert(Line).values(other | {"shop_id": there.shop.id, "order_id": "other"}))
        turns.pin(connection, there.shop, ["line-11"], who=WHO)
    there.look()
    with there.engine.connect() as connection:
        lines = connection.scalars(select(Line.id).order_by(Line.turn)).all()
    assert lines == ["line-11", "other", "line-9", "line-10"]


def test_a_held_line_says_so_and_is_not_late(there: Waiting) -> None:
    with there.engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-10"], who=WHO)
        wanted = {"today": day(9), "offset": 0, "limit": 9}
        found = queue.page(connection, there.shop.id, Filters(), **wanted)  # type: ignore[arg-type]
        held = queue.page(connection, there.shop.id, Filters(state=State.HELD), **wanted)  # type: ignore[arg-type]
        connection.rollback()
    assert [(entry.order, entry.state, entry.risks) for entry in found.rows][1] == ("10", State.HELD, ())
    assert orders(held) == ["10"]


def test_another_shops_lines_are_nobodys_here(there: Waiting) -> None:
    with there.engine.connect() as connection:
        found = queue.page(connection, there.shop.id + 1, Filters(), today=TODAY, offset=0, limit=50)
    assert found == Page((), 0)


def test_all_lines_are_read_in_chunks_in_the_order_of_the_pages(
    there: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queue.listing.CHUNK", 2)
    with there.engine.connect() as connection:
        found = tuple(queue.rows(connection, there.shop.id, Filters(), today=TODAY))
    assert found == page(there).rows


def test_the_desk_and_the_command_stand_in_one_order(there: Waiting) -> None:
    """Also where orders joined at the same moment: then the number decides, as a number."""
    with there.engine.begin() as connection:
        connection.execute(update(Order).values(queued_at=NOW))
        connection.execute(update(Line).values(turn=""))
        connection.execute(update(models.Shop).values(settings={"queue": {"policy": "paid_first"}}))
    there.look()
    with there.engine.connect() as connection:
        told = [claim["order"] for claim in queue.lines(connection, there.shop.id)]
    assert told == orders(page(there)) == ["9", "10", "11"]


def test_the_queue_goes_on_after_a_line_and_from_the_beginning_after_one_that_is_gone(there: Waiting) -> None:
    with there.engine.connect() as connection:
        after = [claim["order"] for claim in queue.lines(connection, there.shop.id, after="line-9", limit=1)]
        gone = [claim["order"] for claim in queue.lines(connection, there.shop.id, after="gone", limit=2)]
    assert (after, gone) == (["10"], ["9", "10"])


@pytest.mark.parametrize("policy", ["first_come", "paid_first"])
def test_the_queue_goes_on_behind_the_place_of_a_line_that_has_left_it(there: Waiting, policy: str) -> None:
    there.rule(mode="backorder", cap=50, lead_days=2)
    there.order(12, 2, minute=12)
    there.look()
    there.cancel(11)
    there.look()
    with there.engine.begin() as connection:
        connection.execute(update(models.Shop).values(settings={"queue": {"policy": policy}}))
    with there.engine.connect() as connection:
        rest = [claim["order"] for claim in queue.lines(connection, there.shop.id, after="line-11")]
        risky = queue.at_risk(connection, there.shop.id, day(9))
        behind = queue.at_risk(connection, there.shop.id, day(9), after="line-11", limit=1)
        safe = queue.at_risk(connection, there.shop.id, day(9), after="line-9", limit=1)
    assert [claim["order"] for claim in risky] == ["10", "12"]
    assert (rest, [claim["order"] for claim in behind], [claim["order"] for claim in safe]) == (["12"], ["12"], ["10"])
