"""What every request has in common: repeats, pages, and everything that can be wrong with one."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update

from app.api import repeats
from app.models import Answer, Shop, Supply
from app.supply import lines
from tests.api.conftest import Api, make_key

NEW = {"sku": "cup", "warehouse": "berlin", "quantity": 5, "eta": "2026-12-31"}


def supplies(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Supply)) or 0


def test_a_write_that_is_repeated_under_its_key_happens_once(api: Api, engine: Engine) -> None:
    before = supplies(engine)
    first, second = (api("POST", "/supplies", NEW, Idempotency_Key="order-1") for _ in range(2))
    assert (first.status_code, second.status_code, first.json) == (201, 201, second.json)
    assert supplies(engine) == before + 1
    assert api("POST", "/supplies", NEW).status_code == 201
    assert supplies(engine) == before + 2


def test_the_key_of_another_request_is_refused(api: Api, engine: Engine) -> None:
    api("POST", "/supplies", NEW, Idempotency_Key="order-1")
    before = supplies(engine)
    assert api("POST", "/supplies", NEW | {"quantity": 6}, Idempotency_Key="order-1").status_code == 422
    assert supplies(engine) == before


def test_a_refused_write_may_be_mended_under_the_same_key(api: Api) -> None:
    assert api("POST", "/supplies", NEW | {"sku": "spoon"}, Idempotency_Key="order-1").status_code in {400, 404}
    assert api("POST", "/supplies", NEW, Idempotency_Key="order-1").status_code == 201


def test_a_write_under_way_is_not_begun_again_unless_it_was_cut_off_whole(api: Api, engine: Engine, shop: Shop) -> None:
    asked = repeats.fingerprint("POST", "/x", b"")
    first = repeats.begin(engine, shop.id, "k", asked, whole=True)
    assert first.status is None
    with pytest.raises(Exception, match="under way"):
        repeats.begin(engine, shop.id, "k", asked, whole=True)
    with engine.begin() as connection:
        connection.execute(update(Answer).values(at=func.now() - repeats.CUT_OFF_AFTER * 2))
    with pytest.raises(Exception, match="under way"):
        repeats.begin(engine, shop.id, "k", asked, whole=False)
    second = repeats.begin(engine, shop.id, "k", asked, whole=True)
    assert second.status is None
    with engine.connect() as connection, pytest.raises(Exception, match="under way"):
        repeats.hold(connection, first)
    repeats.forget(engine, first)
    with engine.begin() as connection:
        repeats.hold(connection, second)
        repeats.keep(connection, second, 201, "{}")
    assert repeats.begin(engine, shop.id, "k", asked, whole=True).status == 201


def test_a_slow_write_that_is_repeated_while_it_works_happens_once(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes: here nothing is waited for at all."""
    before, add, repeated = supplies(engine), lines.add, []
    monkeypatch.setattr(repeats, "CUT_OFF_AFTER", timedelta(0))

    def add_slowly(*given: Any, **named: Any) -> int:
        monkeypatch.setattr(lines, "add", add)
        repeated.append(api("POST", "/supplies", NEW, Idempotency_Key="order-1").status_code)
        return add(*given, **named)

    monkeypatch.setattr(lines, "add", add_slowly)
    first = api("POST", "/supplies", NEW, Idempotency_Key="order-1")
    assert (first.status_code, repeated) == (201, [409])
    assert api("POST", "/supplies", NEW, Idempotency_Key="order-1").json == first.json
    assert supplies(engine) == before + 1


def test_answers_are_let_go_of_after_a_day(api: Api, engine: Engine) -> None:
    api("POST", "/supplies", NEW, Idempotency_Key="order-1")
    with engine.begin() as connection:
        connection.execute(update(Answer).values(at=func.now() - repeats.KEPT * 2))
    api("POST", "/supplies", NEW, Idempotency_Key="order-2")
    with engine.begin() as connection:
        assert connection.scalars(select(Answer.key)).all() == ["order-2"]


def test_pages_follow_each_other_without_gap_or_overlap(api: Api) -> None:
    for number in range(5):
        api("POST", "/supplies", NEW | {"reference": f"PO-{number}"})
    seen: list[int] = []
    path = "/supplies?limit=2"
    while True:
        page = api.get(path)
        seen += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        path = f"/supplies?limit=2&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7
    assert seen == [item["id"] for item in api.get("/supplies")["items"]]


