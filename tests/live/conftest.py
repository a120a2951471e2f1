"""The shop the scenarios play in: the one SALEOR_URL names, or the sandbox."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import sandbox
from tests.live.client import Client
from tests.live.dueback import Dueback
from tests.live.shop import Shop
from tests.live.waiting import eventually
from tests.live.world import Item, Place, World


@dataclass
class Stage:
    """What a scenario needs: the shop, a world in it, and Dueback installed there."""

    shop: Shop
    world: World
    dueback: Dueback

    def sold_out(self, *rule: str, stock: int = 0) -> tuple[Place, Place, Item]:
        """A warehouse, a channel and a variant with this much stock, under a rule."""
        warehouse = self.world.warehouse()
        channel = self.world.channel(warehouse)
        [item] = self.world.items(1, channel)
        self.shop.put(item, warehouse, stock)
        self.known(item)
        self.dueback.rule(f"variant:{item.sku}", *(rule or ("--mode", "backorder", "--cap", "20")))
        self.dueback.wait()
        return warehouse, channel, item

    def known(self, *items: Item) -> None:
        """Wait until Dueback has seen the variants."""
        self.dueback.wait()
        for item in items:
            eventually(lambda item=item: "Nobody" in self.dueback.shop_command("queue", "--sku", item.sku), True)


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    if url := os.environ.get("SALEOR_URL"):
        email, password = os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"]
        real = Client(url, email, password)
        yield real
        real.close()
        return
    with sandbox.serve(retry_scale=0.02) as served:
        ours = Client(served.url, sandbox.STAFF_EMAIL, sandbox.STAFF_PASSWORD)
        yield ours
        ours.close()


@pytest.fixture(scope="session")
def installed(client: Client, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dueback]:
    dueback = Dueback(tmp_path_factory.mktemp("dueback"), database_url, client.url)
    dueback.start()
    _install(client, dueback.manifest_url)
    yield dueback
    dueback.stop()
    _uninstall(client, dueback.manifest_url)
