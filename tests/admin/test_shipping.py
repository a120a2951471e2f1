"""What can leave now, as the pages show it, and letting it leave."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import shipping, turns
from app.platforms import ShipLine, ShopError
from tests.admin.at_desk import at, door, shop
from tests.admin.desk import Desk
from tests.app.door import Door
from tests.app.supply_shop import WHO
from tests.app.waiting import Waiting

__all__ = ["at", "door", "shop"]


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Three on hand in Berlin and one in Paris; orders of 3, 2 and 1."""
    found = Waiting.opened(engine)
    found.stocks.units |= {"B": 3, "P": 1}
    for number, units in ((1, 3), (2, 2), (3, 1)):
        found.order(number, units)
    found.look()
    return found


def test_orders_are_listed_in_turn_with_what_leaves_from_where(at: Desk) -> None:
    page = at.get("/shipping").text
    assert page.index("Order 1") < page.index("Order 2")
    assert "Order 3" not in page
    assert "3 from Berlin" in page
    assert "1 from Paris" in page
    assert "1 to 2 of 2" in page


@pytest.mark.parametrize(
    ("query", "shown"), [("?which=whole", ["1"]), ("?warehouse=P", ["2"]), ("?text=%231", ["1"]), ("?page=9", [])]
)
def test_the_list_is_filtered_and_may_end(at: Desk, query: str, shown: list[str]) -> None:
    page = at.get(f"/shipping{query}").text
    assert [number for number in "123" if f"Order {number}</a>" in page] == shown


def test_an_empty_list_says_so(engine: Engine, at: Desk, there: Waiting) -> None:
    there.stocks.units |= {"B": 0, "P": 0}
    there.look()
    assert "Nothing can leave now" in at.get("/shipping").text


def test_lines_on_hold_are_listed_apart_and_not_ticked(at: Desk, there: Waiting) -> None:
    with there.engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-1"], who=WHO)
    assert "Order 1" not in at.get("/shipping").text
    page = at.get("/shipping?which=held").text
    assert "on hold" in page
    assert 'name="order"' not in page


def test_ticked_orders_are_shipped_and_each_is_told_apart(at: Desk, there: Waiting, door: Door) -> None:
    form = at.get("/shipping").text
    with there.engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-2"], who=WHO, why="address unclear")
    answer = at.post("/shipping", form, order=["order-1", "order-2"], notify="yes")
    page = at.web.get(answer.headers["Location"]).text
    assert "1 order was shipped. 1 was refused." in page
    assert "Shipped 3 units of order 1." in page
    assert "Nothing of order 2 is ready to ship. S1 is on hold" in page
    assert door.shipped == [ShipLine("line-1", "B", 3)]
    assert door.how["notify"] is True


