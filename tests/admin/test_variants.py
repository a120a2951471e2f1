"""What may be ordered past zero: the list, one variant with its reasons, and opening or closing it."""

from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from app import book, rulebook
from app.engine.rules import Scope
from app.models import Rule, Shop, Variant
from app.platforms import VariantSeen
from app.rulebook import Place
from app.runtime import Runtime
from tests.admin.at_desk import on_that_day, shop, there
from tests.admin.desk import Desk
from tests.app.rule_shop import variant
from tests.app.supply_shop import LAYOUT, NOW
from tests.app.waiting import Waiting, day

__all__ = ["on_that_day", "shop", "there"]


def show(engine: Engine, **values: str) -> None:
    with engine.begin() as connection:
        shown = {f"dueback.web.{name}": value for name, value in values.items()}
        connection.execute(update(Variant).where(Variant.id == "V1").values(shown=shown))


def know(engine: Engine, shop: Shop, *variants: VariantSeen) -> None:

    with engine.begin() as connection:
        book.record_variants(connection, shop.id, [each.id for each in variants], variants, NOW)


@pytest.fixture
def shelf(there: Waiting, engine: Engine) -> Waiting:
    """The shirt of `there`, open past zero, and two cups that nobody has ordered, one of them with a strange name."""
    show(engine, status="backorder", available_now="0", backorder_left="46", eta=str(day(14)))
    know(engine, there.shop, variant("cup", listed_in=("C",)), variant("<b>cup", listed_in=()))
    return there


def test_the_list_says_how_each_variant_stands_those_waited_for_first(desk: Desk, shelf: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/variants").text
    assert page.index("Shirt, M") < page.index(">cups, cup")
    assert "4 of 50 past zero, 46 more, next Dec 7, 2026" in page
    assert "2 on Nov 28, 2026" in page
    assert "On sale in no channel" in page
    assert "<b>cup" not in page


def test_what_is_on_hand_of_a_preorder_is_left_to_order_besides_its_cap(
    desk: Desk, shelf: Waiting, engine: Engine
) -> None:
    desk.sign_in()
    show(engine, status="preorder", available_now="0", backorder_left="171")
    page = desk.get("/variants").text
    assert "171 left to order, 46 of them past zero" in page
    assert "4 of 50 past zero" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?text=shirt", {"S1"}),
        ("?text=CUP", {"cup", "&lt;b&gt;cup"}),
        ("?status=backorder", {"S1"}),
        ("?status=in_stock", set()),
        ("?status=nonsense&queue=yes", {"S1"}),
        ("?channel=web", {"S1", "cup"}),
        ("?channel=nowhere", set()),
        ("?product=P", {"S1"}),
        ("?supplier=9999999999999999999999", {"S1", "cup", "&lt;b&gt;cup"}),
        ("?text=" + "x" * 5000, {"S1", "cup", "&lt;b&gt;cup"}),
    ],
)
def test_the_list_is_filtered(desk: Desk, shelf: Waiting, query: str, found: set[str]) -> None:
    desk.sign_in()
    page = desk.get(f"/variants{query}").text
    skus = {sku for sku in ("S1", "cup", "&lt;b&gt;cup") if f'<span class="quiet">{sku}</span>' in page}
    assert skus == found


def test_beyond_the_end_and_without_any_the_list_says_so(desk: Desk, shelf: Waiting, engine: Engine) -> None:
    desk.sign_in()
    assert "No variants on this page" in desk.get("/variants?page=99").text
    assert "No variant fits" in desk.get("/variants?text=trousers").text


def test_the_file_has_a_row_for_each_channel_under_the_same_filters(desk: Desk, shelf: Waiting) -> None:
    desk.sign_in()
    rows = desk.get("/variants.csv?text=shirt").text.splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("S1,Shirt,M,web,backorder,2,0,6,4,2,0,46,backorder,50,4,2026-12-07,")
    assert len(desk.get("/variants.csv").text.splitlines()) == 4


def test_a_variants_page_says_why_it_is_open_who_waits_and_what_comes(desk: Desk, shelf: Waiting) -> None:
    desk.sign_in()
    page = desk.get("/variants/V1").text
    assert "46 more units may be ordered past zero." in page
    assert "The rule for the whole shop" in page or "The whole shop" in page
    assert "/queue/lines/line-2" in page
    assert "PO-1" in page


def test_who_may_not_see_orders_sees_no_queue_and_who_may_not_rule_no_form(desk: Desk, shelf: Waiting) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get("/variants/V1").text
    assert "/queue/lines/line-2" not in page
    assert "Open or close it" in page
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/variants/V1").text
    assert "Open or close it" not in page
    assert desk.post("/variants/V1/rule", desk.get("/widgets/order?orderId=order-1").text).status_code in {400, 403}


@pytest.mark.parametrize("name", ["nothing", "%00", "V1%2F..", "9" * 2000])
def test_a_variant_that_is_not_there_is_not_found(desk: Desk, shelf: Waiting, name: str) -> None:
    desk.sign_in()
    assert desk.get(f"/variants/{name}").status_code == 404


def test_another_shops_variant_is_not_there(desk: Desk, shelf: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
        other = connection.scalar(insert(Shop).values(row).returning(Shop.id))
        connection.execute(update(Variant).where(Variant.id == "cup").values(shop_id=other))
    desk.sign_in()
    assert desk.get("/variants/cup").status_code == 404
    assert "cups, cup<" not in desk.get("/variants").text


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    class There:
        def layout(self) -> Any:
            return LAYOUT

        def __getattr__(self, _name: str) -> Any:
            return lambda *_args, **_named: None

    monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: There())


def rules(engine: Engine) -> dict[str, dict[str, Any]]:
    with engine.connect() as connection:
        return {row.scope: row.fields for row in connection.execute(select(Rule.__table__))}


@pytest.mark.usefixtures("platform")
def test_a_variant_is_closed_opened_again_and_left_to_wider_rules(desk: Desk, shelf: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/variants/V1").text
    preview = desk.post("/variants/V1/preview", page, mode="off").text
    assert "<b>1</b> close" in preview
    assert "variant" not in rules(engine)
    assert desk.post("/variants/V1/rule", preview, mode="off").status_code == 303
    assert rules(engine)["variant"] == {"mode": "off"}
    page = desk.get("/variants/V1").text
    opened = {"mode": "backorder", "cap": "=", "cap.typed": "5", "agree": "1"}
    assert desk.post("/variants/V1/rule", page, **opened).status_code == 303
    assert rules(engine)["variant"] == {"mode": "backorder", "cap": 5}
    assert desk.post("/variants/V1/rule", desk.get("/variants/V1").text).status_code == 303
    assert "variant" not in rules(engine)


@pytest.mark.usefixtures("platform")
def test_a_form_for_another_variant_is_refused(desk: Desk, shelf: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/variants/cup").text
    assert desk.post("/variants/V1/rule", page, mode="off").status_code == 422
    assert list(rules(engine)) == ["shop"]


@pytest.mark.usefixtures("platform")
def test_a_rule_for_one_channel_is_set_there(desk: Desk, shelf: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/variants/V1?channel=web").text
    assert desk.post("/variants/V1/rule", page, mode="off", channel="web").status_code == 303
    with engine.connect() as connection:
        assert rulebook.find(connection, shelf.shop.id, Place(Scope.VARIANT, "V1", "S1", "C")) is not None
