"""Removing a rule, once somebody has seen what that would do."""

from flask import render_template, request, url_for

from app import rulebook
from app.admin.acting import Done, acting
from app.admin.rules import editing, previewing, shapes, views
from app.admin.rules.words import Names
from app.admin.staff import PRODUCTS
from app.admin.visit import Visit, reading
from app.wording import gettext as _


@reading(views, "/rules/<int:rule_id>/remove", PRODUCTS)
def ask_removal(visit: Visit, rule_id: int) -> str:
    kept = editing.found(visit, rule_id)
    place = rulebook.place_of(kept)
    return render_template(
        "admin/rules/remove.html",
        visit=visit,
        kept=kept,
        place=Names(visit.connection, visit.shop.id).of(place),
        effect=previewing.effect(visit, place, None),
        says=shapes.all_told(kept.fields),
    )


@acting(views, "/rules/<int:rule_id>/remove", PRODUCTS, again=ask_removal)
def remove(visit: Visit, rule_id: int) -> Done:
    place = rulebook.place_of(editing.found(visit, rule_id))
    rulebook.remove(visit.connection, visit.shop, place, who=visit.who, version=int(request.form.get("version", "0")))
    said = _("The rule is removed: %(place)s.", place=Names(visit.connection, visit.shop.id).of(place))
    return Done(said, url_for("rules.index", shop_id=visit.shop.id))
