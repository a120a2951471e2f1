"""What a shopper sees: products with honest dates, and the order afterwards."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.pages.asking import Refused, document, posting, server, shopper, staff

pages = Blueprint("storefront", __name__)
PER_PAGE = 60

PRODUCTS = document("products")
CREATE = document("make_checkout")
DELIVER = document("deliver_checkout")
PAY = document("pay_checkout")
COMPLETE = document("complete_checkout")
ORDER = document("order")
ADDRESS = {
    "firstName": "Sam",
    "lastName": "Shopper",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "countryArea": "NY",
    "country": "US",
}


def channels() -> list[Any]:
    """Active channels by name."""
    shop = server().shop
    with shop.lock:
        return sorted((channel for channel in shop.channels if channel.is_active), key=lambda channel: channel.pk)


@pages.get("/")
def index() -> str:
    known = channels()
    slug = request.args.get("channel") or (known[0].slug if known else "")
    found = shopper(PRODUCTS, channel=slug, first=PER_PAGE)["edges"] if slug else []
    products = [edge["node"] for edge in found]
    return render_template("storefront.html", products=products, channels=known, channel=slug)


@pages.post("/buy")
@posting(lambda: url_for("storefront.index", channel=request.form.get("channel")))
def buy() -> str:
    """A real checkout: made, given a delivery, paid, completed."""
    units = request.form.get("quantity", "1")
    if not units.isdigit() or int(units) < 1:
        raise Refused("Say how many you want, at least one.")
    asked = {
        "channel": request.form["channel"],
        "email": request.form.get("email") or "shopper@example.com",
        "shippingAddress": ADDRESS,
        "billingAddress": ADDRESS,
        "lines": [{"variantId": request.form["variant"], "quantity": int(units)}],
    }
    checkout = shopper(CREATE, input=asked)["checkout"]
    if not checkout["shippingMethods"]:
        raise Refused("This channel has no delivery method for the address.")
    ready = shopper(DELIVER, id=checkout["id"], method=checkout["shippingMethods"][0]["id"])
    price = ready["checkout"]["totalPrice"]["gross"]
    staff(PAY, id=checkout["id"], transaction={"name": "Card", "amountCharged": price})
    order = shopper(COMPLETE, id=checkout["id"])["order"]
    return url_for("storefront.order", order_id=order["id"])


@pages.get("/orders/<order_id>")
def order(order_id: str) -> str | Response:
    try:
        found = shopper(ORDER, id=order_id)
    except Refused:
        found = None
    if found is None:
        abort(404)
    return render_template("order.html", order=found)
