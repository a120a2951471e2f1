"""The shop the scenarios play in: the one SALEOR_URL names, or the sandbox."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

import sandbox
from tests.conftest import fresh_database
from tests.live import documents
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
        self.known(channel, item)
        self.dueback.rule(f"variant:{item.sku}", *(rule or ("--mode", "backorder", "--cap", "20")))
        self.dueback.wait()
        return warehouse, channel, item

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
        ours = Client(served.url, sandbox.STAFF_EMAIL, sandbox.STAFF_PASSWORD)
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
    dueback.start()
    _install(client, dueback.manifest_url)
    yield dueback
    dueback.stop()
    _uninstall_all(client)


@pytest.fixture
def stage(client: Client, installed: Dueback) -> Iterator[Stage]:
    world = World(client)
    yield Stage(Shop(client), world, installed)
    world.dissolve()


def _install(client: Client, manifest_url: str) -> None:
    _uninstall_all(client)
    permissions = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]
    asked = {"appName": "Dueback", "manifestUrl": manifest_url, "permissions": permissions}
    client.staff(documents.INSTALL_APP, input=asked)
    eventually(lambda: _failed(client, manifest_url) or bool(_installed(client)), True)


def _failed(client: Client, manifest_url: str) -> str:
    """What the shop says about an installation that went wrong."""
    tries = client.staff(documents.INSTALLATIONS)
    return "; ".join(t["message"] for t in tries if t["manifestUrl"] == manifest_url and t["status"] == "FAILED")


def _installed(client: Client) -> list[str]:
    edges = client.staff(documents.APPS)["edges"]
    return [edge["node"]["id"] for edge in edges if edge["node"]["identifier"] == "app.dueback"]


def _uninstall_all(client: Client) -> None:
    for app in _installed(client):
        client.staff(documents.DELETE_APP, id=app)
