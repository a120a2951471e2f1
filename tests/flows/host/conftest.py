"""A dashboard with a tiny app in it, in a shop of its own for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

import sandbox
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.flows.conftest import at_the_dashboard
from tests.flows.dashboard import Dashboard
from tests.flows.host.fake_app import FakeApp
from tests.live.client import Client


@pytest.fixture
def server() -> Iterator[sandbox.Server]:
    with sandbox.serve() as running:
        sandbox.seed(running.shop)
        yield running


@pytest.fixture
def client(server: sandbox.Server) -> Iterator[Client]:
    opened = Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def fake(client: Client) -> Iterator[FakeApp]:
    app = FakeApp()
    app.install(client)
    yield app
    app.stop()


@pytest.fixture
def dashboard(browser: Browser, server: sandbox.Server) -> Iterator[Dashboard]:
    with at_the_dashboard(browser, server) as opened:
        yield opened
