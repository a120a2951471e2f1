"""Supply that arrives: entered by a person, counted by somebody else, or both; its units are promised once."""

import json
from typing import Any

from tests.live.conftest import Stage
from tests.live.test_selling_past_zero import in_days
from tests.live.waiting import eventually
from tests.live.world import Item


def line(stage: Stage, item: Item) -> dict[str, Any]:
    """The only supply of the item, whatever its state."""
    [found] = json.loads(stage.dueback.shop_command("supply", "list", "--sku", item.sku, "--all", "--json"))
    return dict(found)


def test_receiving_raises_the_stock_when_asked_and_the_oldest_order_gets_it(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 3))
    stage.dueback.supply(item.sku, warehouse.slug, 5, in_days(9))
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [in_days(9)])

    told = stage.dueback.shop_command("supply", "receive", str(line(stage, item)["id"]), "--raise-stock")

    assert f"The stock of {item.sku}" in told
    assert "was raised from 0 to 5" in told
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 3, 0)])
    stage.dueback.sweep()
    stage.dueback.wait()
    assert stage.shop.stocks(item)[warehouse.id][0] == 5
    assert (line(stage, item)["received"], line(stage, item)["status"]) == (5, "received")


def test_a_push_of_just_what_was_expected_closes_the_line_and_can_be_undone(stage: Stage) -> None:
    warehouse, _, item = stage.sold_out()
    stage.dueback.supply(item.sku, warehouse.slug, 5, in_days(9))
    stage.shop.push((item, warehouse, 5))
    eventually(lambda: line(stage, item)["status"], "received")
    number = str(line(stage, item)["id"])
    history = json.loads(stage.dueback.shop_command("supply", "history", number, "--json"))
    assert history["changes"][-1]["who"] == "Dueback"
    stage.dueback.shop_command("supply", "undo", str(history["receipts"][0]["id"]))
    stage.dueback.sweep()
    stage.dueback.wait()
    assert (line(stage, item)["received"], line(stage, item)["status"]) == (0, "expected")


def test_units_back_from_a_cancelled_shipment_are_not_taken_for_supply(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out(stock=4)
    order = stage.shop.buy(channel, (item, 4))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 4, 0)])
    shipment = stage.shop.fulfil(order.id, warehouse.id)
    eventually(lambda: stage.dueback.served(item.sku), [])
    stage.dueback.supply(item.sku, warehouse.slug, 4, in_days(9))
    stage.shop.cancel_fulfilment(shipment, warehouse.id)
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 4, 0)])
    stage.dueback.wait()
    rises = json.loads(stage.dueback.shop_command("supply", "rises", "--json"))
    assert [rise for rise in rises if rise["sku"] == item.sku] == []
    assert (line(stage, item)["received"], line(stage, item)["status"]) == (0, "expected")
