"""The list of rules, the form of one, and what comes of it."""

from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from app import book, installs, rulebook
from app.engine.rules import Scope
from app.models import Rule, RuleChange, Shop, Variant
from tests.admin.desk import Desk
from tests.admin.rule_desk import LiveShop, live
from tests.app.rule_shop import NOW, SHOP, layout, ordered, place, put, variant

CHOICES = {"mode": "backorder", "cap": "=", "cap.typed": "20"}


@pytest.fixture(autouse=True)
def answering(monkeypatch: pytest.MonkeyPatch) -> LiveShop:
    return live(monkeypatch)


def rules(engine: Engine) -> dict[tuple[str, str, str], dict[str, Any]]:
    with engine.connect() as connection:
        return {(row.scope, row.target, row.channel_id): row.fields for row in connection.execute(select(Rule))}


def number(engine: Engine, table: type[Rule] | type[RuleChange] = Rule) -> int:
    """The newest one's."""
    with engine.connect() as connection:
        return connection.scalar(select(table.id).order_by(table.id.desc()).limit(1)) or 0


def test_an_empty_list_says_what_that_means_and_leads_on(desk: Desk) -> None:
    desk.sign_in()
    page = desk.get("/rules").text
    assert "Without a rule the shop sells what is on hand" in page
    assert f"/admin/{desk.shop_id}/rules/new" in page


def test_the_list_is_in_the_order_in_which_rules_decide(desk: Desk, engine: Engine, shop: Shop) -> None:
    for at in (
        SHOP,
        place(Scope.CHANNEL, "web")._replace(target_name=""),
        place(Scope.CATEGORY, "mugs"),
        place(Scope.CATEGORY, "mugs", "outlet"),
        place(Scope.VARIANT, "plate"),
        place(Scope.VARIANT, "cup"),
        place(Scope.COLLECTION, "sale"),
    ):
        put(engine, shop, at, cap=3)
    desk.sign_in()
    page = desk.get("/rules").text
    told = ["Variant cup", "Variant plate", "Collection sale", "Category mugs, only in Outlet", "Category mugs<",
            "Channel Web", "The whole shop</a>"]  # fmt: skip
    places = [page.index(each) for each in told]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=plate", ["Variant plate"]),
        ("text=DISHES", ["Variant plate"]),
        ("scope=category", ["Category mugs"]),
        ("channel=outlet", ["Category mugs"]),
        ("channel=every", ["Variant plate", "The whole shop"]),
        ("mode=off", ["Variant plate"]),
        ("mode=silent", ["Category mugs"]),
        ("text=%25", []),
        ("scope=planet", ["Variant plate", "Category mugs", "The whole shop"]),
    ],
)
def test_the_list_and_its_file_follow_the_filter(
    desk: Desk, engine: Engine, shop: Shop, query: str, found: list[str]
) -> None:
    with engine.begin() as connection:
        [seen] = [variant("plate", product="dishes")]
        book.record_variants(connection, shop.id, ["plate"], [seen], NOW)
    put(engine, shop, SHOP, mode="backorder", cap=3)
    put(engine, shop, place(Scope.CATEGORY, "mugs", "outlet"), cap=3)
    put(engine, shop, place(Scope.VARIANT, "plate"), mode="off")
    desk.sign_in()
    page, file = desk.get(f"/rules?{query}").text, desk.get(f"/rules.csv?{query}").text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    every = ["Variant plate", "Category mugs", "The whole shop"]
    assert [each for each in every if each in body] == found
    assert len(file.splitlines()) == len(found) + 1


def test_the_file_is_one_that_an_import_takes(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, place(Scope.VARIANT, "cup", "web"), mode="backorder", cap=20, may_split=False)
    desk.sign_in()
    header, row = desk.get("/rules.csv").text.lstrip("\ufeff").splitlines()
    assert header.startswith("scope,channel,mode,cap,")
    assert row.startswith("variant:cup,web,backorder,20,")
    assert ",no," in row


