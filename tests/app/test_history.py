"""Every move of a promise is kept, with its cause, in words a person understands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app import history, models, queue
from app.book import bases
from app.engine.changes import Basis, Coming
from app.engine.model import Policy
from tests.app.supply_shop import TODAY
from tests.app.waiting import Waiting, day


@pytest.fixture
def there(engine: Engine) -> Waiting:
    return Waiting.opened(engine)


def moves(there: Waiting, number: int = 1) -> list[dict[str, Any]]:
    with there.engine.connect() as connection:
        return history.rows(connection, there.shop.id, order=str(number))


def last(there: Waiting, number: int = 1) -> tuple[str, str]:
    """The cause and the sentence of the last move of an order."""
    move = moves(there, number)[-1]
    return move["cause"], move["why"]


def deliveries(there: Waiting) -> list[Any]:
    with there.engine.connect() as connection:
        return list(connection.execute(select(models.Delivery.__table__).order_by(models.Delivery.id)).all())


def test_the_first_promise_says_that_the_order_joined_the_queue(there: Waiting) -> None:
    number = there.expect(5, 10)
    there.order(1, 3)
    there.look()
    [move] = moves(there)
    assert (move["cause"], move["from"], move["to"]) == ("ordered", None, day(10).isoformat())
    assert move["units"] == {"ready_before": 0, "ready_after": 0, "waiting_before": 0, "waiting_after": 3}
    assert move["supply"] == number
    assert move["why"] == "The order joined the queue and waits for purchase order PO-1, expected 3 December."


def test_nothing_is_written_when_nothing_moved(there: Waiting) -> None:
    there.expect(5, 10)
    there.order(1, 3)
    there.look()
    there.look()
    there.look(days=2)
    assert len(moves(there)) == 1


def test_a_slip_is_told_with_the_days_and_the_reference(there: Waiting) -> None:
    number = there.expect(5, 10, "PO-17")
    there.order(1, 3)
    there.look()
    there.supply(number, eta=day(18))
    there.look()
    assert last(there) == ("supply_slipped", "Purchase order PO-17 moved from 3 December to 11 December.")
    assert moves(there)[-1]["reference"] == "PO-17"


def test_a_supply_that_is_cancelled_leaves_a_promise_without_a_day(there: Waiting) -> None:
    number = there.expect(5, 10, "PO-17")
    there.order(1, 3)
    there.look()
    there.supply(number, state="cancelled")
    there.look()
    assert last(there) == ("supply_cancelled", "Purchase order PO-17 was cancelled.")
    assert moves(there)[-1]["to"] is None


def test_units_held_back_are_told_as_that(there: Waiting) -> None:
    number = there.expect(5, 10, "PO-17")
    there.order(1, 3)
    there.look()
    there.supply(number, held=4)
    there.look()
    assert last(there) == ("supply_shrank", "4 units of purchase order PO-17 were held back.")


def test_a_supply_that_did_not_come_is_late_and_then_has_another_day(there: Waiting) -> None:
    number = there.expect(5, 2, "PO-17")
    there.order(1, 3)
    there.look()
    there.look(days=3)
    assert last(there) == ("supply_late", "Purchase order PO-17 was expected 25 November and has not arrived.")
    there.supply(number, eta=day(9))
    there.look(days=3)
    assert last(there) == ("supply_dated_again", "Purchase order PO-17 was late and is now expected 2 December.")


def test_goods_that_were_received_and_are_on_hand_have_arrived(there: Waiting) -> None:
    number = there.expect(5, 10, "PO-17")
    there.order(1, 3)
    there.look()
    there.supply(number, received=5, state="received")
    there.stocks.units["B"] = 5
    there.look()
    assert last(there) == ("arrived", "Purchase order PO-17 arrived.")


def test_lost_units_are_told_with_the_warehouse(there: Waiting) -> None:
    there.stocks.units["B"] = 3
    there.order(1, 3)
    there.look()
    there.stocks.units["B"] = 1
    there.look()
    assert last(there) == ("stock_lost", "The stock of Berlin fell by 2 units that no shipment explains.")


def test_an_older_order_that_leaves_brings_a_younger_one_forward(there: Waiting) -> None:
    there.expect(3, 5)
    there.expect(3, 9, "PO-2")
    there.order(1, 3)
    there.order(2, 3)
    there.look()
    there.cancel(1)
    there.look()
    assert last(there, 1) == ("cancelled", "The order was cancelled.")
    assert last(there, 2) == ("older_order_left", "Order 1, which was ahead, needs fewer units.")
    assert not deliveries(there)


def test_an_edit_and_a_shipment_are_told_apart(there: Waiting) -> None:
    there.stocks.units["B"] = 5
    there.order(1, 4)
    there.look()
    there.edit(1, 3)
    there.look()
    assert last(there) == ("edited", "Taken off the order: 1 unit.")
    there.ship(1, 2)
    there.look()
    assert last(there) == ("shipped", "Shipped: 2 units.")


def test_another_rule_is_told_with_its_values(there: Waiting) -> None:
    there.rule(mode="backorder", cap=50, lead_days=10)
    there.order(1, 3)
    there.look()
    there.rule(mode="backorder", cap=50, lead_days=14)
    there.look()
    assert last(there) == ("rule_changed", "The rule changed: lead days 14, before 10.")


def test_an_order_that_is_read_late_is_named(there: Waiting) -> None:
    there.stocks.units["B"] = 3
    there.order(2, 3)
    there.look()
    there.order(1, 3)
    there.look()
    assert last(there, 2) == ("older_order_seen", "Order 1 was placed earlier and was read only now.")


def test_of_a_variant_that_is_deleted_nothing_is_promised_any_more(there: Waiting) -> None:
    there.expect(5, 10)
    there.stocks.units["B"] = 1
    there.order(1, 3)
    there.look()
    there.gone = True
    there.look()
    there.look()
    before, move = moves(there)[-2:]
    assert (before["to"], move["cause"], move["to"]) == (day(10).isoformat(), "variant_gone", None)
    assert move["units"] == {"ready_before": 1, "ready_after": 0, "waiting_before": 2, "waiting_after": 3}
    assert move["why"] == "The variant was deleted in the shop: nothing will come for the order any more."
    with there.engine.connect() as connection:
        assert [claim["order"] for claim in queue.at_risk(connection, there.shop.id, TODAY)] == ["1"]
    there.cancel(1)
    there.look()
    assert moves(there)[-1]["cause"] == "cancelled"


def test_a_page_of_the_history_goes_on_where_the_last_one_ended(there: Waiting) -> None:
    number = there.expect(5, 10)
    there.order(1, 3)
    there.look()
    for later in (12, 14):
        there.supply(number, eta=day(later))
        there.look()
    everything = moves(there)
    with there.engine.connect() as connection:
        first = history.rows(connection, there.shop.id, line="line-1", limit=2)
        rest = history.rows(connection, there.shop.id, line="line-1", after=first[-1]["id"])
    assert first + rest == everything


def test_a_shipment_is_kept_with_what_was_promised_for_it(there: Waiting) -> None:
    number = there.expect(5, 10, supplier="Mill")
    there.order(1, 3)
    there.look()
    there.supply(number, eta=day(12))
    there.look()
    there.supply(number, received=5, state="received")
    there.stocks.units["B"] = 5
    there.look(days=12)
    there.ship(1, 3, on=there.looked + timedelta(days=1))
    there.look(days=20)
    [kept] = deliveries(there)
    assert (kept.units, kept.promised_first, kept.promised_last, kept.shipped_on) == (3, day(10), day(12), day(13))
    with there.engine.connect() as connection:
        assert connection.scalar(select(models.Supplier.name).where(models.Supplier.id == kept.supplier_id)) == "Mill"


def test_units_that_were_ready_when_ordered_had_no_date(there: Waiting) -> None:
    there.stocks.units["B"] = 2
    there.expect(5, 10)
    there.order(1, 3)
    there.look()
    there.ship(1, 2)
    there.look()
    there.stocks.units["B"] = 1
    there.ship(1, 1)
    there.look(days=1)
    found = [(kept.units, kept.promised_first, kept.promised_last) for kept in deliveries(there)]
    assert found == [(2, None, None), (1, day(10), day(10))]


def test_what_was_shipped_before_the_order_was_first_planned_is_no_delivery_of_ours(there: Waiting) -> None:
    there.order(1, 3)
    there.stocks.units["B"] = 3
    there.ship(1, 2)
    there.look()
    assert not deliveries(there)


def test_what_a_plan_went_by_is_read_as_it_was_kept(there: Waiting) -> None:
    """Else every look would write it anew."""
    known = Coming("PO-1", "B", day(3), 4, ordered=9, received=2, held=3, delays=((80, 2), (95, 4)))
    basis = Basis(
        day=day(0),
        stocks={"B": 3, "P": 0},
        supplies={"7": known, "8": replace(known, reference="", units=0, delays=())},
        terms={"C": {"mode": "preorder", "release_on": day(9).isoformat(), "early_sale": True}, "D": {}},
        places={"C": ("B", "P"), "D": ()},
        policy=Policy.PAID_FIRST,
        exchanges=(("line-1", "line-2", 3),),
        pinned=frozenset({"line-3", "line-1"}),
        held=frozenset({"line-2"}),
        redated={"line-1": day(7)},
    )
    gone = replace(basis, supplies={**basis.supplies, "9": replace(known, state="received")})
    with there.engine.begin() as connection:
        bases.save(connection, there.shop.id, {"V1": gone})
        kept = bases.kept(connection, there.shop.id, ["V1"])
    assert kept == {"V1": basis}
    assert not bases.is_news(replace(gone, day=day(5)), kept["V1"])
    assert bases.is_news(replace(gone, stocks={"B": 2}), kept["V1"])
