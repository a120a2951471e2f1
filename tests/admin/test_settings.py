"""What holds for the whole shop: who may see it, who may change it, and what a change does."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from app import doctor, keys, leaving, notices, turns
from app.doctor import Finding
from app.doctor.finding import Severity
from app.models import Answer, Key, Mark, Order, Pause, Shop, Variant
from app.platforms import ReportProblem
from tests.admin.at_desk import on_that_day, shop, there
from tests.admin.desk import Desk
from tests.app.waiting import Waiting

__all__ = ["on_that_day", "shop", "there"]

EVERY_TOPIC = ["pool_shipment", "overrun", "receipt", "doctor"]


def kept(engine: Engine) -> Shop:
    with Session(engine, expire_on_commit=False) as session:
        return session.scalars(select(Shop)).one()


def unmark(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Mark))


def count(engine: Engine, table: type[Any]) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(table.__table__)).all())


GENERAL = {"stock_owner": "erp", "time_zone": "Europe/Berlin", "language": "de", "tell": ["overrun", "doctor"]}


def test_settings_are_kept_and_the_pages_follow_them(desk: Desk, there: Waiting, engine: Engine) -> None:
    unmark(engine)
    desk.sign_in()
    page = desk.get("/settings").text
    assert desk.post("/settings", page, **GENERAL).status_code == 303
    assert kept(engine).settings == {
        "stock_owner": "erp",
        "time_zone": "Europe/Berlin",
        "language": "de",
        "quiet": ["pool_shipment", "receipt"],
    }
    assert count(engine, Mark) == 1
    assert 'lang="de"' in desk.get("/settings").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"time_zone": "Mars/Base"}, "Time zone: should be a time zone such as Europe/Berlin"),
        ({"stock_owner": "nobody"}, "Stock is kept by: should be 'staff' or 'erp'"),
        ({"language": "xx"}, "Language of these pages: should be '', 'en' or 'de'"),
        ({"time_zone": "a\x00b"}, "Time zone: should be a time zone such as Europe/Berlin"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_and_what_was_typed_stays(
    desk: Desk, there: Waiting, engine: Engine, wrong: dict[str, str], says: str
) -> None:
    desk.sign_in()
    page = desk.get("/settings").text
    answer = desk.post("/settings", page, **(GENERAL | {"time_zone": "Europe/Paris"} | wrong))
    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert kept(engine).settings == {}
    if "time_zone" not in wrong:
        assert 'value="Europe/Paris"' in answer.text


def test_settings_that_somebody_else_changed_are_shown_not_overwritten(
    desk: Desk, there: Waiting, engine: Engine
) -> None:
    desk.sign_in()
    page = desk.get("/settings").text
    with engine.begin() as connection:
        connection.execute(update(Shop).values(settings={"time_zone": "Asia/Tokyo"}))
    refused = desk.post("/settings", page, **GENERAL)
    assert refused.status_code == 422
    assert "Asia/Tokyo" in refused.text
    assert 'value="Europe/Berlin"' in refused.text
    assert kept(engine).settings == {"time_zone": "Asia/Tokyo"}
    assert desk.post("/settings", refused.text, **GENERAL).status_code == 303
    assert kept(engine).settings["time_zone"] == "Europe/Berlin"


@pytest.mark.parametrize("may", ["MANAGE_ORDERS", "MANAGE_PRODUCTS"])
def test_who_may_do_half_of_it_sees_settings_and_changes_none(
    desk: Desk, there: Waiting, engine: Engine, may: str
) -> None:
    desk.sign_in(may)
    for path in ("", "/queue", "/pause", "/checkup"):
        answer = desk.get(f"/settings{path}")
        assert answer.status_code == 200
        assert "you need the permissions to manage orders and to manage products" in answer.text
    for path in ("/keys", "/leave", "/keys/1/revoke"):
        assert desk.get(f"/settings{path}").status_code == 403
    page = desk.get("/widgets/order?orderId=order-1").text if may == "MANAGE_ORDERS" else desk.get("/settings").text
    for path in ("", "/queue", "/keys", "/pause", "/resume", "/leave", "/stay", "/checkup"):
        assert desk.post(f"/settings{path}", page, **GENERAL).status_code in {400, 403}
    assert (kept(engine).settings, kept(engine).state, count(engine, Key)) == ({}, "installed", 0)


class Told:
    """The shop's list of problems."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def write(self, changes: list[ReportProblem]) -> list[Any]:
        self.heard += [change.key for change in changes]
        return []


