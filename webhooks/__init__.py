"""The door: where shops tell us that something may have changed. Verify, mark, answer.

It stands in front of Flask as a plain WSGI callable for its one route: every event of every shop comes through it.
"""

import atexit
import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from app import create_app, installs, logs, tasks
from app.config import Config
from app.db import database_url, open_engine
from app.platforms import ShopError
from app.runtime import Runtime
from webhooks import saleor, signature
from webhooks.shops import KeysOutOfReach, KnownShop, Shops
from webhooks.writer import CannotKeep, Writer

log = structlog.get_logger()

PATH = "/api/webhooks/saleor"
MOST_BYTES = 1024 * 1024

ACCEPTED, DENIED, WRONG_METHOD = "202 Accepted", "401 Unauthorized", "405 Method Not Allowed"
TOO_LARGE, TRY_AGAIN = "413 Content Too Large", "503 Service Unavailable"

HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "0"), ("Allow", "POST")]

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
        except (CannotKeep, KeysOutOfReach, ShopError, SQLAlchemyError) as wrong:
            log.warning("webhook not kept", reason=str(wrong))
            status, outcome = TRY_AGAIN, "not_kept"
        received.labels(outcome).inc()
        start_response(status, HEADERS)
        return ()

    def _receive(self, environ: dict[str, Any]) -> tuple[str, str]:
        """The answer, and a word for the counter."""
        if environ["REQUEST_METHOD"] != "POST":
            return WRONG_METHOD, "wrong_method"
        body = _body(environ)
        if body is None:
            return TOO_LARGE, "too_large"
        shop = self._verified(environ, body)
        if shop is None:
            return DENIED, "denied"
        event = environ.get("HTTP_SALEOR_EVENT", "").lower()
        payload = saleor.payload_of(body)
        if payload is None or event not in saleor.UNDERSTOOD:
            log.info("webhook not understood", shop=shop.id, name=event[:100], bytes=len(body))
            return ACCEPTED, "not_understood"
        return self._act(shop, event, payload)

    def _verified(self, environ: dict[str, Any], body: bytes) -> KnownShop | None:
        """The shop that signed the body; None where none did."""
        given = environ.get("HTTP_SALEOR_SIGNATURE", "")
        key_id = signature.key_id(given)
        shop = self._shops.find(environ.get("HTTP_SALEOR_API_URL", "")) if key_id else None
        key = self._shops.key(shop, key_id) if shop and key_id else None
        return shop if key and signature.is_signed(given, body, key) else None

    def _act(self, shop: KnownShop, event: str, payload: Mapping[str, Any]) -> tuple[str, str]:
        if event in saleor.LIFECYCLE:
            installs.change_state(self._runtime, shop.id, event, payload)
            self._shops.forget(shop)
            return ACCEPTED, "lifecycle"
        if saleor.is_echo(payload, shop.app_id):
            return ACCEPTED, "echo"
        if shop.state == "left":
            return ACCEPTED, "left"
        rows = [(shop.id, kind, target) for kind, target in self._targets(shop, event, payload)]
        if rows:
            self._writer.keep(rows)
        return ACCEPTED, "marked" if rows else "empty"

    def _targets(self, shop: KnownShop, event: str, payload: Mapping[str, Any]) -> list[tuple[str, str]]:
        named = saleor.targets(event, payload)
        products = [target for kind, target in named if kind == "product"]
        if products:
            return [("variant", variant) for variant in self._shops.variants_of(shop, products)]
        return named


def _body(environ: dict[str, Any]) -> bytes | None:
    """The whole body, or None where it is too long; what says so beforehand is not read at all."""
    declared = environ.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(MOST_BYTES + 1)
    return body if len(body) <= MOST_BYTES else None


def application() -> WSGI:
    """The whole web side, as granian starts it: the door, and the app behind it."""
    config = Config.from_env(os.environ)
    logs.set_up(config.log_level)
    url = database_url(config)
    queue = contextlib.ExitStack()
    queue.enter_context(tasks.open_queue(url))
    runtime = Runtime(config, open_engine(url, pool_size=8))
    writer = Writer(url, tasks.wake)
    queue.callback(writer.close)
    atexit.register(queue.close)
    return Door(runtime, writer, create_app(runtime).wsgi_app)
