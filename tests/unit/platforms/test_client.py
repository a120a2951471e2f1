"""What the client promises whatever a shop answers."""

import gzip
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from graphql import parse
from requests import PreparedRequest

from app.platforms import body
from app.platforms.client import Client, Patience
from app.platforms.errors import ShopError
from app.platforms.saleor_link import judge
from tests.unit.platforms.wire import URL, Broken, Wire

QUESTION = parse("query Question { shop { name } }")
ORDER = parse("mutation Order { orderFulfill { order } }")
GOOD = {"data": {"shop": {"name": "Zur Müllerin"}}}


def client(**patience: Any) -> Client:
    return Client(URL, {"Authorization": "Bearer secret"}, judge, Patience(**patience))


def ask(*, repeatable: bool = True) -> dict[str, Any]:
    return client().execute(QUESTION, {}, repeatable=repeatable)


def failure(**how: Any) -> ShopError:
    with pytest.raises(ShopError) as caught:
        ask(**how)
    return caught.value


def test_an_answer_is_read_as_utf8_though_nobody_says_so(http: responses.RequestsMock) -> None:
    http.post(URL, body=json.dumps(GOOD, ensure_ascii=False).encode(), content_type="application/json")
    assert ask() == {"shop": {"name": "Zur Müllerin"}}


def test_a_compressed_answer_is_read(http: responses.RequestsMock) -> None:
    http.post(URL, body=gzip.compress(json.dumps(GOOD).encode()), headers={"Content-Encoding": "gzip"})
    assert ask() == GOOD["data"]


def test_a_netrc_of_the_machine_does_not_replace_the_token(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine shop.example login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.handlers["shop"] = lambda _: {"name": "Shop"}
    ask()
    assert wire.tokens == ["Bearer secret"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_trouble_that_may_pass_is_met_by_asking_again(
    http: responses.RequestsMock, pauses: list[float], status: int
) -> None:
    http.post(URL, status=status)
    http.post(URL, status=status)
    http.post(URL, json=GOOD)
    assert ask() == GOOD["data"]
    assert len(pauses) == 2
    assert pauses[0] < pauses[1] < 2


def test_asking_again_ends(http: responses.RequestsMock, pauses: list[float]) -> None:
    http.post(URL, status=503)
    error = failure()
    assert (error.code, error.retry) == ("HTTP_503", True)
    assert len(http.calls) == 4
    assert len(pauses) == 3


def test_what_must_not_happen_twice_is_sent_once(http: responses.RequestsMock, pauses: list[float]) -> None:
    http.post(URL, status=503)
    with pytest.raises(ShopError) as caught:
        client().execute(ORDER, {}, repeatable=False)
    assert caught.value.retry
    assert (len(http.calls), pauses) == (1, [])


def test_the_pause_the_shop_asks_for_is_made(http: responses.RequestsMock, pauses: list[float]) -> None:
    http.post(URL, status=429, headers={"Retry-After": "3"})
    http.post(
        URL,
        status=429,
        headers={"Retry-After": "Mon, 23 Nov 2026 10:00:07 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"},
    )
    http.post(URL, json=GOOD)
    ask()
    assert pauses == [3.0, 7.0]


def test_a_pause_too_long_to_wait_is_handed_on(http: responses.RequestsMock, pauses: list[float]) -> None:
    http.post(URL, status=429, headers={"Retry-After": "3600"})
    error = failure()
    assert (error.code, error.retry, error.wait) == ("HTTP_429", True, 3600.0)
    assert (len(http.calls), pauses) == (1, [])


@pytest.mark.parametrize("nonsense", ["soon", "-3", "", "9" * 400])
def test_a_pause_nobody_can_read_is_none(http: responses.RequestsMock, pauses: list[float], nonsense: str) -> None:
    http.post(URL, status=503, headers={"Retry-After": nonsense})
    error = failure()
    assert error.wait is None or error.wait > 20


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 405, 413, 418, 501])
def test_a_refusal_is_not_asked_again(http: responses.RequestsMock, pauses: list[float], status: int) -> None:
    http.post(URL, status=status, headers={"Location": "https://elsewhere.example/"})
    error = failure()
    assert (error.code, error.retry) == (f"HTTP_{status}", False)
    assert [call.request.url for call in http.calls] == [URL]


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (requests.ConnectionError("no"), "UNREACHABLE"),
        (requests.exceptions.SSLError("no"), "UNREACHABLE"),
        (requests.ConnectTimeout("no"), "TIMEOUT"),
        (requests.ReadTimeout("no"), "TIMEOUT"),
    ],
)
def test_a_shop_out_of_reach_may_be_asked_later(
    http: responses.RequestsMock, pauses: list[float], cause: Exception, code: str
) -> None:
    http.post(URL, body=cause)
    error = failure()
    assert (error.code, error.retry, len(http.calls)) == (code, True, 4)


