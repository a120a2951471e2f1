"""What is there around the browser, and ways to act on it besides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

import sandbox
from tests.live.client import Client
from tests.live.dueback import Dueback
from tests.live.installing import installed
from tests.live.shop import Shop


@dataclass
class Scene:
    """A shop with a small catalogue, Dueback at work in it, and ways to act on both besides the browser."""

    server: sandbox.Server
    client: Client
    dueback: Dueback

    @property
    def shop(self) -> Shop:
        return Shop(self.client)

    @property
    def app_id(self) -> str:
        [found] = installed(self.client)
        return found

    @contextmanager
    def silence(self) -> Iterator[None]:
        """The shop answers no request of its API; its dashboard goes on."""

        def out_of_order(_environ: Any, start_response: Any) -> list[bytes]:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []

        answering, self.server.endpoint = self.server.endpoint, out_of_order  # type: ignore[assignment]
        try:
            yield
        finally:
            self.server.endpoint = answering

    def read(self, query: Select[Any]) -> list[Any]:
        """The rows of a query in Dueback's database."""
        with self.dueback.inside() as (runtime, _), runtime.engine.connect() as connection:
            return list(connection.execute(query))
