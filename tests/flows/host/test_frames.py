"""The sandbox's dashboard speaks to apps as Saleor's does."""

import re
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import jwt
import pytest
from playwright.sync_api import Dialog, expect

import sandbox
from sandbox.seed import STAFF_EMAIL
from sandbox.version import VERSION
from tests.flows.dashboard import Dashboard
from tests.flows.host.fake_app import Embedded, FakeApp
from tests.live import documents
from tests.live.client import Client


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
    assert (greeting["version"], greeting["saleorVersion"], greeting["dashboardVersion"]) == (1, VERSION, f"v{VERSION}")
    assert app.heard("theme") == [{"theme": "light"}]
    assert app.heard("localeChanged") == [{"locale": "en"}]
    assert redirected == {"path": f"/dashboard/extensions/app/{quote(fake.app_id, safe='')}/queue"}
    assert app.kinds().index("handshake") == 0
    assert app.kinds().index("response") < app.kinds().index("localeChanged")


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
        ("featureFlags[new_order_ui][enabled]", "false"),
        ("featureFlags[new_order_ui][payload]", "default"),
        ("theme", "light"),
    ]
    allowed = dashboard.page.locator("main iframe").get_attribute("sandbox")
    assert allowed == "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups"


def test_every_page_that_a_frame_loads_is_greeted_but_theme_and_language_are_told_once(
    dashboard: Dashboard, fake: FakeApp
) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    app.heard("redirect")
    dashboard.page.frames[1].goto(f"{fake.url}/deeper")
    app.heard("handshake")
    assert app.act("notifyReady")
    assert set(app.kinds()) == {"handshake", "response"}


