"""Sessions that end, and forms that prove nothing: what was typed is kept, and there is always a way on."""

import re

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import FrameLocator, expect
from sqlalchemy import select

from app.admin.staff import STAFF
from app.models import Supply
from tests.flows.accessible import violations
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall, in_days
from tests.live.dueback import SECRET


def let_session_end(dashboard: Dashboard) -> None:
    """As if the token that the session was bought with were over."""
    app = Flask("signing")
    app.secret_key = SECRET
    signing = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signing
    [cookie] = [each for each in dashboard.context.cookies() if each["name"] == "dueback"]
    held = signing.loads(cookie["value"])
    for person in held[STAFF].values():
        person["until"] = 1
    dashboard.context.add_cookies([cookie | {"value": signing.dumps(held)}])  # type: ignore[list-item]


def fill_in(app: FrameLocator, stall: Stall, reference: str) -> None:
    app.get_by_label("SKU").fill(stall.items[2].sku)
    app.get_by_label("Units ordered").fill("3")
    app.get_by_label("Warehouse").select_option(label=stall.warehouse.slug)
    app.get_by_label("Due needed", exact=True).fill(in_days(70).isoformat())
    app.get_by_label("Purchase order").fill(reference)


def supplies(scene: Scene, reference: str) -> list[int]:
    return [row.quantity for row in scene.read(select(Supply.quantity).where(Supply.reference == reference))]


def test_a_form_that_is_sent_after_the_session_ended_is_kept_and_sent_again(
    dashboard: Dashboard, scene: Scene, stall: Stall
) -> None:
    app = dashboard.open_app(scene.app_id, "/supply/new")
    fill_in(app, stall, "PO-KEPT")
    let_session_end(dashboard)
    app.get_by_role("button", name="Add").click()
    expect(app.get_by_role("heading", level=1)).to_contain_text("PO-KEPT")
    assert supplies(scene, "PO-KEPT") == [3]


def test_who_comes_with_a_token_that_is_over_comes_in_with_the_next_one(dashboard: Dashboard, scene: Scene) -> None:
    switches = scene.server.shop.switches
    switches.app_token_seconds, switches.refresh_seconds = -3600.0, 1.0
    try:
        app = dashboard.open_app(scene.app_id)
        expect(app.get_by_text("The dashboard's token has ended.")).to_be_visible()
        frame = dashboard.page.locator("main > .frame > iframe").element_handle().content_frame()
        assert frame
        assert violations(frame) == []
    finally:
        switches.app_token_seconds, switches.refresh_seconds = 300.0, 0.0
    expect(app.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Set up"))


def test_a_form_without_its_proof_is_refused_with_a_way_on(dashboard: Dashboard, scene: Scene, stall: Stall) -> None:
    app = dashboard.open_app(scene.app_id, "/supply/new")
    fill_in(app, stall, "PO-FORGED")
    app.locator("main [name=csrf_token]").evaluate("(field) => field.remove()")
    app.get_by_role("button", name="Add").click()
    expect(app.get_by_role("heading", level=1)).to_have_text("That did not work")
    expect(app.get_by_text("This form has grown old.")).to_be_visible()
    assert violations(dashboard.frame) == []
    app.get_by_role("link", name="To the overview").click()
    expect(app.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Set up"))
    assert supplies(scene, "PO-FORGED") == []


def test_what_is_pressed_twice_arrives_once(dashboard: Dashboard, scene: Scene, stall: Stall) -> None:
    app = dashboard.open_app(scene.app_id, "/supply/new")
    fill_in(app, stall, "PO-TWICE")
    app.get_by_role("button", name="Add").dblclick()
    expect(app.get_by_role("heading", level=1)).to_contain_text("PO-TWICE")
    assert supplies(scene, "PO-TWICE") == [3]
    app.get_by_label("Units that arrived").fill("1")
    app.get_by_role("button", name="Receive").dblclick()
    expect(app.get_by_role("table", name="Receipts").get_by_role("row")).to_have_count(2)
    expect(app.get_by_text("2 of 3")).to_be_visible()
    expect(app.get_by_role("alert")).to_have_count(0)
