"""What backorders brought, and how promises were kept."""

from flask import Blueprint, render_template

from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading

views = Blueprint("insight", __name__)


@reading(views, "/insight", ORDERS)
def index(visit: Visit) -> str:
    return render_template("admin/insight/index.html", visit=visit)