def test_an_address_that_is_none_is_not_tried_again(pauses: list[float]) -> None:
    with pytest.raises(ShopError) as caught:
        Client("nonsense://shop", {}, judge).execute(QUESTION, {}, repeatable=True)
    assert not caught.value.retry


@pytest.mark.parametrize(
    "text", ["<html>Back soon</html>", "", "[]", '["data"]', '"data"', "null", "3", "{}", '{"data": null}']
)
def test_an_answer_that_is_no_graphql_is_said_to_be_none(
    http: responses.RequestsMock, pauses: list[float], text: str
) -> None:
    http.post(URL, body=text)
    error = failure(repeatable=False)
    assert (error.code, error.retry) == ("NOT_GRAPHQL", True)


def test_an_endless_answer_is_cut_off(http: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_BYTES", 1000)
    http.post(URL, body=b"x" * 1001)
    assert (failure().code, len(http.calls)) == ("TOO_LARGE", 1)


def test_a_small_answer_that_unpacks_to_an_endless_one_is_cut_off(
    http: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "MOST_BYTES", 100_000)
    http.post(URL, body=gzip.compress(b"x" * 10_000_000), headers={"Content-Encoding": "gzip"})
    assert failure().code == "TOO_LARGE"


def test_an_answer_that_trickles_is_given_up(
    http: responses.RequestsMock, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "LONGEST_SECONDS", -1.0)
    http.post(URL, json=GOOD)
    assert failure(repeatable=False).code == "TIMEOUT"


@pytest.mark.parametrize(
    ("exception", "code", "retry"),
    [
        ("PermissionDenied", "PERMISSION_DENIED", False),
        ("QueryCostError", "TOO_COMPLEX", False),
        ("ExpiredSignatureError", "TOKEN_DEAD", False),
        ("GraphQLError", "GraphQLError", False),
        ("OperationalError", "OperationalError", True),
    ],
)
def test_a_graphql_error_says_whether_a_retry_helps(wire: Wire, exception: str, code: str, *, retry: bool) -> None:
    def broken(_arguments: dict[str, Any]) -> Any:
        raise Broken("It does not work.", exception)

    wire.handlers["shop"] = broken
    error = failure(repeatable=False)
    assert (str(error), error.code, error.retry) == ("It does not work.", code, retry)


def test_a_document_the_shop_cannot_read_is_not_sent_again(http: responses.RequestsMock) -> None:
    http.post(URL, status=400, json={"errors": [{"message": "Cannot query field", "extensions": {}}]})
    error = failure()
    assert (str(error), error.retry, len(http.calls)) == ("Cannot query field", False, 1)


def test_what_came_beside_an_error_is_kept_with_its_field(wire: Wire) -> None:
    def broken(_arguments: dict[str, Any]) -> Any:
        raise Broken("no such zone", "GraphQLError")

    wire.handlers |= {"shop": lambda _: {"name": "Shop"}, "shippingZone": broken}
    both = parse("{ shop { name } zone: shippingZone { id } }")
    answer = client().answer(both, {}, repeatable=True)
    assert answer.data == {"shop": {"name": "Shop"}, "zone": None}
    assert [(problem.field, problem.message) for problem in answer.problems] == [("zone", "no such zone")]


def test_the_shops_clock_and_price_come_with_the_answer(wire: Wire) -> None:
    wire.handlers["shop"] = lambda _: {"name": "Shop"}
    wire.headers["Date"] = "Mon, 23 Nov 2026 10:00:00 GMT"
    answer = client().answer(QUESTION, {}, repeatable=True)
    assert (answer.clock, answer.cost) == (datetime(2026, 11, 23, 10, tzinfo=UTC), 7)


def test_several_threads_ask_at_the_same_time(http: responses.RequestsMock) -> None:
    together = threading.Barrier(4, timeout=10)

    def slow(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        together.wait()
        asked = json.loads(request.body or b"")["variables"]["n"]
        return 200, {}, json.dumps({"data": {"echo": asked}})

    http.add_callback(responses.POST, URL, slow)
    shared, echo = client(), parse("query Echo($n: Int!) { echo(n: $n) }")
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: shared.execute(echo, {"n": n}, repeatable=False)["echo"], range(40))
    assert list(found) == list(range(40))
    shared.close()


def test_who_waits_only_for_so_long_gets_no_answer_after_that(http: responses.RequestsMock) -> None:
    http.post(URL, json=GOOD)
    soon = client(until=time.monotonic() + 60)
    assert soon.execute(QUESTION, {}, repeatable=True) == GOOD["data"]
    with pytest.raises(ShopError, match="in time"):
        client(until=time.monotonic() - 1).execute(QUESTION, {}, repeatable=False)
    assert Patience(until=time.monotonic() + 2).bounds() == pytest.approx((2, 2), abs=0.5)
