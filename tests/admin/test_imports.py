"""Files sent through the desk: looked through, shown row by row, then all rows or none."""

import io
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app import models, tasks
from app.imports import read, uploads
from app.imports.limits import MOST_BYTES
from app.models import Shop
from app.runtime import Runtime
from app.supply import lines
from tests.admin.desk import Desk, hidden
from tests.app.rule_shop import TODAY, WHO, marked

HEADER = "reference,sku,warehouse,quantity,eta"
GOOD = f"{HEADER}\nPO-1,cup,berlin,5,2027-01-24\n,plate,paris,2,2027-01-31\n"


def send(
    desk: Desk, content: str | bytes, kind: str = "supplies", name: str = "orders.csv", **fields: Any
) -> TestResponse:
    given = content.encode() if isinstance(content, str) else content
    form = hidden(desk.get(f"/imports/{kind}").text) | fields | {"file": FileStorage(io.BytesIO(given), name)}
    # Put together in memory: werkzeug would leave a temporary file open for a large one.
    boundary, body = encode_multipart(form)
    return desk.web.post(
        f"/admin/{desk.shop_id}/imports/{kind}",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=desk.headers,
    )


def work(runtime: Runtime, engine: Engine) -> int:
    """What the worker does. Returns the number of the upload."""
    with engine.connect() as connection:
        upload = connection.execute(select(models.Upload.id, models.Upload.shop_id)).one()
    uploads.work(runtime, upload.shop_id, upload.id)
    return int(upload.id)


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def upload_of(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(models.Upload.__table__)).one()


def test_a_file_is_looked_through_then_taken_over_whole(desk: Desk, engine: Engine, runtime: Runtime) -> None:
    desk.sign_in()
    answer = send(desk, GOOD, why="autumn")
    assert answer.status_code == 303
    number = upload_of(engine).id
    assert 'hx-trigger="every 2s"' in desk.get(f"/imports/supplies/{number}").text
    work(runtime, engine)
    page = desk.get(f"/imports/supplies/{number}").text
    assert "added: 5 of cup PO-1 by 24 January 2027" in page
    assert count(engine, models.Supply) == 0
    assert desk.post(f"/imports/supplies/{number}/confirm", page).status_code == 303
    assert desk.post(f"/imports/supplies/{number}/confirm", page).status_code == 303
    marked(engine)
    work(runtime, engine)
    assert "All rows are taken over" in desk.get(f"/imports/supplies/{number}").text
    assert marked(engine) == {"cup", "plate"}
    with engine.connect() as connection:
        rows = connection.execute(select(models.SupplyChange.who, models.SupplyChange.why)).all()
    assert {tuple(row) for row in rows} == {("staff@example.com, file orders.csv", "autumn")}
    work(runtime, engine)
    assert count(engine, models.Supply) == 2
    assert desk.post(f"/imports/supplies/{number}/confirm", page, once="again").status_code == 422


def test_every_error_is_told_with_its_line_and_nothing_can_be_taken_over(
    desk: Desk, engine: Engine, runtime: Runtime
) -> None:
    desk.sign_in()
    send(
        desk,
        f"{HEADER}\nPO-1,cup,berlin,5,2027-01-24\nPO-2,nobody,berlin,5,2027-01-24\nPO-3,<b>cup,berlin,-5,9999-01-01\n",
    )
    number = work(runtime, engine)
    page = desk.get(f"/imports/supplies/{number}").text
    assert "2 lines are wrong" in page
    assert "0 variants have the SKU nobody" in page
    assert "<b>cup" not in page
    assert "Take over" not in page
    assert "3,sku: 0 variants have the SKU nobody" in desk.get(f"/imports/supplies/{number}.csv").text
    assert desk.post(f"/imports/supplies/{number}/confirm", desk.get("/imports/supplies").text).status_code == 422
    work(runtime, engine)
    assert count(engine, models.Supply) == 0


