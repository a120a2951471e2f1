"""A tiny app: pages that speak the bridge to whoever embeds them, and remember what they heard."""

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import FrameLocator, Locator

from tests.live import documents
from tests.live.client import Client
from tests.live.waiting import eventually

PAGE = """<!doctype html><html lang="en"><head><title>Fake app</title><script src="/bridge.js"></script></head>
<body><p>The fake app</p></body></html>"""
BRIDGE = """
window.heard = [];
const waiting = new Map();
window.addEventListener("message", ({ data }) => {
  heard.push(data);
  if (data.type === "response") waiting.get(data.payload.actionId)?.(data.payload.ok);
});
window.act = (type, payload = {}) => new Promise((resolve) => {
  const actionId = crypto.randomUUID();
  waiting.set(actionId, resolve);
  parent.postMessage({ type, payload: { ...payload, actionId } }, "*");
});
act("notifyReady");
"""
PERMISSIONS = ["MANAGE_ORDERS", "MANAGE_PRODUCTS"]
EXTENSIONS: tuple[dict[str, Any], ...] = (
    {"label": "Fake queue", "mount": "NAVIGATION_ORDERS", "target": "APP_PAGE", "url": "/queue"},
    {"label": "Order widget", "mount": "ORDER_DETAILS_WIDGETS", "target": "WIDGET", "url": "/widgets/order"},
    {"label": "Order popup", "mount": "ORDER_DETAILS_MORE_ACTIONS", "url": "/popups/order", "identifier": "order"},
    {"label": "Product widget", "mount": "PRODUCT_DETAILS_WIDGETS", "target": "WIDGET", "url": "/widgets/product"},
)


class FakeApp:
    """Runs on 127.0.0.1 until stopped; installed in a shop it has this app id."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.app_id = ""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def install(self, client: Client) -> None:
        asked = {"appName": "Fake", "manifestUrl": f"{self.url}/manifest", "permissions": PERMISSIONS}
        client.staff(documents.INSTALL_APP, input=asked)
        eventually(lambda: len(list(self._ids(client))), 1)
        [self.app_id] = self._ids(client)

    def _ids(self, client: Client) -> Iterator[str]:
        nodes = (edge["node"] for edge in client.staff(documents.APPS)["edges"])
        return (node["id"] for node in nodes if node["identifier"] == "fake.app")

    def manifest(self) -> dict[str, Any]:
        extensions = [each | {"permissions": self._permissions(each)} for each in EXTENSIONS]
        return {
            "id": "fake.app",
            "name": "Fake",
            "version": "1.0",
            "appUrl": self.url,
            "permissions": PERMISSIONS,
            "extensions": extensions,
        }

    def _permissions(self, extension: dict[str, Any]) -> Sequence[str]:
        return ["MANAGE_PRODUCTS" if "PRODUCT" in extension["mount"] else "MANAGE_ORDERS"]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(app: FakeApp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/manifest":
                self._answer("application/json", json.dumps(app.manifest()))
            elif self.path == "/bridge.js":
                self._answer("text/javascript", BRIDGE)
            else:
                app.cookies[self.path.partition("?")[0]] = self.headers.get("Cookie", "")
                self._answer("text/html", PAGE)

        def _answer(self, kind: str, body: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", "apart=1; Secure; HttpOnly; SameSite=None; Partitioned; Path=/")
            self.send_header("Set-Cookie", "shared=1; Secure; HttpOnly; SameSite=None; Path=/")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return Handler


class Embedded:
    """The fake app's page in one frame."""

    def __init__(self, frame: FrameLocator) -> None:
        self._body: Locator = frame.locator("body")

    def act(self, action: str, **payload: Any) -> bool:
        """Ask the dashboard for something. Returns whether it says that it was done."""
        asked = {"action": action, "payload": payload}
        ok: bool = self._body.evaluate("(_, { action, payload }) => act(action, payload)", asked)
        return ok

    def ask(self, action: str, **payload: Any) -> None:
        """The same without waiting for an answer: the page may be gone before it comes."""
        asked = {"action": action, "payload": payload}
        self._body.evaluate("(_, { action, payload }) => { act(action, payload); }", asked)

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of all messages of this kind, waiting for the first."""
        found: list[dict[str, Any]] = self._body.evaluate(
            """async (_, kind) => {
              const those = () => heard.filter(({ type }) => type === kind).map(({ payload }) => payload);
              while (!those().length) await new Promise((done) => setTimeout(done, 20));
              return those();
            }""",
            kind,
        )
        return found

    def kinds(self) -> list[str]:
        """What was heard so far, in order."""
        found: list[str] = self._body.evaluate("() => heard.map(({ type }) => type)")
        return found

    @property
    def address(self) -> str:
        found: str = self._body.evaluate("() => window.location.href")
        return found
