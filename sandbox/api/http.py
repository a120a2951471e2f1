"""``/graphql/`` over WSGI."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse

from graphql import GraphQLError

from sandbox.hooks.keys import SigningKey
from sandbox.state.shop import Shop

from .access import identify
from .call import Call
from .execution import Executor, shaped

BODY_LIMIT = 2_621_440
_REASONS = {200: "200 OK", 400: "400 Bad Request", 405: "405 Method Not Allowed", 413: "413 Payload Too Large"}


class Endpoint:
    """Answers one POST with one operation, as Saleor does; ``server`` is for mutations that reach outside."""

    def __init__(self, shop: Shop, key: SigningKey, executor: Executor, url: str, server: Any) -> None:
        self.shop = shop
        self.key = key
        self.executor = executor
        self.url = url
        self.server = server

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if self.shop.switches.latency:
            time.sleep(self.shop.switches.latency)
        status, answer = self._respond(environ)
        body = json.dumps(answer, separators=(",", ":")).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(_REASONS[status], headers)
        return [body]

    def call(self, authorization: str) -> Call:
        with self.shop.lock:
            who = identify(self.shop, self.key, authorization)
        return Call(self.shop, self.url, server=self.server, **who._asdict())

    def _respond(self, environ: dict[str, Any]) -> tuple[int, Any]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        if environ["REQUEST_METHOD"] != "POST":
            return 405, {"errors": [shaped(GraphQLError("Only POST is spoken here."))]}
        if length > BODY_LIMIT:
            return 413, {"errors": [shaped(GraphQLError("Request body exceeds maximum size."))]}
        try:
            asked = json.loads(body)
        except ValueError:
            return 400, {"errors": [shaped(GraphQLError("Unable to parse query."))]}
        # Either header carries a token; apps use the second where a proxy eats the first.
        token = environ.get("HTTP_AUTHORIZATION_BEARER")
        call = self.call(f"Bearer {token}" if token else environ.get("HTTP_AUTHORIZATION", ""))
        if not isinstance(asked, list):
            return self._run(call, asked)
        if len(asked) > 1:
            return 400, {"errors": [shaped(GraphQLError("Number of batch queries exceeded."))]}
        answers = [self._run(call, entry) for entry in asked]
        return max((status for status, _ in answers), default=200), [answer for _, answer in answers]

    def _run(self, call: Call, asked: Any) -> tuple[int, dict[str, Any]]:
        entry = asked if isinstance(asked, dict) else {}
        return self.executor.run(call, entry.get("query"), entry.get("variables"), entry.get("operationName"))
