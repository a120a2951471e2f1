"""The shop the scenarios play in: the one SALEOR_URL names, or the sandbox."""

import contextlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

import sandbox
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.conftest import fresh_database
from tests.live import documents
from tests.live.client import Client, Refused
from tests.live.dueback import Dueback
from tests.live.installing import install, is_ours, uninstall_all
from tests.live.postman import Postman
from tests.live.shop import Shop
from tests.live.waiting import POLL_SECONDS, eventually
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
        self.known(channel, item)
        self.dueback.rule(f"variant:{item.sku}", *(rule or ("--mode", "backorder", "--cap", "20")))
        self.dueback.wait()
        return warehouse, channel, item

    def opened(self, channel: Place, item: Item, units: int) -> bool:
        """Wait until so many units can be bought."""
        return eventually(lambda: self.shop.available(channel, item), units) >= 0

    def reserve_one_each(self, channel: Place, item: Item, buyers: int) -> list[str]:
        """Checkouts of one unit each, all asked for at once, as many as the shop lets through."""
        with ThreadPoolExecutor(buyers) as pool:
            made = pool.map(lambda _: self._reserve_one(channel, item), range(buyers))
            return [checkout for checkout in made if checkout]

    def _reserve_one(self, channel: Place, item: Item) -> str | None:
        with contextlib.suppress(Refused):
            return self.shop.checkout(channel, (item, 1))
        return None

    def problems(self) -> list[dict[str, Any]]:
        """What Dueback shows to staff in the shop."""
        edges = self.world.client.staff(documents.APPS)["edges"]
        return [problem for edge in edges if is_ours(edge["node"]) for problem in edge["node"]["problems"] or []]

    def overruns(self, item: Item) -> list[str]:
        """Numbers of the orders that are reported as sold beyond the cap."""
        told = [problem["message"] for problem in self.problems() if item.sku in problem["message"]]
        return [message.split()[1].rstrip(":") for message in told if "beyond" in message]

    @property
    def postman(self) -> Postman:
        return self.dueback.postman

    def quiet(self, seconds: float = 1.5) -> None:
        """Wait until the shop has sent nothing for a while: all it had to say is said."""
        last, heard = time.monotonic(), self.postman.heard
        while time.monotonic() - last < seconds:
            if self.postman.heard != heard:
                last, heard = time.monotonic(), self.postman.heard
            time.sleep(POLL_SECONDS)

    def reinstall(self) -> None:
        """Staff uninstall the app and install it again."""
        install(self.world.client, self.dueback.manifest_url)

    def known(self, channel: Place, *items: Item) -> None:
        """Wait until Dueback has heard of the channel and the variants."""
        for item in items:
            eventually(partial(self.dueback.knows, item.sku, channel.slug), True)


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    if url := os.environ.get("SALEOR_URL"):
        email, password = os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"]
        real = Client(url, email, password)
        yield real
        real.close()
        return
    with sandbox.serve(retry_scale=0.02) as served:
        ours = Client(served.url, STAFF_EMAIL, STAFF_PASSWORD)
        yield ours
        ours.close()


@pytest.fixture(scope="session")
def live_database_url(server_url: str) -> Iterator[str]:
    """A database that outlives single tests, apart from the one other tests empty."""
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def installed(client: Client, live_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dueback]:
    dueback = Dueback(tmp_path_factory.mktemp("dueback"), live_database_url, client.url)
    try:
        dueback.start()
        install(client, dueback.manifest_url)
        dueback.wait(300)
        yield dueback
    finally:
        dueback.stop()
        uninstall_all(client)


@pytest.fixture
def stage(client: Client, installed: Dueback) -> Iterator[Stage]:
    world = World(client)
    yield Stage(Shop(client), world, installed)
    world.dissolve()
