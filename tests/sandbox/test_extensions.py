"""What an app shows in the dashboard, the tokens it gets there, and what staff without a permission may do."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from sandbox.seed import STAFF_PASSWORD
from tests.sandbox.desk import ANYBODY, Answered, Desk
from tests.sandbox.listening import Listener
from tests.sandbox.test_webhooks import APP, wait_installed

FULL = """{ appExtensions(first: 10) { edges { node {
    label url mountName targetName identifier settings accessToken permissions { code } app { id } } } } }"""
FOUND = """query($filter: AppExtensionFilterInput) { appExtensions(first: 10, filter: $filter) {
    edges { node { label accessToken } } } }"""
TOKEN = "query($id: ID!) { app(id: $id) { accessToken } }"
WIDGET = {
    "label": "Queue",
    "mount": "ORDER_DETAILS_WIDGETS",
    "target": "WIDGET",
    "url": "/widgets/order",
    "permissions": ["MANAGE_ORDERS"],
    "options": {"widgetTarget": {"method": "GET"}},
    "identifier": " order ",
}
POPUP = {"label": "Rule", "mount": "product_details_more_actions", "url": "/rule?new=1", "permissions": []}


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


def install(desk: Desk, app: Listener, *extensions: dict[str, Any], **manifest: Any) -> None:
    permissions = ["MANAGE_ORDERS", "MANAGE_PRODUCTS"]
    app.manifest = {
        "id": "test.app",
        "name": "Test app",
        "version": "1",
        "permissions": permissions,
        "appUrl": f"{app.origin}/app",
        "extensions": list(extensions),
    } | manifest
    asked = {"appName": "Test app", "manifestUrl": f"{app.origin}/manifest", "permissions": permissions}
    desk.do("appInstall", input=asked)
    wait_installed(desk)


def signed_in(desk: Desk, email: str) -> str:
    return str(desk.do("tokenCreate", "token", ANYBODY, email=email, password=STAFF_PASSWORD)["token"])


def found(desk: Desk, token: str | None = None, **wanted: Any) -> dict[str, str | None]:
    """Label and token of the extensions the filter finds."""
    edges = desk.ask(FOUND, token, filter=wanted)["edges"]
    return {edge["node"]["label"]: edge["node"]["accessToken"] for edge in edges}


def claims(desk: Desk, token: str | None) -> dict[str, Any]:
    told: dict[str, Any] = jwt.decode(token or "", desk.server.key.public, algorithms=["RS256"])
    return told


def test_a_manifests_extensions_are_kept_as_saleor_keeps_them(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, POPUP)
    widget, popup = (edge["node"] for edge in desk.ask(FULL)["edges"])
    assert claims(desk, widget.pop("accessToken"))["app_extension"]
    assert widget == {
        "label": "Queue",
        "url": "/widgets/order",
        "mountName": "ORDER_DETAILS_WIDGETS",
        "targetName": "WIDGET",
        "identifier": "order",
        "settings": {"widgetTarget": {"method": "GET"}},
        "permissions": [{"code": "MANAGE_ORDERS"}],
        "app": {"id": APP},
    }
    assert (popup["targetName"], popup["mountName"]) == ("POPUP", "PRODUCT_DETAILS_MORE_ACTIONS")
    assert popup["url"] == f"{app.origin}/rule?new=1", "what follows the last slash of the app's own address goes"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "widgets/order"}, "Incorrect value for field: url."),
        ({"url": "ftp://shop.example/widget"}, "Incorrect value for field: url."),
        ({"permissions": ["MANAGE_MAGIC"]}, "Given permissions don't exist."),
        ({"permissions": ["MANAGE_APPS"]}, "Extension permission must be listed in App's permissions."),
        ({"identifier": "x" * 257}, "Identifier is too long. Maximum length is 256 characters."),
        ({"identifier": "order"}, "Duplicate extension identifier: order."),
        ({"label": None}, "label: Field required."),
    ],
)
def test_an_extension_that_saleor_would_not_take_stops_the_installation(
    desk: Desk, app: Listener, wrong: dict[str, Any], message: str
) -> None:
    install(desk, app, WIDGET, WIDGET | {"identifier": " "} | wrong)
    [failed] = desk.ask("{ appsInstallations { status message } }")
    assert failed == {"status": "FAILED", "message": f"extensions: {message}"}
    assert desk.ask(FULL)["edges"] == []


def test_a_path_needs_the_apps_address(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, appUrl=None)
    [failed] = desk.ask("{ appsInstallations { message } }")
    assert failed["message"] == "extensions: Incorrect value for field: url."


def test_extensions_are_found_by_mount_and_target_and_only_of_active_apps(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, POPUP)
    assert set(found(desk, mountName=["order_details_widgets", "ORDER_DETAILS_MORE_ACTIONS"])) == {"Queue"}
    assert set(found(desk, targetName="popup")) == {"Rule"}
    assert set(found(desk)) == {"Queue", "Rule"}
    desk.do("appDeactivate", id=APP)
    assert found(desk) == {}


def test_an_apps_token_says_who_uses_it_and_what_both_may_do(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, audience="test-audience")
    staff = signed_in(desk, "orders@example.com")
    token = desk.ask(TOKEN, staff, id=APP)["accessToken"]
    with pytest.raises(jwt.InvalidAudienceError):
        claims(desk, token)
    told = jwt.decode(token, desk.server.key.public, algorithms=["RS256"], audience="test-audience")
    assert (told["type"], told["owner"], told["iss"]) == ("thirdparty", "saleor", desk.server.url)
    assert (told["email"], told["user_id"], told["is_staff"]) == ("orders@example.com", "VXNlcjoy", True)
    assert (told["app"], told["permissions"]) == (APP, ["MANAGE_ORDERS"])
    assert "MANAGE_PRODUCTS" not in told["user_permissions"]
    assert "MANAGE_APPS" in told["user_permissions"]
    assert told["exp"] - told["iat"] == 300


def test_apps_get_no_token_for_themselves_and_shoppers_none_at_all(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, tokenTargetUrl=f"{app.origin}/register")
    own = app.heard[-1].told["auth_token"]
    assert desk.ask("{ app { accessToken extensions { accessToken } } }", own) == {
        "accessToken": None,
        "extensions": [{"accessToken": None}],
    }
    with pytest.raises(Answered, match="AUTHENTICATED_STAFF_USER"):
        desk.ask(TOKEN, ANYBODY, id=APP)


def test_a_user_without_an_extensions_permissions_gets_no_token_for_it(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET, POPUP)
    tokens = found(desk, signed_in(desk, "products@example.com"))
    assert tokens["Queue"] is None
    assert claims(desk, tokens["Rule"])["permissions"] == []


def test_at_the_api_an_apps_token_is_its_user_with_fewer_permissions(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET)
    [token] = found(desk).values()
    assert desk.ask("{ me { email } }", token) == {"email": "admin@example.com"}
    desk.ask("{ orders(first: 1) { totalCount } }", token)
    with pytest.raises(Answered, match="MANAGE_APPS"):
        desk.do("appDelete", "", token, id=APP)


def test_staff_may_do_what_their_permissions_say(desk: Desk, app: Listener) -> None:
    staff = signed_in(desk, "products@example.com")
    with pytest.raises(Answered, match="MANAGE_ORDERS"):
        desk.ask("{ orders(first: 1) { totalCount } }", staff)
    held = {each["code"] for each in desk.ask("{ me { userPermissions { code } } }", staff)["userPermissions"]}
    assert "MANAGE_PRODUCTS" in held
    assert "MANAGE_ORDERS" not in held


def test_the_life_of_an_apps_token_is_a_switch(desk: Desk, app: Listener) -> None:
    install(desk, app, WIDGET)
    desk.http.post("/sandbox/control", json={"app_token_seconds": -60})
    with pytest.raises(jwt.ExpiredSignatureError):
        claims(desk, desk.ask(TOKEN, id=APP)["accessToken"])
