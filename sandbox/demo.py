"""`make run`: a shop and Dueback side by side, the app installed, a rule set, and a word on what to try."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from . import seed, serve
from .seed import STAFF_EMAIL, STAFF_PASSWORD
from .server import Server

DUEBACK = [sys.executable, "-m", "app.cli"]
PERMISSIONS = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]
START_SECONDS = 120
STOP_SECONDS = 30
SOLD_OUT = "BLANKET-RUST"

SIGN_IN = """mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token }
}"""
APPS = "query { apps(first: 10) { edges { node { identifier } } } }"
INSTALL = """mutation ($input: AppInstallInput!) {
  appInstall(input: $input) { errors { message } }
}"""

WELCOME = """
  Shop        {shop}/          buy something; {sku} is sold out and can be backordered
  Staff       {shop}/staff     restock, ship, cancel, see what the app reports
  Dashboard   {shop}/dashboard   Dueback inside a dashboard, as staff see it
  Dueback     {app}/           its manifest and health
  Shop's API  {api}

  In another terminal, in this folder:
    export {environment}
    .venv/bin/dueback queue --shop {api}
    .venv/bin/dueback availability --shop {api} --sku {sku} --channel default-channel
    .venv/bin/dueback explain --shop {api} --sku {sku}
    .venv/bin/dueback doctor --shop {api}

  Ctrl-C stops everything; the data stays in {data}.
"""


class NotReady(RuntimeError):
    """A part of the demo did not start in time."""


def main() -> int:
    data = Path(os.environ.get("DUEBACK_DATA_DIR") or "var").absolute()
    port, shop_port = (
        int(os.environ.get(name) or default) for name, default in (("PORT", 8080), ("SANDBOX_PORT", 8090))
    )
    app_url = os.environ.get("APP_URL") or f"http://127.0.0.1:{port}"
    environment = {"DUEBACK_DEVELOPMENT": "1", "DUEBACK_DATA_DIR": str(data), "PORT": str(port), "APP_URL": app_url}
    signal.signal(signal.SIGTERM, _interrupt)
    with serve(shop_port, data / "sandbox") as shop, _dueback(environment) as process:
        seed(shop.shop)
        _wait(lambda: _is_ready(f"http://127.0.0.1:{port}"), "Dueback", process)
        _install(shop, app_url, environment)
        line = " ".join(f"{name}={value}" for name, value in environment.items())
        sys.stdout.write(
            WELCOME.format(shop=shop.origin, app=app_url, api=shop.url, sku=SOLD_OUT, environment=line, data=data)
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _dueback(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`dueback serve` beside us; it gets a Ctrl-C from us alone, so that it ends before the shop does."""
    process = subprocess.Popen([*DUEBACK, "serve"], env=os.environ | environment, start_new_session=True)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def _wait(ready: Any, what: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotReady(f"{what} did not start. The lines above say why.")
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    return False


def _install(shop: Server, app_url: str, environment: dict[str, str]) -> None:
    """Install the app as staff would, unless it is there, and give the sold-out variant a rule and a supply."""
    with httpx.Client(timeout=30) as http:
        token = _ask(http, shop.url, SIGN_IN, {"email": STAFF_EMAIL, "password": STAFF_PASSWORD})["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        if _is_installed(http, shop.url):
            return
        asked = {"appName": "Dueback", "manifestUrl": f"{app_url}/api/manifest", "permissions": PERMISSIONS}
        _ask(http, shop.url, INSTALL, {"input": asked})
        deadline = time.monotonic() + START_SECONDS
        while not _is_installed(http, shop.url):
            if time.monotonic() > deadline:
                raise NotReady("The shop did not install the app.")
            time.sleep(0.1)
    arrival = (datetime.now(UTC).date() + timedelta(days=12)).isoformat()
    for words in (
        ("wait",),
        ("rule", "set", "--scope", f"variant:{SOLD_OUT}", "--mode", "backorder", "--cap", "20", "--yes"),
        ("supply", "add", "--sku", SOLD_OUT, "--warehouse", "harbour", "--quantity", "10", "--eta", arrival,
         "--reference", "PO-1"),
        ("wait",),
    ):  # fmt: skip
        options = 1 if words[0] == "wait" else 2
        command = [*DUEBACK, *words[:options], "--shop", shop.url, *words[options:]]
        subprocess.run(command, env=os.environ | environment, check=True)  # noqa: S603 - ourselves


def _is_installed(http: httpx.Client, url: str) -> bool:
    edges = _ask(http, url, APPS, {})["edges"]
    return any(edge["node"]["identifier"] == "app.dueback" for edge in edges)


def _ask(http: httpx.Client, url: str, document: str, variables: dict[str, Any]) -> Any:
    [value] = http.post(url, json={"query": document, "variables": variables}).json()["data"].values()
    return value


if __name__ == "__main__":
    raise SystemExit(main())