@pytest.mark.parametrize("cursor", ["x", "e30=", "bnVsbA==", "InRleHQi", "dHJ1ZQ==", "%00", "W1tbW1tb"])
def test_a_cursor_that_is_none_of_ours_is_refused(api: Api, cursor: str) -> None:
    answer = api("GET", f"/supplies?cursor={cursor}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "cursor" in (answer.json or {})["detail"]


@pytest.mark.parametrize("number", [2**63, 10**30, -(10**30), 0, True])
@pytest.mark.parametrize(
    "path", ["/supplies", "/supplies/1/history", "/rules", "/rules/history", "/rises", "/moves", "/history"]
)
def test_a_cursor_with_a_number_that_is_none_of_ours_is_refused(api: Api, path: str, number: int) -> None:
    answer = api("GET", f"{path}?cursor={cursor_of(number)}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", 7])
@pytest.mark.parametrize("path", ["/queue", "/queue?at_risk=true"])
def test_a_cursor_with_a_text_that_is_none_of_ours_is_refused(api: Api, path: str, text: object) -> None:
    answer = api("GET", f"{path}{'&' if '?' in path else '?'}cursor={cursor_of(text)}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def cursor_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": -1}, "quantity"),
        ({"quantity": 10**12}, "quantity"),
        ({"quantity": "many"}, "quantity"),
        ({"eta": "9999-01-01"}, "eta"),
        ({"eta": "2020-01-01"}, "eta"),
        ({"eta": "31/12/2026"}, "eta"),
        ({"sku": "spoon"}, "sku"),
        ({"sku": "\x00"}, "sku"),
        ({"warehouse": "moon"}, "warehouse"),
        ({"eta_latest": "2026-12-01"}, "eta_latest"),
        ({"held": 9}, "held"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place_and_nothing_is_kept(
    api: Api, engine: Engine, change: dict[str, Any], field: str
) -> None:
    before = supplies(engine)
    answer = api("POST", "/supplies", NEW | change)
    assert answer.status_code in {400, 404}
    problem = answer.json or {}
    assert problem["detail"].startswith(f"{field}: ")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert supplies(engine) == before


def test_what_is_wrong_with_a_rule_is_named_where_it_stands_in_the_body(api: Api) -> None:
    for path in ("PUT /rules", "POST /rules/preview"):
        method, _, route = path.partition(" ")
        problem = api(method, route, {"scope": "shop", "fields": {"mode": "backorder", "early_sale": True}}).json or {}
        assert [error["field"] for error in problem["errors"]] == ["fields.early_sale"]
        assert problem["detail"].startswith("early_sale: A backorder has no release")


def test_a_refusal_advises_no_command(api: Api) -> None:
    for method, path in (("PATCH", "/supplies/999"), ("POST", "/moves/999/undo"), ("POST", "/receipts/999/undo")):
        answer = api(method, path, {})
        assert answer.status_code in {404, 409}
        assert "dueback" not in (answer.json or {})["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"quantity": NaN}', b"\xff\xfe", b"null", b'"text"'])
def test_a_body_that_is_no_json_object_is_refused(web: FlaskClient, engine: Engine, shop: Shop, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {make_key(engine, shop, 'supply')}"}
    answer = web.post("/api/v1/supplies", data=body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_other_ways_to_ask_wrongly_get_their_own_answer(web: FlaskClient, api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key}"}
    asked = {
        404: web.get("/api/v1/nothing", headers=headers),
        405: web.delete("/api/v1/queue", headers=headers),
        413: web.post("/api/v1/supplies", data=b" " * 2_000_000, content_type="application/json", headers=headers),
        415: web.post("/api/v1/supplies", data=b"a=1", headers=headers),
    }
    for status, answer in asked.items():
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert (answer.json or {})["detail"]
    assert api("GET", "/supplies?sku=a&sku=b").status_code == 400
    assert api("GET", "/supplies?colour=red").status_code == 400
    assert api("GET", f"/supplies/{2**64}").status_code == 404
