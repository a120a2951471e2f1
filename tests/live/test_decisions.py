"""What people decide besides turns: lines on hold, days given by hand, and a pause of everything."""

import pytest

from tests.live import documents
from tests.live.client import Refused
from tests.live.conftest import Stage
from tests.live.dueback import CommandFailed
from tests.live.test_promises import dates, expect, history
from tests.live.test_selling_past_zero import in_days
from tests.live.waiting import eventually

# The sandbox knows nothing of these.
SELL_AS_PREORDER = f"""mutation SellAsPreorder($id: ID!, $until: DateTime!) {{
  productVariantUpdate(id: $id, input: {{ preorder: {{ globalThreshold: 10, endDate: $until }} }}) {{
    {documents.ERRORS}
  }}
}}"""
END_PREORDER = f"""mutation EndPreorder($id: ID!) {{
  productVariantPreorderDeactivate(id: $id) {{ {documents.ERRORS} }}
}}"""


def test_s24_a_line_on_hold_keeps_its_units_and_ships_nothing_until_it_is_released(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out(stock=3)
    first, second = (stage.shop.buy(channel, (item, units)) for units in (2, 1))
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0), (second.number, 1, 0)])

    stage.dueback.shop_command(
        "turn", "hold", "--order", first.number, "--sku", item.sku, "--why", "the address is unclear"
    )

    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 0, 2), (second.number, 1, 0)])
    waits = {"status": "waiting", "ready": "0", "waiting": "2"}
    eventually(lambda: stage.shop.line_metadata(first.id), [waits])
    with pytest.raises(CommandFailed, match=f"{item.sku} is on hold since .+: the address is unclear"):
        stage.dueback.ship(first.number)
    stage.dueback.ship(second.number)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 0, 2)])
    assert stage.shop.stocks(item)[warehouse.id][0] == 2

    stage.dueback.shop_command("turn", "release", "--order", first.number, "--sku", item.sku)

    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0)])
    assert [move["cause"] for move in history(stage, first.number)][-2:] == ["held", "released"]
    stage.dueback.ship(first.number)
    eventually(lambda: stage.dueback.queue(item.sku), [])


def test_s25_a_day_given_by_hand_is_told_until_the_goods_are_there(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    expect(stage, item, warehouse, 5, 5, "PO-1")
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    eventually(lambda: dates(stage, item), [in_days(5), in_days(5)])
    whose = ("--order", first.number, "--sku", item.sku)

    stage.dueback.shop_command("turn", "redate", *whose, "--day", in_days(9), "--why", "the supplier phoned")

    eventually(lambda: dates(stage, item), [in_days(9), in_days(5)])
    eventually(lambda: stage.shop.order_metadata(first.id), {"status": "waiting", "expected": in_days(9)})
    assert history(stage, first.number)[-1]["cause"] == "redated"
    assert "the supplier phoned" in stage.dueback.shop_command("explain", "--order", first.number)

    stage.shop.put(item, warehouse, 5)

    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0), (second.number, 2, 0)])
    assert first.number not in stage.dueback.shop_command("turn", "list")


def test_s26_a_paused_shop_sells_nothing_past_zero_and_resumes_as_it_was(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    expect(stage, item, warehouse, 5, 5, "PO-1")
    order = stage.shop.buy(channel, (item, 2))
    told = {"status": "waiting", "expected": in_days(5)}
    eventually(lambda: stage.shop.order_metadata(order.id), told)

    stage.dueback.shop_command("shop", "pause", "--why", "flooded")
    try:
        eventually(lambda: stage.shop.available(channel, item), 0)
        assert stage.shop.try_to_buy(channel, item, 1) is None
        eventually(lambda: stage.shop.variant_metadata(channel, item)["status"], "out_of_stock")
        assert dates(stage, item) == [in_days(5)]
        assert stage.shop.order_metadata(order.id) == told
        assert "paused" in {finding["key"] for finding in stage.dueback.doctor()}
        assert "The shop is paused" in stage.dueback.shop_command("explain", "--sku", item.sku)
    finally:
        stage.dueback.shop_command("shop", "resume")

    eventually(lambda: stage.shop.available(channel, item), 18)


def test_a_variant_that_the_shop_sells_as_its_own_preorder_is_told(stage: Stage) -> None:
    """Stock counts for nothing there, and so does our pool. The sandbox has no such preorders, nor has Saleor 3.24."""
    _, _, item = stage.sold_out()
    assert item.sku not in own_preorders(stage)
    try:
        stage.world.client.staff(SELL_AS_PREORDER, id=item.id, until=f"{in_days(5)}T00:00:00Z")
    except Refused:
        pytest.skip("The shop has no preorders of its own.")
    try:
        assert item.sku in own_preorders(stage)
    finally:
        stage.world.client.staff(END_PREORDER, id=item.id)
    assert item.sku not in own_preorders(stage)


def own_preorders(stage: Stage) -> str:
    """What the doctor says of them."""
    return " ".join(found["message"] for found in stage.dueback.doctor() if found["key"] == "own_preorders")
