"""What may be ordered past zero."""

from flask import Blueprint, render_template

from app.admin.staff import EITHER
from app.admin.visit import Visit, reading

views = Blueprint("variants", __name__)


@reading(views, "/variants", EITHER)
def index(visit: Visit) -> str:
    return render_template("admin/variants/index.html", visit=visit)
