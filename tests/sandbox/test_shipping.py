"""What leaves a warehouse, what comes back, and what happens to allocations meanwhile."""

from typing import Any

import pytest

from tests.sandbox.desk import Answered, Desk

TAX_CLASS = "VGF4Q2xhc3M6MQ=="


def sold(
    desk: Desk, *orders: int, real: int, pool: int = 0, pool_first: bool = False
) -> tuple[str, str, str, list[str]]:
    """A variant with these units in two warehouses, and orders of these units for it."""
    places = desk.warehouse(), desk.warehouse()
    channel = desk.channel(*places)
    variant = desk.variant(channel)
    desk.put(variant, places[0], real)
    desk.put(variant, places[1], pool)
    if pool_first:
        desk.move(channel, places[1], -5)
    return variant, places[0], places[1], [desk.buy(channel, (variant, units)) for units in orders]


def test_the_whole_story_of_a_pool_that_comes_first(desk: Desk) -> None:
    real, pool = desk.warehouse(), desk.warehouse()
    channel = desk.channel(real, pool)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 0)
    desk.move(channel, pool, -5)

    def stand() -> tuple[tuple[int, int], tuple[int, int], int]:
        return desk.stock(variant, pool), desk.stock(variant, real), desk.available(channel, variant)

    first, second = desk.buy(channel, (variant, 2)), desk.buy(channel, (variant, 1))
    assert stand() == ((0, 0), (3, 3), 0)
    with pytest.raises(Answered):
        desk.buy(channel, (variant, 1))
    desk.push(variant, pool, 20)
    assert stand() == ((20, 0), (3, 3), 20)
    waiting = [desk.buy(channel, (variant, units)) for units in (2, 2, 1)]
    assert stand() == ((20, 5), (3, 3), 15)
    desk.fulfil(first, real)
    assert stand() == ((20, 5), (1, 1), 15)
    desk.push(variant, real, 11)
    desk.push(variant, pool, 0)
    assert stand() == ((0, 5), (11, 1), 5)
    with pytest.raises(Answered):
        desk.buy(channel, (variant, 6))
    newcomer = desk.buy(channel, (variant, 4))
    assert stand() == ((0, 5), (11, 5), 1)
    with pytest.raises(Answered) as refused:
        desk.fulfil(waiting[0], pool)
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    desk.fulfil(waiting[0], real)
    assert stand() == ((0, 3), (9, 5), 1)
    for order in (*waiting[1:], second, newcomer):
        desk.fulfil(order, real)
    assert stand() == ((0, 0), (1, 0), 1)


def test_an_over_allocated_warehouse_refuses_even_the_oldest_order(desk: Desk) -> None:
    variant, real, _, orders = sold(desk, 2, 4, real=3, pool=20)
    assert desk.stock(variant, real) == (3, 5)
    desk.push(variant, real, 3)
    with pytest.raises(Answered) as refused:
        desk.fulfil(orders[0], real)
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    assert desk.stock(variant, real) == (3, 5), "a refused shipment changes nothing"
    desk.fulfil(orders[0], real, anyway=True)
    assert desk.stock(variant, real) == (1, 3)


def test_with_the_override_a_quantity_may_go_below_zero(desk: Desk) -> None:
    variant, real, pool, [order] = sold(desk, 2, real=3)
    desk.fulfil(order, pool, anyway=True)
    assert desk.stock(variant, pool) == (-2, 0)
    assert desk.stock(variant, real) == (3, 0)


def test_a_shipment_releases_the_oldest_stock_whatever_warehouse_it_leaves(desk: Desk) -> None:
    variant, real, pool, [order] = sold(desk, 5, real=2, pool=5)
    assert desk.allocations(order) == [(real, 2), (pool, 3)]
    desk.fulfil(order, pool, 3)
    assert desk.allocations(order) == [(pool, 2)]
    assert desk.stock(variant, pool) == (2, 2)
    assert desk.stock(variant, real) == (2, 0)


def test_a_warehouse_of_another_channel_ships_only_by_override_and_is_then_not_named(desk: Desk) -> None:
    variant, _real, _, [order] = sold(desk, 1, real=3)
    stranger = desk.warehouse()
    desk.put(variant, stranger, 9)
    with pytest.raises(Answered):
        desk.fulfil(order, stranger)
    desk.fulfil(order, stranger, anyway=True)
    assert desk.stock(variant, stranger) == (8, 0)
    assert desk.order(order)["fulfillments"][0]["warehouse"] is None


