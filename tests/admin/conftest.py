"""Somebody of the staff of a shop, at their desk."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app.models import Shop
from tests.admin.desk import Desk, signing_for
from tests.app.conftest import runtime, web
from tests.app.rule_shop import installed, variant

__all__ = ["desk", "runtime", "shop", "web"]


@pytest.fixture
def shop(engine: Engine) -> Shop:
    """Two channels with their pools; five cups in Berlin, no plates."""
    return installed(engine, variant("cup", berlin=5), variant("plate"))


@pytest.fixture
def desk(engine: Engine, web: FlaskClient, shop: Shop) -> Desk:
    """Nobody is signed in yet."""
    return Desk(web, shop.id, signing_for(engine, shop.id))
