"""What can leave now."""

from flask import Blueprint, render_template

from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading

views = Blueprint("shipping", __name__)


@reading(views, "/shipping", ORDERS)
def index(visit: Visit) -> str:
    return render_template("admin/shipping/index.html", visit=visit)