def test_a_page_beyond_the_end_has_a_way_back(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, cap=3)
    desk.sign_in()
    page = desk.get("/rules?page=9999")
    assert page.status_code == 200
    assert "To the first page" in page.text


def test_a_rule_is_kept_as_it_was_answered(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=category&target=mugs&channel=outlet").text
    answer = desk.post(
        "/rules/save", page, **CHOICES, may_split="no", confidence="80", release_on="none", horizon_days="",
        **{"horizon_days.typed": "9", "starts_on.typed": "2026-12-01"},
    )  # fmt: skip
    assert answer.status_code == 303
    kept = {"mode": "backorder", "cap": 20, "may_split": False, "confidence": 80, "release_on": "none"}
    assert rules(engine) == {("category", "mugs", "outlet"): kept | {"starts_on": "2026-12-01"}}
    with engine.connect() as connection:
        assert connection.scalar(select(RuleChange.who)) == "staff@example.com"


def test_what_is_answered_with_inherit_leaves_the_rule(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3, lead_days=5)
    desk.sign_in()
    page = desk.get(f"/rules/{number(engine)}").text
    desk.post("/rules/save", page, **CHOICES)
    assert rules(engine) == {("shop", "", ""): {"mode": "backorder", "cap": 20}}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"cap": "=", "cap.typed": "many<b>"}, "Cap: should be"),
        ({"cap": "=", "cap.typed": ""}, "Cap: should be"),
        ({"cap": "=", "cap.typed": "-1"}, "Cap: should be"),
        ({"mode": "sometimes"}, "Mode: should be"),
        ({"cap": "9" * 400}, "Cap: "),
        ({"time_zone": "=", "time_zone.typed": "Mars/Olympus"}, "Time zone: no time zone"),
        ({}, "A rule has to decide something"),
        ({"mode": "backorder", "release_on": "=", "release_on.typed": "2027-01-01"}, "A backorder has no release"),
    ],
)
def test_what_cannot_be_meant_is_told_and_what_was_typed_stays(
    desk: Desk, engine: Engine, shop: Shop, fields: dict[str, str], says: str
) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    answer = desk.post("/rules/save", page, **{"units_per_order": "=", "units_per_order.typed": "4"} | fields
                       if fields else {})  # fmt: skip
    assert answer.status_code == 422
    assert says in answer.text
    assert ("many&lt;b&gt;" in answer.text) == ("many<b>" in fields.values())
    if fields:
        assert 'name="units_per_order.typed" value="4"' in answer.text
    assert rules(engine) == {}


def test_a_rule_that_somebody_else_changed_meanwhile_is_shown_beside_what_was_typed(
    desk: Desk, engine: Engine, shop: Shop
) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    desk.sign_in()
    page = desk.get(f"/rules/{number(engine)}").text
    put(engine, shop, SHOP, cap=7)
    answer = desk.post("/rules/save", page, **CHOICES)
    assert answer.status_code == 422
    assert "Somebody changed this rule while you did" in answer.text
    assert "<td>7 units</td><td>20 units</td>" in answer.text
    assert rules(engine)["shop", "", ""]["cap"] == 7
    assert desk.post("/rules/save", answer.text, **CHOICES).status_code == 303
    assert rules(engine)["shop", "", ""]["cap"] == 20


