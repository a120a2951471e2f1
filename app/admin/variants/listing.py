"""The variants side by side: as a page, and as a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from flask import Response, render_template
from flask_babel import lazy_gettext as lazy
from pydantic import Field
from sqlalchemy import Connection

from app import shelf
from app.admin import lists, states
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.rules.words import Names
from app.admin.staff import EITHER
from app.admin.variants import views
from app.admin.visit import Visit, reading
from app.shelf import Shelved, Sort, Status
from app.supply import suppliers

LARGEST = 2**63 - 1
SORTS: Mapping[Sort, Any] = {Sort.OWED: lazy("Most waited for first"), Sort.NAME: lazy("By name")}
COLUMNS = (
    "sku", "product", "variant", "channel", "status", "on_hand", "free", "in_orders", "waiting", "orders",
    "available_now", "backorder_left", "mode", "cap", "cap_used", "eta", "demand", "sold_out_since",
    "next_supply", "next_due", "next_units",
)  # fmt: skip


class VariantFilters(Filters):
    """`channel` is a channel's slug, `supplier` our number of one; `product` comes with links from other pages."""

    text: str = ""
    channel: str = ""
    status: Status | None = None
    queue: Literal["", "yes"] = ""
    supplier: int | None = Field(None, ge=1, le=LARGEST)
    product: str = ""
    sort: Sort = Sort.OWED

    def asked(self, names: Names) -> shelf.Filters:
        return shelf.Filters(
            text=self.text,
            channel=names.channel_id(self.channel) if self.channel else "",
            product=self.product,
            status=self.status,
            queue=bool(self.queue),
            supplier=self.supplier,
            sort=self.sort,
        )


@reading(views, "/variants", EITHER)
def index(visit: Visit) -> str:
    filters, names = lists.filters(VariantFilters), Names(visit.connection, visit.shop.id)
    found = shelf.page(
        visit.connection, visit.shop, filters.asked(names), today=visit.today, offset=filters.offset, limit=PER_PAGE
    )
    return render_template(
        "admin/variants/index.html",
        visit=visit,
        page=Page(list(found.rows), found.total, filters),
        names=names,
        suppliers=suppliers.rows(visit.connection, visit.shop.id),
        states=states.VARIANT,
        sorts=SORTS,
    )


@reading(views, "/variants.csv", EITHER)
def file(visit: Visit) -> Response:
    """A row for each variant in each channel that has it on sale; one without a channel where none has."""
    wanted = lists.filters(VariantFilters).asked(Names(visit.connection, visit.shop.id))

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for variant in shelf.rows(connection, visit.shop, wanted, today=visit.today):
            yield from _cells(variant)

    return csv_file(visit, "variants", COLUMNS, rows)


def _cells(variant: Shelved) -> Iterator[Sequence[Any]]:
    supply, since = variant.next_supply, variant.sold_out_since
    named = (variant.sku, variant.product_name, variant.variant_name)
    counted = (variant.on_hand, variant.free, variant.ordered, variant.owed, variant.orders)
    coming = (supply.reference or supply.id, supply.due, supply.units) if supply else ("", "", "")
    end = (variant.demand, since.isoformat(timespec="seconds") if since else "", *coming)
    for offer in variant.offers:
        told = (offer.available_now, offer.headroom, offer.mode, "none" if offer.cap is None else offer.cap)
        yield *named, offer.slug, offer.status, *counted, *told, offer.cap_used, offer.eta, *end
    if not variant.offers:
        yield *named, "", "", *counted, "", "", "", "", "", "", *end
