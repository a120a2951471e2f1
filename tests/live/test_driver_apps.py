"""The driver and apps: a throw-away app is installed, hears of changes, is cut off, complains and is taken away."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.live import apps
from tests.live.apps import InstalledApp
from tests.live.client import Client
from tests.live.shop import Shop
from tests.live.waiting import eventually
from tests.live.world import Item, Place, World

STOCK_EVENTS = """subscription {
  event { ... on ProductVariantStockUpdated { productVariant { sku stocks { quantity } } } }
}"""
COMPLAIN = (
    """mutation { appProblemCreate(input: { key: "the-key", message: "Nothing fits." }) { errors { message } } }"""
)


class Listener:
    """Serves its manifest and keeps what it is sent, by path."""

    def __init__(self) -> None:
        self.received: dict[str, list[Any]] = {"/register": [], "/hook": []}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def manifest(self) -> dict[str, Any]:
        webhook = {"name": "Stock", "targetUrl": f"{self.url}/hook", "query": STOCK_EVENTS}
        return {
            "id": f"tests.listener.{self.url.rpartition(':')[2]}",
            "name": "Listener",
            "version": "1",
            "permissions": ["MANAGE_PRODUCTS"],
            "tokenTargetUrl": f"{self.url}/register",
            "webhooks": [webhook | {"asyncEvents": ["PRODUCT_VARIANT_STOCK_UPDATED"]}],
        }

    def quantities(self, item: Item) -> list[int]:
        """What it was told of this variant's one stock, in order; the shop may be busy with others."""
        told = [event["productVariant"] for event in self.received["/hook"]]
        return [variant["stocks"][0]["quantity"] for variant in told if variant["sku"] == item.sku]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(listener.manifest())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.received[self.path].append(json.loads(body))
                self._answer({})

            def _answer(self, value: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            def log_message(self, *args: object) -> None:
                """Quiet: the tests say what they saw."""

        return Handler


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.stop()


@pytest.fixture
def app(client: Client, listener: Listener) -> Iterator[InstalledApp]:
    made = apps.install(client, f"{listener.url}/manifest", ["MANAGE_PRODUCTS"])
    yield made
    made.uninstall()


@pytest.fixture
def stocked(client: Client) -> Iterator[tuple[Shop, Item, Place]]:
    world, shop = World(client), Shop(client)
    warehouse = world.warehouse()
    [item] = world.items(1, world.channel(warehouse))
    shop.put(item, warehouse, 1)
    yield shop, item, warehouse
    world.dissolve()


def test_an_app_hears_of_changes_but_never_of_those_made_while_it_was_cut_off(
    stocked: tuple[Shop, Item, Place], app: InstalledApp, listener: Listener
) -> None:
    shop, item, warehouse = stocked
    shop.push((item, warehouse, 2))
    eventually(partial(listener.quantities, item), [2])
    app.lose_webhooks()
    shop.push((item, warehouse, 3))
    app.hear_webhooks()
    shop.push((item, warehouse, 4))
    eventually(partial(listener.quantities, item), [2, 4])


def test_staff_see_what_an_app_complains_of(client: Client, app: InstalledApp, listener: Listener) -> None:
    token = listener.received["/register"][0]["auth_token"]
    assert app.problems() == {}
    httpx.post(client.url, json={"query": COMPLAIN}, headers={"Authorization": f"Bearer {token}"})
    assert app.problems() == {"the-key": "Nothing fits."}


def test_an_uninstalled_app_is_gone(client: Client, listener: Listener) -> None:
    manifest_url = f"{listener.url}/manifest"
    apps.install(client, manifest_url, ["MANAGE_PRODUCTS"]).uninstall()
    assert apps.installed(client, manifest_url) == []
