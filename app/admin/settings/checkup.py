"""What the doctor finds now, and putting right what we may."""

from flask import render_template, request, url_for

from app import doctor
from app.admin.acting import Done, acting
from app.admin.settings import views
from app.admin.setup import checks
from app.admin.staff import BOTH, EITHER
from app.admin.visit import Visit, reading
from app.wording import gettext as _

MEND_WITHIN = 30.0


@reading(views, "/settings/checkup", EITHER)
def checkup(visit: Visit) -> str:
    """The shop is asked by a part of the page, since it may be slow; `look`: before the page is answered."""
    looked = checks.looked(visit) if "look" in request.args else None
    may_change = visit.staff.allowed(BOTH)
    return render_template("admin/settings/checkup.html", visit=visit, looked=looked, may_change=may_change)


@reading(views, "/settings/checkup/findings", EITHER)
def findings(visit: Visit) -> str:
    return render_template("admin/settings/findings.html", visit=visit, looked=checks.looked(visit))


@acting(views, "/settings/checkup", BOTH, again=checkup)
def mend(visit: Visit) -> Done:
    done = doctor.mend(visit.runtime.within(MEND_WITHIN), visit.shop, who=visit.who)
    here = url_for("settings.checkup", shop_id=visit.shop.id)
    return Done(" ".join(map(str, done)) or _("There was nothing that Dueback may put right alone."), here)
