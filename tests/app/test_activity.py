"""Who did what, when, and its effect: our own record and the histories that are kept elsewhere, as one list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from app import activity, keys, models, rulebook, sweep, turns
from app.activity import APP, Entry, Filters, Page, Subject, Thing, say
from app.engine.rules import Scope
from app.imports import Report, end
from app.models import Activity, Overrun, PoolShipment
from app.rulebook import Place
from app.runtime import Runtime
from app.supply import lines, record
from app.wording import Said
from tests.app.supply_shop import NOW, TODAY, WHO
from tests.app.waiting import Waiting, day


@pytest.fixture
def there(engine: Engine) -> Waiting:
    return Waiting.opened(engine)


def page(there: Waiting, *, offset: int = 0, limit: int = 50, **filters: Any) -> Page:
    with there.engine.connect() as connection:
        return activity.page(connection, there.shop.id, Filters(**filters), offset=offset, limit=limit)


def one(there: Waiting, kind: str) -> Entry:
    [entry] = page(there, kind=kind).rows
    return entry


def change(there: Waiting, number: int, **fields: Any) -> None:
    with there.engine.begin() as connection:
        lines.change(connection, there.shop, number, fields, who=WHO, today=TODAY)


def test_a_slip_that_moves_many_lines_is_one_entry_and_leads_to_supply_and_variant(there: Waiting) -> None:
    number = there.expect(6, 5, "PO-1")
    for order in (1, 2, 3):
        there.order(order, 2)
    there.look()
    change(there, number, eta=day(9))
    there.look()
    moved = one(there, "queue.moved")
    assert (moved.who, moved.effect) == (APP, {"lines": 3, "later": 3, "sooner": 0})
    assert (moved.subject, moved.also) == (
        Thing(Subject.VARIANT, "V1", "S1"), Thing(Subject.SUPPLY, str(number), "PO-1"),
    )  # fmt: skip
    assert say(moved) == "3 lines of S1 got another date: Purchase order PO-1 moved from 28 November to 2 December."


def test_what_comes_sooner_is_counted_as_that(there: Waiting) -> None:
    number = there.expect(2, 9, "PO-1")
    there.order(1, 2)
    there.order(2, 2)
    there.look()
    change(there, number, eta=day(4), quantity=4)
    there.look()
    effects = [entry.effect for entry in page(there, kind="queue.moved").rows]
    assert sum(effect["sooner"] for effect in effects) == 2
    assert sum(effect["later"] for effect in effects) == 0


def test_that_an_order_joined_the_queue_is_nobodys_doing(there: Waiting) -> None:
    there.order(1, 2)
    there.look()
    assert page(there, kind="queue").rows == ()


def test_rules_and_supplies_are_told_from_their_own_histories(there: Waiting) -> None:
    with there.engine.begin() as connection:
        place = Place(Scope.VARIANT, "V1", "S1")
        rulebook.put(connection, there.shop, place, {"mode": "backorder", "cap": 5}, who="Ann")
    number = there.expect(6, 5, "PO-1")
    change(there, number, eta=day(9))
    made, added, changed = one(there, "rule.made"), one(there, "supply.added"), one(there, "supply.changed")
    assert (made.who, made.subject.name, made.also) == ("Ann", "S1", Thing(Subject.VARIANT, "V1", "S1"))
    assert (made.params["before"], made.params["after"]["cap"]) == (None, 5)
    assert (say(added), say(changed)) == ("Added purchase order PO-1.", "Changed purchase order PO-1.")
    assert changed.params["after"]["eta"] == day(9).isoformat()
    assert [entry.kind for entry in page(there, kind="supply").rows] == ["supply.changed", "supply.added"]


def test_a_receipt_is_told_once(there: Waiting) -> None:
    number = there.expect(6, 5, "PO-1")
    with there.engine.begin() as connection:
        supply = record.locked(connection, there.shop.id, number)
        record.move(connection, supply, "received", {"received": 2}, who=WHO)
        row = {"shop_id": there.shop.id, "supply_id": number, "units": 2, "received_on": TODAY, "source": "person"}
        connection.execute(insert(models.Receipt).values(row | {"who": "Ann"}))
    received = one(there, "supply.received")
    assert (received.who, received.effect, say(received)) == (
        "Ann",
        {"units": 2},
        "2 units of purchase order PO-1 arrived.",
    )


def test_decisions_about_turns_are_told_and_that_they_were_taken_back(there: Waiting) -> None:
    for order in (1, 2):
        there.order(order, 2)
    there.look()
    with there.engine.begin() as connection:
        number = turns.hand_over(connection, there.shop, "line-1", "line-2", 2, who="Ann", why="a call")
    handed = one(there, "queue.hand_over")
    assert (handed.who, handed.subject, handed.also) == (
        "Ann", Thing(Subject.ORDER, "order-1", "1"), Thing(Subject.VARIANT, "V1", "S1"),
    )  # fmt: skip
    assert say(handed) == "Handed 2 units of order 1 to order 2."
    with there.engine.begin() as connection:
        turns.undo(connection, there.shop, number, who="Ann")
    assert say(one(there, "queue.undone")) == "Took back a decision on order 1."


def test_a_pause_is_told_with_who_began_and_who_ended_it(there: Waiting) -> None:
    with there.engine.begin() as connection:
        turns.pause(connection, there.shop, who="Ann", why="stocktaking")
        turns.resume(connection, there.shop, who="Bo")
    paused, resumed = one(there, "shop.paused"), one(there, "shop.resumed")
    assert (paused.who, paused.params["why"], resumed.who) == ("Ann", "stocktaking", "Bo")


def test_lines_on_hold_and_days_given_by_hand_are_told_and_what_ended_by_itself_is_nobodys(there: Waiting) -> None:
    there.order(1, 2)
    there.look()
    with there.engine.begin() as connection:
        turns.hold(connection, there.shop, ["line-1"], who="Ann", why="the address")
        turns.release(connection, there.shop, ["line-1"], who="Bo")
        turns.redate(connection, there.shop, ["line-1"], day(4), who="Ann", today=TODAY)
    there.stocks.units["B"] = 2
    there.look()
    told = [(entry.who, say(entry)) for entry in page(there, kind="queue").rows if entry.kind != "queue.moved"]
    assert sorted(told) == [
        ("Ann", "Gave order 1 another day."),
        ("Ann", "Held order 1 back."),
        ("Bo", "Took back a decision on order 1."),
    ]


def test_pool_shipments_and_overruns_are_told_with_order_and_variant(there: Waiting) -> None:
    there.order(1, 2)
    there.look()
    with there.engine.begin() as connection:
        row = {"shop_id": there.shop.id, "line_id": "line-1", "variant_id": "V1", "units": 2}
        connection.execute(insert(Overrun).values(row))
        shipment = {"id": "F1-1", "fulfilment_id": "F1", "order_id": "order-1", "shipped_at": NOW}
        connection.execute(insert(PoolShipment).values(row | shipment))
    assert say(one(there, "order.overrun")) == "Order 1 took 2 units beyond the cap."
    shipped = one(there, "order.pool_shipped")
    assert (shipped.subject.id, shipped.also, say(shipped)) == (
        "order-1", Thing(Subject.VARIANT, "V1", "S1"), "2 units of order 1 left from the backorder pool.",
    )  # fmt: skip


def test_keys_settings_and_files_are_told_by_what_changes_them(there: Waiting) -> None:
    with there.engine.begin() as connection:
        keys.add(connection, there.shop.id, "ERP", ["read"], 60, who="Ann")
        [row] = keys.rows(connection, there.shop.id)
        keys.revoke(connection, there.shop.id, row.id, who="Ann")
        turns.put(connection, there.shop, {"policy": "paid_first"}, who="Ann")
    report = Report()
    report.effect(2, "added", Said("supply 1"))
    with there.engine.connect() as connection:
        end(connection, there.shop, report, file="po.csv", who="Ann", dry_run=True)
        end(connection, there.shop, report, file="po.csv", who="Ann", dry_run=False)
    assert sorted(map(say, page(there).rows)) == [
        "Changed policy from first_come to paid_first.",
        "Imported po.csv.",
        "Made the API key ERP.",
        "Revoked the API key ERP.",
    ]
    assert one(there, "file").effect == {"added": 1}


def test_what_is_told_is_gone_with_the_act_that_failed(there: Waiting) -> None:
    with there.engine.connect() as connection:
        keys.add(connection, there.shop.id, "ERP", ["read"], 60, who=WHO)
        connection.rollback()
    assert page(there) == Page((), 0)


def test_a_kind_nobody_knows_is_refused(there: Waiting) -> None:
    with there.engine.begin() as connection, pytest.raises(ValueError, match="no kind"):
        activity.tell(connection, there.shop.id, WHO, "order.eaten", Thing(Subject.ORDER, "1", "1"))


@pytest.fixture
def told(there: Waiting) -> Waiting:
    """Five orders shipped by Ann, a minute apart, and a key made by Bo in the last of these minutes."""
    with there.engine.begin() as connection:
        for number in range(5):
            thing = Thing(Subject.ORDER, f"O{number}", str(number))
            activity.tell(connection, there.shop.id, "Ann", "order.shipped", thing, units=1)
            at = NOW + timedelta(minutes=number)
            connection.execute(update(Activity).where(Activity.subject_id == thing.id).values(at=at))
        keys.add(connection, there.shop.id, "ERP", ["read"], 60, who="Bo")
        connection.execute(update(Activity).where(Activity.who == "Bo").values(at=NOW + timedelta(minutes=4)))
    return there


def names(found: Page) -> list[str]:
    return [entry.subject.name for entry in found.rows]


def test_the_newest_come_first_page_by_page(told: Waiting) -> None:
    assert names(page(told)) == ["ERP", "4", "3", "2", "1", "0"]
    pages = [page(told, offset=start, limit=2) for start in (0, 2, 4, 6)]
    assert [names(each) for each in pages] == [["ERP", "4"], ["3", "2"], ["1", "0"], []]
    assert {each.total for each in pages} == {6}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"who": "Bo"}, ["ERP"]),
        ({"kind": "key"}, ["ERP"]),
        ({"kind": "key.revoked"}, []),
        ({"kind": "supply"}, []),
        ({"kind": "k_y"}, []),
        ({"subject": Subject.ORDER, "subject_id": "O3"}, ["3"]),
        ({"subject": Subject.KEY, "subject_id": "O3"}, []),
        ({"from_": NOW + timedelta(minutes=3), "until": NOW + timedelta(minutes=4)}, ["3"]),
        ({"who": "Ann", "from_": NOW + timedelta(minutes=3)}, ["4", "3"]),
        ({"who": "'; DROP TABLE activities; --"}, []),
    ],
)
def test_filters_hold_together(told: Waiting, wanted: dict[str, Any], found: list[str]) -> None:
    seen = page(told, **wanted)
    assert (names(seen), seen.total) == (found, len(found))


def test_what_concerns_a_thing_is_found_by_it_too(there: Waiting) -> None:
    number = there.expect(6, 5, "PO-1")
    [by_variant] = page(there, subject=Subject.VARIANT, subject_id="V1").rows
    [by_supply] = page(there, subject=Subject.SUPPLY, subject_id=str(number)).rows
    assert by_variant == by_supply
    assert by_supply.subject == Thing(Subject.SUPPLY, str(number), "PO-1")


def test_another_shop_sees_nothing_of_it(told: Waiting) -> None:
    with told.engine.connect() as connection:
        assert activity.page(connection, told.shop.id + 1, Filters(), offset=0, limit=9) == Page((), 0)


def test_of_sweeps_the_daily_one_is_told_and_those_that_people_asked_for(there: Waiting, runtime: Runtime) -> None:
    now = datetime.now(UTC)
    for who, full in ((APP, False), (APP, True), ("Ann", False)):
        sweep._finish(runtime, there.shop, now, who, full=full)
    assert [entry.who for entry in page(there, kind="shop.swept").rows] == ["Ann", APP]
