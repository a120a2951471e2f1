"""What to fetch from which shelf: a page, a file to print, and one for spreadsheets."""

from itertools import islice

from flask import Response, make_response, render_template, request

from app import shipping
from app.admin import exporting, lists
from app.admin.shipping.listing import ReadyFilters, everyone
from app.admin.shipping.mounting import views
from app.admin.staff import ORDERS
from app.admin.visit import Visit, reading
from app.shipping import ReadyOrder

MOST_ORDERS = 500
COLUMNS = ("warehouse", "product", "variant", "sku", "units", "orders")


@reading(views, "/shipping/pick-list", ORDERS, methods=["GET", "POST"])
def pick_list(visit: Visit) -> str:
    """For the orders that were ticked, else for all that fit."""
    filters, ticked = lists.filters(ReadyFilters), _ticked()
    orders = _orders(visit, filters, ticked)
    return render_template(
        "admin/shipping/picking.html",
        visit=visit,
        filters=filters,
        picks=shipping.pick_list(orders[:MOST_ORDERS]),
        orders=len(orders[:MOST_ORDERS]),
        more=len(orders) > MOST_ORDERS,
        most=MOST_ORDERS,
        ticked=ticked,
    )


@reading(views, "/shipping/pick-list.html", ORDERS, methods=["POST"])
def printable(visit: Visit) -> Response:
    """A page of its own to keep and to print: a page in a frame cannot be printed alone everywhere."""
    picks = shipping.pick_list(_orders(visit, lists.filters(ReadyFilters), _ticked())[:MOST_ORDERS])
    answer = make_response(render_template("admin/shipping/print.html", visit=visit, picks=picks))
    answer.headers["Content-Disposition"] = f'attachment; filename="pick-list-{visit.today}.html"'
    return answer


@reading(views, "/shipping/pick-list.csv", ORDERS, methods=["POST"])
def pick_file(visit: Visit) -> Response:
    picks = shipping.pick_list(_orders(visit, lists.filters(ReadyFilters), _ticked())[:MOST_ORDERS])
    return exporting.csv_file(
        visit,
        "pick-list",
        COLUMNS,
        lambda _connection: (
            [warehouse, pick.product_name, pick.variant_name, pick.sku, pick.units,
             " ".join(f"{order}:{units}" for order, units in pick.orders)]
            for warehouse, rows in picks.items() for pick in rows
        ),
    )  # fmt: skip


def _ticked() -> list[str]:
    return lists.chosen("order") if request.method == "POST" else []


def _orders(visit: Visit, filters: ReadyFilters, ticked: list[str]) -> list[ReadyOrder]:
    """One more than are told, where there are more."""
    if ticked:
        return list(shipping.orders_of(visit.connection, visit.shop.id, ticked))
    return list(islice(everyone(visit.connection, visit.shop, filters), MOST_ORDERS + 1))
