"""Who waits for what."""

from flask import Blueprint, render_template

from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading

views = Blueprint("queue", __name__)


@reading(views, "/queue", ORDERS)
def index(visit: Visit) -> str:
    return render_template("admin/queue/index.html", visit=visit)