def test_a_change_of_theme_or_language_is_told_and_kept(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    app.heard("redirect")
    dashboard.page.select_option("#theme", "dark")
    dashboard.page.select_option("#locale", "de")
    expect(dashboard.page.locator("html")).to_have_attribute("lang", "de")
    assert app.act("popupClose")
    assert app.heard("theme") == [{"theme": "light"}, {"theme": "dark"}]
    assert app.heard("localeChanged") == [{"locale": "en"}, {"locale": "de"}]
    again = Embedded(dashboard.open_app(fake.app_id))
    assert again.heard("theme") == [{"theme": "dark"}]
    assert again.heard("localeChanged") == [{"locale": "de"}]
    assert "theme=dark" in again.address


def test_a_new_token_comes_before_the_old_one_is_over(
    dashboard: Dashboard, fake: FakeApp, server: sandbox.Server
) -> None:
    server.shop.switches.refresh_seconds = 0.2
    app = Embedded(dashboard.open_app(fake.app_id))
    first = app.heard("handshake")[0]["token"]
    renewed = app.heard("tokenRefresh")[0]["token"]
    assert renewed != first
    assert claims(server, renewed)["app"] == fake.app_id


def test_a_token_can_be_over_when_it_comes(dashboard: Dashboard, fake: FakeApp, server: sandbox.Server) -> None:
    server.shop.switches.app_token_seconds = -60
    app = Embedded(dashboard.open_app(fake.app_id))
    with pytest.raises(jwt.ExpiredSignatureError):
        claims(server, app.heard("handshake")[0]["token"])


def test_a_notification_is_a_status_that_a_screen_reader_says(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    assert app.act("notification", status="success", title="Saved", text="2 lines <b>moved</b>")
    toast = dashboard.page.get_by_role("status").filter(has_text="Saved")
    expect(toast).to_have_text("Saved2 lines <b>moved</b>")


def test_the_apps_place_is_kept_in_the_dashboards_address(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    before = app.address
    assert app.act("updateRouting", newRoute="/queue/late")
    expect(dashboard.page).to_have_url(
        re.compile(rf"/dashboard/extensions/app/{quote(fake.app_id, safe='')}/queue/late$")
    )
    assert app.address == before
    dashboard.page.reload()
    assert urlsplit(app.address).path == "/queue/late"


def test_a_query_in_the_place_reloads_the_frame_at_the_next_token(
    dashboard: Dashboard, fake: FakeApp, server: sandbox.Server
) -> None:
    """An oversight of the real dashboard that apps have to live with."""
    server.shop.switches.refresh_seconds = 1
    app = Embedded(dashboard.open_app(fake.app_id, "/start"))
    app.ask("updateRouting", newRoute="/queue?state=late")
    expect(dashboard.page.locator("main iframe")).to_have_attribute("src", re.compile(r"/start\?state=late&"))


def test_a_redirect_opens_another_page_of_the_dashboard(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    app.ask("redirect", to="/products/UHJvZHVjdDox")
    expect(dashboard.page.get_by_role("heading", level=1)).to_have_text("Harbour lantern")


def test_a_redirect_elsewhere_is_asked_about_first(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    dashboard.page.on("dialog", dismiss)
    assert not app.act("redirect", to="https://elsewhere.example/")
    assert asked == ["You are about to leave the Dashboard. Do you want to continue?"]
    assert not app.act("redirect", to="no address")
    assert not app.act("redirect", to=dashboard.origin)


def test_permissions_are_asked_for_and_the_app_learns_the_answer(
    dashboard: Dashboard, fake: FakeApp, client: Client
) -> None:
    for decision, outcome in (("Deny", "&error=USER_DENIED_PERMISSIONS"), ("Approve", "")):
        app = Embedded(dashboard.open_app(fake.app_id))
        app.ask("requestPermissions", permissions=["MANAGE_SHIPPING"], redirectPath="back")
        dashboard.page.get_by_role("button", name=decision).click()
        app.heard("handshake")
        assert f"/back?appPath=back{outcome}&domain=" in app.address
    [node] = [edge["node"] for edge in client.staff(documents.APPS)["edges"]]
    assert node["id"] == fake.app_id
    app = Embedded(dashboard.open_app(fake.app_id))
    assert not app.act("requestPermissions", permissions=[], redirectPath="back")


def test_an_app_leads_to_another_by_its_identifier(dashboard: Dashboard, fake: FakeApp) -> None:
    app = Embedded(dashboard.open_app(fake.app_id))
    assert app.act("redirectToApp", appIdentifier="not.there")
    assert app.act("redirectToApp", appIdentifier="fake.app", path="../elsewhere")
    app.ask("redirectToApp", appIdentifier="fake.app", path="rules")
    expect(dashboard.page).to_have_url(re.compile(r"/rules$"))
    assert urlsplit(app.address).path == "/rules"


def test_an_action_that_nobody_knows_is_warned_about_and_not_answered(dashboard: Dashboard, fake: FakeApp) -> None:
    warned: list[str] = []
    dashboard.page.on("console", lambda message: warned.append(message.text))
    app = Embedded(dashboard.open_app(fake.app_id))
    app.heard("response")
    for name in ("dance", "constructor"):
        app.ask(name)
    assert app.act("popupClose")
    assert [text.split(" action ")[0] for text in warned if "is invalid" in text] == ["dance", "constructor"]
    assert app.kinds().count("response") == 2


def test_a_frame_of_another_site_keeps_partitioned_cookies_only(dashboard: Dashboard, fake: FakeApp) -> None:
    dashboard.open_app(fake.app_id, "/first").locator("p").wait_for()
    dashboard.open_app(fake.app_id, "/second").locator("p").wait_for()
    assert fake.cookies == {"/first": "", "/second": "apart=1"}


def test_only_installed_apps_are_framed(dashboard: Dashboard, fake: FakeApp, client: Client) -> None:
    answer = httpx.get(f"{dashboard.origin}/dashboard/")
    assert f"frame-src {fake.url}" in answer.headers["Content-Security-Policy"]
    client.staff(documents.DELETE_APP, id=fake.app_id)
    answer = httpx.get(f"{dashboard.origin}/dashboard/")
    assert "frame-src 'none'" in answer.headers["Content-Security-Policy"]
