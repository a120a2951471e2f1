"""The queue as its page shows it, what is decided there, and why one line has its date."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, select

from app import clock, turns
from app.models import QueueMove, SavedView, Supply
from app.platforms import ShopError
from tests.admin.at_desk import at, door, shop
from tests.admin.desk import Desk
from tests.app.door import Door
from tests.app.supply_shop import TODAY
from tests.app.waiting import Waiting, day

__all__ = ["at", "door", "shop"]

EVIL = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which the shop of these tests stands still."""
    monkeypatch.setattr(clock, "today", lambda _settings, _now: TODAY)


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two on hand and two to come in five days, for orders 9, 10 and 11 of two units each; for 11 there is nothing."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    found.look()
    found.expect(2, 5, "PO-1", supplier="Mill")
    for number in (9, 10, 11):
        found.order(number, 2, minute=number)
    order = found.orders["10"]
    named = replace(order.lines[0], product_name="Cotton shirt", variant_name="Large")
    found.orders["10"] = replace(order, customer="Ann@Example.com", lines=(named,))
    found.look()
    return found


def shown(page: str) -> list[str]:
    """The orders that a page of the queue lists, in its order."""
    places = {number: page.find(f"Order {number}</a>") for number in ("9", "10", "11")}
    return sorted((number for number, place in places.items() if place >= 0), key=lambda number: places[number])


def holding(there: Waiting) -> list[tuple[str, str]]:
    query = select(QueueMove.kind, QueueMove.line_id).where(QueueMove.undone_at.is_(None)).order_by(QueueMove.id)
    with there.engine.connect() as connection:
        return [(row.kind, row.line_id) for row in connection.execute(query)]


def test_the_page_says_who_waits_for_what_since_when_and_against_which_supply(at: Desk) -> None:
    page = at.get("/queue").text
    assert shown(page) == ["9", "10", "11"]
    for text in ("Cotton shirt, Large", "Ann<wbr>@Example.com", "PO-1", "Mill, Nov 28, 2026", "no date", "1 to 3 of 3"):
        assert text in page


def test_late_lines_come_first_and_say_by_how_many_days(
    at: Desk, there: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda _settings, _now: day(7))
    page = at.get("/queue").text
    assert shown(page) == ["10", "9", "11"]
    assert "2 days late" in page
    assert "late, due Nov 28, 2026" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=cotton", ["10"]),
        ("text=%2311", ["11"]),
        ("sku=S1", ["9", "10", "11"]),
        ("customer=ann%40", ["10"]),
        ("reference=po-1", ["10"]),
        ("reference=po-2", []),
        ("supplier=1", ["10"]),
        ("supply=1", ["10"]),
        ("variant=V1", ["9", "10", "11"]),
        ("channel=C&state=ready", ["9"]),
        ("state=no_date", ["11"]),
        ("expected_from=2026-11-28&expected_until=2026-11-28", ["10"]),
        ("waiting_since=2026-11-22", []),
        ("waiting_since=2026-11-23", ["9", "10", "11"]),
        ("page=9", []),
        ("state=nonsense&supplier=x&expected_from=9999-99-99&waiting_since=0001-01-01", ["9", "10", "11"]),
        ("supply=99999999999999999999999&text=%00", ["9", "10", "11"]),
    ],
)
def test_the_list_is_filtered_and_no_address_is_an_error(
    at: Desk, there: Waiting, query: str, found: list[str]
) -> None:
    with there.engine.connect() as connection:
        supply = connection.execute(select(Supply.id, Supply.supplier_id)).one()
    asked = query.replace("supplier=1", f"supplier={supply.supplier_id}").replace("supply=1", f"supply={supply.id}")
    answer = at.get(f"/queue?{asked}")
    assert answer.status_code == 200
    assert shown(answer.text) == found


def test_an_empty_queue_says_so(at: Desk, there: Waiting) -> None:
    for number in (9, 10, 11):
        there.cancel(number)
    there.look()
    assert "Nobody waits" in at.get("/queue").text
    assert "No line fits" in at.get("/queue?text=cup").text


