"""First come, first served: restocks, shipping, cancelling, and what else happens to orders."""

from tests.live.conftest import Stage
from tests.live.test_selling_past_zero import in_days
from tests.live.waiting import eventually


def test_s3_a_partial_restock_serves_the_oldest_orders_first_and_the_dates_follow(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    stage.dueback.supply(item.sku, warehouse.slug, 10, in_days(9), "PO-1")
    orders = [stage.shop.buy(channel, (item, units)) for units in (2, 2, 1)]
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [in_days(9)] * 3)

    stage.shop.put(item, warehouse, 3)

    numbers = [order.number for order in orders]
    served = list(zip(numbers, (2, 1, 0), (0, 1, 1), strict=True))
    eventually(lambda: stage.dueback.served(item.sku), served)
    second = {"status": "partly_ready", "ready": "1", "waiting": "1", "expected": in_days(9)}
    eventually(lambda: stage.shop.line_metadata(orders[1].id), [second])
    assert stage.shop.line_metadata(orders[0].id) == [{"status": "ready", "ready": "2", "waiting": "0"}]
    assert stage.shop.order_metadata(orders[2].id) == {"status": "waiting", "expected": in_days(9)}


def test_s5_staff_ship_the_older_order_from_the_real_warehouse_without_any_override(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    stage.shop.put(item, warehouse, 3)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0), (second.number, 1, 1)])

    stage.shop.fulfil(first.id, warehouse.id)

    eventually(lambda: stage.dueback.served(item.sku), [(second.number, 1, 1)])
    eventually(lambda: stage.shop.line_metadata(first.id), [{"status": "done", "ready": "0", "waiting": "0"}])
    eventually(lambda: stage.shop.available(channel, item), 19)


def test_s6_cancelling_a_waiting_order_gives_its_units_back_and_moves_the_younger_up(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    stage.dueback.supply(item.sku, warehouse.slug, 2, in_days(5), "PO-early")
    stage.dueback.supply(item.sku, warehouse.slug, 2, in_days(30), "PO-late")
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    dates = lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)]  # noqa: E731
    eventually(dates, [in_days(5), in_days(30)])
    eventually(lambda: stage.shop.available(channel, item), 16)

    stage.shop.cancel(first.id)

    eventually(dates, [in_days(5)])
    eventually(lambda: stage.shop.available(channel, item), 18)
    eventually(lambda: stage.shop.order_metadata(second.id), {"status": "waiting", "expected": in_days(5)})
    assert stage.shop.line_metadata(first.id) == [{}]


def test_s12_one_order_with_a_line_in_stock_a_backordered_one_and_a_split_one(stage: Stage) -> None:
    warehouse = stage.world.warehouse()
    channel = stage.world.channel(warehouse)
    stocked, sold_out, split = stage.world.items(3, channel)
    for item, units in ((stocked, 9), (sold_out, 0), (split, 3)):
        stage.shop.put(item, warehouse, units)
    stage.known(channel, stocked, sold_out, split)
    stage.dueback.rule(f"channel:{channel.slug}", "--mode", "backorder", "--cap", "20", "--open-at", "3")
    eventually(lambda: stage.shop.available(channel, split), 23)

    order = stage.shop.buy(channel, (stocked, 2), (sold_out, 1), (split, 5))

    eventually(lambda: stage.dueback.served(stocked.sku), [(order.number, 2, 0)])
    eventually(lambda: stage.dueback.served(sold_out.sku), [(order.number, 0, 1)])
    eventually(lambda: stage.dueback.served(split.sku), [(order.number, 3, 2)])
    eventually(lambda: stage.shop.order_metadata(order.id), {"status": "partly_ready"})


def test_s12_units_added_to_an_unconfirmed_order_queue_from_when_they_were_added(stage: Stage) -> None:
    warehouse = stage.world.warehouse()
    channel = stage.world.channel(warehouse, automaticallyConfirmAllNewOrders=False)
    [item] = stage.world.items(1, channel)
    stage.shop.put(item, warehouse, 0)
    stage.known(channel, item)
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "backorder", "--cap", "20")
    eventually(lambda: stage.shop.available(channel, item), 20)
    first, second = (stage.shop.buy(channel, (item, 1)) for _ in range(2))
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 0, 1), (second.number, 0, 1)])

    stage.shop.set_line_quantity(first.id, 2)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 0, 2), (second.number, 0, 1)])
    stage.shop.put(item, warehouse, 2)

    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 1, 1), (second.number, 1, 0)])


