"""The guide, in a browser: from a shop in which nothing is set up to the first variant that is open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import a_scene
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene

OPENING_MS = 60_000


@pytest.fixture
def scene(server_url: str, tmp_path: Path) -> Iterator[Scene]:
    """A shop of the guide's own: in the others' somebody has set everything up."""
    with a_scene(server_url, tmp_path) as opened:
        yield opened


def test_the_guide_leads_to_the_first_open_variant(dashboard: Dashboard, scene: Scene) -> None:
    app = dashboard.open_app(scene.app_id, "/setup")
    expect(app.locator("#findings")).not_to_contain_text("Asking the shop")
    if app.get_by_role("button", name="Enable").count():
        app.get_by_role("button", name="Enable").click()
        agree = app.get_by_role("button", name="I agree, go on")
        expect(agree.or_(app.locator("[data-said]")).first).to_be_visible()
        if agree.is_visible():
            agree.click()
    expect(app.get_by_text("enabled", exact=True).first).to_be_visible()
    expect(app.locator("#effect")).to_contain_text("past zero")
    app.get_by_label("Cap", exact=True).select_option("=")
    app.locator("[name='cap.typed']").fill("7")
    expect(app.locator("#effect")).to_contain_text(": 7 past zero")
    app.get_by_role("button", name="Keep the rule").click()
    expect(app.locator("#opened")).to_contain_text("can be ordered past zero now", timeout=OPENING_MS)
    app.get_by_role("button", name="Done with the guide").first.click()
    expect(app.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(app.get_by_role("navigation").get_by_role("link", name="Set up")).to_have_count(0)
    assert dashboard.troubles == []
