"""Who comes in, how, and what everybody else sees."""

import time

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, update

from app.models import Shop
from tests.admin.desk import PARENT, Desk, signing_for, token
from tests.webhooks.shop import private_key


def test_a_good_token_opens_the_pages(desk: Desk) -> None:
    assert desk.get("/").status_code == 401
    assert desk.sign_in().json == {"shop": desk.shop_id, "until": pytest.approx(time.time() + 330, abs=5)}
    assert desk.get("/").status_code == 200


def test_a_token_that_our_clock_holds_to_be_over_just_now_opens_the_pages_too(desk: Desk) -> None:
    desk.sign_in(exp=int(time.time()) - 5)
    assert desk.get("/").status_code == 200


def test_the_session_is_a_cookie_of_the_dashboards_site_only(desk: Desk) -> None:
    cookie = desk.sign_in().headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/admin"):
        assert part in cookie


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"iss": "https://other.example/graphql/"},
        {"app": "QXBwOjI="},
        {"type": "access"},
        {"is_staff": False},
        {"user_permissions": "MANAGE_ORDERS"},
        {"iss": "\x00"},
        {"email": None},
    ],
)
def test_a_token_for_something_else_opens_nothing(desk: Desk, changes: dict[str, object]) -> None:
    answer = desk.sign_in(**changes)
    assert (answer.status_code, desk.get("/").status_code) == (401, 401)
    assert answer.json is not None
    assert answer.json["message"]


def test_a_token_signed_by_somebody_else_opens_nothing(desk: Desk) -> None:
    desk.signing.key = private_key(1)
    assert desk.sign_in().status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"token": 1}', b'{"token": "x.y.z", "parent": "https://a.example"}']
)
def test_what_is_no_token_is_refused_in_words(web: FlaskClient, desk: Desk, body: bytes) -> None:
    answer = web.post("/admin/session", data=body)
    assert answer.status_code in {400, 401}
    assert answer.json is not None
    assert answer.json["message"]


@pytest.mark.parametrize(
    "parent",
    ["https://a.example/path", "javascript:alert(1)", "https://a.example; script-src *", "*", "https://a b", ""],
)
def test_only_an_origin_may_frame_the_pages(desk: Desk, parent: str) -> None:
    answer = desk.web.post("/admin/session", json={"token": token(desk.signing), "parent": parent})
    assert answer.status_code == 401


def test_the_pages_are_framed_by_the_dashboard_they_were_opened_from_and_run_no_foreign_script(desk: Desk) -> None:
    desk.sign_in()
    policy = desk.get("/").headers["Content-Security-Policy"]
    assert f"frame-ancestors {PARENT}" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_session_ends_with_its_token(desk: Desk) -> None:
    desk.sign_in()
    with time_machine.travel(time.time() + 331):
        assert desk.get("/").status_code == 401


def test_a_form_sent_after_the_session_ended_is_kept_and_sent_again(desk: Desk) -> None:
    answer = desk.web.post(f"/admin/{desk.shop_id}/settings", data={"why": "<b>said"}, headers=desk.headers)
    assert answer.status_code == 401
    assert '<input type="hidden" name="why" value="&lt;b&gt;said">' in answer.text


def test_outside_a_dashboard_a_page_says_where_to_go(desk: Desk) -> None:
    answer = desk.web.get("/admin", headers={"Sec-Fetch-Dest": "document"})
    assert "Open Dueback in your dashboard" in answer.text
    assert "data-session" not in answer.text


def test_the_dashboards_own_address_leads_to_the_shops_pages(desk: Desk) -> None:
    desk.sign_in()
    query = "?domain=shop.example&saleorApiUrl=https://shop.example/graphql/&id=A&featureFlags[a][b]=c&theme=dark&orderId=O1"
    answer = desk.web.get(f"/admin/widgets/order{query}", headers=desk.headers)
    # The theme stays, for the first paint.
    assert answer.location == f"/admin/{desk.shop_id}/widgets/order?orderId=O1&theme=dark"


def test_another_shops_pages_are_not_there(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
        other = connection.scalar(insert(Shop).values(row).returning(Shop.id))
    desk.sign_in()
    here, nowhere = (desk.web.get(f"/admin/{number}/", headers=desk.headers) for number in (other, 999_999))
    assert (here.status_code, nowhere.status_code) == (404, 404)
    assert here.text == nowhere.text


def test_two_shops_in_one_browser_do_not_mix(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
        other_id = connection.scalar(insert(Shop).values(row).returning(Shop.id)) or 0
    other = Desk(desk.web, other_id, signing_for(engine, other_id))
    desk.sign_in()
    other.sign_in("MANAGE_ORDERS")
    assert (desk.get("/").status_code, other.get("/").status_code) == (200, 200)


def test_a_shop_that_removed_the_app_is_closed(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state="removed"))
    assert desk.sign_in().status_code == 401


def test_who_may_do_nothing_here_is_told_what_it_needs(desk: Desk) -> None:
    desk.sign_in("MANAGE_USERS")
    answer = desk.get("/")
    assert answer.status_code == 403
    assert "manage orders or manage products" in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/queue/../../nothing", "/9" * 30, "/%00"])
def test_an_address_that_leads_nowhere_has_a_way_on(desk: Desk, path: str) -> None:
    desk.sign_in()
    answer = desk.get(path)
    assert answer.status_code == 404
    assert "dashboard" in answer.text


def test_the_looks_are_those_the_script_kept(desk: Desk) -> None:
    desk.sign_in()
    desk.looks(theme="dark", locale="de-AT")
    page = desk.get("/").text
    assert 'data-theme="dark"' in page
    assert '<html lang="de"' in page
    assert 'data-locale="de-AT"' in page


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_theme_in_the_dashboards_address_wins(desk: Desk, signed_in: bool) -> None:
    if signed_in:
        desk.sign_in()
    desk.looks(theme="light")
    for address in ("/?theme=dark", "/queue?theme=dark", "/nothing?theme=dark"):
        assert 'data-theme="dark"' in desk.get(address).text


def test_looks_that_nobody_knows_are_the_first(desk: Desk) -> None:
    desk.sign_in()
    desk.looks(theme="sepia", locale="xx")
    page = desk.get("/?theme=sepia").text
    assert 'data-theme="light"' in page
    assert '<html lang="en"' in page
