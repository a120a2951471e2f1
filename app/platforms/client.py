"""One GraphQL client for every platform: gql over requests, with bounds on time, size and attempts.

Foreign errors end here: whatever goes wrong is a ShopError that says whether trying again can help.
"""

import queue
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from gql import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportError
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, ExecutionResult
from requests import ConnectionError as NoConnection
from requests import Timeout

from app.platforms.body import BodyTooLarge, HttpRefusal, TooSlow, check_response
from app.platforms.errors import NOT_GRAPHQL, TIMEOUT, TOO_LARGE, UNREACHABLE, ShopError

LONGEST_WAIT = 20.0
WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with a shop: seconds to connect, seconds between two bytes, attempts at a repeatable request."""

    connect: float = 5.0
    read: float = 30.0
    attempts: int = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """One GraphQL error. `field` is the top-level field it belongs to, None where it concerns the whole request."""

    message: str
    code: str
    retry: bool
    field: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `data` may lack the fields that have problems. `clock` is the server's; `cost` its complexity."""

    data: dict[str, Any]
    problems: tuple[Problem, ...]
    clock: datetime | None
    cost: int | None


Judge = Callable[[Mapping[str, Any]], tuple[str, bool]]
"""From a GraphQL error to its code and whether a retry can help. Platforms word their errors differently."""


class Client:
    """A GraphQL endpoint. Safe to use from several threads: each request takes a transport of its own from a pool."""

    def __init__(self, url: str, headers: Mapping[str, str], judge: Judge, patience: Patience | None = None) -> None:
        self.url = url
        self._headers = dict(headers)
        self._judge = judge
        self._patience = patience or Patience()
        self._idle: queue.LifoQueue[RequestsHTTPTransport] = queue.LifoQueue()

    def execute(self, document: DocumentNode, variables: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """The answer's data. Any problem is raised as ShopError."""
        answer = self.answer(document, variables, repeatable=repeatable)
        for problem in answer.problems:
            raise ShopError(problem.message, retry=problem.retry, code=problem.code)
        return answer.data

    def answer(self, document: DocumentNode, variables: Mapping[str, Any], *, repeatable: bool) -> Answer:
        """The answer with its problems; ShopError where there is no data at all.

        A `repeatable` request is sent again after trouble on the way, with growing pauses, a bounded number of times.
        """
        request = GraphQLRequest(document, variable_values=dict(variables))
        attempts = self._patience.attempts if repeatable else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._send(request)
            except ShopError as error:
                pause = _pause_before_next(error, attempt)
                if attempt == attempts or pause is None:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _send(self, request: GraphQLRequest) -> Answer:
        limits = {
            "timeout": (self._patience.connect, self._patience.read),
            "stream": True,
            "allow_redirects": False,
        }
        with self._transport() as transport:
            try:
                result = transport.execute(request, extra_args=limits)
            except TransportError as error:
                raise _translated(error, self.url) from error
            return self._read(result, dict(transport.response_headers or {}))

    def _read(self, result: ExecutionResult, headers: Mapping[str, str]) -> Answer:
        problems = tuple(self._problem(error) for error in _as_list(result.errors))
        if not isinstance(result.data, dict):
            worst = next(iter(problems), None)
            if worst is None:
                raise ShopError("The shop answered without data.", retry=True, code=NOT_GRAPHQL)
            raise ShopError(worst.message, retry=worst.retry, code=worst.code)
        return Answer(result.data, problems, _clock(headers), _cost(result.extensions))

    def _problem(self, error: Any) -> Problem:
        error = error if isinstance(error, dict) else {"message": str(error)}
        code, retry = self._judge(error)
        path = error.get("path") or [None]
        return Problem(str(error.get("message") or "unknown error"), code, retry, path[0])

    @contextmanager
    def _transport(self) -> Iterator[RequestsHTTPTransport]:
        try:
            transport = self._idle.get_nowait()
        except queue.Empty:
            transport = RequestsHTTPTransport(self.url, auth=_Headers(self._headers))
            transport.connect()
            assert transport.session is not None  # noqa: S101 - connect() has just made it
            transport.session.hooks["response"] = [check_response]
        try:
            yield transport
        finally:
            self._idle.put(transport)
