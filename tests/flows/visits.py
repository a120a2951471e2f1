"""Every page of the desk, and how to come to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Frame

from app.admin import PAGES

# Parts of pages, and the address that only leads on to a shop's.
PARTS = {"entry.begin", "rules.targets", "settings.findings", "setup.findings", "setup.opened"}


def press(name: str, *, ticking: int = 0) -> Callable[[Frame], None]:
    """Go on by this button, having ticked so many boxes."""

    def act(frame: Frame) -> None:
        for number in range(ticking):
            frame.locator("td input[type=checkbox]").nth(number).check()
        with frame.expect_navigation():
            frame.get_by_role("button", name=name).first.click()

    return act


def keep_a_rule(frame: Frame) -> None:
    frame.get_by_label("Mode", exact=True).select_option("backorder")
    press("Keep the rule")(frame)


@dataclass(frozen=True)
class Visit:
    """`path` is below the shop's address, with what its names in braces stand for put in. `then` leads on from there.

    `title`: what the page is headed by, where another one could be shown there unnoticed.
    """

    endpoint: str
    path: str
    then: Callable[[Frame], None] | None = None
    title: str = ""

    def __str__(self) -> str:
        return self.endpoint


VISITS = (
    Visit("home.index", "/"),
    Visit("setup.index", "/setup"),
    Visit("queue.index", "/queue"),
    Visit("queue.index", "/queue?state=waiting&text=nobody"),
    Visit("queue.index refused", "/queue", press("Hold")),
    Visit("queue.line", "/queue/lines/{line}"),
    Visit("queue.line", "/queue/lines/{held}"),
    Visit("queue.sure", "/queue/sure/hold?text={sku}"),
    Visit("queue.hand_over", "/queue/lines/{line}/hand-over"),
    Visit("queue.before", "/queue", press("Cancel orders", ticking=2), "Cancel 2 orders?"),
    Visit("queue.after_cancelling", "/queue/cancelled/walk"),
    Visit("shipping.index", "/shipping"),
    Visit("shipping.one", "/shipping/orders/{order}"),
    Visit("shipping.several", "/shipping/sent/walk"),
    Visit("shipping.pick_list", "/shipping/pick-list"),
    Visit("variants.index", "/variants"),
    Visit("variants.one", "/variants/{variant}"),
    Visit("supply.index", "/supply"),
    Visit("supply.new", "/supply/new"),
    Visit("supply.show", "/supply/{supply}"),
    Visit("supply.show received", "/supply/{received}"),
    Visit("supply.change", "/supply/change?line={supply}"),
    Visit("supply.change moving", "/supply/change?line={supply}&eta={later}", None, "Change PO-7"),
    Visit("supply.cancel", "/supply/cancel?line={supply}"),
    Visit("supply.undo", "/supply/{received}/receipts/{receipt}/undo"),
    Visit("supply.month", "/supply/calendar"),
    Visit("supply.rises", "/supply/rises"),
    Visit("supply.suppliers", "/supply/suppliers"),
    Visit("supply.supplier", "/supply/suppliers/{supplier}"),
    Visit("imports.start", "/imports/supplies"),
    Visit("imports.start", "/imports/rules"),
    Visit("imports.show", "/imports/supplies/{upload}"),
    Visit("rules.index", "/rules"),
    Visit("rules.new", "/rules/new"),
    Visit("rules.at", "/rules/at?scope=variant&target={sku}"),
    Visit("rules.save asking", "/rules/at?scope=channel&target={high}", keep_a_rule, "Do you agree?"),
    Visit("rules.edit", "/rules/{rule}"),
    Visit("rules.changes", "/rules/history"),
    Visit("rules.changes_of", "/rules/{rule}/history"),
    Visit("rules.ask_undo", "/rules/history/{change}/undo"),
    Visit("rules.ask_removal", "/rules/{rule}/remove"),
    Visit("rules.test", "/rules/test?sku={sku}&channel={channel}"),
    Visit("rules.channel_groups", "/rules/groups"),
    Visit("insight.index", "/insight"),
    Visit("insight.demand", "/insight/demand"),
    Visit("activity.index", "/activity"),
    Visit("settings.index", "/settings"),
    Visit("settings.checkup", "/settings/checkup"),
    Visit("settings.api_keys", "/settings/keys"),
    Visit("settings.ask_revoking", "/settings/keys/{key}/revoke"),
    Visit("settings.leave", "/settings/leave"),
    Visit("settings.pausing", "/settings/pause"),
    Visit("settings.policy", "/settings/queue"),
    Visit("widgets.order_widget", "/widgets/order?orderId={order}"),
    Visit("widgets.order_popup", "/popups/order?orderId={order}"),
    Visit("widgets.product_widget", "/widgets/product?productId={product}"),
    Visit("widgets.product_popup", "/popups/product?productId={product}"),
    Visit("not found", "/queue/lines/nobodys", None, "There is nothing here"),
)


def pages() -> Iterator[str]:
    """The endpoint of every page that there is to be seen."""
    routes = Flask("routes")
    for views in PAGES:
        routes.register_blueprint(views)
    for rule in routes.url_map.iter_rules():
        is_file = rule.rule.endswith(".csv") or rule.endpoint == "static"
        if "GET" in (rule.methods or ()) and not is_file and rule.endpoint not in PARTS:
            yield rule.endpoint
