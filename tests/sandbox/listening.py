"""An app on a port of its own: hands out a manifest, takes a token, keeps every webhook it gets."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Heard:
    """One request as it came: header names in their own letters, the body unread."""

    path: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers)[name]

    @property
    def event(self) -> str:
        return self.header("Saleor-Event")

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass
class Listener:
    """``answer`` decides the status and body of each answer to a POST."""

    manifest: dict[str, Any] = field(default_factory=dict)
    answer: Callable[[Heard], tuple[int, Mapping[str, Any]]] = lambda _heard: (202, {})
    heard: list[Heard] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._news = threading.Condition()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_anything: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def webhooks(self) -> list[Heard]:
        return [heard for heard in self.heard if heard.path == "/hook"]

    def wait(self, count: int, seconds: float = 10) -> list[Heard]:
        """The webhooks, once there are so many; fails where there are not in time."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.webhooks) >= count, seconds), [h.event for h in self.webhooks]
        return self.webhooks

    def wait_for(self, path: str, seconds: float = 10) -> Heard:
        with self._news:
            assert self._news.wait_for(lambda: any(heard.path == path for heard in self.heard), seconds)
        return next(heard for heard in self.heard if heard.path == path)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener._keep(Heard(self.path, self.headers.items(), b""))
                self._reply(200, listener.manifest)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard = Heard(self.path, self.headers.items(), body)
                status, answer = listener.answer(heard)
                listener._keep(heard)
                self._reply(status, answer)

            def _reply(self, status: int, value: Mapping[str, Any]) -> None:
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_anything: object) -> None:
                return

        return Handler

    def _keep(self, heard: Heard) -> None:
        with self._news:
            self.heard.append(heard)
            self._news.notify_all()
