"""From the list of what is ready, an order leaves through the shop, with its tracking number."""

from playwright.sync_api import expect

from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall
from tests.live.waiting import eventually


def test_what_is_ready_leaves_with_a_tracking_number(dashboard: Dashboard, scene: Scene, stall: Stall) -> None:
    app = dashboard.open_app(scene.app_id)
    app.get_by_role("link", name="Ready to ship").first.click()
    app.get_by_label("Search").fill(stall.items[0].sku)
    app.get_by_role("button", name="Filter").click()
    expect(app.get_by_text("2 of 5")).to_be_visible()
    app.get_by_role("link", name=f"Order {stall.ready.number}").click()
    app.get_by_label("Tracking number").fill("TRACK-1")
    app.get_by_role("button", name="Ship", exact=True).click()
    expect(app.get_by_text(f"Shipped 2 units of order {stall.ready.number}.")).to_be_visible()
    [shipment] = scene.shop.order(stall.ready.id)["fulfillments"]
    assert (shipment["status"], shipment["trackingNumber"]) == ("FULFILLED", "TRACK-1")
    assert shipment["warehouse"]["id"] == stall.warehouse.id
    assert [line["quantity"] for line in shipment["lines"]] == [2]
    eventually(lambda: scene.dueback.served(stall.items[0].sku), [(stall.ready.number, 0, 3)])
