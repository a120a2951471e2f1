"""What the merchant allows."""

from flask import Blueprint, render_template

from app.admin.staff import EITHER
from app.admin.visit import Visit, reading

views = Blueprint("rules", __name__)


@reading(views, "/rules", EITHER)
def index(visit: Visit) -> str:
    return render_template("admin/rules/index.html", visit=visit)
