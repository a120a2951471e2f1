"""What people can see and press, without JavaScript."""

import re
from html import unescape

import httpx
import pytest

from sandbox import seed
from tests.sandbox.desk import Desk


@pytest.fixture
def browser(desk: Desk) -> httpx.Client:
    """Follows redirects and keeps cookies; the shop has its small catalogue."""
    seed(desk.shop)
    return httpx.Client(base_url=desk.server.origin, follow_redirects=True)


def variant_of(desk: Desk, sku: str) -> str:
    return str(desk.ask("query($sku: String!) { productVariant(sku: $sku) { id } }", sku=sku)["id"])


def warehouses(desk: Desk) -> dict[str, str]:
    rows = desk.ask("{ warehouses(first: 10) { edges { node { id slug } } } }")["edges"]
    return {row["node"]["slug"]: row["node"]["id"] for row in rows}


def said(page: httpx.Response) -> str:
    """The messages of a page."""
    return unescape(" ".join(re.findall(r'role="status">(.*?)</p>', page.text)))


def buy(browser: httpx.Client, variant: str, units: object) -> httpx.Response:
    return browser.post("/buy", data={"channel": "default-channel", "variant": variant, "quantity": str(units)})


def test_the_storefront_shows_what_is_sold_and_what_is_sold_out(desk: Desk, browser: httpx.Client) -> None:
    page = browser.get("/").text
    assert "Harbour lantern" in page
    assert "Sold out" in page
    assert "In stock" in page
    assert page.count('<form method="post" action="/buy"') == 13, "of seventeen variants four are sold out"


def test_a_status_and_a_date_are_read_from_the_variants_metadata(desk: Desk, browser: httpx.Client) -> None:
    told = {"status": "backorder", "eta": "2027-03-09", "eta_latest": "2027-03-12"}
    variant = variant_of(desk, "LANTERN-BLACK")
    desk.write(variant, **{f"dueback.default-channel.{key}": value for key, value in told.items()})
    desk.put(variant, warehouses(desk)["harbour"], 4)
    page = browser.get("/?channel=default-channel").text
    assert "On backorder" in page
    assert "expected 9 March 2027 to 12 March 2027" in page
    assert "On backorder" not in browser.get("/?channel=outlet").text


def test_buying_is_a_real_checkout_and_ends_on_the_order(desk: Desk, browser: httpx.Client) -> None:
    variant, harbour = variant_of(desk, "MUG-WHITE"), warehouses(desk)["harbour"]
    page = buy(browser, variant, 3)
    assert page.url.path.startswith("/orders/")
    assert "Order 1" in page.text
    assert "48.50 USD" in page.text, "three mugs and delivery"
    assert desk.stock(variant, harbour) == (40, 3)
    order = page.url.path.removeprefix("/orders/")
    desk.write(desk.order(order)["lines"][0]["id"], **{"dueback.status": "waiting", "dueback.expected": "2027-03-09"})
    page = browser.get(page.url.path)
    assert "Waiting for stock" in page.text
    assert "9 March 2027" in page.text


@pytest.mark.parametrize(
    ("units", "sentence"),
    [(41 + 25, "Cannot add more than 50 times this item"), ("none", "Say how many"), (0, "Say how many")],
)
def test_what_the_shop_refuses_is_said_in_a_sentence(
    desk: Desk, browser: httpx.Client, units: object, sentence: str
) -> None:
    page = buy(browser, variant_of(desk, "MUG-WHITE"), units)
    assert page.url.path == "/"
    assert sentence in said(page)


def test_staff_restock_a_warehouse(desk: Desk, browser: httpx.Client) -> None:
    variant, valley = variant_of(desk, "MUG-RED"), warehouses(desk)["valley"]
    page = browser.post("/staff/stock", data={"variant": variant, "warehouse": valley, "quantity": "12"})
    assert page.url.path == "/staff/"
    assert "Stock set to 12" in said(page)
    assert desk.stock(variant, valley) == (12, 0)
    page = browser.post("/staff/stock", data={"variant": variant, "warehouse": valley, "quantity": "-1"})
    assert "whole number" in said(page)


