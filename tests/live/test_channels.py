"""Several channels over the same shelves, and shops in disorder."""

from tests.live.conftest import Stage
from tests.live.postman import Mood
from tests.live.waiting import eventually


def test_s11_two_channels_promise_the_units_of_a_shared_warehouse_once(stage: Stage) -> None:
    shared = stage.world.warehouse()
    web, outlet = stage.world.channel(shared), stage.world.channel(shared)
    [item] = stage.world.items(1, web, outlet)
    stage.shop.put(item, shared, 0)
    stage.known(web, item)
    stage.known(outlet, item)
    for channel, cap in ((web, "5"), (outlet, "3")):
        stage.dueback.rule(f"variant:{item.sku}", "--channel", channel.slug, "--mode", "backorder", "--cap", cap)
    eventually(lambda: stage.shop.available(web, item), 5)
    eventually(lambda: stage.shop.available(outlet, item), 3)
    first = stage.shop.buy(web, (item, 4))
    second = stage.shop.buy(outlet, (item, 3))
    eventually(lambda: len(stage.dueback.queue(item.sku)), 2)

    stage.shop.put(item, shared, 5)

    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 4, 0), (second.number, 1, 2)])
    eventually(lambda: stage.dueback.availability(item.sku, web.slug)["available_now"], 0)


def test_s11_what_the_known_limit_lets_through_is_detected_and_told(stage: Stage) -> None:
    shared = stage.world.warehouse()
    web, outlet = stage.world.channel(shared), stage.world.channel(shared)
    [item] = stage.world.items(1, web, outlet)
    stage.shop.put(item, shared, 0)
    stage.known(web, item)
    stage.known(outlet, item)
    for channel in (web, outlet):
        stage.dueback.rule(f"variant:{item.sku}", "--channel", channel.slug, "--mode", "backorder", "--cap", "2")
    eventually(lambda: stage.shop.available(web, item), 2)
    older = stage.shop.buy(web, (item, 2))
    eventually(lambda: stage.dueback.served(item.sku), [(older.number, 0, 2)])
    stage.shop.put(item, shared, 2)
    eventually(lambda: stage.dueback.served(item.sku), [(older.number, 2, 0)])
    stage.dueback.wait()

    sold = []
    while bought := stage.shop.try_to_buy(outlet, item, 1):
        sold.append(bought.number)

    beyond = sold[2:]
    eventually(lambda: [claim["order"] for claim in stage.dueback.queue(item.sku)][1:], sold)
    eventually(lambda: sorted(stage.overruns(item)), sorted(beyond))


def test_s11_as_one_group_the_two_channels_are_exact(stage: Stage) -> None:
    shared = stage.world.warehouse()
    web, outlet = stage.world.channel(shared), stage.world.channel(shared)
    [item] = stage.world.items(1, web, outlet)
    stage.shop.put(item, shared, 0)
    stage.known(web, item)
    stage.known(outlet, item)
    stage.dueback.group(web.slug, outlet.slug)
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "backorder", "--cap", "4")
    eventually(lambda: (stage.shop.available(web, item), stage.shop.available(outlet, item)), (4, 4))

    first = stage.shop.buy(web, (item, 3))

    eventually(lambda: (stage.shop.available(web, item), stage.shop.available(outlet, item)), (1, 1))
    stage.shop.put(item, shared, 4)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 3, 0)])
    eventually(lambda: (stage.shop.available(web, item), stage.shop.available(outlet, item)), (1, 1))
    assert stage.shop.try_to_buy(outlet, item, 2) is None


def test_s13_set_up_ends_right_in_a_shop_in_disorder(stage: Stage) -> None:
    with stage.postman.being(Mood.LOSE):
        warehouse = stage.world.warehouse()
        channel = stage.world.channel(warehouse, strategy="PRIORITIZE_HIGH_STOCK")
        [item] = stage.world.items(1, channel)
        stage.shop.put(item, warehouse, 5)
        owed = stage.shop.buy(channel, (item, 4))
        stage.shop.put(item, warehouse, 1)
        stage.world.warehouse_like_a_pool(channel)
        stage.quiet()
    assert not stage.dueback.knows(item.sku, channel.slug)
    stage.reinstall()
    stage.known(channel, item)

    refused = stage.dueback.shop_command(
        "rule", "set", "--scope", f"variant:{item.sku}", "--mode", "backorder", "--cap", "5", may_fail=True
    )
    assert "backorder" not in refused
    assert stage.shop.channel(channel)["stockSettings"]["allocationStrategy"] == "PRIORITIZE_HIGH_STOCK"
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "backorder", "--cap", "5", "--yes")

    seen = stage.shop.channel(channel)
    assert seen["stockSettings"]["allocationStrategy"] == "PRIORITIZE_SORTING_ORDER"
    assert "own warehouse" in seen["warehouses"][0]["name"]
    eventually(lambda: stage.dueback.served(item.sku), [(owed.number, 1, 3)])
    eventually(lambda: stage.shop.available(channel, item), 2)


def test_s14_a_pool_that_staff_moved_is_found_told_and_mended(stage: Stage) -> None:
    _, channel, _ = stage.sold_out()
    pool = stage.shop.channel(channel)["warehouses"][0]["id"]
    stage.shop.move_warehouse(channel, pool, 10)

    assert any(channel.slug in f["message"] and "first" in f["message"] for f in stage.dueback.doctor())
    stage.dueback.sweep()
    eventually(lambda: any(channel.slug in problem["message"] for problem in stage.problems()), True)

    assert stage.shop.channel(channel)["warehouses"][0]["id"] == pool
