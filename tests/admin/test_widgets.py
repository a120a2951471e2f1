"""Widgets and popups beside an order and a product: what they say, and what can be done there."""

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select, update

from app import rulebook, shipping
from app.engine.rules import Scope
from app.models import Line, QueueMove, Rule, Supply, Variant
from app.platforms import Platform
from app.rulebook import Place
from app.runtime import Runtime
from app.shipping import NotShipped, Shipped
from tests.admin.at_desk import on_that_day, shop, there
from tests.admin.desk import PARENT, Desk
from tests.app.supply_shop import LAYOUT
from tests.app.waiting import Waiting, day

__all__ = ["on_that_day", "shop", "there"]


def order(number: int, what: str = "widgets") -> str:
    return f"/{what}/order?orderId=order-{number}"


def slip(there: Waiting, days: int) -> None:
    with there.engine.connect() as connection:
        number = connection.scalar(select(Supply.id))
    assert number
    there.supply(number, eta=day(days))


def moves(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(QueueMove.__table__).order_by(QueueMove.id)))


def test_the_order_widget_says_how_each_line_stands(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    assert "2 units to ship: 2 ready, 0 waiting" in desk.get(order(1)).text
    waiting = desk.get(order(2)).text
    assert "0 ready, 2 waiting" in waiting
    assert "Expected Nov 28, 2026" in waiting
    assert "No date is known" in desk.get(order(3)).text


def test_the_widget_says_what_was_first_promised_where_that_moved(desk: Desk, there: Waiting) -> None:
    slip(there, 9)
    there.look()
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(2)).text
    assert "Expected Dec 2, 2026" in page
    assert "first promised Nov 28, 2026" in page


def test_the_widget_is_a_widget_and_leads_to_our_own_pages_in_the_dashboard(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1)).text
    assert 'data-target="widget"' in page
    assert "<nav" not in page
    ours = f"{PARENT}/dashboard/extensions/app/{quote(desk.signing.app_id, safe='')}/{desk.shop_id}"
    assert f'href="{ours}/queue/lines/line-1"' in page
    assert 'data-popup="order-actions"' in page
    assert 'data-target="popup"' in desk.get(order(1, "popups")).text


def test_a_popup_that_the_widget_opened_knows_what_it_is_about(desk: Desk, there: Waiting) -> None:
    desk.sign_in()
    assert "Order 1" in desk.get("/popups/order?appParams=orderId%3Dorder-1").text
    assert "Backorder rule: Shirt" in desk.get("/popups/product?appParams=productId%3DP%26productSlug%3Dshirt").text
    assert "not read this order yet" in desk.get("/popups/order?appParams=" + "a%3D1%26" * 50).text
    query = "?saleorApiUrl=https://shop.example/graphql/&theme=dark&appParams=orderId%3DO1"
    answer = desk.web.get(f"/admin/popups/order{query}", headers=desk.headers)
    assert answer.location == f"/admin/{desk.shop_id}/popups/order?appParams=orderId%3DO1&theme=dark"


@pytest.mark.parametrize("what", ["widgets", "popups"])
@pytest.mark.parametrize("query", ["", "?orderId=nobody", "?orderId=%00", "?orderId=" + "9" * 3000])
def test_an_order_that_is_not_known_is_said_to_be_so(desk: Desk, there: Waiting, what: str, query: str) -> None:
    desk.sign_in("MANAGE_ORDERS")
    answer = desk.get(f"/{what}/order{query}")
    assert answer.status_code == 200
    assert "Dueback has not read this order yet" in answer.text


def test_a_line_nobody_has_looked_at_is_said_to_be_so(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Line).where(Line.id == "line-3").values(judged=False))
    desk.sign_in("MANAGE_ORDERS")
    assert "Not looked at yet" in desk.get(order(3)).text


def test_names_cannot_bring_html_along(desk: Desk, there: Waiting, engine: Engine) -> None:
    evil = "<script>alert(1)</script>"
    with engine.begin() as connection:
        connection.execute(update(Line).values(product_name=evil, variant_name=evil))
        connection.execute(update(Variant).values(product_name=evil, name=evil))
    desk.sign_in()
    for path in (order(1), order(1, "popups"), "/widgets/product?productId=P", "/popups/product?productId=P"):
        assert evil not in desk.get(path).text
        assert "&lt;script&gt;" in desk.get(path).text


def test_who_may_not_manage_orders_is_told_so_without_a_menu(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    for what in ("widgets", "popups"):
        answer = desk.get(order(1, what))
        assert answer.status_code == 403
        assert "manage orders" in answer.text
        assert "<nav" not in answer.text


def test_the_popup_tells_the_history_in_sentences(desk: Desk, there: Waiting) -> None:
    slip(there, 9)
    there.look()
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(2, "popups")).text
    assert "Purchase order PO-1 moved from 28 November to 2 December." in page
    assert "Nov 28, 2026 → Dec 2, 2026" in page


