"""One rule: what it says, what it would inherit, and what a change of it would do."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app import pooling, rulebook
from app.admin import consent
from app.admin.acting import Done, Refused, acting
from app.admin.rules import answers, previewing, sealing, shapes, views
from app.admin.rules.answers import Answer
from app.admin.rules.previewing import Effect
from app.admin.rules.words import Names
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, is_htmx, reading
from app.models import Rule
from app.rulebook import Edit, Inherited, Kept, Place, Wanted
from app.wording import Said
from app.wording import gettext as _

# Making pools takes a shop a dozen requests.
SET_WITHIN = 30.0
MOST_ORIGINS = 3


@reading(views, "/rules/<int:rule_id>", EITHER)
def edit(visit: Visit, rule_id: int) -> str:
    return page(visit, rulebook.place_of(found(visit, rule_id)))


@reading(views, "/rules/preview", EITHER, methods=["POST"])
def preview(visit: Visit) -> str:
    """The form's effect: a part for the page, or the page with it where no script sends the form."""
    try:
        place = sealing.unsealed(visit)
    except Refused as wrong:
        return render_template("admin/rules/effect.html", visit=visit, effect=previewing.wrong(visit, str(wrong)))
    typed = answers.of_form(request.form)
    effect = previewing.effect(visit, place, answers.fields(typed))
    if is_htmx():
        return render_template("admin/rules/effect.html", visit=visit, effect=effect)
    return page(visit, place, typed, effect)


def again(visit: Visit) -> ResponseReturnValue:
    """The form as it was sent, with what is wrong; where the rule changed meanwhile, with what it says now."""
    try:
        place = sealing.unsealed(visit)
    except Refused:
        raise NotFound from None
    return page(visit, place, answers.of_form(request.form))


@acting(views, "/rules/save", PRODUCTS, again=consent.or_ask(again))
def save(visit: Visit) -> Done:
    place = sealing.unsealed(visit)
    kept, done = set_rule(visit, place, answers.fields(answers.of_form(request.form)), sent_version())
    said = _("The rule is kept: %(place)s.", place=_names(visit).of(place))
    return Done(" ".join([*map(str, done), said]), url_for("rules.edit", shop_id=visit.shop.id, rule_id=kept.id))


def set_rule(visit: Visit, place: Place, fields: Mapping[str, Any], version: int | None) -> tuple[Kept, list[Said]]:
    """Set the rule, with the pools it needs; returns it and what was done for them. Raises Refused, BadRule, ShopError.

    Where the shop's own settings would change, the page to show next is one that asks.
    """
    change = Edit(place, fields, version)
    with consent.asking():
        done = open_pools(visit, change)
    kept = rulebook.put(visit.connection, visit.shop, place, fields, who=visit.who, version=version)
    return kept, done


def open_pools(visit: Visit, change: Edit) -> list[Said]:
    """The pools that the edit needs; what was done for them. Raises NeedsConsent, BadRule, ShopError."""
    runtime, agreed = visit.runtime.within(SET_WITHIN), consent.agreed()
    return pooling.open_for_rule(runtime, visit.connection, visit.shop, change, who=visit.who, agreed=agreed)


def found(visit: Visit, rule_id: int) -> Kept:
    """The rule with this number. Raises NotFound."""
    if rule_id >= 2**63:
        raise NotFound
    query = select(Rule.__table__).where(Rule.shop_id == visit.shop.id, Rule.id == rule_id)
    row = visit.connection.execute(query).first()
    if row is None:
        raise NotFound
    return row


def page(visit: Visit, place: Place, typed: Mapping[str, Answer] | None = None, effect: Effect | None = None) -> str:
    """The form of the rule at the place: as it is, or as somebody typed it, with its effect where that is known."""
    kept, names = rulebook.find(visit.connection, visit.shop.id, place), _names(visit)
    version = kept.version if kept else 0
    stale = typed is not None and g.get("wrong") and sent_version() != version
    # Where it is stale, both are shown, which tells more.
    wrong_field, g.wrong = shapes.wrong_told("" if stale else g.get("wrong") or "")
    return render_template(
        "admin/rules/edit.html",
        visit=visit,
        place=names.of(place),
        title=rulebook.titles(visit.connection, visit.shop.id, [place]).get((place.scope.value, place.target)),
        sealed=sealing.sealed(visit, place),
        kept=kept,
        version=version,
        answers=typed or answers.of_rule(kept.fields if kept else None),
        inherited=inherited(visit, place, names),
        groups=shapes.GROUPS,
        effect=effect,
        theirs=_theirs(visit, place, kept, typed) if stale and typed else None,
        wrong_field=wrong_field,
        may_write=visit.staff.allowed(PRODUCTS),
    )


def inherited(visit: Visit, place: Place, names: Names) -> dict[str, str]:
    """For each field, what would hold without the rule and where that comes from, in words."""
    ways = rulebook.inherited(visit.connection, visit.shop.id, place, visit.today)
    told = {}
    for name, several in ways.items():
        said = [_inherited(names, name, one) for one in several[:MOST_ORIGINS]]
        told[name] = _(" or ").join(said) + (" …" if len(several) > MOST_ORIGINS else "")
    return told


def _inherited(names: Names, name: str, one: Inherited) -> str:
    value = shapes.told(name, one.value)
    return str(_("%(value)s, from: %(origin)s", value=value, origin=names.origin(one.rule))) if one.rule else value


def _theirs(visit: Visit, place: Place, kept: Kept | None, typed: Mapping[str, Answer]) -> dict[str, Any]:
    """What somebody else has made of the rule meanwhile, beside what was typed, where the two differ."""
    now, mine = (kept.fields if kept else {}), answers.fields(typed)
    last = rulebook.changes(visit.connection, visit.shop.id, Wanted(place=place), limit=1)
    rows = [
        (shape.label, _told(name, now.get(name)), _told(name, mine[name]))
        for name, shape in shapes.SHAPES.items()
        if now.get(name) != mine[name]
    ]
    return {"rows": rows, "last": last[0] if last else None, "gone": kept is None}


def _told(name: str, value: Any) -> str:
    return str(_("inherited")) if value is None else shapes.told(name, value)


def sent_version() -> int | None:
    """The version of the rule that the form was made from."""
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - no rule changes so often


def _names(visit: Visit) -> Names:
    return Names(visit.connection, visit.shop.id)
