"""Calendar, language, who owns the stock, and what staff are told."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import lazy_gettext as lazy

from app import shop_settings
from app.admin.acting import Done, acting
from app.admin.settings import stale, views
from app.admin.staff import BOTH, EITHER
from app.admin.visit import Visit, reading
from app.notices import Topic
from app.wording import gettext as _

OWNERS: Mapping[str, Any] = {
    "staff": lazy("Staff, in the shop"),
    "erp": lazy("Another system, such as an ERP"),
}
LANGUAGES: Mapping[str, Any] = {"": lazy("As each person's dashboard"), "en": "English", "de": "Deutsch"}
# What is told of each topic, and where.
TOPICS: Mapping[Topic, tuple[Any, Any]] = {
    Topic.POOL_SHIPMENTS: (
        lazy("Shipments from the backorder pool"),
        lazy("A note on the order, and a problem of the app where somebody has to count."),
    ),
    Topic.OVERRUNS: (lazy("Orders beyond the limit"), lazy("A problem of the app for each order line.")),
    Topic.RECEIPTS: (lazy("Receipts that did not reach the stock"), lazy("A problem of the app.")),
    Topic.FINDINGS: (lazy("What the check-up finds"), lazy("A problem of the app for what staff must put right.")),
}


@reading(views, "/settings", EITHER)
def index(visit: Visit) -> str:
    now = shop_settings.of(visit.shop)
    sent = request.form if request.method == "POST" else None
    return render_template(
        "admin/settings/index.html",
        visit=visit,
        now=now,
        was=stale.mark_of(now.model_dump(mode="json")),
        stale=g.get("stale"),
        owners=OWNERS,
        languages=LANGUAGES,
        topics=TOPICS,
        told=set(sent.getlist("tell")) if sent else {str(topic) for topic in Topic} - set(now.quiet),
        zones=sorted(zoneinfo.available_timezones()),
        may_change=visit.staff.allowed(BOTH),
    )


@acting(views, "/settings", BOTH, again=index)
def change(visit: Visit) -> Done:
    stale.check(shop_settings.of(visit.shop).model_dump(mode="json"))
    told = set(request.form.getlist("tell"))
    changes = {name: request.form.get(name, "").strip() for name in ("stock_owner", "time_zone", "language")}
    quiet = [topic.value for topic in Topic if topic not in told]
    shop_settings.put(visit.connection, visit.shop, changes | {"quiet": quiet}, who=visit.who)
    return Done(_("The settings are kept."), url_for("settings.index", shop_id=visit.shop.id))
