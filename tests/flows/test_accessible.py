"""Every page of the desk can be used by everybody: read, reached by keyboard, on a narrow screen, in either theme."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Frame, Response, expect

from tests.flows.accessible import layout_shift, too_wide, violations
from tests.flows.conftest import at_the_dashboard
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall
from tests.flows.trodden import names
from tests.flows.visits import VISITS, Visit, pages

WIDTHS = (1440, 480)
HIGH = 900
# The app's frame as large as the window: the dashboard's own navigation takes nothing of its width.
LARGE = "(frame) => { frame.style.cssText = 'position: fixed; inset: 0; width: 100vw; height: 100vh; z-index: 9'; }"


@dataclass
class Walk:
    """Somebody who goes from page to page. `failed` are addresses of what pages wanted and did not get."""

    dashboard: Dashboard
    frame: Frame
    base: str
    names: dict[str, str]
    failed: list[str] = field(default_factory=list)

    def open(self, visit: Visit, width: int) -> None:
        self.dashboard.page.set_viewport_size({"width": width, "height": HIGH})
        self.frame.wait_for_function("(width) => innerWidth === width", arg=width)
        self.frame.goto(self.base + visit.path.format(**self.names))
        if visit.then:
            visit.then(self.frame)
        self.frame.wait_for_function("() => !document.querySelector('.htmx-request')")

    def heard(self, answer: Response) -> None:
        if answer.status >= 400 and not answer.request.is_navigation_request():
            self.failed.append(answer.url)


@pytest.fixture(scope="module")
def walk(browser: Browser, scene: Scene, stall: Stall) -> Iterator[Walk]:
    with at_the_dashboard(browser, scene.server) as dashboard:
        dashboard.open_app(scene.app_id, "/supply")
        frame = dashboard.frame
        dashboard.page.locator("main > .frame > iframe").evaluate(LARGE)
        found = Walk(dashboard, frame, frame.url.removesuffix("/supply"), names(scene, stall))
        dashboard.page.on("response", found.heard)
        yield found


def test_every_page_is_visited() -> None:
    assert set(pages()) - {visit.endpoint for visit in VISITS} == set()


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_everybody_can_use(visit: Visit, walk: Walk) -> None:
    for width in WIDTHS:
        walk.open(visit, width)
        if visit.title:
            expect(walk.frame.get_by_role("heading", level=1)).to_contain_text(visit.title)
        elif "refused" not in visit.endpoint:
            assert walk.frame.locator("body").inner_text().count("There is nothing here") == 0
        assert not too_wide(walk.frame)
        assert layout_shift(walk.frame) == 0
        assert (width, violations(walk.frame)) == (width, [])
        assert (walk.dashboard.troubles, walk.failed) == ([], [])


@pytest.mark.parametrize("visit", [visit for visit in VISITS if visit.path in ("/supply", "/settings")], ids=str)
def test_a_narrow_menu_shows_where_one_is(visit: Visit, walk: Walk) -> None:
    walk.open(visit, WIDTHS[1])
    expect(walk.frame.locator(".menu [aria-current]")).to_be_in_viewport(ratio=0.9)


def test_the_fields_of_a_bar_are_of_one_height(walk: Walk) -> None:
    walk.open(next(visit for visit in VISITS if visit.path == "/queue"), WIDTHS[0])
    fields = walk.frame.locator(".filters .field, .bulk .field").locator("input, select").filter(visible=True)
    assert fields.count() > len(WIDTHS)
    assert len(set(fields.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)"))) == 1