def test_the_file_has_what_fits_or_what_is_ticked(at: Desk) -> None:
    rows = at.get("/queue.csv?text=cotton").text.lstrip("\ufeff").splitlines()
    assert [row.split(",")[0] for row in rows] == ["order", "10"]
    assert "PO-1" in rows[1]
    ticked = at.web.post(f"/admin/{at.shop_id}/queue.csv", data={"line": ["line-9", "line-11"], "which": "ticked"})
    assert [row.split(",")[0] for row in ticked.text.splitlines()[1:]] == ["9", "11"]


@pytest.mark.parametrize(("kind", "said"), [("hold", "2 lines are on hold now."), ("pin", "2 lines go first now.")])
def test_ticked_lines_are_decided_about(at: Desk, there: Waiting, kind: str, said: str) -> None:
    answer = at.post(f"/queue/{kind}?state=waiting", at.get("/queue").text, line=["line-10", "line-11"], why="phoned")
    assert answer.headers["Location"].endswith("/queue?state=waiting")
    assert said in at.web.get(answer.headers["Location"]).text
    assert holding(there) == [(kind, "line-10"), (kind, "line-11")]
    with there.engine.connect() as connection:
        assert connection.execute(select(QueueMove.who, QueueMove.why).distinct()).all() == [
            ("staff@example.com", "phoned")
        ]


def test_a_line_that_left_meanwhile_is_named_and_the_others_are_done(at: Desk, there: Waiting) -> None:
    form = at.get("/queue").text
    there.ship(9, 2)
    there.look()
    page = at.web.get(at.post("/queue/hold", form, line=["line-9", "line-10"]).headers["Location"]).text
    assert "1 line is on hold now. Order 9 has no open units of S1." in page
    assert holding(there) == [("hold", "line-10")]


def test_what_does_not_fit_any_line_changes_nothing_and_keeps_ticks_and_filters(at: Desk, there: Waiting) -> None:
    form = at.get("/queue?text=s1").text
    answer = at.post("/queue/release?text=s1", form, line=["line-10"], why="because")
    assert answer.status_code == 422
    assert "Nothing was changed. Order 10 is not on hold: S1." in answer.text
    assert 'value="line-10" aria-label="10, S1" checked' in answer.text
    assert 'value="because"' in answer.text
    assert holding(there) == []


def test_nothing_ticked_is_said(at: Desk) -> None:
    answer = at.post("/queue/hold", at.get("/queue").text)
    assert (answer.status_code, "Tick the lines that you mean first" in answer.text) == (422, True)


def test_another_day_for_what_waits_only(at: Desk, there: Waiting) -> None:
    form = at.get("/queue").text
    wanted = day(9).isoformat()
    page = at.web.get(
        at.post("/queue/redate", form, line=["line-9", "line-10"], day=wanted, why="truck").headers["Location"]
    ).text
    assert "1 line has another day now. Order 9 waits for no goods, all of it is on hand: S1." in page
    there.look()
    assert "Dec 2, 2026" in at.get("/queue").text


@pytest.mark.parametrize("typed", ["", "soon", "2026-11-22", "2099-01-01"])
def test_a_day_that_cannot_be_meant_is_refused(at: Desk, there: Waiting, typed: str) -> None:
    answer = at.post("/queue/redate", at.get("/queue").text, line=["line-10"], day=typed)
    assert (answer.status_code, "Expected on: " in answer.text, holding(there)) == (422, True, [])


def test_all_that_fit_are_changed_after_a_page_that_says_what_will_happen(at: Desk, there: Waiting) -> None:
    answer = at.post("/queue/hold?state=waiting", at.get("/queue?state=waiting").text, which="all", why="audit")
    assert holding(there) == []
    page = at.web.get(answer.headers["Location"]).text
    assert "Put 2 lines on hold?" in page
    done = at.post("/queue/hold?state=waiting", page, why="audit")
    assert "2 lines are on hold now." in at.web.get(done.headers["Location"]).text
    assert holding(there) == [("hold", "line-10"), ("hold", "line-11")]


