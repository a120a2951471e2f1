"""Whose turn it is in the shop: another policy is looked at before it is switched."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import lazy_gettext as lazy
from sqlalchemy import select

from app import turns
from app.admin.acting import Done, Refused, acting
from app.admin.settings import stale, views
from app.admin.staff import BOTH, EITHER
from app.admin.visit import Visit, reading
from app.engine.model import Policy
from app.models import Channel
from app.turns import effects
from app.wording import gettext as _

POLICIES: Mapping[Policy, tuple[Any, Any]] = {
    Policy.FIRST_COME: (lazy("First come, first served"), lazy("By the moment the shop accepted the order.")),
    Policy.WANTED_DATE: (lazy("Wanted day"), lazy("Whose wanted day is the earliest. The key below names it.")),
    Policy.PAID_FIRST: (lazy("Paid first"), lazy("Who has paid in full goes before who has not.")),
    Policy.RANK: (lazy("Rank"), lazy("The lowest rank goes first: the order's own, else its channel's.")),
    Policy.COMPLETE_FIRST: (
        lazy("Complete orders first"),
        lazy("Orders that can ship complete from what is on hand go before the others."),
    ),
}


@reading(views, "/settings/queue", EITHER)
def policy(visit: Visit) -> str:
    return _page(visit, None)


@reading(views, "/settings/queue/preview", EITHER, methods=["POST"])
def policy_preview(visit: Visit) -> str:
    """Who would gain and who would lose. Changes nothing."""
    if request.form.get("policy", "") not in set(Policy):
        g.wrong = _("policy: Choose whom the shop serves first.")
        return _page(visit, None)
    try:
        effect = effects.of_policy(visit.connection, visit.shop, _typed(visit), visit.today)
    except (Refused, turns.BadPolicy) as wrong:
        g.wrong = str(wrong)
        return _page(visit, None)
    return _page(visit, effect)


@acting(views, "/settings/queue", BOTH, again=policy)
def switch_policy(visit: Visit) -> Done:
    stale.check(turns.of(visit.shop).model_dump(mode="json"))
    turns.put(visit.connection, visit.shop, _typed(visit), who=visit.who)
    return Done(_("The queue is served so from now on."), url_for("settings.policy", shop_id=visit.shop.id))


def _page(visit: Visit, effect: effects.Effect | None) -> str:
    now = turns.of(visit.shop)
    sent = request.form if request.method == "POST" else None
    channels = _channels(visit)
    return render_template(
        "admin/settings/policy.html",
        visit=visit,
        now=now,
        was=sent.get(stale.FIELD) if sent and not g.get("stale") else stale.mark_of(now.model_dump(mode="json")),
        policies=POLICIES,
        chosen=sent.get("policy", now.policy) if sent else now.policy,
        channels=channels,
        ranks={row.id: sent.get(f"rank-{row.id}", "") if sent else now.ranks.get(row.id, "") for row in channels},
        effect=effect,
        stale=g.get("stale"),
        may_change=visit.staff.allowed(BOTH),
    )


def _typed(visit: Visit) -> dict[str, Any]:
    """What the form says. Raises Refused."""
    form, ranks = request.form, {}
    for row in _channels(visit):
        text = form.get(f"rank-{row.id}", "").strip()
        if not text:
            continue
        if not text.removeprefix("-").isdecimal() or not text.isascii():
            raise Refused(_("The rank of %(channel)s is no whole number.", channel=row.name))
        ranks[row.id] = int(text)
    keys = {name: form.get(name, "").strip() for name in ("wanted_key", "rank_key")}
    return {"policy": form.get("policy", ""), "ranks": ranks} | keys


def _channels(visit: Visit) -> Sequence[Any]:
    query = select(Channel.id, Channel.name).where(Channel.shop_id == visit.shop.id).order_by(Channel.name)
    return visit.connection.execute(query).all()
