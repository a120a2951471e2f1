"""From an empty shop to the first variant open, and what the first page says afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from app import book, notices
from app.models import Line, Mark, Rule, Shop, StockRise, Supply, Variant
from tests.admin.desk import Desk
from tests.admin.rule_desk import LiveShop, live
from tests.app.rule_shop import SHOP, layout, ordered, put
from tests.app.set_up import NEEDED

ANSWERS = {"channel": "web", "mode": "backorder", "cap": "=", "cap.typed": "10", "lead_days": ""}


@pytest.fixture
def empty(engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> LiveShop:
    """No pools yet, neither in the shop nor in the book."""
    with engine.begin() as connection:
        book.record_layout(connection, shop.id, layout(pools=False))
    return live(monkeypatch, pools=False)


def settings(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return dict(connection.scalars(select(Shop.settings)).one())


def open_in_the_shop(engine: Engine, sku: str, left: str = "10") -> None:
    """As the worker leaves it, nothing more to do."""
    with engine.begin() as connection:
        shown = {"dueback.web.status": "backorder", "dueback.web.backorder_left": left}
        connection.execute(update(Variant).where(Variant.sku == sku).values(shown=shown))
        connection.execute(delete(Mark))


def test_a_shop_without_rules_begins_with_the_guide(desk: Desk, empty: LiveShop) -> None:
    desk.sign_in()
    page = desk.get("/").text
    assert "<h1>Set up</h1>" in page
    assert 'aria-current="page">Set up' in page


def test_the_guide_ends_with_the_first_variant_open(desk: Desk, engine: Engine, shop: Shop, empty: LiveShop) -> None:
    desk.sign_in()
    page = desk.get("/setup").text
    assert "Enable a channel first" in page
    done = desk.post("/setup/channels", page, channel=["web"])
    assert done.location.endswith("#rule")
    page = desk.get("/setup").text
    assert '<option value="">' not in page.partition('id="channel"')[2].partition("</select>")[0]
    assert desk.post("/setup/rule", page, **ANSWERS).location.endswith("#storefront")
    with engine.connect() as connection:
        rule = connection.execute(select(Rule)).one()
    assert (rule.scope, rule.target, rule.fields) == ("channel", "web", {"mode": "backorder", "cap": 10})
    assert "Dueback is opening variants" in desk.get("/setup/opened").text
    open_in_the_shop(engine, "plate")
    opened = desk.get("/setup/opened").text
    assert "cups, plate (plate) can be ordered past zero now." in opened
    assert 'data-dashboard="/products/cups"' in opened
    assert desk.post("/setup/done", desk.get("/setup").text).status_code == 303
    page = desk.get("/").text
    assert "<h1>Overview</h1>" in page
    assert "Set up" not in page


def test_nothing_sold_out_is_no_failure(desk: Desk, engine: Engine, shop: Shop, empty: LiveShop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    open_in_the_shop(engine, "cup", left="0")
    desk.sign_in()
    assert "What sells out opens by itself" in desk.get("/setup/opened").text


def test_channels_with_the_same_warehouses_are_enabled_as_one_where_that_is_wanted(
    desk: Desk, engine: Engine, shop: Shop, empty: LiveShop
) -> None:
    empty.channels["outlet"] = replace(empty.channels["outlet"], warehouses=("B",))
    with engine.begin() as connection:
        book.record_layout(connection, shop.id, empty.layout())
    desk.sign_in()
    page = desk.get("/setup").text
    assert "Run Outlet and Web as one" in page
    desk.post("/setup/channels", page, channel=["web", "outlet"], together="1")
    with engine.connect() as connection:
        pools = {channel.pool for channel in book.load_channels(connection, shop.id)}
    assert len(pools) == 1
    assert None not in pools


def test_enabling_asks_before_the_shop_allocates_otherwise(
    desk: Desk, engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        book.record_layout(connection, shop.id, layout(pools=False))
    lived = live(monkeypatch, pools=False, in_order=False)
    desk.sign_in()
    asked = desk.post("/setup/channels", desk.get("/setup").text, channel=["web", "outlet"])
    assert asked.status_code == 422
    assert "Do you agree?" in asked.text
    assert len(lived.warehouses) == 2
    answered = desk.post("/setup/channels", asked.text, channel=["web", "outlet"], agree="1")
    assert answered.status_code == 303
    assert len(lived.warehouses) == 4


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/setup/channels", {}, "Tick at least one channel"),
        ("/setup/channels", {"channel": "moon"}, "Tick at least one channel"),
        ("/setup/rule", ANSWERS | {"channel": "moon"}, "does not have this channel"),
        ("/setup/rule", ANSWERS | {"cap.typed": "a lot"}, "Cap: should be"),
    ],
)
def test_what_cannot_be_meant_is_told_on_the_same_page(
    desk: Desk, engine: Engine, empty: LiveShop, path: str, fields: dict[str, str], says: str
) -> None:
    desk.sign_in()
    desk.post("/setup/channels", desk.get("/setup").text, channel="web")
    answer = desk.post(path, desk.get("/setup").text, **fields)
    assert (answer.status_code, says in answer.text) == (422, True)
    with engine.connect() as connection:
        assert connection.execute(select(Rule)).first() is None


def test_the_first_rule_is_previewed_with_and_without_scripts(desk: Desk, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/setup").text
    whole = desk.post("/setup/preview", page, **ANSWERS).text
    assert "plate in Web: 10 past zero" in whole
    assert "<h1>Set up</h1>" in whole
    desk.headers = desk.headers | {"HX-Request": "true"}
    assert desk.post("/setup/preview", page, **ANSWERS).text.count("plate in Web") == 1
    assert "does not have this channel" in desk.post("/setup/preview", page, **ANSWERS | {"channel": "moon"}).text


def test_a_rule_that_is_there_keeps_what_the_guide_does_not_ask(
    desk: Desk, engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch)
    put(engine, shop, SHOP, display="week")
    desk.sign_in()
    desk.post("/setup/rule", desk.get("/setup").text, **ANSWERS | {"channel": ""})
    with engine.connect() as connection:
        assert connection.scalars(select(Rule.fields)).one() == {"mode": "backorder", "cap": 10, "display": "week"}


def test_the_checks_are_told_each_with_its_way(desk: Desk, shop: Shop, empty: LiveShop) -> None:
    empty.reservations = False
    empty.permissions = frozenset()
    desk.sign_in()
    told = desk.get("/setup/checks").text
    assert f'data-dashboard="/extensions/app/{quote(desk.signing.app_id, safe="")}/edit"' in told
    assert "dueback doctor" not in told
    empty.permissions = NEEDED
    told = desk.get("/setup/checks").text
    assert 'data-dashboard="/site-settings/"' in told
    assert told.count("that the shop's staff must put right") == 1
    assert f'action="/admin/{desk.shop_id}/setup/mend"' in told


def test_what_we_can_mend_is_mended_by_a_button(desk: Desk, shop: Shop, empty: LiveShop) -> None:
    desk.sign_in()
    page = desk.get("/setup?look=1").text
    assert "has not got the webhook" in page
    assert desk.post("/setup/mend", page).status_code == 303
    assert "has not got the webhook" not in desk.get("/setup?look=1").text


def test_a_shop_that_does_not_answer_leaves_the_guide_readable(desk: Desk, empty: LiveShop) -> None:
    empty.silent = True
    desk.sign_in()
    assert desk.get("/setup").status_code == 200
    assert "did not answer in time" in desk.get("/setup/checks").text
    page = desk.get("/setup?look=1")
    assert (page.status_code, "did not answer in time" in page.text) == (200, True)
    for path in ("/setup/mend", "/setup/channels"):
        answer = desk.post(path, page.text, channel="web")
        assert answer.status_code in {303, 422}


def test_who_may_not_manage_products_reads_the_guide(desk: Desk, engine: Engine, empty: LiveShop) -> None:
    desk.sign_in()
    page = desk.get("/setup").text
    desk.sign_in("MANAGE_ORDERS")
    read = desk.get("/setup").text
    assert "You can read along" in read
    assert "Skip the guide" not in read
    for path in ("/setup/mend", "/setup/channels", "/setup/rule", "/setup/done"):
        assert desk.post(path, page, **ANSWERS).status_code == 403
    assert settings(engine) == {}


def test_skipping_keeps_what_else_is_set(desk: Desk, engine: Engine, empty: LiveShop) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(settings={"time_zone": "Europe/Berlin"}))
    desk.sign_in()
    desk.post("/setup/done", desk.get("/setup").text)
    assert settings(engine) == {"time_zone": "Europe/Berlin", "setup": "done"}


def figures(page: str) -> list[int]:
    return [int(each.partition(">")[2].partition("<")[0]) for each in page.split('class="figure')[1:]]


def test_the_first_page_counts_what_needs_somebody(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=9)
    for number in ("21", "22", "23"):
        ordered(engine, shop, number, "plate", 2)
    desk.sign_in()
    assert "Nothing needs you just now" in desk.get("/").text
    with engine.begin() as connection:
        today = connection.execute(select(Shop.installed_at)).scalar_one().date()
        before = today - timedelta(days=9)
        supply = {"shop_id": shop.id, "variant_id": "plate", "warehouse_id": "B", "quantity": 5, "eta": before}
        connection.execute(insert(Supply).values(supply))
        connection.execute(update(Line).where(Line.order_id == "21").values(waiting=2, promised=before))
        connection.execute(update(Line).where(Line.order_id == "22").values(waiting=2, due=before))
        connection.execute(update(Line).where(Line.order_id == "23").values(ready=2))
        connection.execute(insert(StockRise).values(shop_id=shop.id, variant_id="plate", warehouse_id="B", units=3))
        notices.report(connection, shop.id, "doctor:pool_gone:web", "Gone.")
        notices.report(connection, shop.id, "overrun:1", "Told elsewhere.")
    assert figures(desk.get("/").text) == [1, 2, 1, 1, 1, 1]
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get("/").text
    assert figures(page) == [1, 1, 1]
    assert "/queue" not in page
