"""Channels that become one group while orders are open, and part again."""

from tests.live.conftest import Stage
from tests.live.waiting import eventually
from tests.live.world import Item, Place


def two_channels(stage: Stage, cap: int) -> tuple[Place, Place, Place, Item]:
    """A warehouse, two channels over it with a pool each, and a variant that is sold out in both."""
    shared = stage.world.warehouse()
    web, outlet = stage.world.channel(shared), stage.world.channel(shared)
    [item] = stage.world.items(1, web, outlet)
    stage.shop.put(item, shared, 0)
    for channel in (web, outlet):
        stage.known(channel, item)
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "backorder", "--cap", str(cap))
    on_sale(stage, item, (web, cap), (outlet, cap))
    return shared, web, outlet, item


def on_sale(stage: Stage, item: Item, *expected: tuple[Place, int]) -> None:
    for channel, units in expected:
        eventually(lambda channel=channel: stage.shop.available(channel, item), units)  # type: ignore[misc]


def test_channels_with_open_orders_become_one_group_and_nobody_gets_what_they_are_owed(stage: Stage) -> None:
    shared, web, outlet, item = two_channels(stage, cap=5)
    old_pool = stage.shop.channel(outlet)["warehouses"][0]
    stage.world.warehouses.append(Place(old_pool["id"], old_pool["slug"]))
    first, second = stage.shop.buy(web, (item, 2)), stage.shop.buy(outlet, (item, 3))
    eventually(lambda: len(stage.dueback.queue(item.sku)), 2)

    stage.dueback.group(web.slug, outlet.slug)

    on_sale(stage, item, (web, 0), (outlet, 0))
    stage.dueback.rule(f"variant:{item.sku}", "--cap", "7")
    on_sale(stage, item, (web, 2), (outlet, 2))
    stage.shop.put(item, shared, 5)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0), (second.number, 3, 0)])
    stage.dueback.rule(f"variant:{item.sku}", "--mode", "off")
    on_sale(stage, item, (web, 0), (outlet, 0))
    assert stage.shop.try_to_buy(outlet, item, 1) is None
    assert stage.shop.try_to_buy(web, item, 1) is None

    stage.dueback.ship(second.number)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0)])
    stage.dueback.wait()
    stage.dueback.group(web.slug, outlet.slug)
    assert len(stage.shop.channel(outlet)["warehouses"]) == 2
    on_sale(stage, item, (web, 0), (outlet, 0))


def test_a_group_is_parted_and_each_channel_has_its_own_limit_again(stage: Stage) -> None:
    shared, web, outlet, item = two_channels(stage, cap=5)
    stage.dueback.group(web.slug, outlet.slug)
    older = stage.shop.buy(web, (item, 2))
    on_sale(stage, item, (web, 3), (outlet, 3))

    stage.dueback.shop_command("group", "dissolve", web.slug)

    on_sale(stage, item, (web, 3), (outlet, 5))
    younger = stage.shop.buy(outlet, (item, 1))
    stage.shop.put(item, shared, 2)
    eventually(lambda: stage.dueback.served(item.sku), [(older.number, 2, 0), (younger.number, 0, 1)])
