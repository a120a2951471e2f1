"""What backorders brought, as the page, its tables and its files tell it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert, update

from app import insight
from app.admin import charts
from app.models import Line, PromiseMove, Shop, Supply
from tests.admin.desk import Desk
from tests.app.rule_shop import ordered

NOW = datetime.now(UTC)
TODAY = NOW.date()


def moved(engine: Engine, shop: Shop, line: str, cause: str, before: int, after: int, days_ago: int = 0) -> None:
    row = {
        "shop_id": shop.id,
        "line_id": line,
        "at": NOW - timedelta(days=days_ago),
        "cause": cause,
        "ready_before": 0,
        "ready_after": 0,
        "waiting_before": before,
        "waiting_after": after,
    }
    with engine.begin() as connection:
        connection.execute(insert(PromiseMove).values(row))


@pytest.fixture
def waited(engine: Engine, shop: Shop) -> Shop:
    """Of two orders of plates one was cancelled in part, and one plate of it has arrived."""
    ordered(engine, shop, "1", "plate", 4)
    ordered(engine, shop, "2", "plate", 3)
    with engine.begin() as connection:
        connection.execute(update(Line).values(unit_price=Decimal("9.50"), currency="EUR"))
        connection.execute(update(Line).where(Line.id == "1-1").values(waiting=1))
        connection.execute(update(Line).where(Line.id == "2-1").values(waiting=3))
    moved(engine, shop, "1-1", "ordered", 0, 4, days_ago=3)
    moved(engine, shop, "1-1", "edited", 4, 2, days_ago=2)
    moved(engine, shop, "1-1", "arrived", 2, 1, days_ago=1)
    moved(engine, shop, "2-1", "ordered", 0, 3, days_ago=1)
    return shop


def kept(engine: Engine, shop: Shop, since: date) -> list[tuple[int, int, int, Decimal]]:
    with engine.connect() as connection:
        rows = insight.kept(connection, shop.id, ZoneInfo("UTC"), since)
    return [(row["ordered"], row["cancelled"], row["kept"], row["revenue"]) for row in rows]


def test_what_was_taken_back_while_it_waited_is_not_kept(engine: Engine, waited: Shop) -> None:
    sums = [sum(row[n] for row in kept(engine, waited, TODAY - timedelta(days=9))) for n in range(4)]
    assert sums == [7, 2, 5, Decimal("47.50")]


def test_only_what_was_ordered_within_the_period_counts(engine: Engine, waited: Shop) -> None:
    assert kept(engine, waited, TODAY - timedelta(days=1)) == [(3, 0, 3, Decimal("28.50"))]


def test_units_waiting_are_told_for_the_end_of_each_day(engine: Engine, waited: Shop) -> None:
    with engine.connect() as connection:
        rows = insight.waiting(connection, waited.id, ZoneInfo("UTC"), TODAY - timedelta(days=3), TODAY)
        later = insight.waiting(connection, waited.id, ZoneInfo("UTC"), TODAY, TODAY)
    assert [row["units"] for row in rows] == [4, 2, 4, 4]
    assert [row["units"] for row in later] == [4]


def test_the_suggested_order_covers_what_waits_and_what_is_asked_for_meanwhile(engine: Engine, waited: Shop) -> None:
    with engine.begin() as connection:
        supply = {"shop_id": waited.id, "variant_id": "plate", "warehouse_id": "B", "quantity": 2, "eta": TODAY}
        connection.execute(insert(Supply).values(supply))
        [row] = insight.demand(connection, waited.id, NOW)
        assert insight.demanded(connection, waited.id, NOW) == 1
    assert (row["waiting"], row["ordered"], row["incoming"]) == (4, 5, 2)
    assert row["suggested"] == 4 + 3 - 2


def test_the_page_has_a_table_and_a_file_for_each_chart(desk: Desk, waited: Shop) -> None:
    desk.sign_in("MANAGE_ORDERS")
    page = desk.get("/insight").text
    assert "€47.50" in page or "€19.00" in page
    assert f'<th scope="row">{TODAY:%B %Y}</th>' in page
    assert f'text-anchor="middle">{TODAY:%b %Y}</text>' in page
    for name in ("kept", "waiting", "promises", "suppliers", "demand"):
        answer = desk.get(f"/insight/{name}.csv")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "plate,cups,plate,4,5,0,14,7" in desk.get("/insight/demand.csv").text


def test_an_empty_shop_is_told_what_will_be_counted(desk: Desk) -> None:
    desk.sign_in("MANAGE_ORDERS")
    assert "Nothing was sold past zero yet" in desk.get("/insight?days=nonsense").text
    assert desk.get("/insight/demand?page=99999").status_code == 200
    assert desk.get("/insight/secrets.csv").status_code == 404


def test_without_the_permission_to_manage_orders_there_is_no_insight(desk: Desk) -> None:
    desk.sign_in("MANAGE_PRODUCTS")
    assert desk.get("/insight").status_code == desk.get("/insight/kept.csv").status_code == 403


@pytest.mark.parametrize(("most", "top"), [(0, "1"), (1, "1"), (3, "5"), (11, "20"), (99, "100"), (1001, "2000")])
def test_the_grid_ends_at_the_next_round_number(most: int, top: str) -> None:
    assert charts.bars(["a"], [most]).grid[-1][1] == top


def test_bars_stay_within_the_chart() -> None:
    chart = charts.bars([str(n) for n in range(40)], list(range(40)), list(range(40, 0, -1)))
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert all(bar.y >= 0 and bar.y + bar.height <= chart.height for bar in chart.bars)
    assert len(chart.labels) <= 9
