"""Who or what did what, as the page and its file tell it."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from app import activity, keys, rulebook, shop_settings, turns
from app.engine.rules import Scope
from app.models import Activity, Shop, Supply
from app.rulebook import Place
from tests.admin.at_desk import on_that_day, shop, there
from tests.admin.desk import Desk
from tests.app.supply_shop import NOW
from tests.app.waiting import Waiting

__all__ = ["on_that_day", "shop", "there"]

ANN = "ann@example.com"


@pytest.fixture
def done(there: Waiting, engine: Engine) -> Waiting:
    """Ann has held an order and released it, set a rule and a setting, paused the shop, and made a key."""
    with engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-1"], who=ANN, why="the address is unclear")
    with engine.begin() as connection:
        turns.release(connection, there.shop, ["line-1"], who=ANN)
        rulebook.put(connection, there.shop, Place(Scope.VARIANT, "V1", "S1"), {"cap": 7}, who=ANN)
        shop_settings.put(connection, there.shop, {"time_zone": "Europe/Berlin"}, who=ANN)
        turns.pause(connection, there.shop, who=ANN, why="flood")
        keys.add(connection, there.shop.id, "<b>ERP", ["read"], 60, who=ANN)
    return there


def told(engine: Engine, shop_id: int, **filters: Any) -> list[str]:
    with engine.connect() as connection:
        wanted = activity.Filters(**filters)
        listed = activity.page(connection, shop_id, wanted, offset=0, limit=50)
        streamed = list(activity.rows(connection, shop_id, wanted))
    assert list(listed.rows) == streamed
    return [entry.kind for entry in streamed]


def test_pauses_and_what_was_taken_back_are_told_with_who_did_it(engine: Engine, done: Waiting) -> None:
    with engine.begin() as connection:
        turns.resume(connection, done.shop, who="bo@example.com")
    assert told(engine, done.shop.id, kind="shop", who=ANN) == ["shop.paused"]
    assert told(engine, done.shop.id, who="bo@example.com") == ["shop.resumed"]
    assert "queue.undone" in told(engine, done.shop.id, who=ANN)


def test_the_page_says_who_did_what_and_what_stands_behind_it(desk: Desk, done: Waiting) -> None:
    desk.sign_in()
    page = desk.get("/activity").text
    for said in (
        "Held order 1 back.",
        "the address is unclear",
        "Took back a decision on order 1.",
        "Variant S1",
        "Cap: 7 units",
        "Changed the time zone from UTC to Europe/Berlin.",
        "Paused everything.",
        "Made the API key &lt;b&gt;ERP.",
        "Added purchase order PO-1.",
    ):
        assert said in page
    assert "<b>ERP" not in page


def test_numbers_and_what_is_no_person_are_told_in_the_language_of_the_desk(
    desk: Desk, there: Waiting, engine: Engine
) -> None:
    there.expect(1200, 9, "PO-2")
    with engine.begin() as connection:
        connection.execute(update(Activity).values(who="dueback command"))
    desk.sign_in()
    desk.looks(locale="de")
    page = desk.get("/activity").text
    assert "Stück: 1.200" in page
    assert ">Befehl dueback</a>" in page
    assert "?who=dueback+command" in page


def test_each_thing_leads_to_its_page_and_to_all_that_was_done_about_it(desk: Desk, done: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/activity").text
    assert f'href="/admin/{desk.shop_id}/variants/V1"' in page
    assert f'href="/admin/{desk.shop_id}/queue?text=1"' in page
    assert "settings/keys" not in page
    alone = desk.get("/activity?subject=order&subject_id=order-1").text
    assert "Only what was done to order 1, or concerns it." in alone
    assert "Held order 1 back." in alone
    assert "Paused everything" not in alone
    assert f"/admin/{desk.shop_id}/activity?subject=variant&amp;subject_id=V1" in desk.get("/variants/V1").text


def test_every_page_of_a_thing_leads_to_what_was_done_about_it(desk: Desk, done: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        rule = rulebook.find(connection, done.shop.id, Place(Scope.VARIANT, "V1", "S1"))
        supply = connection.scalar(select(Supply.id))
    assert rule
    pages = {"/queue/lines/line-1": "Held order 1 back.", f"/supply/{supply}": "Added purchase order PO-1.",
             f"/rules/{rule.id}": "Made a rule.", "/variants/V1": "Held order 1 back."}  # fmt: skip
    desk.sign_in()
    for path, said in pages.items():
        [link] = re.findall(rf'href="/admin/{desk.shop_id}(/activity[^"]+)"', desk.get(path).text)
        assert said in desk.get(html.unescape(link)).text
    desk.sign_in("MANAGE_PRODUCTS")
    assert "/activity" not in desk.get(f"/supply/{supply}").text


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("?kind=queue", "Held order 1 back.", "Paused everything"),
        ("?who=ann@example.com", "Paused everything", "Added purchase order"),
        ("?who=nobody", "Nothing fits", "Paused everything"),
        ("?kind=nonsense", "Nothing fits", "Paused everything"),
        ("?from_day=2099-01-01", "Nothing fits", "Paused everything"),
        ("?until_day=2001-01-01", "Nothing fits", "Paused everything"),
        ("?from_day=0001-01-01&until_day=yesterday", "Paused everything", "Nothing fits"),
        ("?subject=order&subject_id=" + "9" * 3000, "Paused everything", "Nothing fits"),
        ("?subject=dragon&subject_id=1", "Only", "Only what was done"),
        ("?page=99", "Nothing on this page", "Paused everything"),
    ],
)
def test_the_list_is_filtered(desk: Desk, done: Waiting, query: str, found: str, missing: str) -> None:
    desk.sign_in()
    page = desk.get(f"/activity{query}")
    assert page.status_code == 200
    assert found in page.text or found == "Only"
    assert missing not in page.text


def test_days_are_those_of_the_shops_calendar(desk: Desk, done: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(settings={"time_zone": "Asia/Tokyo"}))
        late = NOW.replace(hour=20) - timedelta(days=30)
        connection.execute(update(Activity).where(Activity.kind == "key.made").values(at=late))
    desk.sign_in()
    day = (late + timedelta(days=1)).date()
    assert "Made the API key" in desk.get(f"/activity?kind=key&from_day={day}&until_day={day}").text
    assert "Nothing fits" in desk.get(f"/activity?kind=key&until_day={day - timedelta(days=1)}").text


def test_the_file_has_all_of_it_under_the_same_filters(desk: Desk, done: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    rows = desk.get("/activity.csv?kind=queue").text.splitlines()
    assert len(rows) == 3
    assert any(f"{ANN},queue.hold,Held order 1 back.,order,1,the address is unclear," in row for row in rows)


def test_only_who_manages_orders_sees_what_was_done(desk: Desk, done: Waiting) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    assert desk.get("/activity").status_code == desk.get("/activity.csv").status_code == 403
