"""The sandbox's dashboard speaks to apps as Saleor's does."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit

import jwt
import pytest
from playwright.sync_api import Browser

import sandbox
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.flows.dashboard import Dashboard
from tests.flows.fake_app import Embedded, FakeApp
from tests.live.client import Client


@pytest.fixture
def server() -> Iterator[sandbox.Server]:
    with sandbox.serve() as running:
        sandbox.seed(running.shop)
        yield running


@pytest.fixture
def client(server: sandbox.Server) -> Iterator[Client]:
    opened = Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def fake(client: Client) -> Iterator[FakeApp]:
    app = FakeApp()
    app.install(client)
    yield app
    app.stop()


@pytest.fixture
def dashboard(browser: Browser, server: sandbox.Server) -> Iterator[Dashboard]:
    context = browser.new_context()
    context.set_default_timeout(10_000)
    opened = Dashboard(context, server)
    yield opened
    context.close()
    assert opened.troubles == []


def claims(server: sandbox.Server, token: str) -> dict[str, object]:
    found: dict[str, object] = jwt.decode(token, server.key.public, algorithms=["RS256"])
    return found


def test_the_app_is_greeted_with_a_token_and_told_theme_language_and_place(
    dashboard: Dashboard, fake: FakeApp, server: sandbox.Server
) -> None:
    app = Embedded(dashboard.open_app(fake.app_id, "/queue"))
    [redirected] = app.heard("redirect")
    greeting = app.heard("handshake")[0]
    told = claims(server, greeting["token"])
    assert (told["iss"], told["app"], told["email"]) == (server.url, fake.app_id, STAFF_EMAIL)
    assert (greeting["version"], greeting["saleorVersion"][:4]) == (1, "3.23")
    assert app.heard("theme") == [{"theme": "light"}]
    assert app.heard("localeChanged") == [{"locale": "en"}]
    assert redirected == {"path": f"/dashboard/extensions/app/{quote(fake.app_id, safe='')}/queue"}
    assert app.kinds()[:5] == ["handshake", "localeChanged", "theme", "redirect", "response"]


def test_the_frame_has_the_dashboards_address_and_sandbox(
    dashboard: Dashboard, fake: FakeApp, server: sandbox.Server
) -> None:
    app = Embedded(dashboard.open_app(fake.app_id, "/queue/late/?sku=A%26B"))
    parts = urlsplit(app.address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{fake.url}/queue/late"
    assert parse_qsl(parts.query) == [
        ("sku", "A&B"),
        ("domain", f"127.0.0.1:{server.port}"),
        ("saleorApiUrl", server.url),
        ("id", fake.app_id),
        ("theme", "light"),
    ]
    allowed = dashboard.page.locator("main iframe").get_attribute("sandbox")
    assert allowed == "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups"