def test_a_cancelled_shipment_goes_back_to_the_chosen_warehouse_and_is_allocated_there(desk: Desk) -> None:
    variant, real, pool, [order] = sold(desk, 2, real=3)
    fulfilment = desk.fulfil(order, real)
    assert desk.order(order)["status"] == "FULFILLED"
    desk.cancel_fulfilment(fulfilment, pool)
    assert desk.stock(variant, pool) == (2, 2)
    assert desk.stock(variant, real) == (1, 0)
    found = desk.order(order)
    assert found["status"] == "UNFULFILLED"
    restocked = next(event for event in found["events"] if event["type"] == "FULFILLMENT_RESTOCKED_ITEMS")
    assert (restocked["quantity"], restocked["warehouse"]) == (2, {"id": pool})
    canceled = next(event for event in found["events"] if event["type"] == "FULFILLMENT_CANCELED")
    assert canceled["composedId"] == f"{found['number']}-1"


def test_a_shipment_that_waits_for_approval_changes_counts_but_no_stock(desk: Desk) -> None:
    desk.settings(fulfillmentAutoApprove=False)
    variant, real, _, [order] = sold(desk, 2, real=3)
    fulfilment = desk.fulfil(order, real)
    found = desk.order(order)
    assert found["lines"][0]["quantityFulfilled"] == 2
    assert found["status"] == "UNFULFILLED"
    assert desk.stock(variant, real) == (3, 2)
    desk.approve(fulfilment)
    assert desk.stock(variant, real) == (1, 0)
    assert desk.order(order)["status"] == "FULFILLED"


def test_a_waiting_shipment_is_cancelled_without_a_warehouse(desk: Desk) -> None:
    desk.settings(fulfillmentAutoApprove=False)
    variant, real, _, [order] = sold(desk, 2, real=3)
    desk.cancel_fulfilment(desk.fulfil(order, real))
    assert desk.order(order)["lines"][0]["quantityFulfilled"] == 0
    assert desk.stock(variant, real) == (3, 2)


def test_an_order_with_a_live_shipment_cannot_be_cancelled_and_else_releases_all(desk: Desk) -> None:
    variant, real, _, [shipped, waiting] = sold(desk, 2, 1, real=3)
    desk.fulfil(shipped, real, 1)
    with pytest.raises(Answered) as refused:
        desk.cancel(shipped)
    assert refused.value.codes == ["CANNOT_CANCEL_ORDER"]
    desk.cancel(waiting)
    assert desk.stock(variant, real) == (2, 1)
    assert desk.order(waiting)["status"] == "CANCELED"


def test_units_never_shipped_can_be_returned_and_are_released(desk: Desk) -> None:
    variant, real, _, [order] = sold(desk, 3, real=3)
    give_back(desk, order, orderLines=[{"orderLineId": desk.order(order)["lines"][0]["id"], "quantity": 1}])
    found = desk.order(order)
    assert desk.stock(variant, real) == (3, 2)
    assert (found["lines"][0]["quantityToFulfill"], found["status"]) == (2, "PARTIALLY_RETURNED")
    assert [each["status"] for each in found["fulfillments"]] == ["RETURNED"]


def test_shipped_units_that_are_returned_do_not_go_back_on_the_shelf(desk: Desk) -> None:
    variant, real, _, [order] = sold(desk, 2, real=3)
    desk.fulfil(order, real)
    line = desk.order(order)["fulfillments"][0]["lines"][0]["id"]
    give_back(desk, order, fulfillmentLines=[{"fulfillmentLineId": line, "quantity": 2}])
    assert desk.stock(variant, real) == (1, 0)
    found = desk.order(order)
    assert found["status"] == "RETURNED"
    assert [each["status"] for each in found["fulfillments"]] == ["RETURNED"]


def give_back(desk: Desk, order: str, **lines: object) -> None:
    desk.do("orderFulfillmentReturnProducts", order=order, input=lines)


def test_lines_of_a_confirmed_order_cannot_be_changed(desk: Desk) -> None:
    _, _, _, [order] = sold(desk, 2, real=3)
    line = desk.order(order)["lines"][0]["id"]
    with pytest.raises(Answered) as refused:
        set_quantity(desk, line, 1)
    assert refused.value.codes == ["NOT_EDITABLE"]
    with pytest.raises(Answered) as refused:
        desk.do("orderLineDelete", id=line)
    assert refused.value.codes == ["NOT_EDITABLE"]


def set_quantity(desk: Desk, line: str, units: int) -> None:
    desk.do("orderLineUpdate", id=line, input={"quantity": units})