def test_topics_that_are_switched_off_wait_until_they_are_switched_on(
    desk: Desk, there: Waiting, engine: Engine
) -> None:
    told = Told()
    platform: Any = told
    desk.sign_in()
    page = desk.get("/settings").text
    desk.post("/settings", page, **(GENERAL | {"tell": ["doctor"]}))
    with engine.begin() as connection:
        for key in ("overrun:line-1", "doctor:pool_gone:web"):
            notices.report(connection, there.shop.id, key, "said")
    notices.send(engine, there.shop.id, platform)
    assert told.heard == ["doctor:pool_gone:web"]
    desk.post("/settings", desk.get("/settings").text, **(GENERAL | {"tell": EVERY_TOPIC}))
    notices.send(engine, there.shop.id, platform)
    assert told.heard == ["doctor:pool_gone:web", "overrun:line-1"]


def paid(engine: Engine, order: str) -> None:
    with engine.begin() as connection:
        connection.execute(update(Order).where(Order.id == order).values(paid=True))


POLICY = {"policy": "paid_first", "wanted_key": "", "rank_key": ""}


def test_a_policy_says_who_gains_and_who_loses_before_it_is_switched(
    desk: Desk, there: Waiting, engine: Engine
) -> None:
    paid(engine, "order-3")
    desk.sign_in()
    page = desk.get("/settings/queue").text
    assert "Keep it so" not in page
    effect = desk.post("/settings/queue/preview", page, **POLICY).text
    assert "<b>1</b> order lines gain" in effect
    assert "<b>2</b> order lines lose" in effect
    assert kept(engine).settings == {}
    assert desk.post("/settings/queue", effect, **POLICY).status_code == 303
    assert turns.of(kept(engine)).policy == "paid_first"


