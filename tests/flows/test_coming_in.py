"""Dueback's pages in a dashboard's frame: who is let in, and how the pages follow the dashboard."""

import re

from playwright.sync_api import APIResponse, FrameLocator, Route, expect

from tests.flows.accessible import violations
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene


def test_a_member_of_staff_comes_in_without_a_word(dashboard: Dashboard, scene: Scene) -> None:
    app = dashboard.open_app(scene.app_id)
    expect(app.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Set up"))


def test_the_dashboards_address_follows_the_page_and_leads_back_to_it(dashboard: Dashboard, scene: Scene) -> None:
    app = dashboard.open_app(scene.app_id)
    app.get_by_role("link", name="Activity").click()
    expect(app.get_by_role("heading", level=1)).to_have_text("Activity")
    expect(dashboard.page).to_have_url(re.compile(r"/\d+/activity$"))
    dashboard.page.reload()
    expect(app.get_by_role("heading", level=1)).to_have_text("Activity")


def test_theme_and_language_are_the_dashboards(dashboard: Dashboard, scene: Scene) -> None:
    dashboard.theme("dark")
    dashboard.locale("de")
    app = dashboard.open_app(scene.app_id)
    expect(app.locator("html")).to_have_attribute("data-theme", "dark")
    expect(app.locator("html")).to_have_attribute("lang", "de")
    dashboard.page.locator("#theme").select_option("light")
    expect(app.locator("html")).to_have_attribute("data-theme", "light")
    app.get_by_role("navigation").get_by_role("link").nth(1).click()
    expect(app.locator("html")).to_have_attribute("data-theme", "light")


def looks_like(app: FrameLocator, theme: str, locale: str, title: str) -> None:
    expect(app.get_by_role("heading", level=1)).to_have_text(title)
    expect(app.locator("html")).to_have_attribute("lang", locale)
    expect(app.locator("html")).to_have_attribute("data-theme", theme)


class Late:
    """Answers that the app gave to requests of this address, and that arrive only when they are let."""

    def __init__(self, dashboard: Dashboard, address: str) -> None:
        self._held: list[tuple[Route, APIResponse]] = []
        self._is_holding = True
        dashboard.page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._is_holding:
            self._held.append((route, route.fetch()))
        else:
            route.continue_()

    def arrive(self) -> None:
        assert self._held
        self._is_holding = False
        for route, answer in self._held:
            route.fulfill(response=answer)


def test_theme_and_language_that_changed_at_once_hold_whatever_else_is_answered_late(
    dashboard: Dashboard, scene: Scene
) -> None:
    app = dashboard.open_app(scene.app_id, "/activity")
    looks_like(app, "light", "en", "Activity")
    dashboard.theme("dark")
    dashboard.locale("de")
    late = Late(dashboard, "**/admin/session")
    app = dashboard.open_app(scene.app_id, "/activity")
    looks_like(app, "dark", "de", "Verlauf")
    late.arrive()
    for link in ("Nachschub", "Regeln"):
        app.get_by_role("link", name=link, exact=True).click()
        looks_like(app, "dark", "de", link)


def test_outside_a_dashboard_the_page_says_where_to_go(dashboard: Dashboard, scene: Scene) -> None:
    dashboard.page.goto(f"{scene.dueback.url}/admin")
    expect(dashboard.page.get_by_role("heading", level=1)).to_have_text("Open Dueback in your dashboard")
    assert violations(dashboard.page.main_frame) == []


def test_who_may_not_see_a_page_is_told_what_it_needs(dashboard: Dashboard, scene: Scene) -> None:
    dashboard.sign_in("products@example.com")
    app = dashboard.open_app(scene.app_id, "/queue")
    expect(app.get_by_role("heading", level=1)).to_have_text("You may not see this page")
    expect(app.get_by_role("navigation").get_by_role("link", name="Queue")).to_have_count(0)