def test_what_is_wrong_is_shown_before_what_the_other_rows_would_do(
    desk: Desk, engine: Engine, runtime: Runtime
) -> None:
    desk.sign_in()
    send(
        desk, f"{HEADER}\nPO-1,cup,berlin,5,2027-01-24\nPO-2,nobody,berlin,0,2027-01-24,more\n,cup,paris,1,2027-01-24\n"
    )
    page = desk.get(f"/imports/supplies/{work(runtime, engine)}")
    places = [
        page.text.find(text) for text in ("column F:", "quantity: should be", "added: 5 of cup PO-1", "added: 1 of")
    ]
    assert -1 not in places
    assert places == sorted(places)
    assert "1 line is wrong" in page.text
    assert "Without a reference: 1 line." in page.text
    only = desk.get(f"{page.request.path.partition(str(desk.shop_id))[2]}?kind=wrong").text
    assert ("column F:" in only, "added:" in only) == (True, False)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "orders.csv", "The file is empty"),
        (b"\xff\xfe\x00", "orders.csv", "not UTF-8"),
        (b"PK\x03\x04nonsense", "orders.xlsx", "no workbook"),
        (b"sku,price\ncup,1\n", "orders.csv", "There is no column"),
        (b"a", "orders.xlsm", "without macros"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    desk: Desk, engine: Engine, runtime: Runtime, content: bytes, name: str, told: str
) -> None:
    desk.sign_in()
    assert send(desk, content, name=name).status_code == 303
    assert told in desk.get(f"/imports/supplies/{work(runtime, engine)}").text


def test_a_form_without_a_file_is_told_so(desk: Desk) -> None:
    desk.sign_in()
    answer = desk.post("/imports/supplies", desk.get("/imports/supplies").text)
    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


def test_a_file_may_be_large_and_not_larger(desk: Desk, engine: Engine) -> None:
    desk.sign_in()
    assert send(desk, b"x" * 3 * 2**20).status_code == 303
    assert send(desk, b"x" * (MOST_BYTES + 1)).status_code == 422
    refused = send(desk, b"x" * (MOST_BYTES + 2**20))
    assert (refused.status_code, "more than 50 MB" in refused.text) == (413, True)
    assert desk.post("/supply/new", desk.get("/supply/new").text, sku="x" * 2 * 2**20).status_code == 413


def test_what_would_be_done_otherwise_by_now_is_shown_again_and_not_done(
    desk: Desk, engine: Engine, runtime: Runtime, shop: Shop
) -> None:
    desk.sign_in()
    send(desk, GOOD)
    number = work(runtime, engine)
    given = {"sku": "cup", "warehouse": "berlin", "quantity": 9, "eta": "2027-02-01", "reference": "PO-1"}
    with engine.begin() as connection:
        lines.add(connection, shop, given, who=WHO, today=TODAY)
    desk.post(f"/imports/supplies/{number}/confirm", desk.get(f"/imports/supplies/{number}").text)
    work(runtime, engine)
    page = desk.get(f"/imports/supplies/{number}").text
    assert "has changed since you looked" in page
    assert "quantity 9 -&gt; 5" in page
    assert count(engine, models.Supply) == 1
    desk.post(f"/imports/supplies/{number}/confirm", page)
    work(runtime, engine)
    assert count(engine, models.Supply) == 2


def test_work_that_was_begun_twice_is_done_once(desk: Desk, engine: Engine, runtime: Runtime, shop: Shop) -> None:
    """A worker that was taken for dead goes on while another begins anew: rows without a reference come only once."""
    desk.sign_in()
    send(desk, GOOD)
    number = work(runtime, engine)
    with engine.begin() as connection:
        uploads.confirm(connection, shop.id, number)
    begun = [uploads._begin(runtime, shop.id, number) for _ in range(2)]
    for upload in begun:
        assert upload is not None
        uploads._take_over(runtime, shop, upload)
    assert upload_of(engine).state == "kept"
    assert count(engine, models.Supply) == 2


