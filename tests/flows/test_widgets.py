"""Dueback beside an order and a product, on the dashboard's own pages for them."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.live.shop import Bought
from tests.live.waiting import eventually
from tests.live.world import Item, World

# More than a widget here ever needs, and less than a popup has, in pixels.
WIDGETS_HIGH = 400


@pytest.fixture
def sold(scene: Scene, world: World) -> tuple[Item, Bought]:
    """Two of an item are on hand, and somebody has ordered five of it: three wait for a supply."""
    warehouse = world.warehouse()
    channel = world.channel(warehouse)
    [item] = world.items(1, channel)
    scene.shop.put(item, warehouse, 2)
    eventually(lambda: scene.dueback.knows(item.sku, channel.slug), True)
    scene.dueback.rule(f"channel:{channel.slug}", "--mode", "backorder", "--cap", "20", "--open-at", "always", "--yes")
    eta = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    scene.dueback.supply(item.sku, warehouse.slug, 10, eta, "PO-7")
    scene.dueback.wait()
    bought = scene.shop.buy(channel, (item, 5))
    eventually(lambda: [claim["waiting"] for claim in scene.dueback.queue(item.sku)], [3])
    return item, bought


def test_from_the_order_a_line_is_put_on_hold_and_what_is_ready_is_shipped(
    dashboard: Dashboard, scene: Scene, sold: tuple[Item, Bought]
) -> None:
    _, bought = sold
    dashboard.open(f"/orders/{quote(bought.id, safe='')}")
    widget = dashboard.widget("Backorders")
    expect(widget.get_by_text("2 ready, 3 waiting")).to_be_visible()
    widget.get_by_role("button", name="History, ship, hold").click()
    popup = dashboard.popup
    expect(popup.get_by_role("heading", level=1)).to_have_text(f"Order {bought.number}")
    high = dashboard.popup_height
    # Opened at once, while the widget was about to tell its own height, which is far less.
    assert high > WIDGETS_HIGH
    popup.get_by_label("Why").fill("the address is unclear")
    popup.get_by_role("button", name="Put on hold").click()
    expect(dashboard.toasts).to_contain_text("One line is on hold")
    expect(widget.get_by_text("the address is unclear")).to_be_visible()
    # The dashboard gives a widget's height to every frame of the app. What must not happen has no moment to wait for.
    dashboard.page.wait_for_timeout(4000)
    assert dashboard.popup_height == high
    popup.get_by_role("button", name="Release").click()
    expect(dashboard.toasts).to_contain_text("One line is off hold")
    eventually(lambda: [claim["ready"] for claim in scene.dueback.queue(sold[0].sku)], [2])
    popup.get_by_role("button", name="Ship", exact=True).click()
    expect(dashboard.toasts).to_contain_text("2 units are on their way", timeout=40_000)
    assert [line["quantityFulfilled"] for line in scene.shop.order(bought.id)["lines"]] == [2]


def test_from_the_product_a_quick_rule_closes_it(
    dashboard: Dashboard, scene: Scene, world: World, sold: tuple[Item, Bought]
) -> None:
    item, _ = sold
    dashboard.open(f"/products/{quote(world.products[0], safe='')}")
    widget = dashboard.widget("Backorders")
    expect(widget.get_by_text("Backorder", exact=True)).to_be_visible()
    widget.get_by_role("button", name="Quick rule").click()
    popup = dashboard.popup
    popup.get_by_label("Mode", exact=True).select_option("off")
    expect(popup.get_by_text("order lines change")).to_be_visible()
    popup.get_by_role("button", name="Keep").click()
    expect(dashboard.toasts).to_contain_text("The rule is kept")
    expect(widget.get_by_text(re.compile("Sold out|No backorders")).first).to_be_visible()
    eventually(lambda: scene.dueback.availability(item.sku, world.channels[0].slug)["backorder_left"], 0)
