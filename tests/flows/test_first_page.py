"""How much the first page costs somebody who comes for the first time, and that it stands still."""

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.flows.accessible import layout_shift
from tests.flows.conftest import at_the_dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall

MOST_BYTES = 100_000


@pytest.mark.parametrize("path", ["/", "/setup", "/queue"])
def test_the_first_page_is_light_and_nothing_on_it_jumps(
    browser: Browser, scene: Scene, stall: Stall, path: str
) -> None:
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    with at_the_dashboard(browser, scene.server) as dashboard:
        dashboard.page.on("response", note)
        app = dashboard.open_app(scene.app_id, path)
        expect(app.get_by_role("navigation", name="Dueback")).to_be_visible()
        assert layout_shift(dashboard.frame) == 0
        ours = [answer.request.sizes() for answer in answers if answer.url.startswith(scene.dueback.url)]
        sent = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in ours)
        assert 10_000 < sent < MOST_BYTES
