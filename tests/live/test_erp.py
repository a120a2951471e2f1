"""An ERP beside the shop, in the three ways of docs/erp.md: counting in the shop, by us alone, by files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.conftest import Stage
from tests.live.dueback import CommandFailed
from tests.live.test_selling_past_zero import in_days
from tests.live.waiting import eventually
from tests.live.world import Item, Place


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


class Erp:
    """What an ERP says to Dueback, with a key of its own."""

    def __init__(self, stage: Stage) -> None:
        scopes = ("--scope", "read", "--scope", "supply")
        key = stage.dueback.shop_command("key", "add", "--name", "ERP", *scopes).split()[-1]
        self.http = httpx.Client(base_url=f"{stage.dueback.url}/api/v1", headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, body: Any, key: str) -> Any:
        """Under an idempotency key, as every write should be."""
        return self.http.post(path, json=body, headers={"Idempotency-Key": key}).raise_for_status().json()

    def order(self, item: Item, warehouse: Place, units: int, days: int) -> Any:
        """A purchase-order line."""
        body = {"sku": item.sku, "warehouse": warehouse.slug, "quantity": units, "eta": in_days(days)}
        return self.post("/supplies", body | {"reference": f"PO-{item.sku}"}, f"PO-{item.sku}")

    def lines(self, item: Item) -> list[tuple[str, int]]:
        """(status, received) of the item's purchase-order lines."""
        found = self.get(f"/supplies?reference=PO-{item.sku}")["items"]
        return [(line["status"], line["received"]) for line in found]


@pytest.fixture
def erp(stage: Stage) -> Iterator[Erp]:
    speaking = Erp(stage)
    yield speaking
    speaking.http.close()


def test_an_erp_counts_in_the_shop_and_orders_here_and_what_arrives_is_promised_once(stage: Stage, erp: Erp) -> None:
    warehouse, channel, item = stage.sold_out()
    number = stage.shop.buy(channel, (item, 3)).number
    erp.order(item, warehouse, 5, 9)
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [in_days(9)])

    for _ in range(2):
        stage.shop.push((item, warehouse, 5))
        eventually(lambda: erp.lines(item), [("received", 5)])
        eventually(lambda: stage.dueback.served(item.sku), [(number, 3, 0)])

    stage.dueback.wait()
    assert stage.dueback.availability(item.sku, channel.slug)["available_now"] == 2


def test_an_erp_settles_a_count_that_is_not_what_it_ordered(stage: Stage, erp: Erp) -> None:
    warehouse, _, item = stage.sold_out()
    line = erp.order(item, warehouse, 5, 9)
    stage.shop.push((item, warehouse, 3))
    eventually(lambda: [rise["units"] for rise in erp.get("/rises")["items"] if rise["sku"] == item.sku], [3])

    [rise] = [rise for rise in erp.get("/rises")["items"] if rise["sku"] == item.sku]
    erp.post(f"/rises/{rise['id']}/take", {"supply": line["id"]}, f"take-{rise['id']}")

    assert erp.lines(item) == [("expected", 3)]
    assert not [rise for rise in erp.get("/rises")["items"] if rise["sku"] == item.sku]


def test_an_erp_that_speaks_only_to_us_raises_the_shops_stock_by_a_receipt_once(stage: Stage, erp: Erp) -> None:
    warehouse, channel, item = stage.sold_out()
    number = stage.shop.buy(channel, (item, 3)).number
    line = erp.order(item, warehouse, 5, 9)

    for _ in range(2):
        body = {"quantity": 4, "raise_stock": True}
        received = erp.post(f"/supplies/{line['id']}/receipts", body, f"GR-{item.sku}")
        assert received["receipt"]["units"] == 4

    eventually(lambda: stage.dueback.served(item.sku), [(number, 3, 0)])
    stage.dueback.wait()
    assert stage.shop.stocks(item)[warehouse.id][0] == 4
    assert erp.lines(item) == [("expected", 4)]


def test_where_another_system_owns_the_stock_a_receipt_raises_nothing(stage: Stage, erp: Erp) -> None:
    warehouse, _, item = stage.sold_out()
    line = erp.order(item, warehouse, 5, 9)
    stage.dueback.shop_command("shop", "set", "--stock-owner", "erp")
    try:
        refused = erp.http.post(f"/supplies/{line['id']}/receipts", json={"raise_stock": True})
    finally:
        stage.dueback.shop_command("shop", "set", "--stock-owner", "staff")
    assert refused.status_code == 400
    assert "owns this shop's stock" in refused.json()["detail"]
    assert (stage.shop.stocks(item)[warehouse.id][0], erp.lines(item)) == (0, [("expected", 0)])


def test_an_erp_drops_files_and_each_says_all_that_is_expected(stage: Stage, erp: Erp, tmp_path: Path) -> None:
    warehouse, channel, item = stage.sold_out()
    stage.shop.buy(channel, (item, 3))

    def drop(*lines: str) -> str:
        file = tmp_path / "orders.csv"
        file.write_text("\n".join(["reference,sku,warehouse,quantity,eta,state", *lines, ""]), encoding="utf-8")
        return stage.dueback.shop_command("import", "supplies", str(file))

    def line(eta: str, state: str = "", units: int = 5) -> str:
        return f"PO-{item.sku},{item.sku},{warehouse.slug},{units},{eta},{state}"

    assert "1 added" in drop(line(in_days(9)))
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [in_days(9)])
    assert "1 unchanged" in drop(line(in_days(9)))
    assert "1 changed" in drop(line(in_days(14)))
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [in_days(14)])
    with pytest.raises(CommandFailed, match="line 3: quantity"):
        drop(line(in_days(20)), f"another {line(in_days(20), units=-1)}")
    assert "1 cancelled" in drop(line(in_days(14), "cancelled"))
    eventually(lambda: [claim["expected"] for claim in stage.dueback.queue(item.sku)], [None])
    assert erp.lines(item) == [("cancelled", 0)]
