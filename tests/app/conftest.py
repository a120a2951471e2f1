"""The app over a real database, and a Saleor that wants to install it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import create_app, tasks
from app.config import Config
from app.runtime import Runtime
from tests.app.saleor import FakeSaleor, serving

SECRET = "a secret of the tests, long enough for them"

# So that what fails there says what was found, as in a test.
pytest.register_assert_rewrite("tests.app.sandbox_checks", "tests.app.sandbox_life")


@pytest.fixture
def saleor() -> Iterator[FakeSaleor]:
    with serving() as running:
        yield running


@pytest.fixture
def runtime(engine: Engine, tmp_path: Path) -> Runtime:
    environ = {
        "SECRET_KEY": SECRET,
        "APP_URL": "https://dueback.example",
        "DUEBACK_DATA_DIR": str(tmp_path),
        "DUEBACK_DEVELOPMENT": "1",
    }
    return Runtime(Config.from_env(environ), engine)


@pytest.fixture
def web(runtime: Runtime, database_url: str) -> Iterator[FlaskClient]:
    """Who sends requests to the app."""
    with tasks.open_queue(database_url):
        yield create_app(runtime).test_client()