def test_a_form_sent_twice_ships_once_and_says_the_same(at: Desk, door: Door) -> None:
    form = at.get("/shipping").text
    answers = [at.post("/shipping", form, order=["order-1"]) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    assert door.shipped == [ShipLine("line-1", "B", 3)]
    assert door.how["notify"] is False


def test_what_another_tab_shipped_meanwhile_is_not_shipped_again(at: Desk, there: Waiting, door: Door) -> None:
    first, second = at.get("/shipping").text, at.get("/shipping").text
    at.post("/shipping", first, order=["order-1"])
    there.stocks.units["B"] = 9
    there.look()
    answer = at.post("/shipping", second, order=["order-1", "order-2"])
    page = at.web.get(answer.headers["Location"]).text
    assert "Order 1 has changed meanwhile" in page
    assert [line.line for line in door.shipped] == ["line-1", "line-2"]


def test_whole_orders_only(at: Desk, door: Door) -> None:
    answer = at.post("/shipping", at.get("/shipping").text, order=["order-1", "order-2"], whole="yes")
    assert "Order 2 is not ready as a whole, only 1 of 2 units" in at.web.get(answer.headers["Location"]).text
    assert [line.line for line in door.shipped] == ["line-1"]


def test_nothing_ticked_is_said_and_more_than_a_page_is_refused(at: Desk, door: Door) -> None:
    form = at.get("/shipping?which=whole").text
    answer = at.post("/shipping?which=whole", form)
    assert answer.status_code == 422
    assert "Tick the orders to ship" in answer.text
    assert "Order 2</a>" not in answer.text, "the filters still hold"
    assert at.post("/shipping", form, order=[f"order-{n}" for n in range(51)]).status_code == 422


def test_a_shop_that_takes_too_long_is_not_waited_for(at: Desk, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.admin.outcomes.SECONDS", 0.0)
    answer = at.post("/shipping", at.get("/shipping").text, order=["order-1"])
    assert "Not tried: the others took too long" in at.web.get(answer.headers["Location"]).text
    assert door.shipped == []


def test_an_accident_with_one_order_loses_none_of_the_others(
    at: Desk, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship = shipping.ship

    def stumble(runtime: object, shop: object, order: str, *rest: object, **more: object) -> object:
        if order == "order-1":
            raise ZeroDivisionError
        return ship(runtime, shop, order, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(shipping, "ship", stumble)
    answer = at.post("/shipping", at.get("/shipping").text, order=["order-1", "order-2"])
    page = at.web.get(answer.headers["Location"]).text
    assert "Something went wrong" in page
    assert "Shipped 1 unit of order 2." in page


def test_a_part_of_an_order_is_shipped_with_a_tracking_number(at: Desk, door: Door) -> None:
    form = at.get("/shipping/orders/order-1").text
    more = {"units:line-1": "2", "tracking": "JJD 0001"}
    answer = at.post("/shipping/orders/order-1", form, **more)
    assert "Shipped 2 units of order 1." in at.web.get(answer.headers["Location"]).text
    assert door.shipped == [ShipLine("line-1", "B", 2)]
    assert door.how == {"exceed": True, "tracking": "JJD 0001", "notify": False}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"units:line-1": "4"}, "Of S1 3 units can be shipped, not 4"),
        ({"units:line-1": "-1"}, "-1 is no number of units"),
        ({"units:line-1": "many"}, "many is no number of units"),
        ({"units:line-1": "9" * 30}, "is no number of units"),
        ({"units:line-1": "0"}, "Nothing of order 1 is ready to ship"),
        ({"tracking": "x" * 201}, "Tracking number: A tracking number has 200 characters at most"),
    ],
)
def test_what_cannot_be_shipped_is_said_beside_what_was_typed(
    at: Desk, door: Door, typed: dict[str, str], says: str
) -> None:
    form = at.get("/shipping/orders/order-1").text
    answer = at.post("/shipping/orders/order-1", form, **{"units:line-1": "3", "tracking": "JJD"} | typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{({"tracking": "JJD"} | typed)["tracking"]}"' in answer.text
    assert door.shipped == []


def test_what_the_shop_says_against_it_is_shown(at: Desk, door: Door) -> None:
    door.refusal = ShopError("Cannot fulfill unpaid order.", retry=False)
    form = at.get("/shipping/orders/order-1").text
    answer = at.post("/shipping/orders/order-1", form, **{"units:line-1": "3"})
    assert "The shop did not ship it: Cannot fulfill unpaid order." in answer.text


def test_an_order_of_which_nothing_is_left_says_so_and_an_unknown_one_is_not_found(
    at: Desk, there: Waiting, door: Door
) -> None:
    form = at.get("/shipping/orders/order-1").text
    there.ship(1, 3)
    there.look()
    assert "Nothing of this order is left to ship" in at.get("/shipping/orders/order-1").text
    answer = at.post("/shipping/orders/order-1", form, **{"units:line-1": "3"})
    assert (answer.status_code, "Order 1 has changed meanwhile" in answer.text) == (422, True)
    assert at.get("/shipping/orders/order-9").status_code == 404
    assert at.get("/shipping/sent/nothing").status_code == 404


def test_a_pick_list_by_warehouse_for_all_or_the_ticked_ones(at: Desk) -> None:
    page = at.get("/shipping/pick-list").text
    assert page.index("Berlin") < page.index("Paris")
    ticked = at.web.post(f"/admin/{at.shop_id}/shipping/pick-list", data={"order": ["order-2"]}).text
    assert ("Paris" in ticked, "Berlin" in ticked) == (True, False)
    kept = at.web.post(f"/admin/{at.shop_id}/shipping/pick-list.html", data={"order": ["order-2"]})
    assert kept.headers["Content-Disposition"].startswith('attachment; filename="pick-list-')
    assert "<script" not in kept.text
    file = at.web.post(f"/admin/{at.shop_id}/shipping/pick-list.csv", data={}).text
    assert "Berlin," in file
    assert ",S1,3,1:3" in file


def test_the_list_as_a_file(at: Desk) -> None:
    rows = at.get("/shipping.csv?which=whole").text.lstrip("\ufeff").splitlines()
    assert len(rows) == 2
    assert rows[1].split(",")[0] == "1"
    assert rows[1].endswith("Berlin,3")


def test_hostile_names_are_only_text(at: Desk, there: Waiting) -> None:
    evil = "<script>alert(1)</script>"
    order = there.orders["1"]
    line = replace(order.lines[0], product_name=evil, variant_name='"><img src=x>')
    there.orders["1"] = replace(order, customer=f"{evil}@example.com", lines=(line,))
    there.look()
    for path in ("/shipping", "/shipping/orders/order-1", "/shipping/pick-list"):
        page = at.get(path).text
        assert evil not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page
    kept = at.web.post(f"/admin/{at.shop_id}/shipping/pick-list.html", data={}).text
    assert evil not in kept


def test_only_who_manages_orders_may_see_or_ship(desk: Desk, there: Waiting, door: Door, web: FlaskClient) -> None:
    desk.sign_in("MANAGE_ORDERS")
    form = desk.get("/shipping").text
    desk.sign_in("MANAGE_PRODUCTS")
    for path in ("/shipping", "/shipping.csv", "/shipping/orders/order-1", "/shipping/pick-list"):
        assert desk.get(path).status_code == 403
    assert desk.post("/shipping", form, order=["order-1"]).status_code == 403
    assert web.post(f"/admin/{there.shop.id + 1}/shipping/pick-list", data={}).status_code != 200
    assert door.shipped == []


def test_nothing_leaves_without_the_forms_own_proof(at: Desk, door: Door) -> None:
    answer = at.web.post(f"/admin/{at.shop_id}/shipping", data={"order": "order-1", "once": "1"})
    assert answer.status_code == 400
    assert door.shipped == []


def test_outcomes_are_kept_as_they_were(at: Desk, door: Door) -> None:
    answer = at.post("/shipping", at.get("/shipping").text, order=["order-1"])
    address = answer.headers["Location"]
    door.refusal = ShopError("gone", retry=False)
    assert at.web.get(address).text.count("Shipped 3 units of order 1.") == 1
    assert json.dumps(at.web.get(address).status_code) == "200"
