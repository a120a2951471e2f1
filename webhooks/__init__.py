"""The door: where shops tell us that something may have changed. Verify, mark, answer.

It stands in front of Flask as a plain WSGI callable for its one route: every event of every shop comes through it.
"""

import atexit
import contextlib
import os
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from app import create_app, installs, logs, tasks
from app.config import Config
from app.db import database_url, open_engine
from app.runtime import Runtime
from webhooks import saleor
from webhooks.shops import KnownShop, Shops
from webhooks.writer import CannotKeep, Writer

log = structlog.get_logger()

PATH = "/api/webhooks/saleor"
MOST_BYTES = 1024 * 1024

ACCEPTED, DENIED, WRONG_METHOD = "202 Accepted", "401 Unauthorized", "405 Method Not Allowed"
TOO_LARGE, TRY_AGAIN = "413 Content Too Large", "503 Service Unavailable"

received = Counter("dueback_webhooks", "Webhooks by what became of them.", ["outcome"])

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """The WSGI callable; every other path goes on to the app behind it."""

    def __init__(self, runtime: Runtime, writer: Writer, behind: WSGI) -> None:
        self._runtime = runtime
        self._shops = Shops(runtime.engine)
        self._writer = writer
        self._behind = behind

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return self._behind(environ, start_response)
        try:
            status, outcome = self._receive(environ)
        except SQLAlchemyError as wrong:
            log.warning("database out of reach", reason=str(wrong))
            status, outcome = TRY_AGAIN, "not_kept"
        received.labels(outcome).inc()
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return ()

    def _receive(self, environ: dict[str, Any]) -> tuple[str, str]:
        """The answer, and a word for the counter."""
        if environ["REQUEST_METHOD"] != "POST":
            return WRONG_METHOD, "wrong_method"
        body = environ["wsgi.input"].read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            return TOO_LARGE, "too_large"
        shop = self._verified(environ, body)
        if shop is None:
            return DENIED, "denied"
        event = environ.get("HTTP_SALEOR_EVENT", "").lower()
        payload = saleor.payload_of(body)
        if payload is None or event not in saleor.HINTS.keys() | saleor.LIFECYCLE:
            log.info("webhook not understood", shop=shop.id, event=event[:100], bytes=len(body))
            return ACCEPTED, "not_understood"
        return self._act(shop, event, payload)

    def _verified(self, environ: dict[str, Any], body: bytes) -> KnownShop | None:
        """The shop that signed the body; None where none did."""
        shop = self._shops.find(environ.get("HTTP_SALEOR_API_URL", ""))
        signature = environ.get("HTTP_SALEOR_SIGNATURE", "")
        key_id = saleor.key_id(signature)
        if shop is None or key_id is None:
            return None
        key = self._shops.key(shop, key_id)
        return shop if key is not None and saleor.is_signed(signature, body, key) else None

    def _act(self, shop: KnownShop, event: str, payload: Any) -> tuple[str, str]:
        if event in saleor.LIFECYCLE:
            installs.change_state(self._runtime.engine, shop.id, event, payload)
            self._shops.forget(shop)
            return ACCEPTED, "lifecycle"
        if saleor.is_echo(payload, shop.app_id):
            return ACCEPTED, "echo"
        rows = [(shop.id, kind, target) for kind, target in saleor.targets(event, payload)]
        try:
            if rows:
                self._writer.keep(rows)
        except CannotKeep as wrong:
            log.warning("webhook not kept", shop=shop.id, reason=str(wrong))
            return TRY_AGAIN, "not_kept"
        return ACCEPTED, "marked" if rows else "empty"


def application() -> WSGI:
    """The whole web side, as granian starts it: the door, and the app behind it."""
    config = Config.from_env(os.environ)
    logs.set_up(config.log_level)
    url = database_url(config)
    queue = contextlib.ExitStack()
    queue.enter_context(tasks.open_queue(url))
    atexit.register(queue.close)
    runtime = Runtime(config, open_engine(url, pool_size=8))
    return Door(runtime, Writer(url, tasks.wake), create_app(runtime).wsgi_app)
