"""Leaving the shop: what will happen, then how far it is."""

from flask import render_template, url_for

from app import leaving, setting_up, tasks
from app.admin.acting import Done, acting
from app.admin.settings import views
from app.admin.staff import BOTH
from app.admin.visit import Visit, reading
from app.wording import gettext as _


@reading(views, "/settings/leave", BOTH)
def leave(visit: Visit) -> str:
    """Before: what will happen. Afterwards: how far it is; a worker that was cut off is asked to go on."""
    left = leaving.progress(visit.connection, visit.shop.id)
    if visit.shop.state == "leaving" and not left.pending:
        tasks.try_to_wake(visit.shop.id)
    return render_template(
        "admin/settings/leave.html",
        visit=visit,
        left=left,
        may_change=True,
        open=setting_up.how_many_open(visit.connection, visit.shop.id),
    )


@acting(views, "/settings/leave", BOTH, again=leave)
def begin_leaving(visit: Visit) -> Done:
    leaving.begin(visit.connection, visit.shop, who=visit.who)
    return Done(_("Dueback is leaving the shop. This page says how far it is."), _here(visit), "info")


@acting(views, "/settings/stay", BOTH, again=leave)
def stay(visit: Visit) -> Done:
    leaving.stay(visit.connection, visit.shop, who=visit.who)
    return Done(_("Dueback stays: what the rules allow is opened again."), _here(visit))


def _here(visit: Visit) -> str:
    return url_for("settings.leave", shop_id=visit.shop.id)
