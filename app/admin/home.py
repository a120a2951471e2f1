"""The first page: what needs somebody today."""

from flask import Blueprint, render_template

from app.admin.staff import EITHER
from app.admin.visit import Visit, reading

views = Blueprint("home", __name__)


@reading(views, "/", EITHER)
def index(visit: Visit) -> str:
    return render_template("admin/home.html", visit=visit)
