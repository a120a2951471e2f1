"""Where a rule is to hold, chosen by names."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import rulebook
from app.admin import lists
from app.admin.lists import Filters
from app.admin.rules import editing, views
from app.admin.rules.words import SCOPES, Names
from app.admin.staff import PRODUCTS
from app.admin.visit import Visit, reading
from app.engine.rules import Scope
from app.platforms import ShopError
from app.rulebook import BadRule
from app.wording import gettext as _

ASK_WITHIN = 10.0


class Chosen(Filters):
    """A scope, the slug or SKU of its target, and one channel's slug or every one."""

    scope: Scope = Scope.SHOP
    target: str = ""
    channel: str = ""

    @property
    def text(self) -> str:
        return str(self.scope) if self.scope is Scope.SHOP else f"{self.scope}:{self.target}"


@reading(views, "/rules/new", PRODUCTS)
def new(visit: Visit) -> str:
    return _ask(visit, lists.filters(Chosen), "")


@reading(views, "/rules/at", PRODUCTS)
def at(visit: Visit) -> ResponseReturnValue:
    """The form of the rule at a place that is given by names, whether there is one or not."""
    chosen = lists.filters(Chosen)
    try:
        place = rulebook.resolve(visit.runtime.within(ASK_WITHIN), visit.shop, chosen.text, chosen.channel or None)
    except BadRule as wrong:
        return _ask(visit, chosen, str(wrong)), 422
    except ShopError as wrong:
        return _ask(visit, chosen, _("The shop could not be asked what this is: %(why)s", why=wrong)), 422
    if kept := rulebook.find(visit.connection, visit.shop.id, place):
        return redirect(url_for("rules.edit", shop_id=visit.shop.id, rule_id=kept.id))
    return editing.page(visit, place)


@reading(views, "/rules/targets", PRODUCTS)
def targets(visit: Visit) -> str:
    """What somebody may mean who types a target, as options."""
    chosen = lists.filters(Chosen)
    try:
        runtime = visit.runtime.within(ASK_WITHIN)
        found = rulebook.suggestions(runtime, visit.connection, visit.shop, chosen.scope, chosen.target)
    except ShopError:
        found = []
    return render_template("admin/rules/targets.html", found=found)


def _ask(visit: Visit, chosen: Chosen, wrong: str) -> str:
    names = Names(visit.connection, visit.shop.id)
    return render_template("admin/rules/new.html", visit=visit, chosen=chosen, wrong=wrong, names=names, scopes=SCOPES)
