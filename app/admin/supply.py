"""What is on its way."""

from flask import Blueprint, render_template

from app.admin.staff import EITHER
from app.admin.visit import Visit, reading

views = Blueprint("supply", __name__)


@reading(views, "/supply", EITHER)
def index(visit: Visit) -> str:
    return render_template("admin/supply/index.html", visit=visit)
