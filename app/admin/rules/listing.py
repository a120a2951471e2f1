"""Every rule, in the order in which they decide."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from flask import Response, render_template
from sqlalchemy import Connection

from app import rulebook
from app.admin import lists
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.rules import shapes, views
from app.admin.rules.words import SCOPES, Names, named_clash
from app.admin.staff import EITHER, PRODUCTS
from app.admin.visit import Visit, reading
from app.engine.rules import Scope
from app.imports import rules as files
from app.rulebook import Wanted


class RuleFilters(Filters):
    """`channel` is a channel's slug, or every for rules that hold in all of them."""

    text: str = ""
    scope: Scope | Literal[""] = ""
    channel: str = ""
    mode: Literal["", "off", "backorder", "preorder", "silent"] = ""

    def wanted(self, names: Names) -> Wanted:
        return Wanted(self.text, self.scope, names.channel_id(self.channel), self.mode)


@reading(views, "/rules", EITHER)
def index(visit: Visit) -> str:
    chosen, names = lists.filters(RuleFilters), Names(visit.connection, visit.shop.id)
    wanted = chosen.wanted(names)
    rows = rulebook.listed(visit.connection, visit.shop.id, wanted, offset=chosen.offset, limit=PER_PAGE)
    page = Page(list(rows), rulebook.how_many(visit.connection, visit.shop.id, wanted), chosen)
    return render_template(
        "admin/rules/index.html",
        visit=visit,
        page=page,
        names=names,
        titles=rulebook.titles(visit.connection, visit.shop.id, rows),
        clashes=[named_clash(each, names) for each in rulebook.clashes(visit.connection, visit.shop.id)],
        scopes=SCOPES,
        shapes=shapes,
        may_write=visit.staff.allowed(PRODUCTS),
    )


@reading(views, "/rules.csv", EITHER)
def export(visit: Visit) -> Response:
    """In the columns that `dueback import rules` takes."""
    wanted = lists.filters(RuleFilters).wanted(Names(visit.connection, visit.shop.id))

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        return files.cells_of(connection, visit.shop, rulebook.listed(connection, visit.shop.id, wanted))

    return csv_file(visit, "rules", files.COLUMNS, rows)
