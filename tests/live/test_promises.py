"""Dates that can be justified: supply that slips and arrives, rules of every scope, turns that people decide."""

import json
from typing import Any

from tests.live.conftest import Stage
from tests.live.test_selling_past_zero import in_days
from tests.live.waiting import eventually
from tests.live.world import Item, Place


def expect(stage: Stage, item: Item, warehouse: Place, units: int, days: int, reference: str) -> str:
    """Supply under way. Returns its number."""
    said = stage.dueback.supply(item.sku, warehouse.slug, units, in_days(days), reference)
    return said.split()[1].rstrip(":")


def dates(stage: Stage, item: Item) -> list[str | None]:
    return [claim["expected"] for claim in stage.dueback.queue(item.sku)]


def history(stage: Stage, order: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stage.dueback.shop_command("history", "--order", order, "--json"))
    return found


def test_s18_a_supply_that_slips_moves_the_dates_of_those_who_rest_on_it_and_says_why(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    early = expect(stage, item, warehouse, 2, 5, "PO-early")
    expect(stage, item, warehouse, 5, 20, "PO-late")
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    eventually(lambda: dates(stage, item), [in_days(5), in_days(20)])

    stage.dueback.shop_command("supply", "change", early, "--eta", in_days(12))

    eventually(lambda: dates(stage, item), [in_days(12), in_days(20)])
    eventually(lambda: stage.shop.order_metadata(first.id)["expected"], in_days(12))
    last = history(stage, first.number)[-1]
    assert last["cause"] == "supply_slipped"
    assert "PO-early" in last["why"]
    assert all(move["cause"] != "supply_slipped" for move in history(stage, second.number))


def test_s19_received_units_raise_the_shops_stock_once_and_serve_the_oldest(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    number = expect(stage, item, warehouse, 5, 5, "PO-1")
    order = stage.shop.buy(channel, (item, 3))
    eventually(lambda: dates(stage, item), [in_days(5)])

    stage.dueback.shop_command("supply", "receive", number, "--quantity", "4", "--raise-stock")

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 3, 0)])
    assert stage.shop.stocks(item)[warehouse.id][0] == 4
    stage.dueback.wait()
    [left] = json.loads(stage.dueback.shop_command("supply", "list", "--sku", item.sku, "--json"))
    assert (left["quantity"], left["received"]) == (5, 4)


def test_s20_stock_that_rises_by_just_what_a_supply_owes_closes_it_and_is_promised_once(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out("--mode", "backorder", "--cap", "incoming")
    expect(stage, item, warehouse, 5, 5, "PO-1")
    eventually(lambda: stage.shop.available(channel, item), 5)
    order = stage.shop.buy(channel, (item, 2))
    eventually(lambda: stage.shop.available(channel, item), 3)

    stage.shop.push((item, warehouse, 5))

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 2, 0)])
    eventually(lambda: stage.shop.available(channel, item), 3)
    stage.dueback.wait()
    assert json.loads(stage.dueback.shop_command("supply", "list", "--sku", item.sku, "--json")) == []
    assert stage.shop.available(channel, item) == 3


def test_s20_stock_that_rises_by_something_else_is_promised_once_and_asked_about(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out("--mode", "backorder", "--cap", "incoming")
    expect(stage, item, warehouse, 5, 5, "PO-1")
    eventually(lambda: stage.shop.available(channel, item), 5)

    stage.shop.push((item, warehouse, 3))

    eventually(lambda: stage.shop.available(channel, item), 3)
    stage.dueback.wait()
    rises = json.loads(stage.dueback.shop_command("supply", "rises", "--json"))
    [rise] = [rise for rise in rises if rise["sku"] == item.sku]
    assert rise["units"] == 3
    stage.dueback.shop_command("supply", "dismiss", str(rise["id"]))
    stage.shop.push((item, warehouse, 0))
    eventually(lambda: stage.shop.available(channel, item), 5)


def test_s21_a_rule_for_a_category_opens_what_is_in_it_and_a_narrower_one_goes_before_it(stage: Stage) -> None:
    warehouse = stage.world.warehouse()
    channel = stage.world.channel(warehouse)
    open_one, closed_one = stage.world.items(2, channel)
    for item in (open_one, closed_one):
        stage.shop.put(item, warehouse, 0)
    stage.known(channel, open_one, closed_one)

    stage.dueback.rule(
        f"category:{stage.world.category_slug}", "--mode", "backorder", "--cap", "7", "--lead-days", "10"
    )
    stage.dueback.rule(f"variant:{closed_one.sku}", "--mode", "off")

    eventually(lambda: stage.shop.available(channel, open_one), 7)
    stage.dueback.wait()
    assert stage.shop.available(channel, closed_one) == 0
    assert stage.shop.variant_metadata(channel, open_one)["eta"] == in_days(10)


def test_s22_a_preorder_sells_for_its_release_and_ships_nothing_before(stage: Stage) -> None:
    rule = ("--mode", "preorder", "--cap", "20", "--release-on", in_days(30))
    warehouse, channel, item = stage.sold_out(*rule, stock=2)
    eventually(lambda: stage.shop.variant_metadata(channel, item).get("status"), "preorder")

    order = stage.shop.buy(channel, (item, 3))

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 3)])
    told = {"status": "waiting", "ready": "0", "waiting": "3", "expected": in_days(30)}
    eventually(lambda: stage.shop.line_metadata(order.id), [told])
    assert stage.shop.stocks(item)[warehouse.id][0] == 2


def test_s23_units_handed_from_one_order_to_another_change_places_in_the_queue(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    expect(stage, item, warehouse, 2, 5, "PO-early")
    expect(stage, item, warehouse, 2, 20, "PO-late")
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    eventually(lambda: dates(stage, item), [in_days(5), in_days(20)])

    orders = ("--from-order", first.number, "--to-order", second.number)
    stage.dueback.shop_command("turn", "hand-over", *orders, "--sku", item.sku, "--units", "2")

    by_order = lambda: {claim["order"]: claim["expected"] for claim in stage.dueback.queue(item.sku)}  # noqa: E731
    eventually(by_order, {first.number: in_days(20), second.number: in_days(5)})
    eventually(lambda: stage.shop.order_metadata(second.id)["expected"], in_days(5))
