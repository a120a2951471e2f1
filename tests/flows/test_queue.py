"""The queue in a browser, where a thousand lines wait: pages, filters, views, and deciding by keyboard alone."""

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from sqlalchemy import func, select

import sandbox
from app.models import Line, Order, QueueMove
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import in_days

MANY = 1000
MOST_KEYS = 60


@pytest.fixture(scope="module")
def crowd(scene: Scene) -> str:
    """A thousand orders of one unit of a variant of which few are on hand, with supply for half. Returns its SKU."""
    channel = sandbox.fill(scene.server.shop, variants=1, warehouses=1, orders=MANY)
    sku = list(scene.server.shop.variants)[-1].sku or ""
    scene.dueback.sweep()
    scene.dueback.wait()
    scene.dueback.rule(
        f"channel:{channel.slug}", "--mode", "backorder", "--cap", "2000", "--open-at", "always", "--yes"
    )
    scene.dueback.supply(sku, f"{channel.slug}-1", 500, in_days(20).isoformat(), "PO-1000")
    scene.dueback.wait()
    return sku


@pytest.fixture
def queue(dashboard: Dashboard, scene: Scene, crowd: str) -> FrameLocator:
    """The queue, showing those who wait for the variant."""
    app = dashboard.open_app(scene.app_id, f"/queue?sku={crowd}")
    expect(app.get_by_text("1 to 50 of ")).to_be_visible()
    return app


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press the key until this has the focus, as those do who have no mouse."""
    for _ in range(MOST_KEYS):
        page.keyboard.press(key)
        if wanted.evaluate("(element) => element === element.ownerDocument.activeElement"):
            return
    raise AssertionError(f"{MOST_KEYS} times {key} do not lead to {wanted}.")


def waiting(scene: Scene, crowd: str) -> int:
    [row] = scene.read(select(func.count()).select_from(Line).where(Line.sku == crowd, Line.open > 0))
    return int(row[0])


def holds(scene: Scene, crowd: str) -> int:
    query = select(func.count()).select_from(QueueMove).join(Line, Line.id == QueueMove.line_id)
    [row] = scene.read(query.where(Line.sku == crowd, QueueMove.kind == "hold", QueueMove.undone_at.is_(None)))
    return int(row[0])


def test_one_page_leads_to_the_next_and_back_from_beyond_the_end(
    queue: FrameLocator, dashboard: Dashboard, scene: Scene, crowd: str
) -> None:
    total = waiting(scene, crowd)
    queue.get_by_role("link", name="Next").click()
    expect(queue.get_by_text(f"51 to 100 of {total:,}")).to_be_visible()
    expect(queue.get_by_role("row")).to_have_count(51)
    frame = dashboard.frame
    frame.goto(frame.url.replace("page=2", "page=99"))
    expect(queue.get_by_role("heading", name="No line fits")).to_be_visible()
    queue.get_by_role("link", name="Previous").click()
    expect(queue.get_by_text(f"951 to {total:,} of {total:,}")).to_be_visible()
    expect(queue.get_by_role("link", name="Next")).to_have_count(0)


def test_filters_narrow_the_list_and_one_that_is_enormous_is_none(
    queue: FrameLocator, dashboard: Dashboard, scene: Scene, crowd: str
) -> None:
    [last] = scene.read(select(Order.number).join(Line, Line.order_id == Order.id).where(Line.sku == crowd)
                        .order_by(Order.queued_at.desc(), Order.number.desc()).limit(1))  # fmt: skip
    queue.get_by_label("Search").fill(last.number)
    queue.get_by_label("Search").press("Enter")
    expect(queue.get_by_role("link", name=f"Order {last.number}", exact=True)).to_be_visible()
    expect(queue.get_by_text("1 to 1 of 1")).to_be_visible()
    frame = dashboard.frame
    frame.goto(frame.url.replace(f"text={last.number}", "text=" + "x" * 20_000))
    expect(queue.get_by_text(f"1 to 50 of {waiting(scene, crowd):,}")).to_be_visible()


def test_filters_that_are_saved_are_a_view_that_comes_back(queue: FrameLocator) -> None:
    queue.get_by_label("State").select_option("no_date")
    queue.get_by_role("button", name="Filter").click()
    queue.locator("summary", has_text="Views").click()
    queue.get_by_label("Save these filters as").fill("Nobody knows when")
    queue.get_by_role("button", name="Save view").click()
    expect(queue.get_by_text("Saved as Nobody knows when.")).to_be_visible()
    queue.get_by_role("link", name="Everything").click()
    expect(queue.get_by_label("State")).to_have_value("")
    queue.get_by_role("link", name="Nobody knows when").click()
    expect(queue.get_by_label("State")).to_have_value("no_date")
    expect(queue.get_by_role("link", name="Nobody knows when")).to_have_attribute("aria-current", "page")


def test_a_line_is_held_by_keyboard_alone(queue: FrameLocator, dashboard: Dashboard, scene: Scene, crowd: str) -> None:
    before, page = holds(scene, crowd), dashboard.page
    queue.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    first = queue.get_by_role("checkbox").first
    tab_to(page, first)
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    tab_to(page, queue.get_by_label("Why"), "Shift+Tab")
    page.keyboard.type("the address is unclear")
    tab_to(page, queue.get_by_role("button", name="Hold", exact=True))
    page.keyboard.press("Enter")
    expect(queue.get_by_text("1 line is on hold now.")).to_be_visible()
    assert holds(scene, crowd) == before + 1


def test_a_button_that_is_pressed_twice_counts_once(queue: FrameLocator, scene: Scene, crowd: str) -> None:
    before = holds(scene, crowd)
    queue.get_by_role("checkbox").nth(3).check()
    queue.get_by_role("button", name="Hold", exact=True).dblclick()
    expect(queue.get_by_text("1 line is on hold now.")).to_be_visible()
    assert holds(scene, crowd) == before + 1


def test_cancelling_asks_first_and_then_the_shop_does_it(queue: FrameLocator, scene: Scene, crowd: str) -> None:
    boxes = queue.get_by_role("checkbox")
    lines = [boxes.nth(number).get_attribute("value") for number in (5, 6)]
    for number in (5, 6):
        boxes.nth(number).check()
    queue.get_by_role("button", name="Cancel orders").click()
    expect(queue.get_by_role("heading", level=1)).to_have_text("Cancel 2 orders?")
    orders = [row.order_id for row in scene.read(select(Line.order_id).where(Line.id.in_(lines)))]
    assert [scene.shop.order(order)["status"] for order in orders] == ["UNFULFILLED"] * 2
    queue.get_by_role("button", name="Cancel the orders").click()
    expect(queue.get_by_text("2 orders were cancelled.")).to_be_visible()
    assert [scene.shop.order(order)["status"] for order in orders] == ["CANCELED"] * 2


def test_of_a_thousand_only_the_likeliest_are_offered_to_hand_units_over(queue: FrameLocator) -> None:
    queue.get_by_label("State").select_option("no_date")
    queue.get_by_role("button", name="Filter").click()
    queue.get_by_role("rowheader").first.get_by_role("link").click()
    queue.get_by_role("link", name="Get units of another order").click()
    expect(queue.get_by_role("radio")).to_have_count(100)
    expect(queue.get_by_text(re.compile(r"^\d+ more orders might give"))).to_be_visible()
