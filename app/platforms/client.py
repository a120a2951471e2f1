"""One GraphQL client for every platform: gql over requests, with bounds on time, size and attempts.

Foreign errors end here: whatever goes wrong is a ShopError that says whether trying again can help.
"""

import math
import queue
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from gql import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportError
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, ExecutionResult
from requests.auth import AuthBase

from app.platforms.body import check_response
from app.platforms.errors import NOT_GRAPHQL, TIMEOUT, UNREACHABLE, ShopError

LONGEST_PAUSE = 20.0

TOO_SLOW = lazy("The shop did not answer in time.")
NO_GRAPHQL = lazy("The shop's answer is no GraphQL.")

Judge = Callable[[Mapping[str, Any]], tuple[str, bool]]
"""From a GraphQL error to its code and whether a retry can help. Platforms word their errors differently."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with a shop: seconds to connect, seconds of silence, attempts at a repeatable request.

    `until`, by `time.monotonic`, no request is begun any more nor waited for.
    """

    connect: float = 5.0
    read: float = 30.0
    attempts: int = 4
    until: float | None = None

    def bounds(self) -> tuple[float, float]:
        """Seconds to connect and of silence for a request that begins now. Raises ShopError where there are none."""
        left = math.inf if self.until is None else self.until - time.monotonic()
        if left <= 0:
            raise ShopError(TOO_SLOW, retry=True, code=TIMEOUT)
        return min(self.connect, left), min(self.read, left)


@dataclass(frozen=True, slots=True)
class Problem:
    """One GraphQL error. `field` is the top-level field it belongs to, None where it concerns the whole request."""

    message: str
    code: str
    retry: bool
    field: str | None

    def error(self) -> ShopError:
        return ShopError(self.message, retry=self.retry, code=self.code)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `data` lacks the fields that have problems. `clock` is the server's; `cost` what it charged."""

    data: dict[str, Any]
    problems: tuple[Problem, ...]
    clock: datetime | None
    cost: int | None


class Client:
    """A GraphQL endpoint. Safe to use from several threads: each request takes a transport of its own from a pool."""

    def __init__(self, url: str, headers: Mapping[str, str], judge: Judge, patience: Patience | None = None) -> None:
        self.url = url
        self._auth = _Headers(headers)
        self._judge = judge
        self._patience = patience or Patience()
        self._idle: queue.LifoQueue[RequestsHTTPTransport] = queue.LifoQueue()

    def execute(self, document: DocumentNode, variables: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """The answer's data. Any problem is raised as ShopError."""
        answer = self.answer(document, variables, repeatable=repeatable)
        if answer.problems:
            raise answer.problems[0].error()
        return answer.data

    def answer(self, document: DocumentNode, variables: Mapping[str, Any], *, repeatable: bool) -> Answer:
        """The answer with its problems; ShopError where there is no data at all.

        A `repeatable` request is sent again after trouble that may pass, a bounded number of times with growing pauses.
        """
        request = GraphQLRequest(document, variable_values=dict(variables))
        attempt, attempts = 1, self._patience.attempts if repeatable else 1
        while True:
            try:
                return self._send(request)
            except ShopError as error:
                pause = _pause(attempt, error.wait)
                if not error.retry or attempt >= attempts or pause > LONGEST_PAUSE:
                    raise
            time.sleep(pause)
            attempt += 1

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()  # type: ignore[no-untyped-call]

    def _send(self, request: GraphQLRequest) -> Answer:
        bounds = {"timeout": self._patience.bounds(), "stream": True, "allow_redirects": False}
        with self._transport() as transport:
            try:
                result = transport.execute(request, extra_args=bounds)
            except TransportError as error:
                raise _translated(error) from error
            except (AttributeError, TypeError) as error:  # gql takes it for granted that JSON is an object
                raise ShopError(NO_GRAPHQL, retry=True, code=NOT_GRAPHQL) from error
            return self._read(result, transport.response_headers or {})

    def _read(self, result: ExecutionResult, headers: Mapping[str, str]) -> Answer:
        problems = tuple(self._problem(error) for error in result.errors or ())
        if isinstance(result.data, dict):
            return Answer(result.data, problems, _clock(headers), _cost(result.extensions))
        if problems:
            raise problems[0].error()
        raise ShopError(lazy("The shop answered without data."), retry=True, code=NOT_GRAPHQL)

    def _problem(self, error: Any) -> Problem:
        if not isinstance(error, dict):
            error = {"message": str(error)}
        code, retry = self._judge(error)
        path = error.get("path") or [None]
        return Problem(str(error.get("message", "")), code, retry, path[0])

    @contextmanager
    def _transport(self) -> Iterator[RequestsHTTPTransport]:
        try:
            transport = self._idle.get_nowait()
        except queue.Empty:
            transport = self._connect()
        try:
            yield transport
        finally:
            self._idle.put(transport)

    def _connect(self) -> RequestsHTTPTransport:
        transport = RequestsHTTPTransport(self.url, auth=self._auth)
        transport.connect()  # type: ignore[no-untyped-call]
        assert transport.session is not None  # noqa: S101 - connect() has just made it
        transport.session.hooks["response"] = [check_response]
        return transport


class _Headers(AuthBase):
    """Headers as requests' authentication: so a .netrc of the machine cannot put another token in their place."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


def _pause(attempt: int, asked: float | None) -> float:
    """Seconds before the next attempt: what the shop asked for, else about 0.5, 1, 2 ..., spread out."""
    if asked is not None:
        return asked
    return math.ldexp(random.uniform(0.375, 0.625), attempt - 1)  # noqa: S311 - spreads load, guards nothing


def _translated(error: TransportError) -> ShopError:
    cause = error.__cause__
    match cause:
        case ShopError():
            return cause
        case requests.Timeout():
            return ShopError(TOO_SLOW, retry=True, code=TIMEOUT)
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            return ShopError(lazy("The shop's address is not one."), retry=False, code=UNREACHABLE)
    if isinstance(error, TransportConnectionFailed):
        return ShopError(lazy("The shop cannot be reached: {why}."), retry=True, code=UNREACHABLE, why=_kind(cause))
    return ShopError(NO_GRAPHQL, retry=True, code=NOT_GRAPHQL)


def _kind(cause: BaseException | None) -> Text | str:
    """The kind of trouble in a few words; the full text of requests holds addresses and objects nobody can read."""
    match cause:
        case requests.exceptions.SSLError():
            return lazy("its certificate is not valid")
        case requests.ConnectionError():
            return lazy("no connection")
        case _:
            return type(cause).__name__


def _clock(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None


def _cost(extensions: Any) -> int | None:
    match extensions:
        case {"cost": {"requestedQueryCost": int(cost)}}:
            return cost
        case _:
            return None
