"""A browser, a shop with a dashboard, and Dueback installed there: all real, all on this machine."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import sandbox
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.conftest import fresh_database
from tests.flows.dashboard import Dashboard
from tests.flows.scene import Scene
from tests.flows.stall import Stall, set_up
from tests.live.client import Client
from tests.live.dueback import Dueback
from tests.live.installing import install, uninstall_all
from tests.live.world import World

BROWSER = "DUEBACK_TEST_BROWSER"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # As browsers will: a frame of another site keeps partitioned cookies only.
    "--test-third-party-cookie-phaseout",
]
WIDE = {"width": 1440, "height": 900}
SLOWEST_MS = 30_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one DUEBACK_TEST_BROWSER names, else the one that is installed. With ``required`` there must be."""
    asked = os.environ.get(BROWSER, "")
    executable = asked if asked not in ("", "required") else shutil.which("chromium")
    if executable is None:
        if asked == "required":
            pytest.fail(f"There is no chromium, and {BROWSER} says that there has to be one.")
        pytest.skip(f"There is no chromium here. Install it, or name another one in {BROWSER}.")
    expect.set_options(timeout=SLOWEST_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def scene(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(server_url, tmp_path_factory.mktemp("flows")) as opened:
        yield opened


@contextlib.contextmanager
def a_scene(server_url: str, folder: Path) -> Iterator[Scene]:
    """A shop in which nothing is set up yet, with Dueback just installed."""
    with sandbox.serve(retry_scale=0.02) as server, fresh_database(server_url) as database_url:
        sandbox.seed(server.shop)
        client = Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
        dueback = Dueback(folder, database_url, server.url, direct=True)
        try:
            dueback.start()
            install(client, dueback.manifest_url)
            dueback.wait()
            yield Scene(server, client, dueback)
        finally:
            uninstall_all(client)
            dueback.stop()
            client.close()


@pytest.fixture
def world(scene: Scene) -> World:
    """Channels, warehouses and products of this test's own, in the shop of the scene; they go with it."""
    return World(scene.client)


@pytest.fixture(scope="session")
def stall(scene: Scene) -> Stall:
    """A channel where people wait, for tests that look, or that change what no other one looks at."""
    return set_up(scene, World(scene.client))


@contextlib.contextmanager
def at_the_dashboard(browser: Browser, server: sandbox.Server) -> Iterator[Dashboard]:
    """Somebody at a shop's dashboard. No script may fail and no policy be broken meanwhile."""
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(SLOWEST_MS)
    opened = Dashboard(context, server)
    yield opened
    context.close()
    assert opened.troubles == []


@pytest.fixture
def dashboard(browser: Browser, scene: Scene) -> Iterator[Dashboard]:
    """Somebody at the scene's dashboard, signed in as the first of the staff."""
    with at_the_dashboard(browser, scene.server) as opened:
        yield opened
