"""A purchase order slips: who moves and what they will be told is seen first, then it is so."""

from babel.dates import format_date
from playwright.sync_api import expect

from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall, in_days
from tests.live.waiting import eventually


def test_whose_day_moves_is_seen_before_a_purchase_order_slips(
    dashboard: Dashboard, scene: Scene, stall: Stall
) -> None:
    sku, later = stall.items[1].sku, in_days(47)
    said = format_date(later, locale="en")
    app = dashboard.open_app(scene.app_id, "/supply?reference=PO-8")
    app.get_by_role("checkbox", name="Choose PO-8").check()
    app.get_by_role("button", name="Give the chosen lines a new date").click()
    app.get_by_label("Due needed", exact=True).fill(later.isoformat())
    app.get_by_role("button", name="See what it does").click()
    moving = app.get_by_role("table", name="Orders whose date moves").get_by_role("row")
    expect(moving).to_have_count(1 + len(stall.waiting))
    for order in stall.waiting:
        row = moving.filter(has_text=f"#{order.number}")
        expect(row.get_by_text("later", exact=True)).to_be_visible()
        # Then, and once more in what they are told.
        expect(row.get_by_text(said)).to_have_count(2)
    expected = [line["expected"] for order in stall.waiting for line in scene.shop.line_metadata(order.id)]
    assert expected == [in_days(30).isoformat()] * len(stall.waiting)
    app.get_by_label("Why").fill("the ship is late")
    app.get_by_role("button", name="Change it").click()
    expect(app.get_by_text("1 line is changed.")).to_be_visible()
    eventually(
        lambda: {line["expected"] for order in stall.waiting for line in scene.shop.line_metadata(order.id)},
        {later.isoformat()},
    )
    frame = dashboard.frame
    frame.goto(f"{frame.url.rpartition('/supply')[0]}/queue?sku={sku}")
    expect(app.get_by_role("row").filter(has_text=said)).to_have_count(len(stall.waiting))
