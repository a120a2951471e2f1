"""What holds for a SKU in a channel, and which rule says so."""

from typing import Any

from flask import render_template
from sqlalchemy import select

from app import book, explain
from app.admin import lists
from app.admin.lists import Filters
from app.admin.rules import shapes, views
from app.admin.rules.words import Names, rule_ids
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.engine.model import Terms
from app.engine.rules import READ
from app.models import Variant
from app.rulebook.inheriting import as_written
from app.wording import gettext as _


class Asked(Filters):
    """A SKU, and a channel's slug."""

    sku: str = ""
    channel: str = ""


@reading(views, "/rules/test", EITHER)
def test(visit: Visit) -> str:
    asked, names = lists.filters(Asked), Names(visit.connection, visit.shop.id)
    found = _variants(visit, asked.sku) if asked.sku else []
    channel = next((row for row in names.channels if row.slug == asked.channel), None)
    wrong = ""
    if asked.sku and not found:
        wrong = _("Dueback knows no variant with the SKU %(sku)s.", sku=asked.sku)
    elif len(found) > 1:
        wrong = _("%(count)s variants have this SKU; give each its own in the shop.", count=len(found))
    ready = bool(found and channel and not wrong)
    return render_template(
        "admin/rules/test.html",
        visit=visit,
        asked=asked,
        names=names,
        wrong=wrong,
        answer=holding(visit, names, found[0], channel) if ready else None,
        may_write=visit.staff.allowed(PRODUCTS),
    )


def _variants(visit: Visit, sku: str) -> list[Any]:
    query = select(Variant.id, Variant.sku, Variant.name, Variant.product_id, Variant.product_name)
    return list(visit.connection.execute(query.where(Variant.shop_id == visit.shop.id, Variant.sku == sku)).all())


def holding(visit: Visit, names: Names, variant: Any, channel: Any) -> dict[str, Any]:
    """What holds for the variant in the channel: `rows` of label, value, origin, and the number of the rule."""
    merged = book.load_merged(visit.connection, visit.shop, [variant.id], visit.today)[variant.id][channel.id]
    numbers = rule_ids(visit.connection, visit.shop.id, list(merged.origins.values()))
    [told] = explain.variant(visit.connection, visit.shop, variant.id, visit.today, channel=channel.slug)
    rows = []
    for name in READ:
        rule = merged.origins.get(name)
        value = rule.fields[name] if rule else as_written(getattr(Terms(), name))
        number = numbers.get((rule.scope.value, rule.target, rule.channel)) if rule else None
        rows.append((shapes.SHAPES[name].label, shapes.told(name, value), names.origin(rule), number))
    return {"variant": variant, "channel": channel, "rows": rows, "changes_on": merged.changes_on, "told": told}
