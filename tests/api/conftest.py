"""A shop with a little of everything in its book, and who asks about it through the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from app import create_app, keys, tasks
from app.config import Config
from app.models import Shop
from app.runtime import Runtime
from app.seal import Seal
from app.supply import lines
from tests.app.rule_shop import SHOP as WHOLE_SHOP
from tests.app.rule_shop import TODAY, WHO, installed, ordered, put, variant

SECRET = "a secret of the tests, long enough for them"


@dataclass(frozen=True)
class Api:
    """Who asks, with a key."""

    web: FlaskClient
    key: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """`headers` by their names with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.web.open(
            f"/api/v1{path}", method=method, json=body, headers={"Authorization": f"Bearer {self.key}"} | given
        )

    def get(self, path: str) -> Any:
        """What a request that must succeed is answered."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json


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
def shop(engine: Engine) -> Shop:
    """It does not answer. Cups may be backordered; two orders wait for them; four come to Berlin, and three later."""
    found = installed(engine, variant("cup", berlin=1), variant("plate"))
    out_of_reach = {"token": Seal(SECRET).close("token"), "api_url": "http://127.0.0.1:9/graphql/"}
    with engine.begin() as connection:
        connection.execute(update(Shop).values(out_of_reach))
    put(engine, found, WHOLE_SHOP, mode="backorder", cap=20, lead_days=14)
    for number, units in (("1", 2), ("2", 3)):
        ordered(engine, found, number, "cup", units)
    with engine.begin() as connection:
        for days, units in ((9, 4), (30, 3)):
            supply = {"sku": "cup", "warehouse": "berlin", "quantity": units, "eta": TODAY.replace(day=30) if days == 9
                      else TODAY.replace(month=12, day=24), "reference": f"PO-{days}", "supplier": "Kiln"}  # fmt: skip
            lines.add(connection, found, supply, who=WHO, today=TODAY)
    return found


@pytest.fixture
def web(runtime: Runtime, database_url: str) -> Iterator[FlaskClient]:
    with tasks.open_queue(database_url):
        yield create_app(runtime).test_client()


@pytest.fixture
def api(web: FlaskClient, shop: Shop, engine: Engine) -> Api:
    """With a key that may do everything."""
    return Api(web, make_key(engine, shop, *keys.SCOPES))


def make_key(engine: Engine, shop: Shop, *scopes: str, per_minute: int = 60_000) -> str:
    with engine.begin() as connection:
        return keys.add(connection, shop.id, "ERP", scopes, per_minute, who=WHO)
