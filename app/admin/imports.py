"""Files of purchase orders or rules: looked through first, shown row by row, then taken over as a whole."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from app import tasks
from app.admin import lists
from app.admin.acting import Done, Refused, acting
from app.admin.exporting import csv_file
from app.admin.lists import PER_PAGE, Filters, Page
from app.admin.staff import PRODUCTS
from app.admin.supply.adding import why_given
from app.admin.visit import Visit, is_htmx, reading
from app.imports import uploads
from app.imports.limits import MOST_BYTES
from app.imports.uploads import KINDS
from app.wording import gettext as _
from app.wording import retold

views = Blueprint("imports", __name__)

# Beside the file: the other fields of the form, and what stands between them.
MOST_OF_FORM = MOST_BYTES + 64 * 1024
NAMES = {"supplies": lazy("Purchase orders from a file"), "rules": lazy("Rules from a file")}
BACK = {"supplies": "supply.index", "rules": "rules.index"}
COUNTS = {
    "added": lazy("Added"),
    "changed": lazy("Changed"),
    "cancelled": lazy("Cancelled"),
    "unchanged": lazy("Unchanged"),
}
EXAMPLES = {
    "supplies": {"reference": "PO-17", "sku": "SKU-1", "warehouse": "main", "quantity": 40, "eta": "2027-03-01",
                 "supplier": "Kiln"},
    "rules": {"scope": "variant:SKU-1", "mode": "backorder", "cap": 20},
}  # fmt: skip


class Rows(Filters):
    """Which rows of a file: those of one kind, or all."""

    kind: Literal["", "wrong", "added", "changed", "cancelled"] = ""


@reading(views, "/imports/<kind>", PRODUCTS)
def start(visit: Visit, kind: str) -> str:
    _known(kind)
    return render_template(
        "admin/imports/start.html", visit=visit, kind=kind, title=NAMES[kind], back=BACK[kind],
        columns=KINDS[kind].columns, needed=KINDS[kind].needed,
    )  # fmt: skip


@reading(views, "/imports/<kind>/template.csv", PRODUCTS)
def template(visit: Visit, kind: str) -> Response:
    """Every column, and one row to show how each is meant."""
    _known(kind)
    columns = KINDS[kind].columns
    row = [EXAMPLES[kind].get(column, "") for column in columns]
    return csv_file(visit, f"{kind}-template", columns, lambda _connection: [row])


@reading(views, "/imports/<kind>/now.csv", PRODUCTS)
def now(visit: Visit, kind: str) -> Response:
    """What there is, in the columns that are read: to be changed and sent back."""
    _known(kind)
    columns = KINDS[kind].columns

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        return KINDS[kind].out(connection, visit.shop, visit.today)

    return csv_file(visit, kind, columns, rows)


@acting(views, "/imports/<kind>", PRODUCTS, again=start, whole=False, largest=MOST_OF_FORM)
def send(visit: Visit, kind: str) -> Done:
    """Keep the file, and ask for somebody to look through it."""
    _known(kind)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused(_("file: Choose a file first."))
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(_("file: The file has more than %(most)s MB. Split it.", most=MOST_BYTES // 2**20))
    with visit.runtime.engine.begin() as connection:
        number = uploads.receive(
            connection, visit.shop.id, kind, file.filename, content, who=visit.who, why=why_given()
        )
    tasks.ask_import(visit.shop.id, number)
    return Done(_("The file is here. It is being looked through."), _page_of(visit, kind, number), "info")


@reading(views, "/imports/<kind>/<int:number>", PRODUCTS)
def show(visit: Visit, kind: str, number: int) -> ResponseReturnValue:
    """How far it is; then what each row does, or what is wrong with it."""
    upload = _one(visit, kind, number)
    if upload.state in uploads.UNDER_WAY:
        part = "admin/imports/progress.html" if is_htmx() else "admin/imports/working.html"
        return render_template(part, visit=visit, upload=upload, title=NAMES[kind], here=_page_of(visit, kind, number))
    if is_htmx():
        # What asks how far it is gets the whole page anew once it is done.
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"
        return answer
    rows, wanted = uploads.retold(upload), lists.filters(Rows)
    told = [row for row in rows if wanted.kind in {"", row.kind or "wrong"}]
    page = Page(told[wanted.offset : wanted.offset + PER_PAGE], len(told), wanted)
    return render_template(
        "admin/imports/report.html", visit=visit, upload=upload, title=NAMES[kind], back=BACK[kind], kind=kind,
        page=page, filters=wanted, counts=COUNTS, errors=len(upload.report.get("errors", ())),
        notes=[retold(note) for note in upload.report.get("notes", ())],
        wrong=retold(upload.wrong) if upload.wrong else "",
    )  # fmt: skip


@reading(views, "/imports/<kind>/<int:number>.csv", PRODUCTS)
def show_csv(visit: Visit, kind: str, number: int) -> Response:
    upload = _one(visit, kind, number)
    rows = [[row.line, str(row)] for row in uploads.retold(upload)]
    return csv_file(visit, f"{kind}-report", ("line", "what"), lambda _connection: rows)


@acting(views, "/imports/<kind>/<int:number>/confirm", PRODUCTS, again=show, whole=False)
def confirm(visit: Visit, kind: str, number: int) -> Done:
    _one(visit, kind, number)
    with visit.runtime.engine.begin() as connection:
        agreed = uploads.confirm(connection, visit.shop.id, number)
    if not agreed:
        raise Refused(_("There is nothing to take over: look at what the page says now."))
    tasks.ask_import(visit.shop.id, number)
    return Done(_("It is being taken over."), _page_of(visit, kind, number), "info")


def _known(kind: str) -> None:
    if kind not in KINDS:
        abort(404)


def _one(visit: Visit, kind: str, number: int) -> Any:
    return uploads.find(visit.connection, visit.shop.id, kind, number) or abort(404)


def _page_of(visit: Visit, kind: str, number: int) -> str:
    return url_for("imports.show", shop_id=visit.shop.id, kind=kind, number=number)
