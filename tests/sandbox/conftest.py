"""A shop of its own for each test; making one takes a few milliseconds."""

from collections.abc import Iterator

import pytest

import sandbox
from tests.sandbox.desk import Desk


@pytest.fixture
def server() -> Iterator[sandbox.Server]:
    with sandbox.serve(gap=0.01, retry_scale=0.001) as running:
        yield running


@pytest.fixture
def desk(server: sandbox.Server) -> Desk:
    return Desk(server)
