"""The back office's first page: what lies where, and in which order warehouses are used."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for

from sandbox.pages.asking import Refused, document, posting, staff

pages = Blueprint("stock", __name__, url_prefix="/staff")
PER_PAGE = 40

VARIANTS = document("variants")
WAREHOUSES = document("warehouses")
CHANNELS = document("channels")
SET = document("set_stock")
MOVE = document("move_warehouse")


@pages.get("/")
def index() -> str:
    search, after = request.args.get("search") or None, request.args.get("after") or None
    page = staff(VARIANTS, first=PER_PAGE, after=after, search=search)
    return render_template(
        "stock.html",
        variants=[_row(edge["node"]) for edge in page["edges"]],
        total=page["totalCount"],
        after=page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None,
        search=search or "",
        warehouses=warehouses(),
        channels=staff(CHANNELS),
    )


def warehouses() -> list[dict[str, str]]:
    return sorted((edge["node"] for edge in staff(WAREHOUSES)["edges"]), key=lambda row: row["name"])


def _row(variant: dict[str, Any]) -> dict[str, Any]:
    return variant | {"by_warehouse": {stock["warehouse"]["id"]: stock for stock in variant["stocks"]}}


def _back() -> str:
    return url_for("stock.index", search=request.form.get("search") or None, after=request.form.get("after") or None)


@pages.post("/stock")
@posting(_back)
def set_stock() -> None:
    """Set how many units lie in a warehouse; the number is absolute."""
    units = request.form.get("quantity", "").strip()
    if not units.isdigit():
        raise Refused("A quantity is a whole number, zero or more.")
    stocks = [{"warehouse": request.form["warehouse"], "quantity": int(units)}]
    staff(SET, variant=request.form["variant"], stocks=stocks)
    flash(f"Stock set to {units}.", "good")


@pages.post("/warehouses/move")
@posting(lambda: url_for("stock.index"))
def move() -> None:
    steps = {"up": -1, "down": 1}.get(request.form.get("direction", ""))
    if steps is None:
        raise Refused("A warehouse moves up or down.")
    staff(MOVE, channel=request.form["channel"], moves=[{"id": request.form["warehouse"], "sortOrder": steps}])
    flash("Warehouse order changed.", "good")
