"""The door over a real database, with a shop installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select
from werkzeug.test import Client

from app import create_app
from app.config import Config
from app.models import Mark, Shop
from app.runtime import Runtime
from app.seal import Seal
from tests.webhooks.shop import SigningShop
from webhooks import Door
from webhooks.writer import Writer

SECRET = "a secret of the tests, long enough for them"

Install = Callable[[SigningShop], int]
Marks = Callable[[], list[tuple[int, str, str]]]


@pytest.fixture
def runtime(engine: Engine, tmp_path: Path) -> Runtime:
    environ = {"SECRET_KEY": SECRET, "DUEBACK_DATA_DIR": str(tmp_path), "DUEBACK_DEVELOPMENT": "1"}
    return Runtime(Config.from_env(environ), engine)


@pytest.fixture
def woken() -> list[int]:
    """The shops whose worker was asked for, in order."""
    return []


@pytest.fixture
def writer(database_url: str, woken: list[int]) -> Iterator[Writer]:
    made = Writer(database_url, woken.append)
    yield made
    made.close()


@pytest.fixture
def install(engine: Engine) -> Install:
    """Put a shop into the database as registration would. Returns its id."""

    def put(shop: SigningShop) -> int:
        token = Seal(SECRET).close("token of the app")
        row = {"api_url": shop.api_url, "app_id": shop.app_id, "token": token, "jwks": shop.jwks}
        with engine.begin() as connection:
            shop_id: int = connection.execute(insert(Shop).values(row).returning(Shop.id)).scalar_one()
        return shop_id

    return put


@pytest.fixture
def shop(install: Install) -> SigningShop:
    made = SigningShop()
    install(made)
    return made


@pytest.fixture
def door(runtime: Runtime, writer: Writer) -> Client:
    """A way to send requests to the whole web side."""
    return Client(Door(runtime, writer, create_app(runtime).wsgi_app))


@pytest.fixture
def marks(engine: Engine) -> Marks:
    """Every mark that is set, as (shop id, kind, target)."""

    def read() -> list[tuple[int, str, str]]:
        columns = (Mark.shop_id, Mark.kind, Mark.target)
        with engine.connect() as connection:
            rows = connection.execute(select(*columns).order_by(*columns))
            return [(row.shop_id, row.kind, row.target) for row in rows]

    return read