def test_a_policy_that_has_nothing_to_go_by_says_so(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/settings/queue").text
    effect = desk.post("/settings/queue/preview", page, **(POLICY | {"policy": "rank"})).text
    assert "the policy moves nobody until one is" in effect
    effect = desk.post("/settings/queue/preview", page, **(POLICY | {"policy": "rank", "rank-C": "2"})).text
    assert "the policy moves nobody until one is" not in effect


def test_keys_and_ranks_of_a_policy_are_kept(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/settings/queue").text
    typed = POLICY | {"policy": "rank", "rank_key": "vip", "rank-C": "-3"}
    effect = desk.post("/settings/queue/preview", page, **typed).text
    assert desk.post("/settings/queue", effect, **typed).status_code == 303
    setting = turns.of(kept(engine))
    assert (setting.policy, setting.rank_key, setting.ranks) == ("rank", "vip", {"C": -3})


@pytest.mark.parametrize("wrong", [{"policy": "richest"}, {"rank-C": "first"}, {"rank-C": "1e9"}])
def test_a_policy_that_cannot_be_meant_is_refused_in_words(
    desk: Desk, there: Waiting, engine: Engine, wrong: dict[str, str]
) -> None:
    desk.sign_in()
    page = desk.get("/settings/queue").text
    preview = desk.post("/settings/queue/preview", page, **(POLICY | wrong)).text
    assert 'role="alert"' in preview
    assert "Keep it so" not in preview
    assert desk.post("/settings/queue", page, **(POLICY | wrong)).status_code == 422
    assert kept(engine).settings == {}


def test_a_policy_that_somebody_else_switched_is_not_overwritten(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/settings/queue").text
    effect = desk.post("/settings/queue/preview", page, **POLICY).text
    with engine.begin() as connection:
        turns.put(connection, there.shop, {"policy": "complete_first"}, who="x")
    answer = desk.post("/settings/queue", effect, **POLICY)
    assert answer.status_code == 422
    assert "Complete orders first" in answer.text
    assert turns.of(kept(engine)).policy == "complete_first"


KEY = {"name": "ERP", "scope": ["read", "supply"], "per_minute": "60"}


def test_a_key_is_shown_once_and_kept_nowhere(desk: Desk, there: Waiting, engine: Engine) -> None:
    desk.sign_in()
    page = desk.get("/settings/keys").text
    made = desk.post("/settings/keys", page, **KEY)
    assert made.status_code == 200
    [key] = [part for part in html.unescape(made.text).split('"') if part.startswith(keys.BEGIN)]
    with engine.begin() as connection:
        row = keys.find(connection, key)
        assert row is not None
        assert (row.name, row.scopes, row.per_minute) == ("ERP", ["read", "supply"], 60)
        assert all(key not in str(answer) for answer in connection.execute(select(Answer.__table__)))
    again = desk.post("/settings/keys", page, **KEY)
    assert (again.status_code, count(engine, Key)) == (303, 1)
    listed = desk.get("/settings/keys").text
    assert key not in listed
    assert "It was shown once" in listed


def test_a_key_is_revoked_on_a_page_that_says_what_that_means(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        made = keys.add(connection, there.shop.id, "<b>ERP", ["read"], 60, who="x")
        number = connection.scalar(select(Key.id))
    desk.sign_in()
    page = desk.get(f"/settings/keys/{number}/revoke").text
    assert "&lt;b&gt;ERP" in page
    assert desk.post(f"/settings/keys/{number}/revoke", page).status_code == 303
    with engine.begin() as connection:
        assert keys.find(connection, made) is None
    assert "revoked" in desk.get("/settings/keys").text


def test_another_shops_key_is_not_there(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
        other = connection.scalar(insert(Shop).values(row).returning(Shop.id))
        assert other
        keys.add(connection, other, "ERP", ["read"], 60, who="x")
        number = connection.scalar(select(Key.id))
    desk.sign_in()
    assert desk.get(f"/settings/keys/{number}/revoke").status_code == 404
    answer = desk.post(f"/settings/keys/{number}/revoke", desk.get("/settings").text)
    assert answer.status_code == 404
    with engine.connect() as connection:
        assert connection.scalar(select(Key.revoked_at)) is None


@pytest.mark.parametrize("wrong", [{"name": " "}, {"scope": []}, {"scope": ["everything"]}, {"per_minute": "lots"}])
def test_a_key_that_cannot_be_made_is_refused_and_what_was_typed_stays(
    desk: Desk, there: Waiting, engine: Engine, wrong: dict[str, Any]
) -> None:
    desk.sign_in()
    page = desk.get("/settings/keys").text
    answer = desk.post("/settings/keys", page, **(KEY | wrong))
    assert answer.status_code == 422
    assert ("name" in wrong) or 'value="ERP"' in answer.text
    assert count(engine, Key) == 0


def test_everything_is_paused_and_resumed(desk: Desk, there: Waiting, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(Variant).values(shown={"dueback.web.backorder_left": "46"}))
    desk.sign_in()
    page = desk.get("/settings/pause").text
    assert "1 variant that can be ordered past zero now closes" in page
    assert "2 orders that wait keep their turn" in page
    assert desk.post("/settings/pause", page, why="flood").status_code == 303
    with engine.connect() as connection:
        pause = turns.paused(connection, there.shop.id)
    assert pause is not None
    assert (pause.who, pause.why) == ("staff@example.com", "flood")
    page = desk.get("/settings/pause").text
    assert "flood" in page
    assert desk.post("/settings/pause", page).status_code == 422
    page = desk.get("/settings/pause").text
    assert desk.post("/settings/resume", page).status_code == 303
    assert count(engine, Pause) == 1


def test_leaving_says_what_will_happen_and_then_how_far_it_is(desk: Desk, there: Waiting, engine: Engine) -> None:
    unmark(engine)
    desk.sign_in()
    page = desk.get("/settings/leave").text
    assert "4 units in 2 orders are owed to buyers" in page
    assert kept(engine).state == "installed"
    assert desk.post("/settings/leave", page).status_code == 303
    assert kept(engine).state == "leaving"
    assert "0 of 1 variants are done" in desk.get("/settings/leave").text
    with engine.begin() as connection:
        assert not leaving.finish(connection, there.shop.id)
        connection.execute(delete(Mark))
        assert leaving.finish(connection, there.shop.id)
    page = desk.get("/settings/leave").text
    assert "You can uninstall the app" in page
    assert desk.post("/settings/leave", page).status_code == 422


@pytest.mark.parametrize("state", ["leaving", "left"])
def test_who_changes_their_mind_stays(desk: Desk, there: Waiting, engine: Engine, state: str) -> None:
    unmark(engine)
    with engine.begin() as connection:
        connection.execute(update(Shop).values(state=state))
    desk.sign_in()
    page = desk.get("/settings/leave").text
    assert desk.post("/settings/stay", page).status_code == 303
    assert (kept(engine).state, count(engine, Mark)) == ("installed", 1)
    assert desk.post("/settings/stay", desk.get("/settings/leave").text).status_code == 422


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the doctor finds."""

    def found(*findings: Finding) -> None:
        monkeypatch.setattr(doctor, "examine", lambda _runtime, _shop: list(findings))

    return found


def test_the_check_up_asks_the_shop_and_says_what_to_do(
    desk: Desk, there: Waiting, finds: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(Finding("webhook_missing:Orders", Severity.ERROR, "A webhook <is> missing.", "Make it."))
    monkeypatch.setattr(doctor, "mend", lambda _runtime, _shop, *, who: [f"Made whole for {who}."])
    desk.sign_in()
    page = desk.get("/settings/checkup").text
    assert "A webhook" not in page
    assert "A webhook &lt;is&gt; missing." in desk.get("/settings/checkup/findings").text
    assert "A webhook &lt;is&gt; missing." in desk.get("/settings/checkup?look=1").text
    assert desk.post("/settings/checkup", page).status_code == 303
    assert "Made whole for staff@example.com." in desk.get("/settings/checkup").text


def test_a_shop_that_does_not_answer_is_a_finding_too(desk: Desk, there: Waiting) -> None:
    desk.sign_in()
    answer = desk.get("/settings/checkup/findings")
    assert answer.status_code == 200
    assert "Nothing of the shop can be read or written" in answer.text