def test_more_than_can_be_changed_at_once_is_said(at: Desk, there: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("deciding", "listing"):
        monkeypatch.setattr(f"app.admin.queue.{place}.MOST", 2)
    form = at.get("/queue").text
    assert "all that fit: at most 2, these are 3" in form
    answer = at.post("/queue/hold", form, which="all", sure="yes")
    assert (answer.status_code, "More than 2 lines fit" in answer.text, holding(there)) == (422, True, [])
    assert "More than 2 lines fit" in at.get("/queue/sure/hold").text


def test_sent_twice_counts_once(at: Desk, there: Waiting) -> None:
    form = at.get("/queue").text
    for _ in range(2):
        assert at.post("/queue/pin", form, line=["line-11"]).status_code == 303
    assert holding(there) == [("pin", "line-11")]
    other = at.post("/queue/pin", form, line=["line-10"])
    assert (other.status_code, "sent before, with other values" in other.text) == (422, True)


def test_cancelling_first_says_what_will_happen_then_tells_each_order_apart(
    at: Desk, there: Waiting, door: Door
) -> None:
    page = at.post("/queue/cancel", at.get("/queue").text, line=["line-10", "line-11"]).text
    assert "Cancel 2 orders?" in page
    assert "Ann@Example.com" in page
    assert door.cancelled == []
    answer = at.post("/queue/cancelled", page, order=["order-10", "order-9-gone"])
    after = at.web.get(answer.headers["Location"]).text
    assert "1 order was cancelled. 1 was refused." in after
    assert "The shop has no such order any more." in after
    assert door.cancelled == ["order-10"]
    assert shown(at.get("/queue").text) == ["9", "11"]


def test_a_shop_that_refuses_to_cancel_is_quoted(at: Desk, door: Door) -> None:
    page = at.post("/queue/cancel", at.get("/queue").text, line=["line-10"]).text
    door.refusal = ShopError("This order can't be canceled.", retry=False)
    after = at.web.get(at.post("/queue/cancelled", page, order=["order-10"]).headers["Location"]).text
    assert "The shop did not cancel order 10: This order can&#39;t be canceled." in after


def test_cancelling_nothing_goes_back_to_the_list(at: Desk) -> None:
    assert "Tick the lines that you mean first" in at.post("/queue/cancel", at.get("/queue").text).text


def test_a_line_says_why_it_has_its_date_and_how_that_moved(at: Desk, there: Waiting) -> None:
    page = at.get("/queue/lines/line-10").text
    for text in (
        "Cotton shirt, Large",
        "2 units with purchase order PO-1 from Mill",
        "Ahead in the queue: 2 units of 1 order.",
        "The order joined the queue and waits for purchase order PO-1",
        "the rule for the whole shop",
        "Berlin",
    ):
        assert text in page, text


def test_a_line_that_has_left_keeps_its_history(at: Desk, there: Waiting) -> None:
    there.ship(9, 2)
    there.look()
    page = at.get("/queue/lines/line-9").text
    assert "Nothing of it is open any more" in page
    assert "Shipped: 2 units." in page


def test_decisions_about_one_line_are_made_and_taken_back_on_its_page(at: Desk, there: Waiting) -> None:
    page = at.get("/queue/lines/line-10").text
    answer = at.post("/queue/lines/line-10/hold", page, why="address unclear")
    page = at.web.get(answer.headers["Location"]).text
    assert "address unclear" in page
    with there.engine.connect() as connection:
        [move] = turns.rows(connection, there.shop.id)
    answer = at.post("/queue/lines/line-10/undo", page, number=str(move.id))
    assert "The decision was taken back." in at.web.get(answer.headers["Location"]).text
    assert holding(there) == []
    again = at.post("/queue/lines/line-10/undo", at.get("/queue/lines/line-10").text, number=str(move.id))
    assert (again.status_code, "does not hold any more" in again.text) == (422, True)
    for wrong in ("", "x", "9" * 40):
        form = at.get("/queue/lines/line-10").text
        assert at.post("/queue/lines/line-10/undo", form, number=wrong).status_code == 422


def test_a_refused_decision_about_one_line_shows_the_line_again(at: Desk) -> None:
    answer = at.post("/queue/lines/line-10/redate", at.get("/queue/lines/line-10").text, day="", why="lost")
    assert (answer.status_code, "Expected on: Choose the day" in answer.text) == (422, True)
    assert 'value="lost"' in answer.text


def test_who_could_give_is_shown_before_units_are_handed_over(at: Desk, there: Waiting) -> None:
    page = at.get("/queue/lines/line-11/hand-over?units=1").text
    assert page.index('value="line-9"') > 0
    none = at.post("/queue/lines/line-11/hand-over", page, units="1")
    assert (none.status_code, "Choose the order that gives" in none.text) == (422, True)
    answer = at.post("/queue/lines/line-11/hand-over", page, giver="line-10", units="1", why="asked nicely")
    after = at.web.get(answer.headers["Location"]).text
    assert "Gets 1 unit of order 10" in after
    assert "Gives 1 unit to order 11" in at.get("/queue/lines/line-10").text
    assert holding(there) == [("hand_over", "line-10")]


def test_from_the_list_one_ticked_line_leads_to_who_could_hand_units_over(at: Desk) -> None:
    form = at.get("/queue").text
    two = at.post("/queue/hand-over", form, line=["line-10", "line-11"])
    assert (two.status_code, "Tick one line" in two.text) == (422, True)
    one = at.post("/queue/hand-over", at.get("/queue").text, line=["line-11"])
    assert one.headers["Location"].endswith("/queue/lines/line-11/hand-over")


def test_nobody_can_give_more_than_there_is(at: Desk, there: Waiting) -> None:
    page = at.get("/queue/lines/line-11/hand-over?units=2")
    answer = at.post("/queue/lines/line-11/hand-over", page.text, giver="line-10", units="7")
    assert (answer.status_code, "from 1 to 2" in answer.text) == (422, True)
    assert at.get("/queue/lines/line-11/hand-over?units=99999").status_code == 200
    assert "Nobody could give" in at.get("/queue/lines/line-9/hand-over").text
    assert holding(there) == []


def test_filters_are_saved_under_a_name_and_open_the_queue(at: Desk, there: Waiting) -> None:
    form = at.get("/queue?state=no_date").text
    answer = at.post("/queue/views?state=no_date", form, name="  No   date ", default="yes")
    assert answer.headers["Location"].endswith("/queue?state=no_date")
    for query in ("", "?saleorApiUrl=https://shop.example/graphql/&featureFlags[new]=false&theme=dark"):
        assert shown(at.get(f"/queue{query}", follow_redirects=True).text) == ["11"]
    everything = at.get("/queue?all=1").text
    assert "No date</a>" in everything
    assert shown(everything) == ["9", "10", "11"]
    with there.engine.connect() as connection:
        number = connection.scalar(select(SavedView.id))
    at.post(f"/queue/views/{number}/default", everything)
    assert at.get("/queue").status_code == 200
    at.post(f"/queue/views/{number}/delete", at.get("/queue").text)
    assert "No date</a>" not in at.get("/queue").text


def test_views_are_each_persons_own(at: Desk, desk: Desk, there: Waiting) -> None:
    at.post("/queue/views?text=s1", at.get("/queue?text=s1").text, name="Mine", default="yes")
    with there.engine.connect() as connection:
        number = connection.scalar(select(SavedView.id))
    desk.sign_in("MANAGE_ORDERS", email="other@example.com")
    page = desk.get("/queue")
    assert (page.status_code, "Mine</a>" in page.text) == (200, False)
    for what in ("default", "delete"):
        assert desk.post(f"/queue/views/{number}/{what}", desk.get("/queue").text).status_code == 422
    assert there.count(SavedView) == 1


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("text=s1", "", "Name: "),
        ("text=s1", "x" * 61, "Name: "),
        ("text=s1", "a\x00b", "Name: "),
        ("", "All", "Filter the list first"),
    ],
)
def test_a_view_needs_a_name_and_filters(at: Desk, there: Waiting, query: str, name: str, says: str) -> None:
    answer = at.post(f"/queue/views?{query}", at.get("/queue?text=s1").text, name=name)
    assert (answer.status_code, says in answer.text, there.count(SavedView)) == (422, True, 0)


