"""What stands between a shop and Dueback: delivers what the shop sends, or loses, doubles, holds or reorders it.

Bodies and signatures stay as they are, so it does to any shop's webhooks what a bad day on the network does.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

WEBHOOKS = "/api/webhooks/saleor"
OWN_HEADERS = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


class Mood(Enum):
    """What happens to a webhook."""

    DELIVER = "deliver"
    LOSE = "lose"
    DOUBLE = "double"
    HOLD = "hold"


@dataclass(frozen=True)
class Letter:
    """A request as the shop sent it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Postman:
    """Forwards to one address. What is no webhook always goes through."""

    def __init__(self, destination: str) -> None:
        self.mood = Mood.DELIVER
        self.delivered: list[Letter] = []
        self.held: list[Letter] = []
        self.heard = 0
        self._http = httpx.Client(base_url=destination, timeout=30)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    @contextlib.contextmanager
    def being(self, mood: Mood) -> Iterator[None]:
        """In this mood for a while; what was held afterwards stays held."""
        self.mood = mood
        try:
            yield
        finally:
            self.mood = Mood.DELIVER

    def release(self, *, backwards: bool = False) -> int:
        """Deliver what was held. Returns how many."""
        letters, self.held = (self.held[::-1] if backwards else self.held), []
        for letter in letters:
            self.deliver(letter)
        return len(letters)

    def deliver(self, letter: Letter) -> httpx.Response:
        self.delivered.append(letter)
        return self._http.request(letter.method, letter.path, headers=letter.headers, content=letter.body)

    def receive(self, letter: Letter) -> tuple[int, str, bytes]:
        """Status, content type and body to answer the shop with."""
        if letter.path == WEBHOOKS:
            self.heard += 1
            if self.mood is Mood.HOLD:
                self.held.append(letter)
            if self.mood in {Mood.HOLD, Mood.LOSE}:
                return 202, "text/plain", b""
            if self.mood is Mood.DOUBLE:
                self.deliver(letter)
        try:
            answer = self.deliver(letter)
        except httpx.TransportError:
            return 503, "text/plain", b"Nobody is at home."
        return answer.status_code, answer.headers.get("Content-Type", "text/plain"), answer.content


def _handler(postman: Postman) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN_HEADERS}
            status, kind, answer = postman.receive(Letter(self.command, self.path, headers, body))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Quiet: the tests say what they saw."""

    return Handler