def test_growing_an_unconfirmed_line_counts_allocations_stock_by_stock(desk: Desk) -> None:
    real, pool = desk.warehouse(), desk.warehouse()
    channel = desk.channel(real, pool, automaticallyConfirmAllNewOrders=False)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 4)
    desk.buy(channel, (variant, 2))
    order = desk.buy(channel, (variant, 2))
    assert desk.stock(variant, real) == (3, 4), "completion went by gross quantity"
    line = desk.order(order)["lines"][0]["id"]
    set_quantity(desk, line, 5)
    assert desk.allocations(order) == [(real, 1), (pool, 4)], "now allocations of others count"
    with pytest.raises(Answered) as refused:
        set_quantity(desk, line, 6)
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    assert desk.allocations(order) == [(real, 1), (pool, 4)]


def test_imported_orders_hold_no_units(desk: Desk) -> None:
    real = desk.warehouse()
    channel = desk.channel(real)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    price = {"gross": "20", "net": "20"}
    address = {"country": "US", "city": "Reno"}
    line = {
        "variantId": variant,
        "createdAt": "2026-01-05T10:00:00Z",
        "isShippingRequired": True,
        "isGiftCard": False,
        "quantity": 2,
        "totalPrice": price,
        "undiscountedTotalPrice": price,
        "warehouse": real,
        "taxClassId": TAX_CLASS,
    }
    asked = {
        "channel": channel["slug"],
        "createdAt": "2026-01-05T10:00:00Z",
        "status": "UNFULFILLED",
        "user": {"email": "old@example.com"},
        "billingAddress": address,
        "currency": "USD",
        "languageCode": "EN",
        "deliveryMethod": {"warehouseId": real},
        "lines": [line],
    }
    order = import_orders(desk, [asked], "SKIP")["results"][0]["order"]["id"]
    assert desk.allocations(order) == []
    assert desk.stock(variant, real) == (3, 0)
    assert desk.order(order)["created"] == "2026-01-05T10:00:00+00:00"
    refused = import_orders(desk, [asked | {"lines": [line | {"quantity": 4}]}], "UPDATE")
    assert refused["count"] == 0
    assert refused["results"][0]["errors"] == [{"code": "INSUFFICIENT_STOCK", "path": "lines.0"}]


def import_orders(desk: Desk, orders: list[Any], policy: str) -> Any:
    query = """mutation($orders: [OrderBulkCreateInput!]!, $policy: StockUpdatePolicyEnum) {
        orderBulkCreate(orders: $orders, stockUpdatePolicy: $policy) {
            count results { order { id } errors { code path } } } }"""
    return desk.ask(query, orders=orders, policy=policy)


def test_deleting_a_stock_takes_its_allocations_along(desk: Desk) -> None:
    variant, real, _, [order] = sold(desk, 2, real=3)
    desk.do("productVariantStocksDelete", variantId=variant, warehouseIds=[real])
    assert desk.order(order)["lines"][0]["allocations"] == []


def test_the_orders_time_of_change_moves_with_its_status_and_not_with_every_shipment(desk: Desk) -> None:
    _, real, _, [order] = sold(desk, 4, real=9)
    moves: list[bool] = []
    before = desk.order(order)["updatedAt"]
    for units in (1, 1, 2):
        desk.fulfil(order, real, units)
        after = desk.order(order)["updatedAt"]
        moves.append(after != before)
        before = after
    assert moves == [True, False, True], "the second part left it partially shipped as it was"
    desk.do("orderNoteAdd", order=order, input={"message": "Called the buyer."})
    assert desk.order(order)["updatedAt"] != before


def test_an_orders_own_rest_blocks_its_partial_shipment(desk: Desk) -> None:
    variant, real, _, [order] = sold(desk, 4, real=4)
    desk.push(variant, real, 1)
    with pytest.raises(Answered) as refused:
        desk.fulfil(order, real, 1)
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    desk.fulfil(order, real, 1, anyway=True)
    assert desk.stock(variant, real) == (0, 3)


def test_an_order_partly_returned_stays_so_when_the_rest_has_shipped(desk: Desk) -> None:
    _, real, _, [order] = sold(desk, 3, real=3)
    give_back(desk, order, orderLines=[{"orderLineId": desk.order(order)["lines"][0]["id"], "quantity": 1}])
    desk.fulfil(order, real, 2)
    found = desk.order(order)
    assert (found["status"], found["lines"][0]["quantityFulfilled"]) == ("PARTIALLY_RETURNED", 3)