def test_twenty_views_are_enough_and_one_of_the_same_name_is_replaced(at: Desk, there: Waiting) -> None:
    row = {"shop_id": there.shop.id, "who": "staff@example.com", "filters": {"text": "x"}}
    with there.engine.begin() as connection:
        connection.execute(insert(SavedView), [row | {"name": f"View {n}"} for n in range(20)])
    form = at.get("/queue?text=s1").text
    answer = at.post("/queue/views?text=s1", form, name="One more")
    assert (answer.status_code, "You have 20 views" in answer.text) == (422, True)
    assert at.post("/queue/views?text=s1", at.get("/queue?text=s1").text, name="View 3").status_code == 303
    assert there.count(SavedView) == 20


def test_hostile_names_are_only_text(at: Desk, there: Waiting) -> None:
    order = there.orders["10"]
    line = replace(order.lines[0], product_name=EVIL, variant_name='"><img src=x>')
    there.orders["10"] = replace(order, customer=f"{EVIL}@example.com", lines=(line,))
    there.look()
    at.post("/queue/lines/line-10/hold", at.get("/queue/lines/line-10").text, why=EVIL)
    at.post("/queue/views?text=s1", at.get("/queue?text=s1").text, name=EVIL)
    pages = [at.get(path).text for path in ("/queue", "/queue/lines/line-10", "/queue/lines/line-11/hand-over")]
    pages.append(at.post("/queue/cancel", pages[0], line=["line-10"]).text)
    pages.append(at.get("/queue", query_string={"text": '"><script>alert(1)</script>'}).text)
    for page in pages:
        assert EVIL not in page
        assert "<img" not in page


