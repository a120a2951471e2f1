"""What is not one's own: another shop's pages, what one may not do, what others changed meanwhile."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from app import marks, tasks
from app.models import Line, Mark, Rule, Shop
from tests.app import supply_shop
from tests.flows.accessible import violations
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import EVIL, Stall
from tests.live.waiting import eventually


@dataclass(frozen=True)
class Elsewhere:
    """Another shop that is served by the same Dueback; what of it could stand in an address."""

    shop: int
    supply: int
    line: str
    order: str


@pytest.fixture
def elsewhere(scene: Scene) -> Iterator[Elsewhere]:
    with scene.dueback.inside() as (runtime, _):
        other = supply_shop.installed(runtime.engine, "elsewhere")
        supply = supply_shop.expect(runtime.engine, other, 5, reference="SECRET-1")
        supply_shop.ordered(runtime.engine, other, "SECRET-2", supply_shop.shipment("SECRET-2", 1))
        with runtime.engine.connect() as connection:
            line = connection.execute(select(Line.id, Line.order_id).where(Line.shop_id == other.id)).one()
        yield Elsewhere(other.id, supply, line.id, line.order_id)
        with runtime.engine.begin() as connection:
            connection.execute(delete(Shop).where(Shop.id == other.id))


def test_what_is_another_shops_is_not_there(dashboard: Dashboard, scene: Scene, elsewhere: Elsewhere) -> None:
    app = dashboard.open_app(scene.app_id, "/supply")
    frame = dashboard.frame
    ours = frame.url.removesuffix("/supply")
    theirs = ours.rpartition("/")[0] + f"/{elsewhere.shop}"
    for address in (
        f"{ours}/supply/{elsewhere.supply}",
        f"{ours}/supply/change?line={elsewhere.supply}",
        f"{ours}/queue/lines/{elsewhere.line}",
        f"{ours}/shipping/orders/{elsewhere.order}",
        f"{theirs}/",
        f"{theirs}/supply/{elsewhere.supply}",
        f"{theirs}/nothing",
    ):
        answer = frame.goto(address)
        assert answer
        assert answer.status == 404
        expect(app.get_by_role("heading", level=1)).to_have_text("There is nothing here")
        assert "SECRET" not in frame.locator("body").inner_text()
    frame.goto(f"{ours}/supply/{elsewhere.supply}")
    app.get_by_role("link", name="To the overview").click()
    expect(app.get_by_role("heading", level=1)).to_have_text(re.compile("Overview|Set up"))


def test_who_may_not_set_rules_reads_them_and_is_offered_nothing_more(
    dashboard: Dashboard, scene: Scene, stall: Stall
) -> None:
    [rule] = scene.read(select(Rule.id).where(Rule.scope == "variant", Rule.target == stall.items[2].id))
    dashboard.sign_in("orders@example.com")
    app = dashboard.open_app(scene.app_id, f"/rules/{rule.id}")
    expect(app.get_by_label("Mode", exact=True)).to_be_disabled()
    expect(app.get_by_role("button", name="Keep the rule")).to_have_count(0)
    frame = dashboard.frame
    frame.goto(frame.url.replace(f"/{rule.id}", "/new"))
    expect(app.get_by_role("heading", level=1)).to_have_text("You may not see this page")
    expect(app.get_by_text("manage products")).to_be_visible()


def test_who_saves_what_another_changed_meanwhile_sees_both_and_overwrites_nothing(
    dashboard: Dashboard, scene: Scene, stall: Stall
) -> None:
    query = select(Rule.id, Rule.fields).where(Rule.scope == "variant", Rule.target == stall.items[2].id)
    [rule] = scene.read(query)
    second = Dashboard(dashboard.context, scene.server)
    tabs = [(tab, tab.open_app(scene.app_id, f"/rules/{rule.id}")) for tab in (dashboard, second)]
    for (_tab, app), cap in zip(tabs, ("30", "35"), strict=True):
        app.locator("[name='cap.typed']").fill(cap)
    for _tab, app in tabs:
        app.get_by_role("button", name="Keep the rule").click()
        expect(app.get_by_role("status").or_(app.get_by_role("alert")).first).to_be_visible()
    app = tabs[1][1]
    expect(app.get_by_role("heading", name="Somebody changed this rule while you did")).to_be_visible()
    expect(app.get_by_role("row", name="Cap 30 units 35 units")).to_be_visible()
    assert violations(second.frame) == []
    assert scene.read(query)[0].fields["cap"] == 30
    app.get_by_role("button", name="Keep mine").click()
    expect(app.get_by_text("The rule is kept")).to_be_visible()
    assert scene.read(query)[0].fields["cap"] == 35
    assert second.troubles == []


def test_names_that_are_meant_to_do_harm_are_only_text(dashboard: Dashboard, scene: Scene, stall: Stall) -> None:
    app = dashboard.open_app(scene.app_id, f"/queue?sku={stall.items[1].sku}")
    expect(app.get_by_text(EVIL).first).to_be_visible()
    dashboard.open(f"/orders/{stall.ready.id}")
    widget = dashboard.widget("Backorders")
    expect(widget.get_by_text(EVIL).first).to_be_visible()
    expect(widget.locator("img, main script")).to_have_count(0)
    widget.get_by_role("button", name="History, ship, hold").click()
    expect(dashboard.popup.get_by_text(EVIL).first).to_be_visible()


def test_a_shop_that_does_not_answer_is_shown_as_it_was_with_since_when(
    dashboard: Dashboard, scene: Scene, stall: Stall
) -> None:
    app = dashboard.open_app(scene.app_id, f"/queue?sku={stall.items[1].sku}")
    frame = dashboard.frame
    with scene.silence():
        with scene.dueback.inside() as (runtime, shop):
            with runtime.engine.begin() as connection:
                marks.mark(connection, shop.id, [("variant", stall.items[1].id)])
            tasks.wake(shop.id)
        eventually(lambda: len(scene.read(select(Mark.target).where(marks.RESTS))) > 0, True)
        frame.goto(frame.url)
        expect(app.get_by_text("The shop has not answered since")).to_be_visible()
        expect(app.get_by_role("link", name=f"Order {stall.waiting[0].number}")).to_be_visible()