def test_a_line_is_put_on_hold_and_released(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    sent = {"orderId": "order-1", "line": "line-1"}
    answer = desk.post("/popups/order/hold", page, why="the address is unclear", **sent)
    assert answer.status_code == 303
    [move] = moves(engine)
    assert (move.kind, move.line_id, move.who, move.why) == (
        "hold", "line-1", "staff@example.com", "the address is unclear",
    )  # fmt: skip
    after = desk.get(answer.location.partition(f"/admin/{desk.shop_id}")[2]).text
    assert "One line is on hold" in after
    assert "On hold since" in desk.get(order(1)).text
    assert desk.post("/popups/order/release", after, **sent).status_code == 303
    assert moves(engine)[0].undone_by == "staff@example.com"


def test_a_line_is_given_another_day(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(3, "popups")).text
    sent = {"orderId": "order-3", "line": "line-3", "why": "phoned"}
    refused = desk.post("/popups/order/redate", page, day="", **sent)
    assert refused.status_code == 422
    assert "Choose the day" in refused.text
    assert 'value="phoned"' in refused.text
    assert desk.post("/popups/order/redate", refused.text, day=str(day(20)), **sent).status_code == 303
    assert [(move.kind, move.day) for move in moves(engine)] == [("redate", day(20))]


def test_lines_of_another_order_are_left_alone(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    answer = desk.post("/popups/order/hold", page, orderId="order-1", line="line-2")
    assert answer.status_code == 422
    assert "Tick the lines" in answer.text
    assert desk.post("/popups/order/hold", page, orderId="order-9", line="line-1").status_code == 404
    assert moves(engine) == []


def test_a_form_sent_twice_counts_once(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    for _ in range(2):
        assert desk.post("/popups/order/hold", page, orderId="order-1", line="line-1").status_code == 303
    assert len(moves(engine)) == 1


def test_what_is_ready_is_shipped_as_the_form_says(desk: Desk, there: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def ship(_runtime: Runtime, _shop: Any, order_id: str, lines: dict[str, int], **how: Any) -> Shipped:
        asked.update(how | {"order": order_id, "lines": lines})
        return Shipped("1", 1, ("F",))

    monkeypatch.setattr(shipping, "ship", ship)
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    assert "2 from Berlin" in page
    fields = {"orderId": "order-1", "units-line-1": "1", "left-line-1": "2", "tracking": "T1"}
    answer = desk.post("/popups/order/ship", page, **fields)
    assert answer.status_code == 303
    assert (asked["order"], asked["lines"], asked["left"]) == ("order-1", {"line-1": 1}, {"line-1": 2})
    assert (asked["tracking"], asked["notify"], asked["who"]) == ("T1", False, "staff@example.com")


@pytest.mark.parametrize("units", ["-1", "a lot", "9" * 40, "0", ""])
def test_what_is_no_number_of_units_ships_nothing(desk: Desk, there: Waiting, units: str) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    answer = desk.post("/popups/order/ship", page, **{"orderId": "order-1", "units-line-1": units})
    assert answer.status_code == 422


def test_why_nothing_was_shipped_is_said(desk: Desk, there: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    def ship(*_: Any, **__: Any) -> Shipped:
        raise NotShipped("The shop did not ship it.")

    monkeypatch.setattr(shipping, "ship", ship)
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get(order(1, "popups")).text
    answer = desk.post("/popups/order/ship", page, **{"orderId": "order-1", "units-line-1": "1", "tracking": "T9"})
    assert answer.status_code == 422
    assert "The shop did not ship it." in answer.text
    assert 'value="T9"' in answer.text


def test_the_product_widget_says_how_its_variants_sell(desk: Desk, there: Waiting, engine: Engine) -> None:
    shown = {"status": "backorder", "available_now": "0", "backorder_left": "46", "eta": str(day(14))}
    with engine.begin() as connection:
        values = {f"dueback.web.{name}": value for name, value in shown.items()}
        connection.execute(update(Variant).values(shown=values))
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/widgets/product?productId=P").text
    assert "Web" in page
    assert "0 now, 46 past zero, next Dec 7, 2026" in page
    assert "4 units waiting in 2 orders" in page
    assert "Next supply: 2 on Nov 28, 2026" in page
    assert "product-actions" not in page
    desk.sign_in("MANAGE_PRODUCTS")
    assert 'data-popup="product-actions"' in desk.get("/widgets/product?productId=P").text


@pytest.mark.parametrize("what", ["widgets", "popups"])
def test_a_product_that_is_not_known_is_said_to_be_so(desk: Desk, there: Waiting, what: str) -> None:
    desk.sign_in()
    for query in ("", "?productId=nothing", "?productId=%00"):
        assert "knows no variant of this product" in desk.get(f"/{what}/product{query}").text


class Shop:
    """A shop with its pool in place, where the product has the slug shirt."""

    def layout(self) -> Any:
        return LAYOUT

    def ids_by_slug(self, _scope: str, slugs: list[str]) -> dict[str, str]:
        return {slug: "P" for slug in slugs if slug == "shirt"}

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_named: None


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(_runtime: Runtime, _shop: Any) -> Platform:
        return Shop()  # type: ignore[return-value]

    monkeypatch.setattr(Runtime, "platform", opened)


def rules(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    with engine.connect() as connection:
        return {(row.scope, row.target_name): row.fields for row in connection.execute(select(Rule.__table__))}


QUICK = "/popups/product?productId=P&productSlug=shirt"
SHOP_RULE = ("shop", "")


@pytest.mark.usefixtures("platform")
def test_a_quick_rule_is_shown_before_it_is_kept(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get(QUICK).text
    fields = {"productId": "P", "productSlug": "shirt", "mode": "off"}
    preview = desk.post("/popups/product/preview", page, **fields).text
    assert "<b>1</b> close" in preview
    assert SHOP_RULE in rules(engine)
    assert len(rules(engine)) == 1
    answer = desk.post("/popups/product/save", preview, **fields)
    assert answer.status_code == 303
    assert rules(engine)["product", "shirt"] == {"mode": "off"}


@pytest.mark.usefixtures("platform")
def test_a_quick_rule_for_one_variant_keeps_what_else_the_rule_says(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        place = Place(Scope.VARIANT, "V1", "S1")
        rulebook.put(connection, there.shop, place, {"horizon_days": 30, "cap": 5}, who="x")
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get(f"{QUICK}&variant=V1").text
    fields = {"productId": "P", "variant": "V1", "cap": "=", "cap.typed": "7"}
    fields |= {"lead_days": "=", "lead_days.typed": "10"}
    assert desk.post("/popups/product/save", page, **fields).status_code == 303
    assert rules(engine)["variant", "S1"] == {"horizon_days": 30, "cap": 7, "lead_days": 10}


@pytest.mark.usefixtures("platform")
def test_a_rule_of_which_nothing_is_left_is_removed(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        rulebook.put(connection, there.shop, Place(Scope.VARIANT, "V1", "S1"), {"cap": 5}, who="x")
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get(f"{QUICK}&variant=V1").text
    assert desk.post("/popups/product/save", page, productId="P", variant="V1").status_code == 303
    assert list(rules(engine)) == [SHOP_RULE]
    page = desk.get(f"{QUICK}&variant=V1").text
    assert desk.post("/popups/product/save", page, productId="P", variant="V1").status_code == 422


@pytest.mark.usefixtures("platform")
def test_a_rule_that_somebody_else_changed_is_shown_not_overwritten(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get(f"{QUICK}&variant=V1").text
    with engine.begin() as connection:
        rulebook.put(connection, there.shop, Place(Scope.VARIANT, "V1", "S1"), {"cap": 5}, who="x")
    fields = {"productId": "P", "variant": "V1", "cap": "=", "cap.typed": "7"}
    refused = desk.post("/popups/product/save", page, **fields)
    assert refused.status_code == 422
    assert "Somebody changed this rule while you did" in refused.text
    assert 'value="7"' in refused.text
    assert rules(engine)["variant", "S1"] == {"cap": 5}
    assert desk.post("/popups/product/save", refused.text, **fields).status_code == 303
    assert rules(engine)["variant", "S1"] == {"cap": 7}


@pytest.mark.usefixtures("platform")
def test_what_a_quick_rule_cannot_say_is_refused_in_words(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get(QUICK).text
    fields = {"productId": "P", "productSlug": "shirt", "cap": "=", "cap.typed": "lots"}
    assert "Cap: " in desk.post("/popups/product/preview", page, **fields).text
    answer = desk.post("/popups/product/save", page, **fields)
    assert answer.status_code == 422
    assert 'value="lots"' in answer.text


@pytest.mark.usefixtures("platform")
def test_a_slug_that_is_another_products_makes_no_rule(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get("/popups/product?productId=P&productSlug=trousers").text
    fields = {"productId": "P", "productSlug": "trousers", "mode": "off"}
    assert desk.post("/popups/product/save", page, **fields).status_code == 422
    assert list(rules(engine)) == [SHOP_RULE]


def test_only_who_manages_products_may_set_a_quick_rule(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    assert desk.get(QUICK).status_code == 403
    page = desk.get("/widgets/product?productId=P").text
    assert desk.post("/popups/product/preview", page).status_code == 403
