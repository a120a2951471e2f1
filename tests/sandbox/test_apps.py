"""Installing an app, and the problems it reports."""

import pytest
import time_machine

from tests.sandbox.desk import Answered, Desk
from tests.sandbox.listening import Listener
from tests.sandbox.test_webhooks import APP, install, wait_installed

INSTALLATIONS = "{ appsInstallations { status message manifestUrl } }"
APPS = "{ apps(first: 10) { totalCount } }"


def test_the_handshake_looks_as_saleors(desk: Desk) -> None:
    with Listener() as app:
        install(desk, app)
        manifest, register = app.heard[:2]
    host = desk.server.origin.removeprefix("http://")
    common = [
        ("User-Agent", "Saleor/3.23"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
    ]
    assert [each for each in manifest.headers if each[0] != "Host"] == [*common, ("Saleor-Schema-Version", "3.23")]
    token = register.told["auth_token"]
    assert [each for each in register.headers if each[0] != "Host"] == [
        *common,
        ("Content-Type", "application/json"),
        ("X-Saleor-Domain", host),
        ("Saleor-Domain", host),
        ("Saleor-Api-Url", desk.server.url),
        ("Saleor-Schema-Version", "3.23"),
        ("Content-Length", "48"),
    ]
    assert register.body == b'{"auth_token": "' + token.encode() + b'"}'
    query = "{ app { name identifier permissions { code } webhooks { name isActive targetUrl } } }"
    found = desk.ask(query, token)
    assert (found["name"], found["identifier"]) == ("Test app", "test.app")
    assert {"code": "MANAGE_ORDERS"} in found["permissions"]
    assert [hook["name"] for hook in found["webhooks"]] == ["all"]


def test_the_token_works_while_the_app_is_still_answering(desk: Desk) -> None:
    seen: list[object] = []
    with Listener() as app:

        def call_back(heard: object) -> tuple[int, dict[str, str]]:
            token = heard.told["auth_token"]  # type: ignore[attr-defined]
            seen.append(desk.ask("{ app { id } }", token))
            return 200, {}

        app.answer = call_back
        install(desk, app)
    assert seen == [{"id": "QXBwOjE="}]


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (403, {"error": {"message": "This shop is not welcome."}}, "This shop is not welcome."),
        (500, {}, "App internal error (500). Try later or contact with app support."),
    ],
)
def test_an_app_that_refuses_its_token_is_gone_and_says_why(
    desk: Desk, status: int, answer: dict[str, object], message: str
) -> None:
    with Listener(answer=lambda _heard: (status, answer)) as app:
        install(desk, app)
    assert desk.ask(APPS)["totalCount"] == 0
    [row] = desk.ask(INSTALLATIONS)
    assert (row["status"], row["message"]) == ("FAILED", message)


def test_an_app_that_cannot_be_reached_is_a_failed_installation(desk: Desk) -> None:
    desk.do("appInstall", input={"appName": "Nobody", "manifestUrl": "http://127.0.0.1:9/manifest", "permissions": []})
    wait_installed(desk)
    [row] = desk.ask(INSTALLATIONS)
    assert row["message"] == "Failed to connect to app. Try later or contact with app support."


def test_the_same_app_is_not_installed_twice_until_it_is_deleted(desk: Desk) -> None:
    with Listener() as app:
        install(desk, app)
        install(desk, app)
        assert desk.ask(APPS)["totalCount"] == 1
        assert "same identifier is already installed" in desk.ask(INSTALLATIONS)[0]["message"]
        desk.do("appDelete", id=APP)
        install(desk, app)
        assert desk.ask(APPS)["totalCount"] == 1


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (">=3.20 <4", True),
        ("^3.21", True),
        (">=3.24", False),
        ("~3.22.0", False),
        ("3.23.x", True),
        ("^2 || ^3.1", True),
    ],
)
def test_an_app_says_which_saleor_it_needs(desk: Desk, wanted: str, fits: bool) -> None:
    with Listener() as app:
        app.manifest = {"id": "a", "name": "A", "version": "1", "requiredSaleorVersion": wanted}
        desk.do("appInstall", input={"appName": "A", "manifestUrl": f"{app.origin}/manifest", "permissions": []})
        wait_installed(desk)
    assert desk.ask(APPS)["totalCount"] == int(fits)


PROBLEMS = "{ app { problems { key message count isCritical dismissed { by } } } }"


def report(desk: Desk, token: str, key: str, message: str = "Something is wrong", **more: object) -> None:
    desk.do("appProblemCreate", "", token, input={"key": key, "message": message} | more)


def new_app(desk: Desk) -> str:
    return str(desk.do("appCreate", "authToken", input={"name": "Reporter", "permissions": []})["authToken"])


def test_problems_of_one_key_add_up_within_the_hour(desk: Desk) -> None:
    token = new_app(desk)
    report(desk, token, "overrun", "One unit")
    report(desk, token, "overrun", "Two units", criticalThreshold=2)
    report(desk, token, "other")
    found = {row["key"]: row for row in desk.ask(PROBLEMS, token)["problems"]}
    assert found["overrun"] == {
        "key": "overrun",
        "message": "Two units",
        "count": 2,
        "isCritical": True,
        "dismissed": None,
    }
    assert found["other"]["count"] == 1
    with time_machine.travel(desk.shop.now().timestamp() + 3601, tick=True):
        report(desk, token, "overrun")
        rows = desk.ask(PROBLEMS, token)["problems"]
    assert [row["count"] for row in rows if row["key"] == "overrun"] == [1, 2]


def test_a_dismissed_problem_starts_anew(desk: Desk) -> None:
    token = new_app(desk)
    report(desk, token, "overrun")
    desk.do("appProblemDismiss", "", token, input={"byApp": {"keys": ["overrun"]}})
    report(desk, token, "overrun")
    rows = desk.ask(PROBLEMS, token)["problems"]
    assert [(row["count"], row["dismissed"]) for row in rows] == [(1, None), (1, {"by": "APP"})]


def test_only_the_newest_hundred_problems_stay(desk: Desk) -> None:
    token = new_app(desk)
    for number in range(103):
        report(desk, token, f"key-{number}")
    keys = [row["key"] for row in desk.ask(PROBLEMS, token)["problems"]]
    assert keys == [f"key-{number}" for number in range(102, 2, -1)]


def test_only_apps_report_problems(desk: Desk) -> None:
    with pytest.raises(Answered) as refused:
        report(desk, desk.staff, "overrun")
    assert refused.value.codes == ["PermissionDenied"]
