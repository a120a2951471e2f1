"""Who may ask, for what, and how often."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from app import keys
from app.models import Key, Shop
from tests.api.conftest import Api, make_key
from tests.app.rule_shop import WHO


def test_without_a_key_that_holds_nothing_is_told(web: FlaskClient, shop: Shop) -> None:
    for key in ("", "dueback_guessed", "\x00"):
        answer = Api(web, key)("GET", "/supplies")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert "dueback key add" in (answer.json or {})["detail"]


def test_a_key_is_kept_as_a_hash_and_says_who_it_is_by_its_beginning(engine: Engine, shop: Shop) -> None:
    key = make_key(engine, shop, "read")
    with engine.connect() as connection:
        row = connection.execute(select(Key.__table__)).one()
    assert key not in {str(value) for value in row}
    assert key.startswith(row.prefix)
    assert len(key) > len(row.prefix) + 30


def test_a_revoked_key_holds_no_longer(api: Api, engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        [row] = keys.rows(connection, shop.id)
        keys.revoke(connection, shop.id, row.id, who=WHO)
    assert api("GET", "/supplies").status_code == 401
    with engine.begin() as connection, pytest.raises(keys.BadKey, match="no key"):
        keys.revoke(connection, shop.id, row.id, who=WHO)


def test_a_key_may_do_only_what_its_scopes_say(web: FlaskClient, engine: Engine, shop: Shop) -> None:
    reader = Api(web, make_key(engine, shop, "read"))
    assert reader("GET", "/supplies").status_code == 200
    refused = reader("POST", "/supplies", {"sku": "cup", "warehouse": "berlin", "quantity": 1, "eta": "2026-12-24"})
    assert refused.status_code == 403
    assert "lacks the scope supply" in (refused.json or {})["detail"]


def test_a_key_that_asks_too_often_is_told_when_to_ask_again(web: FlaskClient, engine: Engine, shop: Shop) -> None:
    hasty = Api(web, make_key(engine, shop, "read", per_minute=2))
    answers = [hasty("GET", "/suppliers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 31


@pytest.mark.parametrize(
    ("name", "scopes", "per_minute", "says"),
    [
        ("", ["read"], 10, "name"),
        ("ERP", [], 10, "scope"),
        ("ERP", ["everything"], 10, "everything is none of"),
        ("ERP", ["read"], 0, "per_minute"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused(
    engine: Engine, shop: Shop, name: str, scopes: list[str], per_minute: int, says: str
) -> None:
    with engine.begin() as connection, pytest.raises(keys.BadKey, match=says):
        keys.add(connection, shop.id, name, scopes, per_minute, who=WHO)


def test_one_shops_key_shows_nothing_of_another(api: Api, web: FlaskClient, engine: Engine, shop: Shop) -> None:
    own = api.get("/supplies")["items"][0]["id"]
    with engine.begin() as connection:
        other = Shop(api_url="https://other.example/graphql/", app_id="App", token="")
        row = {"api_url": other.api_url, "app_id": "App", "token": ""}
        other_id = connection.execute(Shop.__table__.insert().values(row).returning(Shop.id)).scalar_one()  # type: ignore[attr-defined]
        stranger = Api(web, keys.add(connection, other_id, "ERP", keys.SCOPES, 100, who=WHO))
    assert stranger.get("/supplies")["items"] == stranger.get("/queue")["items"] == []
    for method, path in (("GET", f"/supplies/{own}"), ("POST", f"/supplies/{own}/cancel")):
        assert stranger(method, path, {} if method == "POST" else None).status_code == 404
    assert api.get(f"/supplies/{own}")["status"] == "expected"
