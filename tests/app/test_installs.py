"""How a shop and this app come together and part."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, Row, select, text, update
from werkzeug.test import TestResponse

from app.models import Mark, Shop
from app.runtime import Runtime
from app.seal import Seal
from tests.app.conftest import SECRET
from tests.app.registering import OTHERS, OURS, register, registered
from tests.app.saleor import Answer, FakeSaleor, serving


def shops(engine: Engine) -> list[Row[*tuple[Any, ...]]]:
    with engine.connect() as connection:
        return list(connection.execute(select(Shop.__table__).order_by(Shop.id)))


def message(answer: TestResponse) -> str:
    assert answer.json
    return str(answer.json["error"]["message"])


def test_a_shop_that_confirms_the_token_is_taken_in(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    registered(web, saleor)
    [shop] = shops(engine)
    assert (shop.api_url, shop.app_id, shop.state, shop.name) == (saleor.url, OURS, "installed", "A shop")
    assert shop.jwks == saleor.signing.jwks
    assert shop.swept_at is None


def test_the_token_is_kept_encrypted(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    registered(web, saleor)
    [shop] = shops(engine)
    assert "token one" not in str(shop)
    assert Seal(SECRET).open(shop.token) == "token one"


def test_a_new_shop_is_looked_at_at_once(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    shop_id = registered(web, saleor)
    with engine.connect() as connection:
        assert connection.execute(select(Mark.kind, Mark.target)).one() == ("layout", "")
        assert connection.scalar(text("SELECT queueing_lock FROM procrastinate_jobs")) == f"sweep:{shop_id}"


def test_a_token_the_shop_does_not_know_is_refused(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    answer = register(web, saleor, "made up")
    assert answer.status_code == 403
    assert "did not confirm the token" in message(answer)
    assert shops(engine) == []


def test_the_token_of_another_app_of_the_shop_is_refused(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    saleor.install("of the reporter", OTHERS, identifier="app.reporter")
    answer = register(web, saleor, "of the reporter")
    assert answer.status_code == 403
    assert "another app" in message(answer)
    assert shops(engine) == []


def test_a_missing_permission_is_named(web: FlaskClient, saleor: FakeSaleor) -> None:
    saleor.install("token one", OURS, permissions=[{"code": "MANAGE_ORDERS"}, {"code": "MANAGE_PRODUCTS"}])
    assert "MANAGE_CHANNELS, MANAGE_SHIPPING" in message(register(web, saleor, "token one"))


def test_a_shop_in_trouble_is_told_to_staff_in_a_sentence(web: FlaskClient, saleor: FakeSaleor) -> None:
    saleor.broken = True
    answer = register(web, saleor, "token one")
    assert answer.status_code == 403
    assert message(answer).endswith(".")


def test_a_shop_without_usable_keys_is_refused(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    saleor.install("token one", OURS)
    saleor.keys = Answer(b'{"keys": []}')
    assert "holds no RSA key" in message(register(web, saleor, "token one"))
    assert shops(engine) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json", b'{"auth_token": ""}', b'{"auth_token": 7}'])
def test_a_body_without_a_token_is_a_bad_request(web: FlaskClient, saleor: FakeSaleor, body: bytes) -> None:
    answer = web.post("/api/register", data=body, headers={"Saleor-Api-Url": saleor.url})
    assert answer.status_code == 400
    assert "auth_token" in message(answer)


def test_a_shop_that_does_not_say_who_it_is_is_refused(web: FlaskClient) -> None:
    answer = web.post("/api/register", json={"auth_token": "token one"})
    assert answer.status_code == 403
    assert "Saleor-Api-Url" in message(answer)


def test_installing_again_replaces_the_token_and_keeps_everything_else(
    web: FlaskClient, saleor: FakeSaleor, engine: Engine, runtime: Runtime
) -> None:
    shop_id = registered(web, saleor)
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state="removed", settings={"time_zone": "Europe/Berlin"}))
    saleor.install("token two", OTHERS)
    assert register(web, saleor, "token two").status_code == 200
    [shop] = shops(engine)
    assert (shop.id, shop.app_id, shop.state) == (shop_id, OTHERS, "installed")
    assert shop.settings == {"time_zone": "Europe/Berlin"}
    assert Seal(SECRET).open(shop.token) == "token two"


def test_a_known_shops_token_is_not_replaced_by_one_that_proves_nothing(
    web: FlaskClient, saleor: FakeSaleor, engine: Engine
) -> None:
    registered(web, saleor)
    before = shops(engine)
    assert register(web, saleor, "made up").status_code == 403
    assert shops(engine) == before


def test_shops_stand_side_by_side(web: FlaskClient, saleor: FakeSaleor, engine: Engine) -> None:
    with serving() as other:
        first, second = registered(web, saleor), registered(web, other)
    assert first != second
    assert {shop.api_url for shop in shops(engine)} == {saleor.url, other.url}


def test_the_manifest_says_where_everything_is(web: FlaskClient) -> None:
    manifest = web.get("/api/manifest").json
    assert manifest
    assert manifest["id"] == "app.dueback"
    assert manifest["tokenTargetUrl"] == "https://dueback.example/api/register"
    assert manifest["permissions"] == ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]
    assert {webhook["targetUrl"] for webhook in manifest["webhooks"]} == {"https://dueback.example/api/webhooks/saleor"}
    assert all(webhook["query"].startswith("subscription") for webhook in manifest["webhooks"])


def test_every_address_in_the_manifest_answers(web: FlaskClient) -> None:
    manifest = web.get("/api/manifest").json
    assert manifest
    pages = [manifest[name] for name in ("appUrl", "homepageUrl", "supportUrl", "dataPrivacyUrl")]
    for url in [*pages, manifest["brand"]["logo"]["default"]]:
        path = url.removeprefix("https://dueback.example")
        assert web.get(path, headers={"Sec-Fetch-Dest": "document"}, buffered=True).status_code == 200


def test_every_extension_opens_a_page_of_ours(web: FlaskClient) -> None:
    """A page's address stands below appUrl; all others are whole, for Saleor joins them in ways of its own."""
    manifest = web.get("/api/manifest").json
    assert manifest
    for extension in manifest["extensions"]:
        whole = extension["url"].startswith("https://dueback.example/admin/")
        assert whole or (extension["target"] == "APP_PAGE" and extension["url"].startswith("/"))
        assert set(extension["permissions"]) <= set(manifest["permissions"])


def test_the_manifest_fits_saleors_columns(web: FlaskClient) -> None:
    manifest = web.get("/api/manifest").json
    assert manifest
    assert max(len(manifest[name]) for name in ("name", "author", "version")) <= 60
    assert re.fullmatch(r">=\d+\.\d+ <\d+", manifest["requiredSaleorVersion"])
    assert manifest["brand"]["logo"]["default"].endswith(".png")