def test_two_people_who_make_the_same_rule_do_not_overwrite_each_other(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    put(engine, shop, SHOP, cap=7)
    assert desk.post("/rules/save", page, **CHOICES).status_code == 422
    assert rules(engine)["shop", "", ""] == {"cap": 7}


def test_a_form_that_is_sent_twice_counts_once(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    answers = [desk.post("/rules/save", page, **CHOICES) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with engine.connect() as connection:
        assert len(connection.execute(select(RuleChange)).all()) == 1


def test_the_form_says_what_would_be_inherited_and_from_where(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, cap=8, lead_days=14)
    put(engine, shop, place(Scope.PRODUCT, "cups", "web"), cap=5)
    put(engine, shop, place(Scope.VARIANT, "cup"), cap=99)
    desk.sign_in()
    page = desk.get("/rules/at?scope=variant&target=cup&channel=web").text
    assert "Inherited now: 99 units, from: Variant cup" in page
    page = desk.get("/rules/at?scope=product&target=cups").text
    assert "Inherited now: 8 units, from: The whole shop" in page
    assert "Inherited now: 14 days, from: The whole shop" in page


def test_the_form_of_a_place_where_there_is_a_rule_is_that_rules(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, place(Scope.VARIANT, "cup"), cap=99)
    desk.sign_in()
    answer = desk.get("/rules/at?scope=variant&target=cup")
    assert answer.location.endswith(f"/rules/{number(engine)}")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("scope=variant&target=spoon", "spoon"),
        ("scope=category&target=gone", "no category with the slug gone"),
        ("scope=product&target=", "is no scope"),
        ("scope=shop&channel=moon", "no channel moon"),
    ],
)
def test_a_place_that_the_shop_does_not_have_is_refused_by_name(desk: Desk, query: str, says: str) -> None:
    desk.sign_in()
    answer = desk.get(f"/rules/at?{query}")
    assert (answer.status_code, says in answer.text) == (422, True)


def test_a_shop_that_does_not_answer_is_told_where_it_must_be_asked(desk: Desk, answering: LiveShop) -> None:
    answering.silent = True
    desk.sign_in()
    answer = desk.get("/rules/at?scope=category&target=mugs")
    assert (answer.status_code, "did not answer in time" in answer.text) == (422, True)
    assert desk.get("/rules/targets?scope=category&target=mu").text.strip() == ""
    assert desk.get("/rules/at?scope=variant&target=cup").status_code == 200


def test_a_new_release_has_its_own_stylesheet_on_every_page(desk: Desk, engine: Engine, shop: Shop) -> None:
    kept = put(engine, shop, place(Scope.VARIANT, "cup"), mode="backorder", cap=7)
    desk.sign_in()
    for path in ("/", f"/rules/{kept.id}", "/variants/cup"):
        assert f"admin.css?v={installs.version()}" in desk.get(path).text


def test_names_are_suggested_and_are_only_text(desk: Desk) -> None:
    desk.sign_in()
    assert '<option value="cup">cups, cup</option>' in desk.get("/rules/targets?scope=variant&target=CU").text
    found = desk.get("/rules/targets?scope=category&target=Mug").text
    assert '<option value="mug">&lt;b&gt;Mug&lt;/b&gt; category</option>' in found


def test_the_preview_says_what_would_open_and_keeps_nothing(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    whole = desk.post("/rules/preview", page, **CHOICES).text
    assert "plate in Web: 20 past zero" in whole
    odd = desk.post("/rules/preview", page, **(CHOICES | {"cap": ""})).text
    assert "Neither this rule nor a wider one sets a cap" in odd
    assert 'name="cap.typed" value="20"' in whole
    desk.headers = desk.headers | {"HX-Request": "true"}
    part = desk.post("/rules/preview", page, **CHOICES).text
    assert "plate in Web: 20 past zero" in part
    assert "<html" not in part
    assert "should be" in desk.post("/rules/preview", page, cap="=", **{"cap.typed": "x"}).text
    assert rules(engine) == {}


def test_the_preview_says_how_much_of_a_large_shop_it_has_looked_at(
    desk: Desk, engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.admin.rules.previewing.WITHIN", 0.0)
    monkeypatch.setattr("app.preview.HURRIED_BATCH", 1)
    put(engine, shop, SHOP, mode="backorder", cap=5, lead_days=5)
    ordered(engine, shop, "21", "plate", 2)
    desk.sign_in()
    page = desk.get(f"/rules/{number(engine)}").text
    told = desk.post("/rules/preview", page, **CHOICES, lead_days="=", **{"lead_days.typed": "9"}).text
    assert "Covers 2 variants." in told
    assert "Looked at the first 1" in told
    assert "Order 21" in told


def test_a_form_for_another_shop_or_made_up_is_refused(desk: Desk, engine: Engine, shop: Shop) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    assert desk.post("/rules/save", page, place="made up", **CHOICES).status_code == 404
    assert "grown old" in desk.post("/rules/preview", page, place="", **CHOICES).text
    assert desk.get("/rules/999999").status_code == 404
    assert desk.get(f"/rules/{10**30}").status_code == 404


def test_another_shops_rule_is_not_there(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        row = {"api_url": "https://other.example/graphql/", "app_id": "x", "token": ""}
        other = connection.scalar(insert(Shop).values(row).returning(Shop.id))
        connection.execute(insert(Rule).values(shop_id=other, scope="shop", target="", fields={"cap": 1}))
        connection.execute(
            insert(RuleChange).values(
                shop_id=other, scope="shop", target="", target_name="", channel_id="", before=None, after={"cap": 1},
                who="x",
            )
        )  # fmt: skip
    desk.sign_in()
    theirs, change = number(engine), number(engine, RuleChange)
    for path in (f"/rules/{theirs}", f"/rules/{theirs}/remove", f"/rules/{theirs}/history",
                 f"/rules/history/{change}/undo"):  # fmt: skip
        assert desk.get(path).status_code == 404


def test_who_may_not_manage_products_reads_and_changes_nothing(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, cap=3)
    desk.sign_in()
    page = desk.get(f"/rules/{number(engine)}").text
    desk.sign_in("MANAGE_ORDERS")
    read = desk.get(f"/rules/{number(engine)}")
    assert read.status_code == 200
    assert "<fieldset disabled>" in read.text
    assert "Keep the rule" not in read.text
    for path in ("/rules/save", f"/rules/{number(engine)}/remove", f"/rules/history/{number(engine, RuleChange)}/undo"):
        assert desk.post(path, page, **CHOICES).status_code == 403
    assert desk.get("/rules/new").status_code == 403
    assert rules(engine) == {("shop", "", ""): {"cap": 3}}


def test_names_of_goods_are_only_text(desk: Desk, engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        hostile = variant("cup", product='"><script>alert(1)</script>')
        book.record_variants(connection, shop.id, ["cup"], [hostile], NOW)
    put(engine, shop, rulebook.Place(Scope.VARIANT, "cup", "<i>cup</i>"), cap=3)
    desk.sign_in()
    for path in ("/rules", f"/rules/{number(engine)}", "/rules/history", "/rules/test?sku=cup&channel=web"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<i>cup" not in page


def test_removing_shows_what_it_does_first_and_keeps_to_the_version_that_was_shown(
    desk: Desk, engine: Engine, shop: Shop
) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    desk.sign_in()
    path = f"/rules/{number(engine)}/remove"
    page = desk.get(path).text
    assert "plate in Web: 3 past zero" in page
    put(engine, shop, SHOP, cap=4)
    refused = desk.post(path, page)
    assert (refused.status_code, "4 units" in refused.text) == (422, True)
    assert desk.post(path, refused.text).status_code == 303
    assert rules(engine) == {}


def test_a_change_is_taken_back_as_a_change_of_its_own(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    put(engine, shop, SHOP, cap=4, lead_days=9)
    desk.sign_in()
    path = f"/rules/history/{number(engine, RuleChange)}/undo"
    page = desk.get(path).text
    assert "3 units" in page
    assert desk.post(path, page).status_code == 303
    assert rules(engine)["shop", "", ""] == {"mode": "backorder", "cap": 3}
    history = desk.get("/rules/history").text
    assert "staff@example.com" in history
    assert "4 units → 3 units" in history


def test_taking_back_what_made_or_removed_a_rule_removes_or_makes_it(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    desk.sign_in()
    for left in ({}, {("shop", "", ""): {"mode": "backorder", "cap": 3}}):
        path = f"/rules/history/{number(engine, RuleChange)}/undo"
        assert desk.post(path, desk.get(path).text).status_code == 303
        assert rules(engine) == left


def test_a_change_is_not_taken_back_once_others_came_after_it(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=3)
    put(engine, shop, SHOP, cap=4)
    first = number(engine, RuleChange)
    desk.sign_in()
    path = f"/rules/history/{first}/undo"
    page = desk.get(path).text
    put(engine, shop, SHOP, cap=5)
    answer = desk.post(path, page)
    assert answer.status_code == 422
    assert "changed since" in answer.text
    assert [f"<td>{cap} units</td>" in answer.text for cap in (3, 4, 5)] == [True, True, True]
    assert rules(engine)["shop", "", ""]["cap"] == 5


def test_the_history_is_paged_filtered_and_that_of_one_rule_alone(desk: Desk, engine: Engine, shop: Shop) -> None:
    for cap in range(60):
        put(engine, shop, SHOP, cap=cap)
    put(engine, shop, place(Scope.VARIANT, "cup"), cap=3)
    desk.sign_in()
    assert "1 to 50 of 61" in desk.get("/rules/history").text
    assert "51 to 61 of 61" in desk.get("/rules/history?page=2").text
    assert "1 to 1 of 1" in desk.get("/rules/history?text=cup").text
    assert "1 to 1 of 1" in desk.get(f"/rules/{number(engine)}/history").text
    assert len(desk.get("/rules/history.csv?scope=variant").text.splitlines()) == 2


def test_what_holds_is_told_with_the_rule_it_comes_from(desk: Desk, engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=8)
    put(engine, shop, place(Scope.PRODUCT, "cups", "web"), cap=5)
    desk.sign_in()
    page = desk.get("/rules/test?sku=plate&channel=web").text
    rule = f'<a href="/admin/{desk.shop_id}/rules/{number(engine)}">Product cups, only in Web</a>'
    assert rule in page
    assert "5 units" in page
    assert "5 more units may be ordered past zero" in page
    assert "Dueback knows no variant with the SKU spoon" in desk.get("/rules/test?sku=spoon&channel=web").text
    assert desk.get("/rules/test?sku=plate&channel=moon").status_code == 200


def test_a_sku_that_two_variants_have_is_not_guessed_at(desk: Desk, engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        connection.execute(update(Variant).values(sku="same"))
    desk.sign_in()
    assert "2 variants have this SKU" in desk.get("/rules/test?sku=same&channel=web").text


def test_setting_a_rule_that_sells_past_zero_makes_the_pools_and_asks_where_the_shops_settings_change(
    desk: Desk, engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        book.record_layout(connection, shop.id, layout(pools=False))
    lived = live(monkeypatch, pools=False, in_order=False)
    desk.sign_in()
    page = desk.get("/rules/at?scope=channel&target=web").text
    asked = desk.post("/rules/save", page, **CHOICES)
    assert asked.status_code == 422
    assert "Orders of Web are taken from the warehouse with the most stock" in asked.text
    assert (rules(engine), len(lived.warehouses)) == ({}, 2)
    assert desk.post("/rules/save", asked.text, agree="1").status_code == 303
    assert rules(engine) == {("channel", "web", ""): {"mode": "backorder", "cap": 20}}
    with engine.connect() as connection:
        pools = {channel.slug: channel.pool is not None for channel in book.load_channels(connection, shop.id)}
    assert pools == {"web": True, "outlet": False}


def test_a_shop_that_does_not_answer_keeps_no_rule_that_needs_it(
    desk: Desk, engine: Engine, shop: Shop, answering: LiveShop
) -> None:
    desk.sign_in()
    page = desk.get("/rules/at?scope=shop").text
    answering.silent = True
    answer = desk.post("/rules/save", page, **CHOICES)
    assert (answer.status_code, "did not answer in time" in answer.text) == (422, True)
    assert rules(engine) == {}


def test_pages_stay_small(desk: Desk, engine: Engine, shop: Shop) -> None:
    for name in range(50):
        put(engine, shop, place(Scope.VARIANT, f"cup-{name}"), mode="backorder", cap=5, lead_days=9, display="week")
    desk.sign_in()
    assert len(desk.get("/rules").data) < 60_000
    assert len(desk.get("/rules/history").data) < 60_000
