"""One variant: how it sells and why, who waits, what comes, which rules hold; and opening or closing it."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app import explain, queue, shelf
from app.admin import consent, lists, states
from app.admin.acting import Done, Refused, acting
from app.admin.lists import Filters
from app.admin.rules import quick, sealing, testing
from app.admin.rules.words import Names
from app.admin.staff import EITHER, ORDERS, PRODUCTS
from app.admin.variants import views
from app.admin.visit import Visit, is_htmx, reading
from app.engine.rules import Scope
from app.models import Variant
from app.rulebook import Place
from app.shelf import Shelved
from app.supply import listing
from app.wording import gettext as _

SHOWN = 10


class Seen(Filters):
    """In which channel rules are looked at and set, by its slug; empty: for rules, every channel."""

    channel: str = ""


@reading(views, "/variants/<variant>", EITHER)
def one(visit: Visit, variant: str) -> str:
    row, names = _known(visit, variant), Names(visit.connection, visit.shop.id)
    shelved, may_see_orders = _shelved(visit, row), visit.staff.allowed(ORDERS)
    asked = lists.filters(Seen, request.form if request.method == "POST" else request.args)
    channel = _channel(shelved, names, asked.channel)
    waiting = queue.Filters(variant=variant)
    return render_template(
        "admin/variants/one.html",
        visit=visit,
        row=row,
        shelved=shelved,
        asked=asked,
        channel=channel,
        holds=testing.holding(visit, names, row, channel) if channel else None,
        why={
            each["channel"]: each["why"] for each in explain.variant(visit.connection, visit.shop, variant, visit.today)
        },
        queue=_queue(visit, waiting) if may_see_orders else None,
        supplies=_supplies(visit, variant),
        quick=quick.form(visit, _place(row, names, asked.channel)) if visit.staff.allowed(PRODUCTS) else None,
        states=states.VARIANT,
        lines=states.LINE,
    )


@reading(views, "/variants/<variant>/preview", PRODUCTS, methods=["POST"])
def preview(visit: Visit, variant: str) -> ResponseReturnValue:
    """The effect of what is typed: a part of the page, or the page with it where no script sends the form."""
    if not is_htmx():
        return one(visit, variant)
    effect = quick.effect(visit, sealing.unsealed_or_gone(visit))
    return render_template("admin/rules/quick_effect.html", visit=visit, effect=effect)


@acting(views, "/variants/<variant>/rule", PRODUCTS, again=consent.or_ask(one))
def set_rule(visit: Visit, variant: str) -> Done:
    place = sealing.unsealed(visit)
    if (place.scope, place.target) != (Scope.VARIANT, _known(visit, variant).id):
        raise Refused(_("This form is another variant's."))
    said = quick.save(visit, place)
    channel = request.form.get("channel") or None
    return Done(said, url_for("variants.one", shop_id=visit.shop.id, variant=variant, channel=channel))


def _known(visit: Visit, variant: str) -> Any:
    columns = (Variant.id, Variant.sku, Variant.name, Variant.product_id, Variant.product_name, Variant.observed_at)
    query = select(*columns).where(Variant.shop_id == visit.shop.id, Variant.id == variant)
    row = None if "\x00" in variant else visit.connection.execute(query).first()
    if row is None:
        raise NotFound
    return row


def _shelved(visit: Visit, row: Any) -> Shelved:
    wanted = shelf.Filters(variant=row.id)
    found = shelf.page(visit.connection, visit.shop, wanted, today=visit.today, offset=0, limit=1)
    return found.rows[0]


def _channel(shelved: Shelved, names: Names, slug: str) -> Any:
    """The channel that is asked for, else the first that has the variant on sale."""
    wanted = slug or next((offer.slug for offer in shelved.offers), "")
    return next((row for row in names.channels if row.slug == wanted), None)


def _place(row: Any, names: Names, slug: str) -> Place:
    known = {each.slug: each.id for each in names.channels}
    return Place(Scope.VARIANT, row.id, row.sku, known.get(slug, ""))


def _queue(visit: Visit, wanted: queue.Filters) -> queue.Page:
    return queue.page(visit.connection, visit.shop.id, wanted, today=visit.today, offset=0, limit=SHOWN)


def _supplies(visit: Visit, variant: str) -> Sequence[tuple[Any, str]]:
    """What is still to come, the earliest first, each with how it stands."""
    rows = listing.rows(visit.connection, visit.shop.id, variant_id=variant)
    return [(row, listing.status_of(row, visit.today)) for row in rows if row.state == "expected"][:SHOWN]
