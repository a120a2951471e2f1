"""Who or what did what, when."""

from flask import Blueprint, render_template

from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading

views = Blueprint("activity", __name__)


@reading(views, "/activity", ORDERS)
def index(visit: Visit) -> str:
    return render_template("admin/activity/index.html", visit=visit)
