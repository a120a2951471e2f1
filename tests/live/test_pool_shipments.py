"""Staff ship from the pool, as the dashboard suggests, though nothing is there."""

from tests.live.conftest import Stage
from tests.live.shop import Bought
from tests.live.waiting import eventually
from tests.live.world import Item, Place


def pool_of(stage: Stage, channel: Place) -> str:
    return str(stage.shop.channel(channel)["warehouses"][0]["id"])


def units(stage: Stage, item: Item, place: Place) -> int:
    return stage.shop.stocks(item)[place.id][0]


def covered(stage: Stage, *shelves: int) -> tuple[list[Place], Place, Item, Bought]:
    """An order of 3 that waited in the pool and is ready now, and real warehouses with these units on their shelves."""
    warehouses = [stage.world.warehouse() for _ in shelves]
    channel = stage.world.channel(*warehouses)
    [item] = stage.world.items(1, channel)
    for warehouse in warehouses:
        stage.shop.put(item, warehouse, 0)
    stage.known(channel, item)
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "backorder", "--cap", "20")
    eventually(lambda: stage.shop.available(channel, item), 20)
    order = stage.shop.buy(channel, (item, 3))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 0, 3)])
    for warehouse, quantity in zip(warehouses, shelves, strict=True):
        stage.shop.put(item, warehouse, quantity)
    ready = min(3, sum(shelves))
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, ready, 3 - ready)])
    stage.dueback.wait()
    return warehouses, channel, item, order


def test_s14_units_shipped_from_the_pool_are_taken_off_the_warehouse_they_left(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    assert "own warehouse" in stage.shop.channel(channel)["warehouses"][0]["name"]

    stage.shop.fulfil(order.id, pool_of(stage, channel), anyway=True)

    eventually(lambda: units(stage, item, warehouse), 7)
    eventually(lambda: stage.shop.available(channel, item), 7)
    eventually(lambda: len(stage.shop.notes(order.id)), 1)
    assert "10 -> 7" in stage.shop.notes(order.id)[0]
    stage.dueback.sweep()
    assert units(stage, item, warehouse) == 7
    assert len(stage.shop.notes(order.id)) == 1


def test_s14_an_open_pool_lets_staff_ship_without_any_override_and_that_is_put_right_too(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    stage.dueback.rule(f"variant:{item.sku}", "--open-at", "always")
    eventually(lambda: stage.shop.available(channel, item), 27)
    stage.dueback.wait()

    stage.shop.fulfil(order.id, pool_of(stage, channel))

    eventually(lambda: units(stage, item, warehouse), 7)
    eventually(lambda: stage.dueback.queue(item.sku), [])
    eventually(lambda: stage.shop.available(channel, item), 27)
    eventually(lambda: len(stage.shop.notes(order.id)), 1)


def test_s14_two_warehouses_that_covered_the_order_both_give(stage: Stage) -> None:
    (north, south), channel, item, order = covered(stage, 1, 5)
    stage.shop.fulfil(order.id, pool_of(stage, channel), anyway=True)
    eventually(lambda: (units(stage, item, north), units(stage, item, south)), (0, 3))


def test_s14_where_nothing_covered_the_order_it_is_told_and_nothing_is_written(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 0)
    stage.shop.fulfil(order.id, pool_of(stage, channel), anyway=True)
    eventually(lambda: len(stage.shop.notes(order.id)), 1)
    eventually(lambda: any(item.sku in problem["message"] for problem in stage.problems()), True)
    assert units(stage, item, warehouse) == 0


def test_s14_a_push_of_the_erp_in_between_is_left_alone(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    pool = pool_of(stage, channel)
    stage.dueback.kill_worker()
    stage.shop.fulfil(order.id, pool, anyway=True)
    stage.shop.push((item, warehouse, 7))
    stage.dueback.start_worker()
    eventually(lambda: len(stage.shop.notes(order.id)), 1, 60)
    assert units(stage, item, warehouse) == 7


def test_s14_a_repaired_shipment_that_is_cancelled_into_the_pool_gives_the_units_back(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    pool = pool_of(stage, channel)
    shipment = stage.shop.fulfil(order.id, pool, anyway=True)
    eventually(lambda: units(stage, item, warehouse), 7)
    stage.dueback.wait()

    stage.shop.cancel_fulfilment(shipment, pool)

    eventually(lambda: units(stage, item, warehouse), 10)
    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 3, 0)])
    eventually(lambda: stage.shop.available(channel, item), 7)


def test_s14_a_worker_killed_while_it_repairs_takes_the_units_once(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    pool = pool_of(stage, channel)
    stage.dueback.kill_worker()
    stage.dueback.start_dying_worker("repair")
    stage.shop.fulfil(order.id, pool, anyway=True)
    stage.dueback.wait_for_worker_to_die(60)
    stage.dueback.start_worker()
    eventually(lambda: len(stage.shop.notes(order.id)), 1, 60)
    assert units(stage, item, warehouse) == 7


def test_s14_where_an_erp_owns_the_stock_it_is_only_reported(stage: Stage) -> None:
    [warehouse], channel, item, order = covered(stage, 10)
    stage.dueback.shop_command("shop", "set", "--stock-owner", "erp")
    try:
        stage.shop.fulfil(order.id, pool_of(stage, channel), anyway=True)
        eventually(lambda: len(stage.shop.notes(order.id)), 1)
        assert units(stage, item, warehouse) == 10
    finally:
        stage.dueback.shop_command("shop", "set", "--stock-owner", "staff")
