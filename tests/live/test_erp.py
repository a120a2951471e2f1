"""An ERP that owns the counts pushes absolute quantities, again and again."""

from tests.live.conftest import Stage
from tests.live.waiting import eventually


def test_s7_the_same_push_twice_counts_once_and_a_lower_one_loses_nobody(stage: Stage) -> None:
    warehouse, channel, item = stage.sold_out()
    orders = [stage.shop.buy(channel, (item, units)) for units in (3, 2)]
    numbers = [order.number for order in orders]
    eventually(lambda: stage.shop.available(channel, item), 15)

    for _ in range(2):
        stage.shop.push((item, warehouse, 7))
        eventually(lambda: stage.dueback.served(item.sku), [(numbers[0], 3, 0), (numbers[1], 2, 0)])
        eventually(lambda: stage.shop.available(channel, item), 2)

    stage.shop.push((item, warehouse, 4))

    eventually(lambda: stage.dueback.served(item.sku), [(numbers[0], 3, 0), (numbers[1], 1, 1)])
    eventually(lambda: stage.shop.available(channel, item), 19)
    assert stage.shop.stocks(item)[warehouse.id][0] == 4
