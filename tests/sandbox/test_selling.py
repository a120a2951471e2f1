"""What a buyer can buy, and where the units are taken from."""

import pytest
import time_machine

from tests.sandbox.desk import ADDRESS, ANYBODY, Answered, Desk


def two_warehouses(desk: Desk, **options: str) -> tuple[dict[str, str], str, str]:
    real, pool = desk.warehouse(), desk.warehouse()
    return desk.channel(real, pool, **options), real, pool


def test_availability_is_the_sum_over_warehouses_without_a_floor_for_each(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 20)
    for units in (2, 2, 1, 3):
        desk.buy(channel, (variant, units))
    assert desk.stock(variant, real) == (3, 8)
    assert desk.stock(variant, pool) == (20, 0)
    assert desk.available(channel, variant) == 15


def test_completion_forgets_what_is_allocated_and_takes_the_first_warehouse_with_any_quantity(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 5)
    desk.put(variant, pool, 10)
    desk.buy(channel, (variant, 5))
    assert desk.allocations(desk.buy(channel, (variant, 3))) == [(real, 3)]
    assert desk.stock(variant, real) == (5, 8)


def test_a_mended_shop_counts_what_is_allocated(desk: Desk) -> None:
    desk.shop.switches.mended_allocation = True
    channel, real, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 5)
    desk.put(variant, pool, 10)
    desk.buy(channel, (variant, 4))
    assert desk.allocations(desk.buy(channel, (variant, 3))) == [(real, 1), (pool, 2)]


def test_a_line_is_split_by_gross_quantity_in_the_order_of_the_channel(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 20)
    desk.move(channel, pool, -5)
    assert desk.allocations(desk.buy(channel, (variant, 22))) == [(pool, 20), (real, 2)]


def test_the_other_strategy_takes_the_highest_gross_quantity_first(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk, strategy="PRIORITIZE_HIGH_STOCK")
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 20)
    desk.buy(channel, (variant, 19))
    assert desk.allocations(desk.buy(channel, (variant, 2))) == [(pool, 2)]
    assert desk.stock(variant, pool) == (20, 21)


def test_more_than_there_is_is_refused_when_it_is_put_into_the_checkout(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    with pytest.raises(Answered, match="Only 3 remaining in stock") as refused:
        desk.checkout(channel, (variant, 4))
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    assert refused.value.errors[0]["field"] == "quantity"


def test_units_gone_since_the_checkout_was_made_are_refused_at_completion(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    late = desk.checkout(channel, (variant, 2))
    desk.pay(late)
    desk.buy(channel, (variant, 2))
    with pytest.raises(Answered, match="Insufficient product stock") as refused:
        desk.complete(late)
    assert refused.value.errors[0]["field"] is None


def test_twelve_buyers_at_once_all_get_an_order_for_four_units(desk: Desk) -> None:
    # So long that all of them come in while the first is busy, however slow the machine is.
    desk.shop.switches.gap = 0.2
    channel, _, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, pool, 4)
    checkouts = [desk.checkout(channel, (variant, 1)) for _ in range(12)]
    for checkout in checkouts:
        desk.pay(checkout)
    assert len(desk.complete_at_once(checkouts)) == 12
    assert desk.stock(variant, pool) == (4, 12)


def test_on_a_mended_shop_exactly_four_of_twelve_get_an_order(desk: Desk) -> None:
    desk.shop.switches.mended_allocation = True
    channel, _, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, pool, 4)
    checkouts = [desk.checkout(channel, (variant, 1)) for _ in range(12)]
    for checkout in checkouts:
        desk.pay(checkout)
    assert len(desk.complete_at_once(checkouts)) == 4
    assert desk.stock(variant, pool) == (4, 4)


def test_with_reservations_on_only_four_can_even_make_a_checkout(desk: Desk) -> None:
    desk.settings(reserveStockDurationAnonymousUser=10, reserveStockDurationAuthenticatedUser=10)
    channel, _, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, pool, 4)
    held = [desk.checkout(channel, (variant, 1)) for _ in range(4)]
    assert desk.available(channel, variant) == 0
    with pytest.raises(Answered, match="Only 0 remaining") as refused:
        desk.checkout(channel, (variant, 1))
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    for checkout in held:
        desk.pay(checkout)
    assert len(desk.complete_at_once(held)) == 4
    assert desk.stock(variant, pool) == (4, 4)


def test_a_reservation_is_over_after_its_minutes(desk: Desk) -> None:
    desk.settings(reserveStockDurationAnonymousUser=10, reserveStockDurationAuthenticatedUser=10)
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 1)
    desk.checkout(channel, (variant, 1))
    assert desk.available(channel, variant) == 0
    with time_machine.travel(desk.shop.now().timestamp() + 601, tick=True):
        assert desk.available(channel, variant) == 1


def test_forced_new_lines_of_one_variant_pass_one_by_one(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 10)
    checkout = desk.checkout(channel, (variant, 5))
    for _ in range(2):
        apart = [{"variantId": variant, "quantity": 5, "forceNewLine": True}]
        desk.do("checkoutLinesAdd", "", ANYBODY, id=checkout, lines=apart)
    desk.pay(checkout)
    assert len(desk.order(desk.complete(checkout))["lines"]) == 3
    assert desk.stock(variant, real) == (10, 15)


