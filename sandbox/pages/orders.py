"""Orders in the back office: ship, approve, cancel."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for

from sandbox.pages.asking import Refused, document, posting, staff
from sandbox.pages.stock import warehouses

pages = Blueprint("orders", __name__, url_prefix="/staff/orders")
PER_PAGE = 25

ORDERS = document("orders")
SHIP = document("ship")
APPROVE = document("approve_shipment")
UNSHIP = document("cancel_shipment")
CANCEL = document("cancel_order")


@pages.get("/")
def index() -> str:
    after = request.args.get("after") or None
    page = staff(ORDERS, first=PER_PAGE, after=after)
    return render_template(
        "orders.html",
        orders=[edge["node"] for edge in page["edges"]],
        total=page["totalCount"],
        after=page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None,
        warehouses=warehouses(),
    )


def _back() -> str:
    return url_for("orders.index", _anchor=request.form.get("anchor"))


def _anyway() -> bool:
    return request.form.get("anyway") == "yes"


@pages.post("/ship")
@posting(_back)
def ship() -> None:
    units = request.form.get("quantity", "")
    if not units.isdigit() or int(units) < 1:
        raise Refused("Ship at least one unit.")
    stocks = [{"warehouse": request.form["warehouse"], "quantity": int(units)}]
    lines = [{"orderLineId": request.form["line"], "stocks": stocks}]
    asked = {"lines": lines, "notifyCustomer": False, "allowStockToBeExceeded": _anyway()}
    staff(SHIP, order=request.form["order"], input=asked)
    flash(f"{units} shipped.", "good")


@pages.post("/approve")
@posting(_back)
def approve() -> None:
    staff(APPROVE, id=request.form["fulfillment"], anyway=_anyway())
    flash("Shipment approved.", "good")


@pages.post("/unship")
@posting(_back)
def unship() -> None:
    staff(UNSHIP, id=request.form["fulfillment"], input={"warehouseId": request.form.get("warehouse") or None})
    flash("Shipment cancelled.", "good")


@pages.post("/cancel")
@posting(_back)
def cancel() -> None:
    staff(CANCEL, id=request.form["order"])
    flash("Order cancelled.", "good")
