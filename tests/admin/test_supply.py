"""Supply at the desk: what is listed, how a date slips, what arrives."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, func, insert, select, update

from app import models
from app.admin.fields import LABELS
from app.models import Shop
from app.runtime import Runtime
from app.seal import Seal
from app.supply import lines
from tests.admin.desk import Desk
from tests.admin.supply_desk import CHRISTMAS, expect, history, rename, row
from tests.app.rule_shop import NOW, SHOP, TODAY, WHO, ordered, put
from tests.app.supply_shop import installed as another

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _monday() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def slipped(number: int, eta: str = "2027-01-20", version: int = 1) -> str:
    return f"/supply/change?line={number}@{version}&eta={eta}&eta_latest="


def test_lines_are_listed_with_the_late_ones_first(desk: Desk, engine: Engine, shop: Shop) -> None:
    expect(engine, shop, reference="PO-later")
    late = expect(engine, shop, reference="PO-late", eta=TODAY)
    over = expect(engine, shop, reference="PO-over")
    with engine.begin() as connection:
        connection.execute(update(models.Supply).where(models.Supply.id == late).values(eta=TODAY - timedelta(days=3)))
        lines.cancel(connection, shop, over, who=WHO)
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/supply").text
    assert page.index("PO-late") < page.index("PO-later")
    assert "PO-over" not in page
    assert "PO-over" in desk.get("/supply?status=all").text
    only = desk.get("/supply?status=late").text
    assert "PO-late<" in only
    assert "PO-later" not in only


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=PO-1", {"PO-1"}),
        ("text=PLATE", {"PO-3"}),
        ("text=100%25", set()),
        ("supplier=Kiln", {"PO-2"}),
        ("warehouse=paris", {"PO-3"}),
        ("due_from=2026-12-25", {"PO-3"}),
        ("due_until=2026-12-24", {"PO-1", "PO-2"}),
        ("due_from=nonsense&status=nonsense&page=0", {"PO-1", "PO-2", "PO-3"}),
        ("reference=PO-2", {"PO-2"}),
        ("text=" + "x" * 5000, {"PO-1", "PO-2", "PO-3"}),
    ],
)
def test_lines_are_filtered_and_the_file_has_the_same(
    desk: Desk, engine: Engine, shop: Shop, query: str, found: set[str]
) -> None:
    expect(engine, shop)
    expect(engine, shop, reference="PO-2", supplier="Kiln")
    expect(engine, shop, reference="PO-3", sku="plate", warehouse="paris", eta=CHRISTMAS + timedelta(days=9))
    desk.sign_in()
    page, file = desk.get(f"/supply?{query}").text, desk.get(f"/supply.csv?{query}").text
    assert {name for name in ("PO-1", "PO-2", "PO-3") if f">{name}</a>" in page} == found
    assert {name for name in ("PO-1", "PO-2", "PO-3") if f",{name}," in file} == found


def test_a_page_beyond_the_end_has_a_way_back(desk: Desk, engine: Engine, shop: Shop) -> None:
    expect(engine, shop)
    desk.sign_in()
    page = desk.get("/supply?page=99").text
    assert "beyond the end" in page
    assert "To the first page" in page


def test_a_full_page_stays_small(desk: Desk, engine: Engine, shop: Shop) -> None:
    given = {"sku": "cup", "warehouse": "berlin", "quantity": 5, "eta": CHRISTMAS, "supplier": "Kiln and Sons"}
    with engine.begin() as connection:
        lines.add_all(connection, shop, [given | {"reference": f"PO-{n}"} for n in range(120)], who=WHO, today=TODAY)
    desk.sign_in()
    answer = desk.get("/supply")
    assert "1 to 50 of 120" in answer.text
    assert len(answer.data) < 60_000


def test_a_product_or_supplier_with_html_in_its_name_does_no_harm(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=9)
    rename(engine, HOSTILE)
    number = expect(engine, shop, supplier=HOSTILE, reference=f"PO{HOSTILE}")
    ordered(engine, shop, f"21{HOSTILE}", "cup", 8)
    with engine.begin() as connection:
        supplier = connection.scalar(select(models.Supplier.id))
        place = {"shop_id": shop.id, "variant_id": "cup", "warehouse_id": "B", "units": 2}
        connection.execute(insert(models.StockRise).values(place))
    desk.sign_in()
    for path in (
        "/supply",
        f"/supply/{number}",
        slipped(number),
        f"/supply/cancel?line={number}",
        "/supply/calendar?month=2026-12",
        "/supply/rises",
        "/supply/suppliers",
        f"/supply/suppliers/{supplier}",
        f"/supply/change?line={number}",
    ):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert HOSTILE not in answer.text, path
        assert "alert(1)" in answer.text, path


def test_the_month_shows_what_is_due_on_which_day_and_the_late_on_top(desk: Desk, engine: Engine, shop: Shop) -> None:
    for number in range(5):
        expect(engine, shop, reference=f"PO-{number}")
    late = expect(engine, shop, eta=TODAY, reference="PO-late")
    with engine.begin() as connection:
        connection.execute(update(models.Supply).where(models.Supply.id == late).values(eta=TODAY - timedelta(days=30)))
    desk.sign_in()
    page = desk.get("/supply/calendar?month=2026-12").text
    assert "1 line is late" in page
    assert "PO-0: 5 " in page
    assert "2 more" in page
    assert "?month=2027-01" in page
    assert "PO-0" not in desk.get("/supply/calendar?month=2027-03").text
    for nonsense in ("9999-12", "2026-13", "x", "2000-01", "2099-12"):
        assert desk.get(f"/supply/calendar?month={nonsense}").status_code == 200


def test_a_line_is_added(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    page = desk.get("/supply/new?sku=cup").text
    assert 'value="cup"' in page
    answer = desk.post(
        "/supply/new",
        page,
        sku="cup",
        warehouse="berlin",
        quantity="7",
        eta="2026-12-24",
        supplier="Kiln",
        reference="PO-9",
        held="",
        why="by mail",
    )
    assert answer.status_code == 303
    with engine.connect() as connection:
        found = connection.execute(select(models.Supply.__table__)).one()
    assert (found.quantity, found.reference, found.held) == (7, "PO-9", 0)
    [made] = history(engine, found.id)
    assert (made.who, made.why) == ("staff@example.com", "by mail")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", "nobody"),
        ("quantity", "-5"),
        ("quantity", "9" * 40),
        ("quantity", "many"),
        ("quantity", ""),
        ("eta", "2020-01-01"),
        ("eta", "9999-12-31"),
        ("eta", "tomorrow"),
        ("eta_latest", "2026-12-01"),
        ("warehouse", "rome"),
        ("confidence", "0"),
        ("held", "8"),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field_and_what_was_typed_stays(
    desk: Desk, engine: Engine, shop: Shop, field: str, value: str
) -> None:
    desk.sign_in()
    right = {"sku": "cup", "warehouse": "berlin", "quantity": "7", "eta": "2026-12-24", "reference": "typed"}
    answer = desk.post("/supply/new", desk.get("/supply/new").text, **right | {field: value})
    assert answer.status_code == 422
    assert 'value="typed"' in answer.text
    if field != "warehouse":
        assert f'id="h-{field}">{LABELS[field]}' in answer.text
        assert 'aria-invalid="true"' in answer.text
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(models.Supply)) == 0


def test_a_line_sent_twice_is_added_once(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/supply/new").text
    for _ in range(2):
        desk.post("/supply/new", page, sku="cup", warehouse="berlin", quantity="7", eta="2026-12-24")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(models.Supply)) == 1


def test_a_variant_may_be_in_two_purchase_orders(desk: Desk, engine: Engine, shop: Shop) -> None:
    expect(engine, shop)
    expect(engine, shop, reference="PO-2")
    desk.sign_in()
    page = desk.get("/supply?text=cup").text
    assert ">PO-1</a>" in page
    assert ">PO-2</a>" in page


def test_a_date_slips_only_after_a_look_at_who_moves(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=20, display="range", spread_days=4)
    number = expect(engine, shop)
    ordered(engine, shop, "21", "cup", 5)
    for name in ("22", "23"):
        ordered(engine, shop, name, "cup", 2)
    with engine.begin() as connection:
        connection.execute(update(models.Order).where(models.Order.number == "22").values(customer="ada@example.com"))
    desk.sign_in()
    page = desk.get(slipped(number)).text
    assert "2 orders move, 2 later, 0 earlier." in page
    assert "ada@example.com" in page
    assert "Expected between Jan 20, 2027 and Jan 24, 2027." in page
    assert row(engine, number).eta == CHRISTMAS
    refused = desk.post("/supply/change", page, line=f"{number}@1", eta="2027-01-20", eta_latest="")
    assert refused.status_code == 422
    assert "Why: Say why" in refused.text
    assert "2 orders move" in refused.text
    answer = desk.post("/supply/change", page, why="vessel delayed")
    assert answer.status_code == 303
    assert row(engine, number).eta.isoformat() == "2027-01-20"
    made = history(engine, number)[-1]
    assert (made.who, made.why) == ("staff@example.com", "vessel delayed")
    assert "ada@example.com" in desk.get(f"/supply/moves.csv?line={number}&eta=2026-12-28&eta_latest=").text


def test_somebody_elses_change_in_between_is_shown_and_not_overwritten(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    desk.sign_in()
    page = desk.get(slipped(number)).text
    with engine.begin() as connection:
        lines.change(connection, shop, number, {"quantity": 9}, who="another", today=TODAY)
    answer = desk.post("/supply/change", page, why="vessel delayed")
    assert answer.status_code == 422
    assert "Somebody has changed this since you looked" in answer.text
    assert row(engine, number).eta == CHRISTMAS
    assert "Somebody has changed this since you looked" in desk.get(slipped(number)).text
    assert desk.post("/supply/change", answer.text, why="vessel delayed").status_code == 303
    assert (row(engine, number).quantity, row(engine, number).eta.isoformat()) == (9, "2027-01-20")


def test_everything_of_a_line_can_be_changed(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    desk.sign_in()
    fields = (
        "quantity=8&warehouse=paris&eta=2026-12-24&eta_latest=2026-12-31&supplier=Kiln&reference=&ordered_on=2026-11-01"
        "&confidence=80&held=2"
    )
    page = desk.get(f"/supply/change?line={number}@1&{fields}").text
    assert "Kiln" in page
    assert desk.post("/supply/change", page, why="said so").status_code == 303
    found = row(engine, number)
    assert (found.quantity, found.warehouse_id, found.reference, found.confidence, found.held) == (8, "P", "", 80, 2)
    assert "Held back: 0 → 2" in desk.get(f"/supply/{number}").text


def test_a_change_that_cannot_be_meant_is_told_beside_what_was_typed(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    desk.sign_in()
    for query, field in (
        ("eta=9999-01-01", "eta"),
        ("eta=2020-01-01", "eta"),
        ("quantity=-3", "quantity"),
        ("quantity=1e9", "quantity"),
    ):
        page = desk.get(f"/supply/change?line={number}&{query}").text
        assert f'id="h-{field}">{LABELS[field]}' in page
        assert query.partition("=")[2] in page
        assert "Change it" not in page


def test_the_lines_of_a_purchase_order_slip_together(desk: Desk, engine: Engine, shop: Shop) -> None:
    numbers = [expect(engine, shop, sku=sku) for sku in ("cup", "plate")]
    desk.sign_in()
    assert "2 lines of this purchase order" in desk.get(f"/supply/{numbers[0]}").text
    chosen = "&".join(f"line={number}" for number in numbers)
    page = desk.get(f"/supply/change?{chosen}&eta=2027-02-01&eta_latest=").text
    answer = desk.web.post(
        f"/admin/{desk.shop_id}/supply/change",
        data={
            "line": [f"{number}@1" for number in numbers],
            "eta": "2027-02-01",
            "eta_latest": "",
            "why": "late",
            "csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0],
            "once": "together",
        },
        headers=desk.headers,
    )
    assert answer.status_code == 303
    assert {row(engine, number).eta.isoformat() for number in numbers} == {"2027-02-01"}


def test_a_line_is_cancelled_after_a_look_at_who_loses_the_date(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=20)
    number = expect(engine, shop)
    ordered(engine, shop, "21", "cup", 8)
    desk.sign_in()
    page = desk.get(f"/supply/cancel?line={number}@1").text
    assert "1 order moves, 1 later, 0 earlier." in page
    assert "No date is known yet." in page
    assert "No date is known yet." in desk.get(f"/supply/moves.csv?line={number}&cancel=1").text
    assert f"/supply/moves.csv?line={number}%401&amp;cancel=1" in page
    assert desk.post("/supply/cancel", page, why="").status_code == 422
    assert desk.post("/supply/cancel", page, why="out of stock there").status_code == 303
    assert row(engine, number).state == "cancelled"
    again = desk.get(f"/supply/{number}")
    assert "Receive" not in again.text.split("<main")[1].split("Receipts")[0]


def test_units_are_received_in_parts_and_a_receipt_taken_back(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    desk.sign_in()
    page = desk.get(f"/supply/{number}").text
    path = f"/supply/{number}/receive"
    done = desk.post(path, page, quantity="2", on="2026-11-23", stock="leave", why="first box")
    assert done.status_code == 303
    assert "2 received, 2 of 5 by now" in desk.get(f"/supply/{number}").text
    assert desk.post(path, page, quantity="2", on="2026-11-23", stock="leave", why="first box").status_code == 303
    assert row(engine, number).received == 2
    for quantity, on, field in (
        ("9", "2026-11-23", "quantity"),
        ("-1", "2026-11-23", "quantity"),
        ("x", "2026-11-23", "quantity"),
        ("1", "2027-01-01", "on"),
        ("1", "soon", "on"),
    ):
        refused = desk.post(path, desk.get(f"/supply/{number}").text, quantity=quantity, on=on, stock="leave")
        assert refused.status_code == 422
        assert f'id="h-{field}">{LABELS[field]}' in refused.text
    with engine.connect() as connection:
        receipt = connection.scalar(select(models.Receipt.id))
    back = f"/supply/{number}/receipts/{receipt}/undo"
    assert desk.post(back, desk.get(back).text, why="wrong box").status_code == 303
    assert row(engine, number).received == 0
    assert desk.post(back, desk.get("/supply/new").text).status_code == 422


def test_raising_the_stock_of_a_shop_out_of_reach_keeps_nothing(
    desk: Desk, engine: Engine, shop: Shop, runtime: Runtime
) -> None:
    number = expect(engine, shop)
    out_of_reach = {"token": Seal(runtime.config.secret_key).close("token"), "api_url": "http://127.0.0.1:9/graphql/"}
    desk.sign_in()
    with engine.begin() as connection:
        connection.execute(update(Shop).values(out_of_reach))
    answer = desk.post(f"/supply/{number}/receive", desk.get(f"/supply/{number}").text, quantity="2", stock="raise")
    assert answer.status_code == 422
    assert "nothing was kept" in answer.text
    assert row(engine, number).received == 0


def test_where_an_erp_owns_the_stock_raising_it_is_not_offered(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    with engine.begin() as connection:
        connection.execute(update(Shop).values(settings={"stock_owner": "erp"}))
    desk.sign_in()
    page = desk.get(f"/supply/{number}").text
    assert 'value="raise"' not in page
    answer = desk.post(f"/supply/{number}/receive", page, quantity="2", stock="raise")
    assert answer.status_code == 422


def test_a_rise_of_the_stock_is_taken_or_dismissed(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    place = {"shop_id": shop.id, "variant_id": "cup", "warehouse_id": "B"}
    with engine.begin() as connection:
        for units in (3, 7):
            connection.execute(insert(models.StockRise).values(place | {"units": units}))
        first, second = connection.scalars(select(models.StockRise.id).order_by(models.StockRise.id))
    desk.sign_in()
    page = desk.get("/supply/rises").text
    assert "PO-1: 5" in page
    assert desk.post(f"/supply/rises/{first}/take", page, supply="x").status_code == 422
    assert desk.post(f"/supply/rises/{first}/take", page, supply=str(number)).status_code == 303
    assert row(engine, number).received == 3
    assert desk.post(f"/supply/rises/{second}/dismiss", desk.get("/supply/rises").text).status_code == 303
    assert "Nothing to explain" in desk.get("/supply/rises").text
    assert "staff@example.com" in desk.get("/supply/rises?state=dismissed").text
    assert "taken" in desk.get("/supply/rises.csv?state=taken").text


def test_suppliers_are_listed_with_their_record_and_edited(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop, supplier="Kiln")
    expect(engine, shop, supplier="Other", reference="PO-7")
    with engine.begin() as connection:
        ids = {each.name: each.id for each in connection.execute(select(models.Supplier.__table__))}
        receipt = {"shop_id": shop.id, "supply_id": number, "units": 2, "source": "person", "who": WHO}
        connection.execute(insert(models.Receipt).values(receipt | {"received_on": CHRISTMAS + timedelta(days=4)}))
    desk.sign_in()
    page = desk.get("/supply/suppliers").text
    assert "half within 4, 80 % within 4, 95 % within 4" in page
    assert "Other" not in desk.get("/supply/suppliers?text=kil").text.split("<main")[1]
    assert "Kiln,,1,2,0.0,4,4,4" in desk.get("/supply/suppliers.csv").text
    path = f"/supply/suppliers/{ids['Kiln']}"
    page = desk.get(path).text
    assert "PO-1" in page
    assert "PO-7" not in page
    for wrong in (
        {"name": "Other"},
        {"name": ""},
        {"name": "Kiln", "lead_days": "-1"},
        {"name": "K", "lead_days": "x"},
    ):
        assert desk.post(path, desk.get(path).text, **wrong).status_code == 422
    assert desk.post(path, page, name="Kiln & Sons", lead_days="30").status_code == 303
    assert "Kiln &amp; Sons" in desk.get(path).text
    stale = desk.post(path, page, name="Somebody", lead_days="31", once="another tab")
    assert stale.status_code == 422
    assert "since you looked" in stale.text
    assert (
        desk.post("/supply/suppliers", desk.get("/supply/suppliers").text, name="New", lead_days="").status_code == 303
    )
    assert desk.post("/supply/suppliers", desk.get("/supply/suppliers").text, name="New").status_code == 422


def test_who_may_only_manage_orders_reads_and_changes_nothing(desk: Desk, engine: Engine, shop: Shop) -> None:
    number = expect(engine, shop)
    desk.sign_in()
    page = desk.get("/supply/new").text
    desk.sign_in("MANAGE_ORDERS")
    shown = desk.get("/supply").text + desk.get(f"/supply/{number}").text + desk.get("/supply/rises").text
    for word in ("Add a line", "Cancel it", "the chosen lines", "Receive<", 'type="checkbox"', "/imports/"):
        assert word not in shown
    for path in ("/supply/new", slipped(number), f"/supply/cancel?line={number}", "/imports/supplies"):
        assert desk.get(path).status_code == 403
    for path in (
        "/supply/new",
        "/supply/change",
        "/supply/cancel",
        f"/supply/{number}/receive",
        "/supply/rises/1/take",
        "/supply/suppliers",
        "/imports/supplies",
    ):
        assert desk.post(path, page, line=f"{number}@1", why="x", once=path).status_code == 403, path
    assert row(engine, number).version == 1


def test_another_shops_lines_are_not_there(desk: Desk, engine: Engine, shop: Shop) -> None:
    other = another(engine, "other")
    number = expect(engine, other, sku="S1")
    desk.sign_in()
    page = desk.get("/supply/new").text
    with engine.begin() as connection:
        rise = connection.scalar(
            insert(models.StockRise)
            .values(shop_id=other.id, variant_id="V1", warehouse_id="B", units=1)
            .returning(models.StockRise.id)
        )
        supplier = connection.scalar(
            insert(models.Supplier).values(shop_id=other.id, name="Theirs").returning(models.Supplier.id)
        )
    for path in (
        f"/supply/{number}",
        slipped(number),
        f"/supply/cancel?line={number}",
        f"/supply/suppliers/{supplier}",
        f"/supply/{2**70}",
        "/supply/change",
        "/supply/change?line=x",
        f"/supply/change?line={2**70}",
        f"/supply/change?line={number}@x",
        f"/supply/{number}/receipts/1/undo",
    ):
        assert desk.get(path).status_code == 404, path
    for path in (
        f"/supply/{number}/receive",
        f"/supply/rises/{rise}/take",
        f"/supply/rises/{rise}/dismiss",
        f"/supply/suppliers/{supplier}",
    ):
        assert desk.post(path, page, supply=str(number), name="x", quantity="1", once=path).status_code == 404, path
    assert "Theirs" not in desk.get("/supply/suppliers").text
    assert row(engine, number).version == 1


def test_an_empty_list_says_how_it_fills(desk: Desk) -> None:
    desk.sign_in()
    assert "Nothing is on its way" in desk.get("/supply").text
    assert "No suppliers yet" in desk.get("/supply/suppliers").text
    assert "Nothing is due in this month" in desk.get("/supply/calendar").text
