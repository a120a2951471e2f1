"""What holds for the whole shop."""

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from app.admin.acting import Done, acting
from app.admin.staff import BOTH, EITHER
from app.admin.visit import Visit, reading

views = Blueprint("settings", __name__)


@reading(views, "/settings", EITHER)
def index(visit: Visit) -> str:
    return render_template("admin/settings/index.html", visit=visit)


@acting(views, "/settings", BOTH, again=index)
def change(visit: Visit) -> Done:
    return Done(_("Nothing was changed."), url_for("settings.index", shop_id=visit.shop.id))
