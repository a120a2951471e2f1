"""A running shop: its state, its port, its workers."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from wsgiref.types import StartResponse

from graphql import DocumentNode, GraphQLSchema, parse
from werkzeug.serving import WSGIRequestHandler, make_server

from . import fields, mutations  # noqa: F401  they register the resolvers
from .api.call import Call
from .api.execution import Executor
from .api.http import Endpoint
from .api.names import Told
from .api.registry import build
from .control import control
from .hooks.installing import install
from .hooks.keys import SigningKey
from .hooks.sending import Deliverer
from .hooks.subscriptions import body_of
from .pages import create_pages
from .seed import first_users
from .state.people import Installation, Webhook
from .state.saving import Keeper
from .state.shop import Shop

HOST = "127.0.0.1"


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    return build()


class _Handler(WSGIRequestHandler):
    """Keeps connections open and writes answers at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, *_arguments: Any) -> None:
        return


class Server:
    """One shop on one port. ``url`` is its GraphQL address, ``shop`` its state, ``stop()`` its end."""

    package = Path(__file__).parent

    def __init__(self, port: int = 0, data_dir: Path | None = None, **switches: Any) -> None:
        self._own_dir = tempfile.TemporaryDirectory(prefix="sandbox-") if data_dir is None else None
        directory = Path(self._own_dir.name) if self._own_dir else Path(data_dir or ".")
        directory.mkdir(parents=True, exist_ok=True)
        self.shop = Shop()
        for name, value in switches.items():
            if not hasattr(self.shop.switches, name):
                raise TypeError(f"a shop has no switch {name}")
            setattr(self.shop.switches, name, value)
        self.keeper = Keeper(self.shop, directory / "shop.sqlite3")
        self.key = SigningKey.of_this_process() if self._own_dir else SigningKey.kept_in(directory / "key.pem")
        self._http = make_server(HOST, port, self._answer, threaded=True, request_handler=_Handler)
        self.port = self._http.server_port
        self.origin = f"http://{HOST}:{self.port}"
        self.url = f"{self.origin}/graphql/"
        self.executor = Executor(schema())
        self.endpoint = Endpoint(self.shop, self.key, self.executor, self.origin, self)
        self._subscription: Callable[[str], DocumentNode] = lru_cache(maxsize=100)(parse)
        self.pages = create_pages(self)
        self.deliverer = Deliverer(self.shop, self.key, self.origin, self._render)
        self.shop.tell = self.deliverer.tell
        self._installer = ThreadPoolExecutor(1, thread_name_prefix="sandbox-installer")
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="sandbox-http", daemon=True)
        first_users(self.shop)

    def start(self) -> Self:
        self.keeper.start()
        self.deliverer.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
        self._installer.shutdown(wait=True, cancel_futures=True)
        self.deliverer.stop()
        self.keeper.stop()
        if self._own_dir is not None:
            self._own_dir.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def settled(self, seconds: float = 10) -> bool:
        """Wait until no webhook is under way; False where that takes longer. Retries and delays are waited for."""
        return self.deliverer.timetable.idle(seconds)

    def install(self, installation: Installation) -> None:
        """Install an app in the background, as Saleor's worker does."""
        self._installer.submit(install, self.shop, self.origin, installation)

    def _render(self, webhook: Webhook, told: Told) -> str | None:
        if webhook.query is None:
            return json.dumps({})
        call = Call(self.shop, self.origin, app=told.recipient, server=self)
        return body_of(self.executor.answer(call, self._subscription(webhook.query), root=told))

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/graphql/":
                return self.endpoint(environ, start_response)
            case "/.well-known/jwks.json":
                return _json(start_response, "200 OK", self.key.jwks)
            case "/sandbox/control":
                return control(self.shop, environ, lambda status, body: _json(start_response, status, body))
        answer: Iterable[bytes] = self.pages(environ, start_response)
        return answer


def _json(start_response: StartResponse, status: str, value: Any) -> list[bytes]:
    body = json.dumps(value).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
