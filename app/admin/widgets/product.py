"""The backorders of one product: how its variants sell, and a quick rule for it."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import marks, rulebook, shelf
from app.admin import consent, lists, mounts, states
from app.admin.acting import Done, Refused, acting
from app.admin.lists import Filters
from app.admin.rules import placing, quick, sealing
from app.admin.rules.words import Names
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, is_htmx, reading
from app.admin.widgets import views
from app.engine.rules import Scope
from app.models import Variant
from app.rulebook import Place
from app.wording import gettext as _

MOST_SHOWN = 12
MOST_NAMED = 500


class Asked(Filters):
    """What the dashboard says of the product, and which of its variants and in which channel a rule is for, by ids."""

    productId: str = ""  # noqa: N815 - the dashboard's own names
    productSlug: str = ""  # noqa: N815
    variant: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product the book knows, with its variants as (id, SKU, name)."""

    id: str
    name: str
    variants: tuple[tuple[str, str, str], ...]


@reading(views, "/widgets/product", EITHER)
def product_widget(visit: Visit) -> str:
    asked = lists.filters(Asked, mounts.told())
    wanted = shelf.Filters(product=asked.productId)
    page = shelf.page(visit.connection, visit.shop, wanted, today=visit.today, offset=0, limit=MOST_SHOWN)
    return render_template(
        "admin/widgets/product.html",
        visit=visit,
        product_id=asked.productId,
        working=marks.waiting(visit.connection, visit.shop.id, [row.variant_id for row in page.rows]),
        product_slug=asked.productSlug,
        page=page if asked.productId else None,
        states=states.VARIANT,
        may_rule=visit.staff.allowed(PRODUCTS),
    )


@reading(views, "/popups/product", PRODUCTS)
def product_popup(visit: Visit) -> str:
    asked = lists.filters(Asked, mounts.told())
    product = _product(visit, asked.productId)
    names = Names(visit.connection, visit.shop.id)
    return render_template(
        "admin/widgets/product_popup.html",
        visit=visit,
        asked=asked,
        product=product,
        names=names,
        quick=quick.form(visit, _place(visit, product, asked, names)) if product else None,
    )


@reading(views, "/popups/product/preview", PRODUCTS, methods=["POST"])
def product_preview(visit: Visit) -> ResponseReturnValue:
    """The effect of what is typed: a part of the popup, or the popup with it where no script sends the form."""
    if not is_htmx():
        return product_popup(visit)
    effect = quick.effect(visit, sealing.unsealed_or_gone(visit))
    return render_template("admin/rules/quick_effect.html", visit=visit, effect=effect)


@acting(views, "/popups/product/save", PRODUCTS, again=consent.or_ask(product_popup))
def save(visit: Visit) -> Done:
    place, asked = sealing.unsealed(visit), lists.filters(Asked, mounts.told())
    if place.scope is Scope.PRODUCT and rulebook.find(visit.connection, visit.shop.id, place) is None:
        _check_slug(visit, place)
    said = quick.save(visit, place)
    kept = asked.query()
    return Done(said, url_for("widgets.product_popup", shop_id=visit.shop.id) + kept)


def _product(visit: Visit, product_id: str) -> Product | None:
    query = select(Variant.id, Variant.sku, Variant.name, Variant.product_name).where(
        Variant.shop_id == visit.shop.id, Variant.product_id == product_id
    )
    rows = visit.connection.execute(query.order_by(Variant.sku, Variant.id).limit(MOST_NAMED)).all()
    if not rows or not product_id:
        return None
    return Product(product_id, rows[0].product_name, tuple((row.id, row.sku, row.name) for row in rows))


def _place(visit: Visit, product: Product, asked: Asked, names: Names) -> Place:
    """Where the rule holds: one of the product's own variants, or all of it; in a channel of the shop, or in all."""
    channel = asked.channel if names.slug(asked.channel) else ""
    for variant, sku, _name in product.variants:
        if variant == asked.variant:
            return Place(Scope.VARIANT, variant, sku, channel)
    place = Place(Scope.PRODUCT, product.id, asked.productSlug, channel)
    kept = rulebook.find(visit.connection, visit.shop.id, place)
    return place._replace(target_name=kept.target_name if kept else asked.productSlug or product.name)


def _check_slug(visit: Visit, place: Place) -> None:
    """A rule for a product goes by its slug in files and commands; what an address says of it is not believed."""
    known = rulebook.resolve(visit.runtime.within(placing.ASK_WITHIN), visit.shop, f"product:{place.target_name}")
    if known.target != place.target:
        raise Refused(_("This form has grown old. Close it and open it again."))
