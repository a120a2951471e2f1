"""Channels that are made one, and apart again, at the desk."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app import book
from app.models import Shop
from tests.admin.desk import Desk
from tests.admin.rule_desk import LiveShop, live
from tests.app.rule_shop import SHOP, ordered, put


@pytest.fixture(autouse=True)
def answering(engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> LiveShop:
    """Both channels sell from Berlin, each with its pool."""
    lived = live(monkeypatch)
    for slug, channel in lived.channels.items():
        lived.channels[slug] = replace(channel, warehouses=(f"pool-{slug}", "B"))
    with engine.begin() as connection:
        book.record_layout(connection, shop.id, lived.layout())
    return lived


def pools(engine: Engine, shop: Shop) -> dict[str, str | None]:
    with engine.connect() as connection:
        return {channel.slug: channel.pool for channel in book.load_channels(connection, shop.id)}


def test_channels_with_the_same_warehouses_are_proposed_and_made_one(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/groups").text
    assert "Could be one" in page
    assert desk.post("/rules/groups", page, channel=["outlet", "web"]).status_code == 303
    assert pools(engine, shop) == {"web": "pool-outlet", "outlet": "pool-outlet"}
    page = desk.get("/rules/groups").text
    assert "Could be one" not in page
    assert "<h3>Outlet, Web</h3>" in page


def test_one_channel_alone_is_no_group(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/groups").text
    for wrong in ([], ["web"], ["web", "moon"]):
        answer = desk.post("/rules/groups", page, channel=wrong)
        assert (answer.status_code, "two channels or more" in answer.text) == (422, True)
    assert pools(engine, shop) == {"web": "pool-web", "outlet": "pool-outlet"}


def test_dissolving_says_what_happens_to_open_orders_first(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=9)
    ordered(engine, shop, "21", "plate", 2, channel="outlet")
    desk.sign_in()
    desk.post("/rules/groups", desk.get("/rules/groups").text, channel=["outlet", "web"])
    asked = desk.post("/rules/groups/dissolve", desk.get("/rules/groups").text, keeper="web")
    assert asked.status_code == 422
    assert "2 units of open orders of Outlet" in asked.text
    assert pools(engine, shop)["web"] == "pool-outlet"
    assert desk.post("/rules/groups/dissolve", asked.text, agree="1").status_code == 303
    assert len(set(pools(engine, shop).values())) == 2


def test_a_channel_that_is_in_no_group_is_not_dissolved(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/groups").text
    for keeper, says in (("web", "Web is in no group"), ("moon", "Choose the channel")):
        answer = desk.post("/rules/groups/dissolve", page, keeper=keeper, agree="")
        assert (answer.status_code, says in answer.text) == (422, True)


def test_a_shop_that_does_not_answer_is_told_and_the_page_is_there(desk: Desk, answering: LiveShop) -> None:
    answering.silent = True
    desk.sign_in()
    page = desk.get("/rules/groups")
    assert page.status_code == 200
    answer = desk.post("/rules/groups", page.text, channel=["outlet", "web"])
    assert (answer.status_code, "did not answer in time" in answer.text) == (422, True)


def test_who_may_not_manage_products_makes_no_group(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/groups").text
    desk.sign_in("MANAGE_ORDERS")
    assert "Make a group" not in desk.get("/rules/groups").text
    assert desk.post("/rules/groups", page, channel=["outlet", "web"]).status_code == 403
    assert desk.post("/rules/groups/dissolve", page, keeper="web").status_code == 403
