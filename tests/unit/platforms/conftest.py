"""A Saleor at the far end of a wire that never leaves this process."""

from collections.abc import Iterator

import pytest
import responses

from app.platforms.saleor import Saleor
from tests.unit.platforms.wire import URL, Wire


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def wire(http: responses.RequestsMock) -> Wire:
    far_end = Wire()
    http.add_callback(responses.POST, URL, far_end.answer)
    return far_end


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses the client makes, without making them."""
    made: list[float] = []
    monkeypatch.setattr("app.platforms.client.time.sleep", made.append)
    return made


@pytest.fixture
def saleor(wire: Wire, pauses: list[float]) -> Iterator[Saleor]:
    shop = Saleor(URL, "token-of-the-app")
    yield shop
    shop.close()
