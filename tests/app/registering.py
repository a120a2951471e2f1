"""Registering a shop as Saleor does."""

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import Shop
from tests.app.saleor import FakeSaleor

OURS, OTHERS = "QXBwOjE=", "QXBwOjI="


def register(web: FlaskClient, saleor: FakeSaleor, token: str, **headers: str) -> TestResponse:
    return web.post("/api/register", json={"auth_token": token}, headers={"Saleor-Api-Url": saleor.url} | headers)


def registered(web: FlaskClient, saleor: FakeSaleor) -> int:
    saleor.install("token one", OURS)
    assert register(web, saleor, "token one").status_code == 200
    with web.application.extensions["dueback"].engine.connect() as connection:
        return int(connection.execute(select(Shop.id).where(Shop.api_url == saleor.url)).scalar_one())
