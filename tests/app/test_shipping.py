"""What can leave now, and shipping it: never more than is there, never twice."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from app import shipping, tasks, turns
from app.models import Activity, Line, Shop
from app.platforms import FulfilmentSeen, LineSeen, ShipLine, ShopError
from app.runtime import Runtime
from app.shipping import Filters, NotShipped, ReadyOrder, Shipped
from tests.app.door import Door
from tests.app.supply_shop import NOW, WHO
from tests.app.waiting import Waiting


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Three on hand in Berlin and one in Paris; orders of 3, 2 and 1."""
    found = Waiting.opened(engine)
    found.stocks.units |= {"B": 3, "P": 1}
    for number, units in ((1, 3), (2, 2), (3, 1)):
        found.order(number, units)
    found.look()
    return found


@pytest.fixture
def door(there: Waiting, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door.opened(there, monkeypatch)


def ship(runtime: Runtime, there: Waiting, number: int, lines: dict[str, int] | None = None, **more: Any) -> Shipped:
    return shipping.ship(runtime, there.shop, f"order-{number}", lines, who=WHO, **more)


def listed(there: Waiting, **filters: Any) -> list[ReadyOrder]:
    with there.engine.connect() as connection:
        found = shipping.page(connection, there.shop.id, Filters(**filters), offset=0, limit=10)
    assert found.total == len(found.rows)
    return list(found.rows)


def told(orders: list[ReadyOrder]) -> list[tuple[str, int, bool]]:
    return [(order.order, order.ready, order.whole) for order in orders]


def lies(there: Waiting, number: int, units: int) -> None:
    """Units of the order lie in a shipment that waits for approval in the shop."""
    name, order = f"wait-{number}", there.orders[str(number)]
    lying = FulfilmentSeen(name, "WAITING_FOR_APPROVAL", "B", NOW, None, ((name, f"line-{number}", units),))
    line = replace(order.lines[0], fulfilled=units)
    there.orders[str(number)] = replace(order, fulfilments=(lying,), lines=(line,))
    there.look()


def test_orders_with_something_ready_are_listed_in_turn_with_the_warehouses(there: Waiting) -> None:
    first, second = listed(there)
    assert told([first, second]) == [("1", 3, True), ("2", 1, False)]
    [line] = second.lines
    [take] = line.takes
    assert (line.left, line.ready, line.sku) == (2, 1, "S1")
    assert (take.warehouse_id, take.warehouse, take.units) == ("P", "Paris", 1)


def test_lists_of_whole_orders_and_of_one_warehouse(there: Waiting) -> None:
    assert told(listed(there, whole=True)) == [("1", 3, True)]
    assert told(listed(there, warehouse="P")) == [("2", 1, False)]
    assert told(listed(there, warehouse="POOL")) == []


def test_a_page_of_orders_says_how_many_there_are(there: Waiting) -> None:
    with there.engine.connect() as connection:
        page = shipping.page(connection, there.shop.id, Filters(), offset=1, limit=1)
        beyond = shipping.page(connection, there.shop.id, Filters(), offset=9, limit=1)
    assert ([order.order for order in page.rows], page.total) == (["2"], 2)
    assert (beyond.rows, beyond.total) == ((), 2)


def test_what_lies_in_a_shipment_that_waits_for_approval_is_told_apart(there: Waiting) -> None:
    lies(there, 1, 2)
    first, _ = listed(there)
    assert (first.order, first.ready, first.approving, first.whole) == ("1", 1, 2, True)
    assert [(line.left, line.approving) for line in first.lines] == [(1, 2)]
    assert told(listed(there, approving=True)) == [("1", 1, True)]


def test_all_that_is_ready_of_an_order_ships_and_the_record_says_who_did_it(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    assert ship(runtime, there, 2, tracking="JJD0001", notify=False) == Shipped("2", 1, ("F",))
    assert door.how == {"exceed": True, "tracking": "JJD0001", "notify": False}
    assert door.shipped == [ShipLine("line-2", "P", 1)]
    with there.engine.connect() as connection:
        told = select(Activity.who, Activity.kind, Activity.subject_name, Activity.effect)
        kept = connection.execute(told.where(Activity.kind == "order.shipped")).one()
        left = connection.execute(select(Line.open, Line.ready).where(Line.id == "line-2")).one()
    assert tuple(kept) == (WHO, "order.shipped", "2", {"units": 1})
    assert tuple(left) == (1, 0)


def test_a_part_of_a_line_ships(there: Waiting, door: Door, runtime: Runtime) -> None:
    assert ship(runtime, there, 1, {"line-1": 2}).units == 2
    assert door.shipped == [ShipLine("line-1", "B", 2)]
    assert [order.ready for order in listed(there) if order.order == "1"] == [1]


def test_units_of_several_warehouses_leave_from_each_of_them(there: Waiting, door: Door, runtime: Runtime) -> None:
    ship(runtime, there, 1, {"line-1": 2})
    there.cancel(1)
    there.look()
    assert ship(runtime, there, 2).units == 2
    assert door.shipped[1:] == [ShipLine("line-2", "B", 1), ShipLine("line-2", "P", 1)]


@pytest.mark.parametrize(
    ("number", "lines", "says"),
    [
        (3, None, "Nothing of order 3 is ready to ship"),
        (1, {"line-1": 4}, "Of S1 3 units can be shipped, not 4"),
        (1, {"line-1": -1}, "Of S1 3 units can be shipped, not -1"),
        (1, {"line-1": 0}, "Nothing of order 1 is ready to ship"),
        (1, {}, "Nothing of order 1 is ready to ship"),
        (1, {"line-2": 1}, "A line of order 1 has nothing left to ship"),
        (9, None, "The shop has no such order any more"),
    ],
)
def test_what_cannot_be_shipped_is_said_in_a_sentence_and_nothing_leaves(
    there: Waiting, door: Door, runtime: Runtime, number: int, lines: dict[str, int] | None, says: str
) -> None:
    with pytest.raises(NotShipped, match=says):
        ship(runtime, there, number, lines)
    assert door.shipped == []


def test_the_shop_is_looked_at_before_anything_leaves(there: Waiting, door: Door, runtime: Runtime) -> None:
    there.stocks.units |= {"B": 0, "P": 0}
    with pytest.raises(NotShipped, match="Nothing of order 1"):
        ship(runtime, there, 1)
    assert door.shipped == []


def test_without_a_look_at_the_shop_nothing_leaves(
    there: Waiting, door: Door, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "wake", lambda _shop_id: None)
    with pytest.raises(NotShipped, match=r"within 1 second. Is a worker running"):
        ship(runtime, there, 1, patience=0.2)
    assert door.shipped == []


def test_a_shop_that_switched_the_app_off_is_not_waited_for(there: Waiting, door: Door, runtime: Runtime) -> None:
    shop = Shop(id=there.shop.id, state="inactive")
    with pytest.raises(NotShipped, match="switched off"):
        shipping.ship(runtime, shop, "order-1", None, who=WHO)


def test_what_lies_in_a_shipment_already_is_not_shipped_again(there: Waiting, door: Door, runtime: Runtime) -> None:
    lies(there, 1, 3)
    with pytest.raises(NotShipped, match="In a shipment that waits for approval in the shop: 3 units of it"):
        ship(runtime, there, 1)


@pytest.mark.parametrize(
    ("retry", "says"),
    [(False, "The shop did not ship it: Cannot fulfill unpaid order."), (True, "did not say whether order 1 was")],
)
def test_what_the_shop_refuses_is_told_and_looked_at_and_is_no_activity(
    there: Waiting, door: Door, runtime: Runtime, retry: bool, says: str
) -> None:
    door.refusal = ShopError("Cannot fulfill unpaid order.", retry=retry)
    looked = there.looked
    with pytest.raises(NotShipped, match=says):
        ship(runtime, there, 1)
    assert there.looked > looked
    assert there.count(Activity) == 0


def test_a_form_sent_twice_ships_once(there: Waiting, door: Door, runtime: Runtime) -> None:
    ship(runtime, there, 1, {"line-1": 1}, left={"line-1": 3})
    with pytest.raises(NotShipped, match="of one line 2 units can still leave, not 3"):
        ship(runtime, there, 1, {"line-1": 1}, left={"line-1": 3})
    assert door.shipped == [ShipLine("line-1", "B", 1)]


def test_two_people_who_ship_one_order_at_once_ship_it_once(there: Waiting, door: Door, runtime: Runtime) -> None:
    outcomes: list[object] = []
    both = threading.Barrier(2)

    def press() -> None:
        both.wait()
        try:
            outcomes.append(ship(runtime, there, 1).units)
        except NotShipped as wrong:
            outcomes.append(str(wrong))

    people = [threading.Thread(target=press) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert sorted(map(str, outcomes)) == ["3", "Nothing of order 1 is ready to ship."]
    assert door.shipped == [ShipLine("line-1", "B", 3)]


def test_who_waits_too_long_for_another_person_is_told(there: Waiting, door: Door, runtime: Runtime) -> None:
    with (
        shipping.leaving._one_at_a_time(there.engine, there.shop.id, "order-1", 5),
        pytest.raises(NotShipped, match="Somebody else"),
    ):
        ship(runtime, there, 1, patience=0.1)


def test_units_the_shop_does_not_count_leave_from_the_channels_first_warehouse(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    there.orders["4"] = replace(
        there.orders["3"], id="order-4", number="4", lines=(LineSeen("line-4", "V1", "S1", 2, 0, {}, {}),)
    )
    there.look()
    piece = {"quantity": 2, "source": "on_hand", "warehouse": None, "supply": None, "expected": None}
    with there.engine.begin() as connection:
        connection.execute(update(Line).where(Line.id == "line-4").values(pieces=[piece], ready=2))
        [order] = shipping.orders_of(connection, there.shop.id, ["order-4"])
    assert [(take.warehouse_id, take.units) for take in order.lines[0].takes] == [("B", 2)]


def test_an_order_that_is_to_leave_whole_waits_until_all_of_it_is_ready(
    there: Waiting, door: Door, runtime: Runtime
) -> None:
    with pytest.raises(NotShipped, match="Order 2 is not ready as a whole, only 1 of 2 units"):
        ship(runtime, there, 2, whole=True)
    assert ship(runtime, there, 1, whole=True).units == 3
    assert [line.line for line in door.shipped] == ["line-1"]


def test_lines_on_hold_are_told_apart_before_they_are_planned_anew(there: Waiting) -> None:
    with there.engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-1"], who=WHO)
    assert told(listed(there)) == [("2", 1, False)]
    [held] = listed(there, held=True)
    assert (held.order, held.ready, held.held, held.lines[0].takes) == ("1", 0, True, ())


def test_ready_orders_are_found_by_number_and_product(there: Waiting) -> None:
    assert told(listed(there, text="#2")) == [("2", 1, False)]
    assert len(listed(there, text="s1")) == 2
    assert listed(there, text="cup") == []


def test_a_pick_list_says_what_to_fetch_from_where_and_for_whom(there: Waiting) -> None:
    picks = shipping.pick_list(listed(there))
    assert {place: [(pick.sku, pick.units, pick.orders) for pick in rows] for place, rows in picks.items()} == {
        "Berlin": [("S1", 3, [("1", 3)])],
        "Paris": [("S1", 1, [("2", 1)])],
    }
