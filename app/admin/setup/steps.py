"""The five steps: checks, channels, a first rule, what the storefront needs, and the first open variant."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for

from app import book, doctor, groups, pooling, rulebook, setting_up
from app.admin import consent, lists
from app.admin.acting import Done, Refused, acting
from app.admin.rules import answers, editing, previewing, shapes
from app.admin.rules.answers import OTHER, Answer
from app.admin.rules.words import Names
from app.admin.setup import checks, views
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.engine.rules import Scope
from app.rulebook import Place
from app.setting_up import Progress
from app.wording import gettext as _

WITHIN = 30.0
ASKED = ("mode", "cap", "lead_days")
PROPOSED = {"mode": Answer("backorder"), "cap": Answer(OTHER, "10"), "lead_days": Answer(OTHER, "14")}


@reading(views, "/setup", EITHER)
def index(visit: Visit) -> str:
    return page(visit, looking="look" in request.args)


@reading(views, "/setup/opened", EITHER)
def opened(visit: Visit) -> str:
    """The last step as a part of the page, asked for again while variants are being opened."""
    progress = setting_up.progress(visit.connection, visit.shop)
    return render_template(
        "admin/setup/opened.html",
        visit=visit,
        progress=progress,
        done=setting_up.is_done(visit.shop),
        may_write=visit.staff.allowed(PRODUCTS),
    )


@reading(views, "/setup/preview", EITHER, methods=["POST"])
def preview_first(visit: Visit) -> str:
    """What the first rule would do, as a part of the page, or the page with it where no script sends the form."""
    typed = _typed()
    try:
        effect = previewing.effect(visit, _place(visit), _given(typed))
    except Refused as wrong:
        effect = previewing.wrong(visit, str(wrong))
    if request.headers.get("HX-Request"):
        return render_template("admin/rules/effect.html", visit=visit, effect=effect)
    return page(visit, typed=typed, effect=effect)


def page(
    visit: Visit,
    *,
    looking: bool = False,
    typed: Mapping[str, Answer] | None = None,
    effect: previewing.Effect | None = None,
) -> str:
    """The guide. `looking`: the shop is asked before the page is answered, for those without scripts."""
    progress = setting_up.progress(visit.connection, visit.shop)
    answered = typed or (_typed() if g.get("wrong") and ASKED[0] in request.form else PROPOSED)
    wrong_field, g.wrong = shapes.wrong_told(g.get("wrong") or "")
    first = next((channel.slug for channel in progress.enabled), "")
    return render_template(
        "admin/setup/index.html",
        visit=visit,
        progress=progress,
        proposed=_proposed(visit, progress),
        looked=checks.looked(visit) if looking else None,
        shapes=[shapes.SHAPES[name] for name in ASKED],
        answers=answered,
        wrong_field=wrong_field,
        effect=effect,
        chosen=request.form.get("channel", "" if progress.whole else first),
        first=first or "default-channel",
        done=setting_up.is_done(visit.shop),
        may_write=visit.staff.allowed(PRODUCTS),
    )


@acting(views, "/setup/mend", PRODUCTS, again=page)
def mend(visit: Visit) -> Done:
    done = doctor.mend(visit.runtime.within(WITHIN), visit.shop, who=visit.who)
    return Done(" ".join(map(str, done)) or _("There was nothing to mend."), _here(visit, "checks"))


@acting(views, "/setup/channels", PRODUCTS, again=consent.or_ask(page))
def enable(visit: Visit) -> Done:
    progress = setting_up.progress(visit.connection, visit.shop)
    wanted = set(lists.chosen("channel"))
    chosen = [channel.id for channel in progress.channels if channel.slug in wanted]
    if not chosen:
        raise Refused(_("Tick at least one channel."))
    together = _proposed(visit, progress) if request.form.get("together") else []
    joined = [group for group in ([each.id for each in members] for members in together) if set(group) <= set(chosen)]
    alone = [[channel] for channel in chosen if not any(channel in group for group in joined)]
    with consent.asking():
        runtime = visit.runtime.within(WITHIN)
        done = pooling.open_pools(runtime, visit.shop, [*joined, *alone], who=visit.who, agreed=consent.agreed())
    return Done(" ".join(map(str, done)) or _("These channels were enabled already."), _here(visit, "rule"))


@acting(views, "/setup/rule", PRODUCTS, again=consent.or_ask(page))
def first_rule(visit: Visit) -> Done:
    place = _place(visit)
    _kept, done = editing.set_rule(visit, place, _given(_typed()), None)
    said = _("The rule is kept: %(place)s.", place=Names(visit.connection, visit.shop.id).of(place))
    return Done(" ".join([*map(str, done), said]), _here(visit, "storefront"))


@acting(views, "/setup/done", PRODUCTS, again=page)
def finish(visit: Visit) -> Done:
    setting_up.finish(visit.connection, visit.shop)
    return Done(_("The guide is put away."), url_for("home.index", shop_id=visit.shop.id))


def _proposed(visit: Visit, progress: Progress) -> list[list[Any]]:
    """Channels that could be run as one, of those that are not enabled yet."""
    layout = book.load_layout(visit.connection, visit.shop.id)
    proposals = groups.proposals(layout, rulebook.of_channels(visit.connection, visit.shop.id))
    enabled = {channel.id for channel in progress.enabled}
    return [members for members in proposals if not enabled & {channel.id for channel in members}]


def _place(visit: Visit) -> Place:
    """The whole shop, or the channel that is chosen. Raises Refused."""
    slug = request.form.get("channel", "")
    if not slug:
        return Place(Scope.SHOP)
    known = rulebook.channel_ids(visit.connection, visit.shop.id)
    if slug not in known:
        raise Refused(_("The shop does not have this channel any more."))
    return Place(Scope.CHANNEL, known[slug], slug)


def _typed() -> dict[str, Answer]:
    every = answers.of_form(request.form)
    return {name: every[name] for name in ASKED}


def _given(typed: Mapping[str, Answer]) -> dict[str, Any]:
    """Only what was answered: a rule that is there already keeps the rest."""
    return {name: value for name, value in answers.fields(typed).items() if value is not None}


def _here(visit: Visit, step: str) -> str:
    return url_for("setup.index", shop_id=visit.shop.id, _anchor=step)
