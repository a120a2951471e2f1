"""Channels and warehouses taken over by the worker and by somebody who opens a pool at the same time."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import pytest
from sqlalchemy import Engine, text

from app import book, pooling, reconcile
from app.platforms import Platform, ShopLayout
from app.runtime import Runtime
from app.wording import Said
from tests.app.set_up import Shop, pool_of_web
from tests.app.supply_shop import installed


def somebody_waits(engine: Engine) -> bool:
    """Whether anybody is kept by a lock of ours."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
    with engine.connect() as connection:
        return connection.execute(text(waiting)).first() is not None


@dataclass
class Slow:
    """A shop whose answer is under way to the worker while a person opens the pool of its channel."""

    runtime: Runtime
    there: Shop
    shop_id: int
    person: ThreadPoolExecutor
    opening: "Future[list[Said]] | None" = None

    def layout(self) -> ShopLayout:
        answer = self.there.layout()
        shop = self.runtime.shop(self.shop_id)
        opening = self.person.submit(pooling.open_pools, self.runtime, shop, [["id-web"]], who="Ada", agreed=True)
        while not opening.done() and not somebody_waits(self.runtime.engine):
            pass
        self.opening = opening
        return answer


def test_a_pool_opened_while_the_worker_reads_the_layout_stays_in_the_book(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, shop = Shop(), installed(runtime.engine)
    there.channel("web", "Berlin")
    monkeypatch.setattr(Runtime, "platform", lambda _runtime, _shop: there)
    with ThreadPoolExecutor(1) as person:
        slow = Slow(runtime, there, shop.id, person)
        reconcile._layout(runtime, cast("Platform", slow), shop, [])
    assert slow.opening
    assert slow.opening.result()
    with runtime.engine.connect() as connection:
        [web] = book.load_layout(connection, shop.id).channels
    assert web.warehouses == (pool_of_web(there), "Berlin")
