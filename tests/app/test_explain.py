"""Why an order waits and why a variant can be ordered, in sentences and as values."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, update

from app import explain, models, queue
from app.cli import dueback
from app.supply import receipts as receipts_of
from app.supply import suppliers
from app.supply.record import locked
from tests.app.supply_shop import NOW, TODAY
from tests.app.waiting import Waiting, day

Command = Callable[..., Result]


@pytest.fixture
def there(engine: Engine) -> Waiting:
    return Waiting.opened(engine)


@pytest.fixture
def command(database_url: str) -> Command:
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "APP_URL": "https://dueback.example"}

    def run(*words: str) -> Result:
        return CliRunner().invoke(dueback, [words[0], "--shop", "shop.example", *words[1:]], env=environ)

    return run


def of_order(there: Waiting, number: int, days: int = 0) -> dict[str, Any]:
    with there.engine.connect() as connection:
        [line] = explain.order(connection, there.shop, str(number), day(days))
    return line


def of_variant(there: Waiting) -> dict[str, Any]:
    with there.engine.connect() as connection:
        [channel] = explain.variant(connection, there.shop, "V1", TODAY, channel="web")
    return channel


def test_an_order_is_told_its_units_who_is_ahead_and_what_would_help(there: Waiting) -> None:
    there.stocks.units["B"] = 2
    number = there.expect(4, 10, "PO-17", supplier="Mill")
    there.order(1, 1)
    there.order(2, 3)
    there.look()
    found = of_order(there, 2)
    assert found["why"] == [
        "1 unit on hand in Berlin, ready to leave.",
        "2 units with purchase order PO-17 from Mill, which is due in Berlin on 3 December: expected 3 December.",
        "Ahead in the queue: 1 unit of 1 order.",
        "Sooner: with 2 more units on hand in Berlin, all of it could leave now.",
        "Sooner: if purchase order PO-17 came 1 day earlier, the last of it would come 2 December.",
    ]
    assert (found["status"], found["ready"], found["waiting"], found["expected"]) == (
        "partly_ready", 1, 2, day(10).isoformat(),
    )  # fmt: skip
    assert found["ahead"] == {"orders": 1, "units": 1}
    assert found["pieces"][1] == {
        "quantity": 2,
        "source": "supply",
        "warehouse": "berlin",
        "supply": number,
        "reference": "PO-17",
        "supplier": "Mill",
        "eta": day(10).isoformat(),
        "eta_latest": None,
        "expected": day(10).isoformat(),
    }
    assert [(way["kind"], way["units"], way["days"]) for way in found["sooner"]] == [
        ("stock", 2, None),
        ("supply_days", None, 1),
    ]


def test_an_order_without_a_date_is_told_which_supply_is_late(there: Waiting) -> None:
    there.expect(4, 3, "PO-17")
    there.order(1, 3)
    there.look()
    found = of_order(there, 1, days=4)
    assert (
        "3 units without a date: no supply is left for them, and no lead time is set or it has passed." in found["why"]
    )
    late = "Purchase order PO-17 was due on 26 November with 4 units and is late: it dates nothing until it has a day."
    assert late in found["why"]
    assert "Sooner: with a new day for purchase order PO-17, which is late." in found["why"]
    assert found["status"] == "late"


def test_a_date_that_a_rule_gave_says_which_rule_and_what_it_says(there: Waiting) -> None:
    there.rule(mode="backorder", cap=9, lead_days=10)
    there.order(1, 3)
    there.look()
    found = of_order(there, 1)
    assert "3 units that no supply serves yet; the rule dates them: expected 3 December." in found["why"]
    assert "Dated by lead days 10: the rule for the whole shop." in found["why"]
    assert {"field": "lead_days", "value": 10, "scope": "shop", "target": None, "channel": None} in found["rule"]


def test_a_date_that_a_supply_gave_is_not_said_to_be_of_the_lead_time(there: Waiting) -> None:
    there.rule(mode="backorder", cap=9, lead_days=10, buffer_days=2)
    there.expect(4, 7, "PO-17")
    there.order(1, 3)
    there.look()
    dated_by = [said for said in of_order(there, 1)["why"] if said.startswith("Dated by")]
    assert dated_by == ["Dated by buffer days 2: the rule for the whole shop."]


def taught(there: Waiting, *, receipts: int = 8) -> None:
    """The supplier Slow, from which the variant was bought so many times; each came 43 days after it was ordered."""
    for _ in range(receipts):
        number = there.expect(1, 13, supplier="Slow", ordered_on=day(-30))
        with there.engine.begin() as connection:
            receipts_of.enter(connection, locked(connection, there.shop.id, number), 1, on=day(13), who="x")


LEAD = {"mode": "backorder", "cap": 9, "lead_days": 5, "lead_in": "business_days", "holidays": "US", "confidence": 95}


def test_a_learned_lead_time_is_told_with_its_supplier_in_place_of_the_values_that_date_nothing(
    there: Waiting,
) -> None:
    there.rule(**LEAD)
    taught(there)
    there.order(1, 3)
    there.look()
    of_line, of_channel = of_order(there, 1), of_variant(there)
    dated_by = [said for said in of_line["why"] if said.startswith("Dated by")]
    assert dated_by == ["Dated by the lead time that Slow kept to in 95 of 100 past receipts: 43 days."]
    assert "The lead time that Slow kept to in 95 of 100 past receipts holds: 43 days." in of_channel["why"]
    for found in (of_line, of_channel):
        assert found["supplier_lead"] == {"supplier": "Slow", "days": 43, "confidence": 95}
        assert [value["field"] for value in found["rule"]] == ["mode", "cap", "confidence"]


def test_a_lead_time_that_the_supplier_gives_is_told_as_that(there: Waiting) -> None:
    there.rule(**{name: value for name, value in LEAD.items() if name != "lead_days"})
    taught(there, receipts=1)
    with there.engine.begin() as connection:
        suppliers.put(connection, there.shop, "Slow", lead_days=10)
    there.order(1, 3)
    there.look()
    dated_by = [said for said in of_order(there, 1)["why"] if said.startswith("Dated by")]
    assert dated_by == [
        "Dated by the lead time that Slow gives: 10 days.",
        "Dated by lead in business days: the rule for the whole shop.",
        "Dated by holidays US: the rule for the whole shop.",
    ]
    assert of_order(there, 1)["supplier_lead"] == {"supplier": "Slow", "days": 10, "confidence": None}


def test_what_a_release_dates_is_not_said_to_be_of_lead_time_or_buffer(there: Waiting) -> None:
    there.rule(mode="preorder", release_on=day(30).isoformat(), cap=9, lead_days=5, buffer_days=1)
    there.order(1, 3)
    there.look()
    dated_by = [said for said in of_order(there, 1)["why"] if said.startswith("Dated by")]
    assert dated_by == [
        "Dated by mode preorder: the rule for the whole shop.",
        f"Dated by release on {day(30).isoformat()}: the rule for the whole shop.",
    ]


def test_an_order_that_is_ready_needs_no_more_words(there: Waiting) -> None:
    there.stocks.units["B"] = 2
    there.order(1, 2)
    there.look()
    assert of_order(there, 1)["why"] == ["2 units on hand in Berlin, ready to leave."]


def test_an_order_that_is_not_there_has_nothing_to_explain(there: Waiting) -> None:
    with there.engine.connect() as connection:
        assert explain.order(connection, there.shop, "99", TODAY) == []


def test_a_variant_that_is_open_says_how_many_and_which_limit_is_the_narrowest(there: Waiting) -> None:
    there.rule(mode="backorder", cap=5, units_per_order=9)
    there.order(1, 2)
    there.look()
    found = of_variant(there)
    assert found["reasons"] == ["open", "cap"]
    assert found["why"] == [
        "0 units on hand and owed to nobody.",
        "2 units owed to buyers and not on hand.",
        "3 more units may be ordered past zero.",
        "The cap is 5, and 2 are owed: room for 3.",
        "One order may take 9 past zero.",
        "Backorders open when 0 or fewer are free; 0 are.",
        "A new buyer would get 3 units some day that nobody knows.",
        "Mode backorder: the rule for the whole shop.",
        "Cap 5: the rule for the whole shop.",
        "Units per order 9: the rule for the whole shop.",
    ]


def test_what_waits_for_a_release_is_told_as_that_and_closes_nothing(there: Waiting) -> None:
    there.rule(mode="preorder", release_on=day(30).isoformat(), cap=10)
    there.stocks.units["B"] = 2
    there.look()
    found = of_variant(there)
    assert found["why"][:-3] == [
        "2 units on hand and owed to nobody, for sale before the release on 23 December and shipped from then.",
        "0 units owed to buyers and not on hand.",
        "10 more units may be ordered past zero.",
        "The cap is 10, and 0 are owed: room for 10.",
        "It is released on 23 December: orders before that are preorders.",
        "A new buyer would get 12 units by 23 December.",
    ]
    assert found["reasons"] == ["open", "cap"]


def test_without_a_limit_any_number_is_told_in_place_of_one(there: Waiting) -> None:
    there.rule(mode="backorder", cap="none", lead_days=10, require_date=True)
    there.order(1, 2)
    there.look()
    found = of_variant(there)
    assert found["why"][2:6] == [
        "Any number of units may be ordered past zero.",
        "Backorders open when 0 or fewer are free; 0 are.",
        "Nothing is sold that nobody can date: room for any number.",
        "A new buyer would get any further units by 3 December.",
    ]
    assert found["reasons"] == ["open"]
    assert {limit["room"] for limit in found["limits"]} == {None}


def test_a_variant_for_which_no_rule_sets_a_cap_says_so(there: Waiting) -> None:
    there.rule(mode="backorder")
    found = of_variant(there)
    assert found["reasons"] == ["cap"]
    assert "No rule sets a cap, so nothing may be owed: set one." in found["why"]


def test_units_in_doubt_are_told_beside_the_supply_they_may_be_of(there: Waiting) -> None:
    there.expect(40, 30, "PO-17")
    rise = {"shop_id": there.shop.id, "variant_id": "V1", "warehouse_id": "B", "units": 5}
    with there.engine.begin() as connection:
        connection.execute(insert(models.StockRise).values(rise))
    told = of_variant(there)["why"]
    assert any("with 35 units in all" in said for said in told)
    assert "5 more units of it may be on hand already, and nobody has said so yet: they are promised to nobody." in told


CLOSED = {
    "cap": ({"cap": 2}, 0),
    "open_at": ({"cap": 9}, 5),
    "require_date": ({"cap": 9, "require_date": True}, 0),
    "horizon_days": ({"cap": 9, "horizon_days": 5}, 0),
}


@pytest.mark.parametrize("reason", CLOSED)
def test_a_variant_that_is_closed_says_which_value_closes_it(there: Waiting, reason: str) -> None:
    fields, on_hand = CLOSED[reason]
    there.rule(mode="backorder", **fields)
    there.stocks.units["B"] = on_hand
    there.order(1, 2)
    there.look()
    found = of_variant(there)
    assert found["backorder_left"] == 0
    assert found["reasons"] == [reason]
    assert "Nothing may be ordered past zero now." in found["why"]


def test_what_closes_a_variant_whatever_the_rule_says_is_said_alone(there: Waiting) -> None:
    there.rule(mode="off")
    assert of_variant(there)["reasons"] == ["off"]
    there.rule(cap=5)
    assert of_variant(there)["reasons"] == ["off"]
    there.shop.state = "leaving"
    assert of_variant(there)["reasons"] == ["leaving"]
    there.shop.state = "installed"
    for column, value, reason in (("listed_in", [], "not_listed"), ("tracked", False, "not_tracked")):
        with there.engine.begin() as connection:
            connection.execute(update(models.Variant).values({column: value}))
        assert of_variant(there)["reasons"] == [reason]


def test_a_channel_without_a_pool_sells_what_is_on_hand(there: Waiting) -> None:
    with there.engine.begin() as connection:
        connection.execute(update(models.Channel).values(pool=None))
    assert of_variant(there)["reasons"] == ["no_pool"]


def test_a_channel_that_is_not_there_is_named_with_those_that_are(there: Waiting) -> None:
    with there.engine.connect() as connection, pytest.raises(explain.NoSuchChannel, match="has no channel outlet"):
        explain.variant(connection, there.shop, "V1", TODAY, channel="outlet")


def test_an_order_for_a_variant_that_was_deleted_is_explained_too(there: Waiting) -> None:
    there.expect(3, 5)
    there.order(1, 3)
    there.look()
    there.gone = True
    there.look()
    with there.engine.connect() as connection:
        [line] = explain.order(connection, there.shop, "1", TODAY)
    assert (line["waiting"], line["expected"], line["rule"]) == (3, None, [])
    assert line["why"][0].startswith("3 units without a date")


def risky(there: Waiting, days: int) -> list[str]:
    with there.engine.connect() as connection:
        return [claim["order"] for claim in queue.at_risk(connection, there.shop.id, day(days))]


def test_orders_on_a_late_supply_are_at_risk_at_once(there: Waiting) -> None:
    """Before they are planned anew, and after that, until there is another day."""
    number = there.expect(3, 5)
    there.expect(3, 9)
    there.order(1, 3)
    there.order(2, 3)
    there.look()
    assert risky(there, 5) == []
    assert risky(there, 6) == ["1"]
    there.look(days=6)
    assert risky(there, 6) == ["1", "2"]
    there.supply(number, eta=day(12))
    there.look(days=6)
    assert risky(there, 6) == []


def test_an_order_whose_day_was_lost_is_at_risk_before_that_day_comes(there: Waiting) -> None:
    number = there.expect(3, 5)
    there.order(1, 3)
    there.look()
    there.supply(number, state="cancelled")
    there.look()
    assert risky(there, 0) == ["1"]


@time_machine.travel(NOW, tick=True)
def test_the_commands_print_sentences_and_json(there: Waiting, command: Command) -> None:
    there.expect(3, 30, "PO-17")
    there.order(1, 3)
    there.look()
    assert "with purchase order PO-17" in command("explain", "--order", "1").output
    assert json.loads(command("explain", "--order", "1", "--json").output)[0]["sku"] == "S1"
    assert "web: " in command("explain", "--sku", "S1").output
    assert "has no channel outlet" in command("explain", "--sku", "S1", "--channel", "outlet").output
    assert command("queue", "--at-risk").output == "Nothing is at risk.\n"
    there.look(days=31)
    assert (
        command("queue", "--at-risk").output == f"order 1  S1  0 ready, 3 waiting, expected unknown, told {day(30)}\n"
    )
    moved = [line.partition("  S1  ")[2] for line in command("history", "--order", "1").output.splitlines()]
    assert [line.partition(".")[0] for line in moved] == [
        f"0 ready, 3 waiting, expected {day(30)}",
        f"0 ready, 3 waiting, expected {day(30)} -> no day",
    ]
    assert json.loads(command("history", "--order", "1", "--json").output)[0]["cause"] == "ordered"
    assert command("history", "--order", "9").output == "Nothing was promised to order 9 yet.\n"
    assert command("explain").exit_code == 2
    unknown = command("explain", "--order", "9")
    assert (unknown.exit_code, unknown.output) == (1, "Error: Dueback knows no order 9.\n")
    there.cancel(1)
    there.look(days=31)
    gone = command("explain", "--order", "1")
    assert gone.exit_code == 0
    assert gone.output == "Nothing of order 1 is open: all of it was shipped or taken back.\n"


@time_machine.travel(NOW, tick=True)
def test_availability_says_what_comes_now_and_what_has_no_end(there: Waiting, command: Command) -> None:
    there.rule(mode="backorder", cap="none", open_at="always")
    there.stocks.units["B"] = 2
    there.look()
    there.expect(3, 30)
    told = command("availability", "--sku", "S1", "--channel", "web").output
    assert told.splitlines() == [
        "S1 in web: in stock",
        "  2 now",
        "  3 by 2026-12-23",
        "  any further by an unknown date",
    ]
    told = command("availability", "--sku", "S1", "--channel", "web", "--quantity", "9").output
    assert told.splitlines()[1:] == ["  2 now", "  3 by 2026-12-23", "  4 by an unknown date"]
