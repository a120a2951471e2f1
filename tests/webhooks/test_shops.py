"""The door's memory of shops: it follows changes within seconds, and new keys at once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import Client

from app import shop_keys
from app.models import Shop
from tests.app.saleor import Answer, FakeSaleor, serving
from tests.webhooks.conftest import Install, Marks
from tests.webhooks.shop import SigningShop, private_key
from webhooks import PATH, shops

BODY = b'{"order": {"id": "o1"}}'


@pytest.fixture
def saleor(install: Install) -> Iterator[FakeSaleor]:
    """An installed shop whose keys can be fetched. It signs as `signing` says."""
    with serving() as running:
        install(running.signing)
        yield running


def send(door: Client, shop: SigningShop, event: str = "order_created", body: bytes = BODY) -> int:
    return door.post(PATH, data=body, headers=shop.headers(event, body)).status_code


def test_a_shop_that_changed_its_key_is_understood_at_once(door: Client, saleor: FakeSaleor, marks: Marks) -> None:
    assert send(door, saleor.signing) == 202
    saleor.signing.key, saleor.signing.key_id = private_key(1), "key-2"
    assert send(door, saleor.signing) == 202
    assert len(marks()) == 1
    assert saleor.asked_for_keys == 1


def test_new_keys_are_kept_with_the_shop(door: Client, saleor: FakeSaleor, engine: Engine) -> None:
    saleor.signing.key, saleor.signing.key_id = private_key(1), "key-2"
    send(door, saleor.signing)
    with engine.connect() as connection:
        shop = connection.execute(Shop.__table__.select()).one()
    assert [key["kid"] for key in shop.jwks["keys"]] == ["key-2"]
    assert shop.jwks_at is not None


def test_made_up_key_names_do_not_make_us_ask_again_and_again(door: Client, saleor: FakeSaleor) -> None:
    forger = SigningShop(saleor.url, key=private_key(1))
    for number in range(5):
        forger.key_id = f"made up {number}"
        assert send(door, forger) == 401
    assert saleor.asked_for_keys == 1


def test_a_webhook_that_cannot_be_judged_now_is_to_be_sent_again(door: Client, saleor: FakeSaleor) -> None:
    saleor.keys = Answer(b"", 503)
    saleor.signing.key, saleor.signing.key_id = private_key(1), "key-2"
    assert [send(door, saleor.signing) for _ in range(3)] == [503] * 3
    assert saleor.asked_for_keys == 1


def test_a_shop_that_had_trouble_is_asked_again_after_a_rest(
    door: Client, saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch
) -> None:
    saleor.keys = Answer(b"", 503)
    saleor.signing.key, saleor.signing.key_id = private_key(1), "key-2"
    assert send(door, saleor.signing) == 503
    saleor.keys = None
    monkeypatch.setattr(shop_keys, "REST_SECONDS", 0.0)
    assert send(door, saleor.signing) == 202


def test_the_old_key_still_counts_while_new_ones_cannot_be_fetched(door: Client, saleor: FakeSaleor) -> None:
    saleor.keys = Answer(b"", 503)
    newer = SigningShop(saleor.url, key=private_key(1), key_id="key-2")
    assert send(door, newer) == 503
    assert send(door, saleor.signing) == 202


def test_a_change_of_state_is_seen_within_seconds(
    door: Client, shop: SigningShop, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(door, shop) == 202
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state="removed"))
    assert send(door, shop) == 202
    monkeypatch.setattr(shops, "REMEMBER_SECONDS", 0.0)
    assert send(door, shop) == 401


def test_a_shop_that_registers_is_known_at_once(door: Client, install: Install) -> None:
    newcomer = SigningShop()
    assert send(door, newcomer) == 401
    install(newcomer)
    assert send(door, newcomer) == 202


def test_removing_the_app_is_heard_once_and_closes_the_door(door: Client, saleor: FakeSaleor, engine: Engine) -> None:
    farewell = b'{"app": {"id": "QXBwOjE="}}'
    assert send(door, saleor.signing, "app_deleted", farewell) == 202
    with engine.connect() as connection:
        assert connection.execute(Shop.__table__.select()).one().state == "removed"
    assert send(door, saleor.signing, "app_deleted", farewell) == 401
    assert send(door, saleor.signing) == 401


def test_a_lifecycle_event_waits_for_a_shop_that_cannot_be_asked(door: Client, saleor: FakeSaleor) -> None:
    saleor.broken = True
    assert send(door, saleor.signing, "app_deleted", b'{"app": {"id": "QXBwOjE="}}') == 503


def test_another_event_cannot_be_passed_off_as_a_removal(door: Client, saleor: FakeSaleor, engine: Engine) -> None:
    assert send(door, saleor.signing, "app_deleted", BODY) == 202
    with engine.connect() as connection:
        assert connection.execute(Shop.__table__.select()).one().state == "installed"
