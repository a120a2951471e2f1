"""Pausing everything, once somebody has seen what that means, and resuming."""

from flask import render_template, request, url_for

from app import leaving, setting_up, turns
from app.admin.acting import Done, acting
from app.admin.settings import views
from app.admin.staff import BOTH, EITHER
from app.admin.visit import Visit, reading
from app.wording import gettext as _


@reading(views, "/settings/pause", EITHER)
def pausing(visit: Visit) -> str:
    return render_template(
        "admin/settings/pause.html",
        visit=visit,
        pause=turns.paused(visit.connection, visit.shop.id),
        open=setting_up.how_many_open(visit.connection, visit.shop.id),
        owed=leaving.progress(visit.connection, visit.shop.id),
        may_change=visit.staff.allowed(BOTH),
    )


@acting(views, "/settings/pause", BOTH, again=pausing)
def pause(visit: Visit) -> Done:
    turns.pause(visit.connection, visit.shop, who=visit.who, why=request.form.get("why", "").strip())
    return Done(_("Paused: nothing is sold past zero until somebody resumes."), _here(visit))


@acting(views, "/settings/resume", BOTH, again=pausing)
def resume(visit: Visit) -> Done:
    turns.resume(visit.connection, visit.shop, who=visit.who, why=request.form.get("why", "").strip())
    return Done(_("Resumed: what the rules allow is sold past zero again."), _here(visit))


def _here(visit: Visit) -> str:
    return url_for("settings.pausing", shop_id=visit.shop.id)