def test_s12_a_shipment_that_waits_for_approval_keeps_its_units(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out(stock=1)
    first = stage.shop.buy(channel, (item, 1))
    second = stage.shop.buy(channel, (item, 1)) if stage.opened(channel, item, 20) else first
    stage.shop.approve_by_hand(True)
    try:
        waiting = stage.shop.fulfil(second.id, warehouse.id, anyway=True)
        eventually(lambda: stage.dueback.served(item.sku), [(first.number, 0, 1), (second.number, 1, 0)])
        stage.shop.cancel_fulfilment(waiting)
        eventually(lambda: stage.dueback.served(item.sku), [(first.number, 1, 0), (second.number, 0, 1)])
        stage.shop.approve(stage.shop.fulfil(first.id, warehouse.id))
        eventually(lambda: stage.dueback.served(item.sku), [(second.number, 0, 1)])
    finally:
        stage.shop.approve_by_hand(False)


def test_s12_units_returned_before_they_were_shipped_are_owed_no_more(stage: Stage) -> None:
    _, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 3))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 3)])

    stage.shop.return_unshipped(order.id, 2)

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 1)])
    eventually(lambda: stage.shop.available(channel, item), 19)


def test_s12_units_that_a_buyer_sends_back_serve_the_next_in_line_once_they_are_counted(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out(stock=2)
    first = stage.shop.buy(channel, (item, 2))
    assert stage.opened(channel, item, 20)
    second = stage.shop.buy(channel, (item, 1))
    shipment = stage.shop.fulfil(first.id, warehouse.id)
    eventually(lambda: stage.dueback.served(item.sku), [(second.number, 0, 1)])

    stage.shop.return_shipped(first.id, shipment, 1)
    stage.quiet()
    stage.dueback.wait()
    assert stage.dueback.served(item.sku) == [(second.number, 0, 1)]
    stage.shop.put(item, warehouse, 1)

    eventually(lambda: stage.dueback.served(item.sku), [(second.number, 1, 0)])
    eventually(lambda: stage.shop.available(channel, item), 20)


def test_s17_a_draft_made_earlier_queues_from_when_it_was_completed(stage: Stage) -> None:
    _, channel, item = stage.sold_out()
    draft = stage.shop.draft(channel, item, 1)
    bought = stage.shop.buy(channel, (item, 1))
    completed = stage.shop.complete_draft(draft)
    eventually(lambda: stage.dueback.served(item.sku), [(bought.number, 0, 1), (completed.number, 0, 1)])


def test_s17_a_bulk_imported_order_queues_from_when_it_was_seen(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    bought = stage.shop.buy(channel, (item, 1))
    eventually(lambda: stage.dueback.served(item.sku), [(bought.number, 0, 1)])
    imported = stage.shop.import_order(channel, item, 2, warehouse)
    eventually(lambda: stage.dueback.served(item.sku), [(bought.number, 0, 1), (imported.number, 0, 2)])
    eventually(lambda: stage.shop.available(channel, item), 17)


def test_s17_a_closed_rule_stays_closed_when_a_waiting_order_is_cancelled(stage: Stage) -> None:
    _, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 5))
    eventually(lambda: len(stage.dueback.queue(item.sku)), 1)
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "off")
    eventually(lambda: stage.shop.available(channel, item), 0)

    stage.shop.cancel(order.id)

    assert stage.shop.try_to_buy(channel, item, 1) is None
    eventually(lambda: stage.dueback.queue(item.sku), [])
    assert stage.shop.try_to_buy(channel, item, 1) is None


def test_s17_a_covered_order_ships_with_ours_from_an_over_allocated_warehouse(stage: Stage) -> None:
    north, south = stage.world.warehouse(), stage.world.warehouse()
    channel = stage.world.channel(north, south)
    [item] = stage.world.items(1, channel)
    stage.shop.put(item, north, 3)
    stage.shop.put(item, south, 0)
    first = stage.shop.buy(channel, (item, 3))
    stage.known(channel, item)
    stage.shop.put(item, north, 1)
    stage.shop.put(item, south, 5)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 3, 0)])

    stage.dueback.ship(first.number)

    eventually(lambda: stage.dueback.queue(item.sku), [])
    assert {place: units for place, (units, _) in stage.shop.stocks(item).items()} == {north.id: 0, south.id: 3}
