"""Channels, warehouses and zones, and the order in which warehouses are used."""

import pytest

from tests.sandbox.desk import Answered, Desk


def order_of(desk: Desk, channel: dict[str, str]) -> list[str]:
    query = "query($id: ID!) { channel(id: $id) { warehouses { id } } }"
    return [row["id"] for row in desk.ask(query, id=channel["id"])["warehouses"]]


def test_warehouses_never_moved_come_last_in_order_of_joining(desk: Desk) -> None:
    first, second, third = (desk.warehouse() for _ in range(3))
    channel = desk.channel(first, second)
    assert order_of(desk, channel) == [first, second]
    desk.move(channel, second, -1)
    desk.join(channel, third)
    assert order_of(desk, channel) == [second, first, third]


def test_a_large_negative_move_brings_a_warehouse_to_the_front(desk: Desk) -> None:
    places = [desk.warehouse() for _ in range(4)]
    channel = desk.channel(*places)
    desk.move(channel, places[3], -1000)
    assert order_of(desk, channel) == [places[3], places[0], places[1], places[2]]
    desk.move(channel, places[3], 2)
    assert order_of(desk, channel) == [places[0], places[1], places[3], places[2]]


def test_a_zone_refuses_a_warehouse_that_shares_no_channel_with_it(desk: Desk) -> None:
    inside, outside = desk.warehouse(), desk.warehouse()
    channel = desk.channel(inside)
    with pytest.raises(Answered) as refused:
        desk.do("shippingZoneUpdate", id=channel["zone"], input={"addWarehouses": [outside]})
    assert refused.value.errors[0]["field"] == "addWarehouses"
    assert refused.value.codes == ["INVALID"]
    desk.join(channel, outside)


def test_leaving_a_channel_leaves_the_zones_that_were_shared_through_it(desk: Desk) -> None:
    staying, leaving = desk.warehouse(), desk.warehouse()
    channel = desk.channel(staying, leaving)
    desk.do("channelUpdate", id=channel["id"], input={"removeWarehouses": [leaving]})
    zone = desk.ask("query($id: ID!) { shippingZone(id: $id) { warehouses { id } } }", id=channel["zone"])
    assert zone["warehouses"] == [{"id": staying}]


def test_a_zone_with_a_warehouse_is_not_assigned_to_a_second_one(desk: Desk) -> None:
    first, second = desk.warehouse(), desk.warehouse()
    channel = desk.channel(first)
    desk.do("channelUpdate", id=channel["id"], input={"addWarehouses": [second]})
    with pytest.raises(Answered) as refused:
        desk.do("assignWarehouseShippingZone", id=second, shippingZoneIds=[channel["zone"]])
    assert refused.value.codes == ["INVALID"]


def test_a_channel_with_orders_is_not_deleted(desk: Desk) -> None:
    place = desk.warehouse()
    channel = desk.channel(place)
    variant = desk.variant(channel)
    desk.put(variant, place, 1)
    desk.buy(channel, (variant, 1))
    with pytest.raises(Answered) as refused:
        desk.do("channelDelete", id=channel["id"])
    assert refused.value.codes == ["CHANNEL_WITH_ORDERS"]


def test_stock_writes_need_rows_that_exist_and_refuse_everything_when_one_is_wrong(desk: Desk) -> None:
    place, empty = desk.warehouse(), desk.warehouse()
    channel = desk.channel(place, empty)
    variant = desk.variant(channel)
    desk.put(variant, place, 1)
    query = (
        "mutation($s: [StockBulkUpdateInput!]!, $p: ErrorPolicyEnum) { stockBulkUpdate(stocks: $s, errorPolicy: $p) "
        "{ count results { stock { quantity } errors { code field } } } }"
    )
    good = {"variantId": variant, "warehouseId": place, "quantity": 7}
    missing = {"variantId": variant, "warehouseId": empty, "quantity": 7}
    below = good | {"quantity": -1}
    answer = desk.ask(query, s=[good, missing, below], p=None)
    assert answer["count"] == 0
    assert [row["errors"] for row in answer["results"]] == [
        [],
        [{"code": "NOT_FOUND", "field": None}],
        [{"code": "INVALID", "field": "quantity"}],
    ]
    assert desk.stock(variant, place) == (1, 0)
    assert desk.error(query, s=[below, good], p=None)[1] == "AttributeError", "a first row that cannot be read"
    answer = desk.ask(query, s=[good, missing], p="REJECT_FAILED_ROWS")
    assert answer["count"] == 1
    assert desk.stock(variant, place) == (7, 0)
