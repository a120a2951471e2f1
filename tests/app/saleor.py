"""A Saleor's outside: its key set and, for those who hold a token, who they are. On loopback, over real HTTP."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.resources import manifest
from tests.webhooks.shop import SigningShop

IDENTIFIER: str = manifest()["id"]
PERMISSIONS: list[str] = manifest()["permissions"]


@dataclass
class Answer:
    """What is sent back."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeSaleor:
    """`apps` are the apps by token; a token that is not there is dead. `keys` replaces the answer with the key set."""

    url: str = ""
    signing: SigningShop = field(default_factory=SigningShop)
    apps: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: Answer | None = None
    broken: bool = False
    asked_for_keys: int = 0

    def install(self, token: str, app_id: str, **changed: Any) -> None:
        """An app that staff installed: `token` is what the shop hands it."""
        permissions = [{"code": code} for code in PERMISSIONS]
        self.apps[token] = {"id": app_id, "identifier": IDENTIFIER, "permissions": permissions} | changed

    def answer(self, path: str, token: str) -> Answer:
        if path == "/.well-known/jwks.json":
            self.asked_for_keys += 1
            return self.keys or Answer(json.dumps(self.signing.jwks).encode())
        if self.broken:
            return Answer(b"out of order", 500)
        data = {"app": self.apps.get(token), "shop": {"name": "A shop", "version": "3.23.28"}}
        return Answer(json.dumps({"data": data}).encode())


@contextlib.contextmanager
def serving() -> Iterator[FakeSaleor]:
    """One of them, answering."""
    saleor = FakeSaleor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = saleor.answer(self.path, self.headers.get("Authorization", "").removeprefix("Bearer "))
            self.send_response(answer.status)
            for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        saleor.url = f"http://127.0.0.1:{server.server_port}/graphql/"
        saleor.signing.api_url = saleor.url
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield saleor
        finally:
            server.shutdown()
            thread.join()
