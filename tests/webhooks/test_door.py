"""What the door takes in, and what it turns away."""

import json
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine, insert, update
from werkzeug.test import Client, EnvironBuilder, TestResponse, run_wsgi_app

from app.models import Shop, Variant
from tests.webhooks.conftest import Install, Marks
from tests.webhooks.shop import SigningShop, access_token, private_key, signed
from webhooks import MOST_BYTES, PATH

ORDER = {"order": {"id": "T3JkZXI6MQ=="}}


def body_of(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def send(door: Client, shop: SigningShop, event: str, payload: Any, **headers: str) -> TestResponse:
    return send_body(door, shop, event, body_of(payload), **headers)


def send_body(door: Client, shop: SigningShop, event: str, body: bytes, **headers: str) -> TestResponse:
    changed = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return door.post(PATH, data=body, headers=shop.headers(event, body) | changed)


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("dueback_webhooks_total", {"outcome": outcome}) or 0.0


def test_an_order_is_marked_and_counted(door: Client, shop: SigningShop, marks: Marks) -> None:
    before = counted("marked")
    answer = send(door, shop, "order_created", ORDER)
    assert answer.status_code == 202
    assert answer.data == b""
    assert marks() == [(1, "order", "T3JkZXI6MQ==")]
    assert counted("marked") == before + 1


def test_the_same_webhook_twice_is_one_mark(door: Client, shop: SigningShop, marks: Marks) -> None:
    assert [send(door, shop, "order_created", ORDER).status_code for _ in range(3)] == [202] * 3
    assert marks() == [(1, "order", "T3JkZXI6MQ==")]


def test_the_events_name_may_be_in_capitals(door: Client, shop: SigningShop, marks: Marks) -> None:
    send(door, shop, "ORDER_CREATED", ORDER)
    assert len(marks()) == 1


def test_what_our_own_app_caused_is_dropped_and_counted(door: Client, shop: SigningShop, marks: Marks) -> None:
    before = counted("echo")
    answer = send(door, shop, "order_updated", ORDER | {"issuingPrincipal": {"id": shop.app_id}})
    assert answer.status_code == 202
    assert marks() == []
    assert counted("echo") == before + 1


def test_what_another_app_caused_is_marked(door: Client, shop: SigningShop, marks: Marks) -> None:
    send(door, shop, "order_updated", ORDER | {"issuingPrincipal": {"id": "QXBwOjk5"}})
    assert len(marks()) == 1


def test_a_deleted_product_marks_the_variants_the_book_knows_of_it(
    door: Client, shop: SigningShop, marks: Marks, engine: Engine
) -> None:
    known = {"shop_id": 1, "sku": "", "name": "", "product_name": "", "product_type_id": "", "tracked": True}
    known |= {"observed_at": "2026-11-23T09:00:00Z"}
    with engine.begin() as connection:
        rows = [known | {"id": f"v{n}", "product_id": product} for n, product in enumerate(["p1", "p1", "p2"])]
        connection.execute(insert(Variant).values(rows))
    send(door, shop, "product_deleted", {"product": {"id": "p1"}})
    assert marks() == [(1, "variant", "v0"), (1, "variant", "v1")]


def test_a_bad_signature_is_turned_away_and_nothing_is_kept(
    door: Client, shop: SigningShop, marks: Marks, woken: list[int]
) -> None:
    body = body_of(ORDER)
    for bad in ("", "nonsense", signed(body + b" ", shop.key), signed(body, private_key(1)), access_token(shop.key)):
        answer = send_body(door, shop, "order_created", body, saleor_signature=bad)
        assert (answer.status_code, answer.data) == (401, b"")
    assert marks() == []
    assert woken == []


def test_missing_headers_are_turned_away(door: Client, shop: SigningShop, marks: Marks) -> None:
    body = body_of(ORDER)
    for missing in ("Saleor-Signature", "Saleor-Api-Url"):
        headers = {name: value for name, value in shop.headers("order_created", body).items() if name != missing}
        assert door.post(PATH, data=body, headers=headers).status_code == 401
    assert marks() == []


def test_an_unknown_shop_is_turned_away(door: Client, shop: SigningShop, marks: Marks) -> None:
    stranger = SigningShop(api_url="https://elsewhere.example/graphql/")
    assert send(door, stranger, "order_created", ORDER).status_code == 401
    assert marks() == []


def test_one_shop_cannot_speak_for_another(door: Client, shop: SigningShop, install: Install, marks: Marks) -> None:
    other = SigningShop("https://other.example/graphql/", "QXBwOjI=", private_key(1))
    other_id = install(other)
    assert send(door, other, "order_created", ORDER, saleor_api_url=shop.api_url).status_code == 401
    assert marks() == []
    assert send(door, other, "order_created", ORDER).status_code == 202
    assert marks() == [(other_id, "order", "T3JkZXI6MQ==")]


@pytest.mark.parametrize("body", [b"", b"not json", b"[1, 2]", b"null", b"\xff\xfe", b"[" * 50_000])
def test_what_we_do_not_understand_is_accepted_and_left(
    door: Client, shop: SigningShop, marks: Marks, body: bytes
) -> None:
    assert send_body(door, shop, "order_created", body).status_code == 202
    assert marks() == []


@pytest.mark.parametrize("event", ["", "gift_card_created", "order", "../etc", "x" * 500])
def test_an_unknown_event_is_accepted_and_left(door: Client, shop: SigningShop, marks: Marks, event: str) -> None:
    assert send(door, shop, event, ORDER).status_code == 202
    assert marks() == []


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b", "x" * 300, "", None, 7, {}])
def test_ids_no_database_takes_are_passed_over(door: Client, shop: SigningShop, marks: Marks, bad: Any) -> None:
    assert send(door, shop, "order_bulk_created", {"orders": [{"id": bad}, {"id": "o2"}]}).status_code == 202
    assert marks() == [(1, "order", "o2")]


def test_a_body_of_a_megabyte_is_read_and_one_byte_more_is_not(door: Client, shop: SigningShop, marks: Marks) -> None:
    filled = body_of(ORDER)[:-1] + b" " * (MOST_BYTES - len(body_of(ORDER))) + b"}"
    assert len(filled) == MOST_BYTES
    assert send_body(door, shop, "order_created", filled).status_code == 202
    assert send_body(door, shop, "order_created", filled + b" ").status_code == 413
    assert len(marks()) == 1


def test_a_body_that_says_it_is_too_long_is_not_read(door: Client) -> None:
    environ = EnvironBuilder(path=PATH, method="POST", data=b"x").get_environ() | {"CONTENT_LENGTH": "5000000"}
    answer = run_wsgi_app(door.application, environ)
    assert answer[1].startswith("413")
    assert environ["wsgi.input"].tell() == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_post_is_let_in(door: Client, method: str) -> None:
    answer = door.open(PATH, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


def test_every_other_path_is_the_apps(door: Client) -> None:
    assert door.get("/healthz").status_code == 200
    assert door.get(f"{PATH}/").status_code == 404


@pytest.mark.parametrize("state, status, kept", [("inactive", 202, 1), ("leaving", 202, 1), ("left", 202, 0)])
def test_a_shop_at_rest_is_heard_but_one_that_left_leaves_no_marks(
    door: Client, shop: SigningShop, marks: Marks, engine: Engine, state: str, status: int, kept: int
) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state=state))
    assert send(door, shop, "order_created", ORDER).status_code == status
    assert len(marks()) == kept


def test_a_shop_that_removed_us_is_not_known_any_more(
    door: Client, shop: SigningShop, marks: Marks, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state="removed"))
    assert send(door, shop, "order_created", ORDER).status_code == 401
    assert marks() == []
