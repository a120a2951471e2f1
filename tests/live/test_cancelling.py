"""Whole orders cancelled from the desk, in a shop with a worker."""

import pytest

from app import cancelling
from app.cancelling import NotCancelled
from tests.live.conftest import Stage
from tests.live.waiting import eventually


def test_a_cancelled_order_is_owed_no_more_and_one_that_was_shipped_in_part_is_refused(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    first, second = (stage.shop.buy(channel, (item, 2)) for _ in range(2))
    stage.shop.put(item, warehouse, 3)
    eventually(lambda: stage.dueback.served(item.sku), [(first.number, 2, 0), (second.number, 1, 1)])

    with stage.dueback.inside() as (runtime, shop):
        assert cancelling.cancel(runtime, shop, first.id, who="Ann") == first.number
        eventually(lambda: stage.dueback.served(item.sku), [(second.number, 2, 0)])
        with pytest.raises(NotCancelled, match="is cancelled already"):
            cancelling.cancel(runtime, shop, first.id, who="Ann")

        stage.shop.fulfil(second.id, warehouse.id, 1)
        eventually(lambda: stage.dueback.served(item.sku), [(second.number, 1, 0)])
        with pytest.raises(NotCancelled, match="of it left or in a shipment: 1 unit"):
            cancelling.cancel(runtime, shop, second.id, who="Ann")