def test_a_page_says_when_dates_are_being_worked_out(at: Desk) -> None:
    at.post("/queue/pin", at.get("/queue").text, line=["line-11"])
    assert "being worked out anew" in at.get("/queue").text
    assert "being worked out anew" in at.get("/queue/lines/line-10").text


def test_only_who_manages_orders_may_see_or_decide(desk: Desk, there: Waiting) -> None:
    desk.sign_in("MANAGE_ORDERS")
    form = desk.get("/queue").text
    desk.sign_in("MANAGE_PRODUCTS")
    for path in ("/queue", "/queue.csv", "/queue/lines/line-10", "/queue/lines/line-10/hand-over", "/queue/sure/pin"):
        assert desk.get(path).status_code == 403
    for path in ("/queue/hold", "/queue/cancel", "/queue/cancelled", "/queue/views", "/queue/lines/line-10/hold"):
        assert desk.post(path, form, line=["line-10"]).status_code == 403
    assert holding(there) == []


def test_what_is_not_the_shops_is_not_found(at: Desk, there: Waiting) -> None:
    for path in ("/queue/lines/line-99", "/queue/lines/line-99/hand-over", "/queue/cancelled/abc"):
        assert at.get(path).status_code == 404
    form = at.get("/queue").text
    for path in ("/queue/lines/line-99/hold", "/queue/lines/line-99/hand-over", "/queue/lines/line-99/undo"):
        assert at.post(path, form, giver="line-10", units="1").status_code == 404
    answer = at.post("/queue/hold", form, line=["line-99"])
    assert (answer.status_code, "A line has gone from the shop." in answer.text) == (422, True)


def test_a_page_of_fifty_lines_is_light(at: Desk, there: Waiting) -> None:
    for number in range(12, 80):
        there.order(number, 2)
    there.look()
    page = at.get("/queue")
    assert "1 to 50 of 71" in page.text
    assert len(page.data) < 60_000