def test_an_untracked_variant_never_sells_out_and_takes_no_units(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel, tracked=False)
    desk.put(variant, real, 0)
    assert desk.available(channel, variant) == 50
    order = desk.buy(channel, (variant, 7))
    assert desk.allocations(order) == []
    with pytest.raises(Answered, match="Cannot add more than 50") as refused:
        desk.checkout(channel, (variant, 51))
    assert refused.value.codes == ["QUANTITY_GREATER_THAN_LIMIT"]


def test_in_legacy_zone_mode_only_zones_with_the_country_count(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk)
    abroad = desk.warehouse()
    desk.join(channel, abroad)
    desk.do("shippingZoneUpdate", id=channel["zone"], input={"removeWarehouses": [abroad]})
    desk.zone(channel["id"], abroad, countries=["DE"])
    variant = desk.variant(channel)
    desk.put(variant, real, 3)
    desk.put(variant, pool, 4)
    desk.put(variant, abroad, 5)
    assert desk.available(channel, variant, "US") == 7
    assert desk.available(channel, variant, "DE") == 5
    assert desk.available(channel, variant, None) == 7, "the largest over the zones, not their sum"
    desk.settings(useLegacyShippingZoneStockAvailability=False)
    assert desk.available(channel, variant, "US") == 12
    assert desk.available(channel, variant, None) == 12


def test_what_is_shown_never_exceeds_the_limit_of_a_checkout(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 500)
    assert desk.available(channel, variant) == 50


def test_without_money_a_checkout_is_refused_unless_the_channel_takes_unpaid_orders(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 5)
    with pytest.raises(Answered) as refused:
        desk.complete(desk.checkout(channel, (variant, 1)))
    assert refused.value.codes == ["CHECKOUT_NOT_FULLY_PAID"]
    trusting = desk.channel(real, allowUnpaidOrders=True)
    other = desk.variant(trusting)
    desk.put(other, real, 5)
    order = desk.complete(desk.checkout(trusting, (other, 1)))
    assert desk.order(order)["status"] == "UNCONFIRMED"
    desk.pay(order)
    assert desk.order(order)["status"] == "UNFULFILLED"


def test_completing_twice_gives_the_same_order(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 5)
    checkout = desk.checkout(channel, (variant, 1))
    desk.pay(checkout)
    assert desk.complete(checkout) == desk.complete(checkout)
    assert desk.stock(variant, real) == (5, 1)


def test_metadata_of_checkout_and_line_is_the_orders_and_anyone_may_write_it(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 5)
    checkout = desk.checkout(channel, (variant, 1), metadata=[{"key": "dueback.status", "value": "ready"}])
    desk.write(checkout, ANYBODY, gift="yes")
    desk.pay(checkout)
    order = desk.order(desk.complete(checkout))
    assert order["metadata"] == [{"key": "gift", "value": "yes"}]
    assert order["lines"][0]["metadata"] == [{"key": "dueback.status", "value": "ready"}]


def test_a_draft_counts_equal_stocks_once(desk: Desk) -> None:
    channel, real, pool = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 10)
    desk.put(variant, pool, 10)
    draft = new_draft(desk, channel, variant, 12)
    with pytest.raises(Answered) as refused:
        complete_draft(desk, draft)
    assert refused.value.codes == ["INSUFFICIENT_STOCK"]
    desk.put(variant, pool, 11)
    complete_draft(desk, draft)
    assert desk.stock(variant, real) == (10, 10)
    assert desk.stock(variant, pool) == (11, 2)


def test_a_completed_draft_keeps_its_creation_and_says_when_it_was_placed(desk: Desk) -> None:
    channel, real, _ = two_warehouses(desk)
    variant = desk.variant(channel)
    desk.put(variant, real, 10)
    draft = new_draft(desk, channel, variant, 1)
    before = desk.order(draft)
    complete_draft(desk, draft)
    order = desk.order(draft)
    assert order["created"] == before["created"]
    assert (order["status"], order["origin"]) == ("UNFULFILLED", "DRAFT")
    assert [event["type"] for event in order["events"]] == [
        "ADDED_PRODUCTS",
        "DRAFT_CREATED",
        "PLACED_FROM_DRAFT",
        "CONFIRMED",
    ]


def new_draft(desk: Desk, channel: dict[str, str], variant: str, units: int) -> str:
    asked = {
        "channelId": channel["id"],
        "shippingAddress": ADDRESS,
        "billingAddress": ADDRESS,
        "lines": [{"variantId": variant, "quantity": units}],
    }
    made = desk.do("draftOrderCreate", "order { id shippingMethods { id } }", input=asked)["order"]
    method = made["shippingMethods"][0]["id"]
    desk.do("orderUpdateShipping", order=made["id"], input={"shippingMethod": method})
    return str(made["id"])


def complete_draft(desk: Desk, draft: str) -> None:
    desk.do("draftOrderComplete", id=draft)
