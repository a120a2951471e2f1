"""A running Dueback, touched only as a user would: its command line and its processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from click.testing import CliRunner
from sqlalchemy import func, select

from app.cli import dueback
from app.cli.opening import opened
from app.models import Channel, Shop, Variant
from app.runtime import Runtime
from tests.live.postman import Postman

COMMAND = [sys.executable, "-m", "app.cli"]
SECRET = "a secret of the tests, long enough for them"
START_SECONDS = 120
STOP_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class CommandFailed(AssertionError):
    """A command of ours ended with an error."""


class Dueback:
    """The web process and a worker over one database, and the commands for one shop.

    The shop's requests go through the postman unless it is ``direct``; a browser needs that, since the postman keeps
    cookies and most other headers to himself.
    """

    def __init__(self, folder: Path, database_url: str, shop_url: str, *, direct: bool = False) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.postman = Postman(self.url)
        app_url = self.url if direct else self.postman.url
        self.manifest_url = f"{app_url}/api/manifest"
        self.shop_url = shop_url
        self._log = (folder / "dueback.log").open("ab")
        self._environment = os.environ | {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET,
            "APP_URL": app_url,
            "PORT": str(self.port),
            "DUEBACK_DATA_DIR": str(folder),
            "DUEBACK_DEVELOPMENT": "1",
            "PYTHONWARNINGS": "ignore",
        }
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._run("migrate")
        self._web = self._start(*COMMAND, "web")
        self.start_worker()
        self._wait_until_ready()

    def start_worker(self) -> None:
        self._worker = self._start(*COMMAND, "worker")

    def start_dying_worker(self, step: str) -> None:
        """One that kills itself in the middle of this step: see `tests.live.dying_worker`."""
        self._worker = self._start(sys.executable, "-m", "tests.live.dying_worker", step)

    def kill_worker(self) -> None:
        """Kill it in the middle of whatever it does."""
        if self._worker:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._worker.pid, signal.SIGKILL)
            self._worker.wait(STOP_SECONDS)

    def wait_for_worker_to_die(self, seconds: float) -> None:
        """Of itself, where a test told it to break off at a certain point."""
        assert self._worker
        self._worker.wait(seconds)

    def stop(self) -> None:
        for process in (self._worker, self._web):
            if process and process.poll() is None:
                process.terminate()
                process.wait(STOP_SECONDS)
        self.postman.stop()
        self._log.close()

    # Commands.

    def rule(self, scope: str, *options: str) -> str:
        return self.shop_command("rule", "set", "--scope", scope, *options)

    def supply(self, sku: str, warehouse: str, quantity: int, eta: str, reference: str = "") -> str:
        where = ("--sku", sku, "--warehouse", warehouse)
        what = ("--quantity", str(quantity), "--eta", eta, "--reference", reference)
        return self.shop_command("supply", "add", *where, *what)

    def knows(self, sku: str, channel: str) -> bool:
        """Whether Dueback has heard that the variant is on sale in the channel: a rule opens pools only where it is.

        A shop tells of a variant first and then of where it is sold; no command shows the second alone.
        """
        listed = func.jsonb_exists(Variant.listed_in, Channel.id)
        both = (Variant.shop_id == Channel.shop_id) & (Variant.sku == sku) & (Channel.slug == channel)
        with self.inside() as (runtime, shop), runtime.engine.connect() as connection:
            found = select(Variant.id).join(Channel, both & listed).where(Variant.shop_id == shop.id)
            return connection.execute(found).first() is not None

    def queue(self, sku: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.shop_command("queue", "--sku", sku, "--json"))
        return found

    def served(self, sku: str) -> list[tuple[str, int, int]]:
        """(order number, ready, waiting) of every claim, in queue order."""
        return [(claim["order"], claim["ready"], claim["waiting"]) for claim in self.queue(sku)]

    def availability(self, sku: str, channel: str) -> dict[str, Any]:
        answer = self.shop_command("availability", "--sku", sku, "--channel", channel, "--json")
        found: dict[str, Any] = json.loads(answer)
        return found

    def group(self, *channels: str) -> None:
        """Run the channels as one group."""
        self.shop_command("group", "make", *channels, "--yes")

    def doctor(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.shop_command("doctor", "--json", may_fail=True))
        return found

    def sweep(self) -> None:
        self.shop_command("sweep", "--full")

    def wait(self, seconds: int = 60) -> None:
        self.shop_command("wait", "--timeout", str(seconds))

    def ship(self, number: str) -> None:
        self.shop_command("ship", "--order", number, "--no-notify")

    @contextlib.contextmanager
    def inside(self) -> Iterator[tuple[Runtime, Shop]]:
        """What the desk's pages have when they act: they run in the web process."""
        with mock.patch.dict(os.environ, self._environment), opened(self.shop_url) as (runtime, shop):
            yield runtime, shop

    def shop_command(self, *words: str, may_fail: bool = False) -> str:
        """Run a command for our shop. Returns what it printed."""
        options = 2 if words[0] in {"rule", "supply", "shop", "turn", "group", "key", "import"} else 1
        return self._run(*words[:options], "--shop", self.shop_url, *words[options:], may_fail=may_fail)

    def _run(self, *words: str, may_fail: bool = False) -> str:
        """In this process: starting another one for every command would take longer than the commands do."""
        done = CliRunner().invoke(dueback, words, env=self._environment)
        if done.exit_code and not may_fail:
            raise CommandFailed(f"dueback {' '.join(words)}: {done.output}") from done.exception
        return done.stdout

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(words, env=self._environment, stdout=self._log, stderr=self._log)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=2).is_success:
                    return
            time.sleep(0.05)
        raise AssertionError(f"Dueback did not get ready within {START_SECONDS} seconds.")
