"""Leaving a shop, and coming back."""

from tests.live.conftest import Stage
from tests.live.waiting import eventually


def test_s15_leaving_closes_sale_past_zero_and_coming_back_loses_nothing(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    order = stage.shop.buy(channel, (item, 3))
    eventually(lambda: stage.shop.line_metadata(order.id)[0].get("status"), "waiting")

    try:
        stage.dueback.shop_command("shop", "leave", "--yes")

        assert stage.shop.available(channel, item) == 0
        assert stage.shop.variant_metadata(channel, item) == {}
        assert stage.shop.line_metadata(order.id) == [{}]
        assert stage.shop.order_metadata(order.id) == {}
        assert stage.dueback.served(item.sku) == [(order.number, 0, 3)]
        stage.shop.put(item, warehouse, 5)
    finally:
        stage.reinstall()

    eventually(lambda: stage.dueback.served(item.sku), [(order.number, 3, 0)], 60)
    eventually(lambda: stage.shop.available(channel, item), 2)
    eventually(lambda: stage.shop.line_metadata(order.id)[0].get("status"), "ready")
