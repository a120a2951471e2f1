"""A new purchase-order line."""

from typing import Any

from flask import render_template, request, url_for

from app.admin.acting import Done, acting
from app.admin.staff import PRODUCTS
from app.admin.supply.blueprint import views
from app.admin.supply.listing import supplier_names, warehouses
from app.admin.visit import Visit, reading
from app.supply import lines
from app.supply.fields import CHANGEABLE
from app.wording import gettext as _


@reading(views, "/supply/new", PRODUCTS)
def new(visit: Visit) -> str:
    """What follows the question mark fills the form: other pages lead here with a SKU."""
    given = {name: request.args.get(name, "") for name in ("sku", "warehouse", "supplier", "reference")}
    return render_template(
        "admin/supply/new.html", visit=visit, given=given, warehouses=warehouses(visit),
        suppliers=supplier_names(visit),
    )  # fmt: skip


@acting(views, "/supply/new", PRODUCTS, again=new)
def add(visit: Visit) -> Done:
    fields: dict[str, Any] = {
        name: request.form[name].strip() for name in ("sku", *CHANGEABLE) if request.form.get(name, "").strip()
    }
    why = why_given()
    number = lines.add(visit.connection, visit.shop, fields, who=visit.who, why=why, today=visit.today)
    said = _("Added: %(units)s of %(sku)s, due %(day)s.", units=fields["quantity"], sku=fields["sku"],
             day=fields["eta"])  # fmt: skip
    return Done(said, url_for("supply.show", shop_id=visit.shop.id, number=number))


def why_given() -> str:
    """Why somebody does it, as long as it may be."""
    return request.form.get("why", "").replace("\x00", "").strip()[:200]