def test_staff_move_a_warehouse_up(desk: Desk, browser: httpx.Client) -> None:
    [channel] = [row for row in desk.ask("{ channels { id slug } }") if row["slug"] == "default-channel"]
    places = warehouses(desk)
    data = {"channel": channel["id"], "warehouse": places["valley"], "direction": "up"}
    browser.post("/staff/warehouses/move", data=data)
    found = desk.ask("query($id: ID!) { channel(id: $id) { warehouses { slug } } }", id=channel["id"])
    assert [row["slug"] for row in found["warehouses"]] == ["valley", "harbour"]


def test_staff_ship_and_take_a_shipment_back(desk: Desk, browser: httpx.Client) -> None:
    variant, places = variant_of(desk, "MUG-WHITE"), warehouses(desk)
    order = buy(browser, variant, 2).url.path.removeprefix("/orders/")
    line = desk.order(order)["lines"][0]["id"]
    data = {"order": order, "line": line, "quantity": "2", "warehouse": places["harbour"]}
    page = browser.post("/staff/orders/ship", data=data)
    assert "2 shipped" in said(page)
    assert desk.stock(variant, places["harbour"]) == (38, 0)
    [fulfilment] = desk.order(order)["fulfillments"]
    data = {"fulfillment": fulfilment["id"], "warehouse": places["valley"]}
    page = browser.post("/staff/orders/unship", data=data)
    assert desk.stock(variant, places["valley"]) == (27, 2)
    page = browser.post("/staff/orders/cancel", data={"order": order})
    assert "Order cancelled" in said(page)
    assert desk.stock(variant, places["valley"]) == (27, 0)


def test_staff_ship_even_if_stock_is_short(desk: Desk, browser: httpx.Client) -> None:
    variant, places = variant_of(desk, "LAMP-BIRCH"), warehouses(desk)
    order = buy(browser, variant, 2).url.path.removeprefix("/orders/")
    line = desk.order(order)["lines"][0]["id"]
    data = {"order": order, "line": line, "quantity": "2", "warehouse": places["valley"]}
    page = browser.post("/staff/orders/ship", data=data)
    assert "Insufficient product stock" in said(page)
    browser.post("/staff/orders/ship", data=data | {"anyway": "yes"})
    assert desk.stock(variant, places["valley"]) == (-1, 0)


def test_apps_and_their_problems_are_listed(desk: Desk, browser: httpx.Client) -> None:
    token = desk.do("appCreate", "authToken", input={"name": "Reporter", "permissions": []})["authToken"]
    problem = {"key": "overrun", "message": "Two units more than the cap."}
    desk.do("appProblemCreate", "", token, input=problem)
    page = browser.get("/staff/apps/")
    assert "Reporter" in page.text
    assert "Two units more than the cap." in page.text
    page = browser.post("/staff/apps/install", data={"manifest": "http://127.0.0.1:9/manifest"})
    assert "There is no manifest at" in said(page)


def test_pages_take_nothing_from_elsewhere(desk: Desk, browser: httpx.Client) -> None:
    for path in ("/", "/staff/", "/staff/orders/", "/staff/apps/"):
        page = browser.get(path)
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert not re.findall(r'(?:src|href)="https?://', page.text)


def test_a_form_on_another_site_presses_no_button_here(desk: Desk, browser: httpx.Client) -> None:
    data = {"channel": "default-channel", "variant": variant_of(desk, "MUG-WHITE"), "quantity": "1"}
    answer = browser.post("/buy", data=data, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert browser.post("/buy", data=data, headers={"Origin": desk.server.origin}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/staff/orders/", "/staff/", "/staff/apps/", "/dashboard/", "/dashboard/products/UHJvZHVjdDox"]
)
def test_no_page_has_scripts_or_styles_of_its_own(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", answer.text) == []
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", answer.text))
