"""The driver's own promises: what it says of a shop is what the shop did. No app is needed for these."""

from collections.abc import Iterator

import pytest

from tests.live import documents
from tests.live.client import Client, Refused
from tests.live.shop import Shop
from tests.live.world import Item, Place, World


@pytest.fixture
def world(client: Client) -> Iterator[World]:
    made = World(client)
    yield made
    made.dissolve()


@pytest.fixture
def shop(client: Client) -> Iterator[Shop]:
    """With reservations off and shipments approved by themselves, whatever a scenario left behind."""
    ours = Shop(client)
    ours.reserve_stock(None)
    ours.approve_by_hand(False)
    yield ours
    ours.reserve_stock(None)
    ours.approve_by_hand(False)


@pytest.fixture
def warehouse(world: World) -> Place:
    return world.warehouse()


@pytest.fixture
def channel(world: World, warehouse: Place) -> Place:
    return world.channel(warehouse)


@pytest.fixture
def item(world: World, shop: Shop, channel: Place, warehouse: Place) -> Item:
    """Three on hand."""
    [made] = world.items(1, channel)
    shop.put(made, warehouse, 3)
    return made


def test_a_shopper_buys_what_is_there_and_is_refused_at_zero(shop: Shop, channel: Place, item: Item) -> None:
    assert shop.available(channel, item) == 3
    bought = shop.buy(channel, (item, 3))
    assert shop.order(bought.id)["status"] == "UNFULFILLED"
    assert shop.available(channel, item) == 0
    assert shop.try_to_buy(channel, item, 1) is None


def test_an_item_that_never_had_stock_cannot_be_bought(shop: Shop, world: World, channel: Place) -> None:
    [item] = world.items(1, channel)
    assert shop.try_to_buy(channel, item, 1) is None


def test_two_channels_sell_from_one_shared_warehouse(shop: Shop, world: World, warehouse: Place) -> None:
    here, there = world.channel(warehouse), world.channel(warehouse)
    [item] = world.items(1, here, there)
    shop.put(item, warehouse, 3)
    shop.buy(here, (item, 2))
    assert shop.available(there, item) == 1


def test_a_shopper_can_forge_metadata_of_a_line(shop: Shop, channel: Place, item: Item) -> None:
    bought = shop.buy(channel, (item, 1), forged={"dueback.status": "ready"})
    assert shop.line_metadata(bought.id) == [{"status": "ready"}]


def test_buyers_at_once_get_everything_there_is(shop: Shop, channel: Place, item: Item) -> None:
    checkouts = shop.checkouts(channel, item, 1, buyers=5)
    assert len(checkouts) == 5
    assert len(shop.complete_at_once(checkouts)) >= 3


def test_reserved_stock_turns_buyers_away_before_they_pay(shop: Shop, channel: Place, item: Item) -> None:
    shop.reserve_stock(10)
    checkouts = shop.checkouts(channel, item, 1, buyers=5)
    assert len(checkouts) == 3
    assert len(shop.complete_at_once(checkouts)) == 3


def test_shipping_takes_units_and_claims_together(shop: Shop, channel: Place, item: Item, warehouse: Place) -> None:
    bought = shop.buy(channel, (item, 2))
    assert shop.stocks(item) == {warehouse.id: (3, 2)}
    shop.fulfil(bought.id, warehouse.id, 1)
    assert shop.stocks(item) == {warehouse.id: (2, 1)}
    assert shop.order(bought.id)["status"] == "PARTIALLY_FULFILLED"


def test_a_cancelled_shipment_comes_back_where_staff_say(
    shop: Shop, world: World, channel: Place, item: Item, warehouse: Place
) -> None:
    elsewhere = world.warehouse()
    bought = shop.buy(channel, (item, 2))
    fulfilment = shop.fulfil(bought.id, warehouse.id)
    shop.put(item, elsewhere, 0)
    shop.cancel_fulfilment(fulfilment, elsewhere.id)
    assert shop.stocks(item) == {warehouse.id: (1, 0), elsewhere.id: (2, 2)}


def test_shipping_more_than_is_there_needs_to_be_forced(
    shop: Shop, channel: Place, item: Item, warehouse: Place
) -> None:
    bought = shop.buy(channel, (item, 3))
    shop.put(item, warehouse, 1)
    with pytest.raises(Refused) as refused:
        shop.fulfil(bought.id, warehouse.id)
    assert refused.value.short_of_stock
    shop.fulfil(bought.id, warehouse.id, anyway=True)
    assert shop.stocks(item) == {warehouse.id: (-2, 0)}