def test_work_that_breaks_off_again_and_again_is_given_up(
    desk: Desk, engine: Engine, runtime: Runtime, shop: Shop
) -> None:
    desk.sign_in()
    send(desk, GOOD)
    number = upload_of(engine).id
    for _ in range(uploads.MOST_ATTEMPTS):
        uploads._begin(runtime, shop.id, number)
    uploads.work(runtime, shop.id, number)
    assert "broke off 3 times" in desk.get(f"/imports/supplies/{number}").text


def test_work_nobody_looks_at_is_found_again_and_old_files_are_thrown_away(
    desk: Desk, engine: Engine, runtime: Runtime, shop: Shop
) -> None:
    desk.sign_in()
    send(desk, GOOD)
    number, now = upload_of(engine).id, upload_of(engine).at
    with engine.begin() as connection:
        assert uploads.forgotten(connection, now) == []
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        assert uploads.forgotten(connection, now) == [(shop.id, number)]
    tasks.ask_import(shop.id, number)
    tasks.ask_import(shop.id, number)
    with engine.connect() as connection:
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'import_file'"
        assert connection.scalar(text(jobs)) == 1
    work(runtime, engine)
    with engine.begin() as connection:
        uploads.forgotten(connection, now + uploads.KEPT_FOR * 2)
    assert desk.get(f"/imports/supplies/{number}").status_code == 404


def test_rules_come_from_a_file_the_same_way(desk: Desk, engine: Engine, runtime: Runtime) -> None:
    desk.sign_in()
    send(desk, "scope,mode,cap\nshop,backorder,20\nvariant:cup,,5\n", kind="rules")
    number = work(runtime, engine)
    page = desk.get(f"/imports/rules/{number}").text
    assert "variant:cup" in page
    assert desk.get(f"/imports/supplies/{number}").status_code == 404
    desk.post(f"/imports/rules/{number}/confirm", page)
    work(runtime, engine)
    assert count(engine, models.Rule) == 2
    assert "shop,,backorder,20" in desk.get("/imports/rules/now.csv").text


def test_the_example_is_one_that_can_be_read(desk: Desk, engine: Engine, runtime: Runtime) -> None:
    desk.sign_in()
    for kind in uploads.KINDS:
        example = desk.get(f"/imports/{kind}/template.csv").data
        kept = uploads.KINDS[kind]
        assert len(read("example.csv", example, kept.columns, kept.needed).rows) == 1


def test_what_is_not_there_is_not_there(desk: Desk, engine: Engine, shop: Shop) -> None:
    new = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
    with engine.begin() as connection:
        other = connection.scalar(insert(Shop).values(new).returning(Shop.id)) or 0
        theirs = uploads.receive(connection, other, "supplies", "a.csv", b"x", who="x")
    desk.sign_in()
    page = desk.get("/imports/supplies").text
    ours = "/imports/supplies"
    for path in ("/imports/nothing", f"{ours}/999999", f"{ours}/{2**70}", f"{ours}/{theirs}", f"{ours}/{theirs}.csv"):
        assert desk.get(path).status_code == 404, path
    assert desk.post(f"/imports/supplies/{theirs}/confirm", page).status_code == 404


def test_how_far_the_work_is_can_be_seen(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    send(desk, GOOD)
    with engine.begin() as connection:
        connection.execute(update(models.Upload).values(stage="Checking", done=12000, total=50000))
        number = connection.scalar(select(models.Upload.id))
    page = desk.get(f"/imports/supplies/{number}").text
    assert "12,000 of 50,000 rows" in page
    assert "<noscript><meta http-equiv" in page
    part = desk.web.get(f"/admin/{shop.id}/imports/supplies/{number}", headers=desk.headers | {"HX-Request": "true"})
    assert "<html" not in part.text
    assert "12,000" in part.text