def test_a_shipment_that_waits_for_approval_takes_nothing_yet(
    shop: Shop, channel: Place, item: Item, warehouse: Place
) -> None:
    shop.approve_by_hand(True)
    bought = shop.buy(channel, (item, 2))
    fulfilment = shop.fulfil(bought.id, warehouse.id)
    assert shop.stocks(item) == {warehouse.id: (3, 2)}
    shop.approve(fulfilment)
    assert shop.stocks(item) == {warehouse.id: (1, 0)}


def test_cancelling_an_order_frees_its_units(shop: Shop, channel: Place, item: Item) -> None:
    shop.cancel(shop.buy(channel, (item, 3)).id)
    assert shop.available(channel, item) == 3


def test_returning_unshipped_units_frees_them_and_shipped_ones_do_not_come_back(
    shop: Shop, channel: Place, item: Item, warehouse: Place
) -> None:
    bought = shop.buy(channel, (item, 3))
    shop.return_unshipped(bought.id, 1)
    assert shop.stocks(item) == {warehouse.id: (3, 2)}
    fulfilment = shop.fulfil(bought.id, warehouse.id, 2)
    shop.return_shipped(bought.id, fulfilment, 2)
    assert shop.stocks(item) == {warehouse.id: (1, 0)}


def test_a_draft_claims_nothing_until_it_is_completed(shop: Shop, channel: Place, item: Item, warehouse: Place) -> None:
    draft = shop.draft(channel, item, 2)
    assert shop.stocks(item) == {warehouse.id: (3, 0)}
    assert shop.complete_draft(draft).id == draft
    assert shop.stocks(item) == {warehouse.id: (3, 2)}


def test_a_draft_ships_once_it_is_paid(shop: Shop, channel: Place, item: Item, warehouse: Place) -> None:
    order = shop.complete_draft(shop.draft(channel, item, 2))
    shop.mark_paid(order.id)
    shop.fulfil(order.id, warehouse.id)
    assert shop.stocks(item) == {warehouse.id: (1, 0)}


def test_a_line_of_an_unconfirmed_order_can_change_until_it_is_confirmed(
    shop: Shop, world: World, warehouse: Place
) -> None:
    channel = world.channel(warehouse, automaticallyConfirmAllNewOrders=False)
    [item] = world.items(1, channel)
    shop.put(item, warehouse, 3)
    bought = shop.buy(channel, (item, 1))
    shop.set_line_quantity(bought.id, 2)
    assert shop.stocks(item) == {warehouse.id: (3, 2)}
    shop.confirm(bought.id)
    with pytest.raises(Refused):
        shop.set_line_quantity(bought.id, 3)


def test_an_imported_order_is_open_but_claims_nothing(shop: Shop, channel: Place, item: Item, warehouse: Place) -> None:
    imported = shop.import_order(channel, item, 2, warehouse)
    assert shop.order(imported.id)["status"] == "UNFULFILLED"
    assert shop.stocks(item) == {warehouse.id: (3, 0)}


def test_an_erp_pushes_what_it_counted(shop: Shop, channel: Place, item: Item, warehouse: Place) -> None:
    shop.buy(channel, (item, 2))
    shop.push((item, warehouse, 9))
    assert shop.stocks(item) == {warehouse.id: (9, 2)}


def test_warehouses_can_be_reordered_and_the_strategy_changed(shop: Shop, world: World, warehouse: Place) -> None:
    second = world.warehouse()
    channel = world.channel(warehouse, second)
    shop.move_warehouse(channel, second.id, -1)
    shop.allocate_by(channel, "PRIORITIZE_HIGH_STOCK")
    seen = shop.channel(channel)
    assert [place["id"] for place in seen["warehouses"]] == [second.id, warehouse.id]
    assert seen["stockSettings"]["allocationStrategy"] == "PRIORITIZE_HIGH_STOCK"


def test_a_world_leaves_nothing_behind(shop: Shop, world: World, channel: Place, item: Item) -> None:
    shop.buy(channel, (item, 1))
    world.dissolve()
    with pytest.raises(StopIteration):
        shop.channel(channel)
    assert shop.client.staff(documents.STOCKS, id=item.id) is None
