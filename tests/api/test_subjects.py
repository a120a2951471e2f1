"""Rules, supply, receipts, the queue, turns and reasons through the API."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from app import book, clock, explain, history, preview, rulebook
from app.api.rules import Effect, effect_of
from app.engine.rules import Scope
from app.models import Delivery, Line, Mark, PromiseMove, Shop, Variant
from app.supply import learned
from tests.api.conftest import Api
from tests.app.rule_shop import NOW, TODAY, WHO, marked, ordered, place, variant


def test_a_supply_is_added_changed_received_and_its_history_kept(api: Api, engine: Engine) -> None:
    marked(engine)
    new = {"sku": "cup", "warehouse": "berlin", "quantity": 5, "eta": "2026-12-31", "supplier": "Kiln", "why": "spring"}
    made = api("POST", "/supplies", new).json or {}
    assert (made["status"], made["supplier"], made["version"]) == ("expected", "Kiln", 1)
    assert marked(engine) == {"cup"}

    changed = api("PATCH", f"/supplies/{made['id']}", {"eta": "2027-01-15", "version": 1}).json or {}
    assert (changed["eta"], changed["version"]) == ("2027-01-15", 2)
    stale = api("PATCH", f"/supplies/{made['id']}", {"eta": "2027-02-01", "version": 1})
    assert stale.status_code == 409
    assert "version 2" in (stale.json or {})["detail"]

    received = api("POST", f"/supplies/{made['id']}/receipts", {"quantity": 2}).json or {}
    assert received["receipt"]["units"] == 2
    assert api.get(f"/supplies/{made['id']}")["received"] == 2
    api("POST", f"/receipts/{received['receipt']['id']}/undo", {})
    assert api.get(f"/supplies/{made['id']}")["received"] == 0

    kinds = [(change["kind"], change["who"]) for change in api.get(f"/supplies/{made['id']}/history")["items"]]
    assert kinds == [(kind, "API key ERP") for kind in ("added", "changed", "received", "undone")]
    assert (api("POST", f"/supplies/{made['id']}/cancel", {}).json or {})["status"] == "cancelled"


def test_a_range_stays_until_another_day_takes_its_place(api: Api) -> None:
    new = {"sku": "cup", "warehouse": "berlin", "quantity": 8, "eta": "2026-12-20", "eta_latest": "2027-01-10"}
    path = f"/supplies/{api('POST', '/supplies', new).json['id']}"  # type: ignore[index]
    for change, ends in (({"eta": "2026-12-20"}, "2027-01-10"), ({"eta": "2026-12-22"}, None)):
        assert (api("PATCH", path, change).json or {})["eta_latest"] == ends


def test_supplies_are_filtered(api: Api) -> None:
    assert [item["reference"] for item in api.get("/supplies?sku=cup&supplier=Kiln")["items"]] == ["PO-9", "PO-30"]
    assert [item["reference"] for item in api.get("/supplies?reference=PO-30")["items"]] == ["PO-30"]
    assert api.get("/supplies?sku=plate")["items"] == api.get("/supplies?status=cancelled")["items"] == []


def test_a_supplier_is_kept_by_name(api: Api) -> None:
    assert api("PUT", "/suppliers", {"name": "Kiln", "lead_days": 21}).json == {"name": "Kiln", "lead_days": 21}
    assert api.get("/suppliers")["items"] == [{"name": "Kiln", "lead_days": 21}]


def test_the_queue_says_who_waits_for_what(api: Api) -> None:
    claims = api.get("/queue?sku=cup")["items"]
    assert [(claim["order"], claim["quantity"]) for claim in claims] == [("1", 2), ("2", 3)]
    first = api.get("/queue?limit=1")
    assert [claim["order"] for claim in first["items"]] == ["1"]
    assert [claim["order"] for claim in api.get(f"/queue?cursor={first['next']}")["items"]] == ["2"]
    assert api.get("/queue?at_risk=true")["items"] == []


def test_availability_says_what_a_new_buyer_would_get(api: Api) -> None:
    offer = api.get("/availability?sku=cup&channel=web")
    assert (offer["status"], offer["available_now"], offer["backorder_left"]) == ("backorder", 0, 16)
    two = api.get("/availability?sku=cup&channel=web&quantity=2")
    assert [(step["quantity"], step["expected"]) for step in two["steps"]] == [(2, "2026-12-24")]
    assert offer["unlimited"] is False
    assert api("GET", "/availability?sku=cup&channel=moon").status_code == 404
    assert api("GET", "/availability?sku=spoon&channel=web").status_code == 404


def test_a_number_that_stands_for_any_number_is_told_as_such(api: Api) -> None:
    assert api("PUT", "/rules", {"scope": "shop", "fields": {"cap": "none"}}).status_code == 200
    assert api.get("/availability?sku=cup&channel=web")["unlimited"] is True
    assert [item["unlimited"] for item in api.get("/explanations?sku=cup&channel=web")["items"]] == [True]


def test_a_rule_is_set_previewed_and_removed(api: Api, engine: Engine) -> None:
    asked = {"scope": "variant:cup", "fields": {"cap": 2}}
    effect = api("POST", "/rules/preview", asked).json or {}
    assert (effect["covered"], effect["closing"]) == (1, 1)
    assert all(rule["scope"] != "variant:cup" for rule in api.get("/rules")["items"])

    rule = api("PUT", "/rules", asked).json or {}
    assert (rule["scope"], rule["fields"], rule["version"]) == ("variant:cup", {"cap": 2}, 1)
    assert api("PUT", "/rules", asked | {"version": 7}).status_code == 409
    assert api.get("/rules/history")["items"][0]["after"] == {"cap": 2}
    assert api("DELETE", "/rules?scope=variant:cup").json == {"removed": True}
    assert api("DELETE", "/rules?scope=variant:cup").json == {"removed": False}
    with engine.connect() as connection:
        assert "cup" in connection.scalars(select(Mark.target)).all()


def test_a_rule_that_contradicts_itself_is_refused_with_its_field(api: Api) -> None:
    whole = "should be a whole number, without points and commas, like 1000"
    refused = [
        (
            {"cap": -1},
            "fields.cap: Input should be greater than or equal to 0, or Input should be 'incoming' or 'none'.",
        ),
        ({"cap": "1.000"}, f"fields.cap: {whole}, or Input should be 'incoming' or 'none'."),
        (
            {"release_on": "24.12.2026"},
            "fields.release_on: It takes a date like 2026-12-24, or Input should be 'none'.",
        ),
        (
            {"starts_on": "2026-12-24", "ends_on": "2026-12-01"},
            "ends_on: 1 December 2026 is before the rule starts",
        ),
        ({"colour": "red"}, "fields.colour: Extra inputs are not permitted."),
    ]
    for fields, told in refused:
        answer = api("PUT", "/rules", {"scope": "shop", "fields": fields})
        assert answer.status_code == 400
        assert (answer.json or {})["detail"].startswith(told)
    assert api("PUT", "/rules", {"scope": "planet:earth", "fields": {"cap": 1}}).status_code in {400, 404}


def test_null_takes_a_field_out_of_a_rule_again(api: Api) -> None:
    at = {"scope": "variant:cup"}
    api("PUT", "/rules", at | {"fields": {"cap": 2, "display": "range", "spread_days": 5}})
    assert (api("PUT", "/rules", at | {"fields": {"spread_days": 6}}).json or {})["fields"]["spread_days"] == 6
    taken = {"fields": {"display": None, "spread_days": None}}
    preview = api("POST", "/rules/preview", at | taken).json or {}
    assert preview["fields"] == {"cap": 2}
    kept = api("PUT", "/rules", at | taken).json or {}
    assert kept["fields"] == {"cap": 2}
    nothing = api("PUT", "/rules", at | {"fields": {"cap": None}})
    assert nothing.status_code == 400
    assert "remove the rule" in (nothing.json or {})["detail"]


def test_a_rule_that_was_set_says_what_is_odd_about_it(api: Api) -> None:
    rule = {"scope": "variant:cup", "fields": {"display": "range"}}
    preview = api("POST", "/rules/preview", rule).json or {}
    kept = api("PUT", "/rules", rule).json or {}
    assert kept["remarks"] == preview["remarks"]
    assert "set the spread" in kept["remarks"][0]


def test_a_preview_names_collections_that_decide_otherwise(api: Api, engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        book.record_variants(connection, shop.id, ["cup"], [variant("cup", collections=("a", "b"))], NOW)
        for slug, units in (("a", 2), ("b", 3)):
            rulebook.put(connection, shop, place(Scope.COLLECTION, slug), {"cap": units}, who=WHO)
        found = preview.of_rule(connection, shop, place(Scope.COLLECTION, "a"), {"cap": 4}, TODAY)
        slugs = rulebook.channel_slugs(connection, shop.id)
    told = Effect.model_validate(effect_of(found, slugs)).clashes
    assert [clash.model_dump() for clash in told] == [
        {"field": "cap", "wins": "a", "loses": "b", "channel": None, "variants": 1}
    ]


def test_turns_are_decided_and_taken_back(api: Api) -> None:
    made = api("POST", "/moves", {"order": "2", "sku": "cup"}).json or {}
    assert [claim["order"] for claim in api.get("/queue?sku=cup")["items"]] == ["2", "1"]
    assert [move["kind"] for move in api.get("/moves")["items"]] == ["pin"]
    assert api("POST", f"/moves/{made['id']}/undo", {}).status_code == 200
    handed = {"order": "1", "to_order": "2", "sku": "cup", "units": 2}
    assert api("POST", "/moves", handed).status_code == 201
    assert api("POST", "/moves", handed | {"units": 9}).status_code == 409
    assert api("POST", "/moves", {"order": "1", "sku": "cup", "units": 1}).status_code == 400


def test_who_could_hand_units_over_is_told_by_order_or_line(api: Api) -> None:
    found = api.get("/moves/givers?to_order=2&sku=cup&units=1")
    assert (found["more"], [giver["order"] for giver in found["items"]]) == (0, ["1"])
    [giver] = found["items"]
    assert (giver["line_id"], giver["units"], giver["sooner"]) == ("1-1", 1, 1)
    assert giver["before"].keys() == giver["after"].keys() == giver["taker"].keys() == {"ready", "expected"}
    assert api.get("/moves/givers?to_line_id=2-1&units=1") == found
    for query, status in (("to_order=9&sku=cup&units=1", 404), ("to_line_id=9&units=1", 404), ("units=1", 400),
                          ("to_order=2&sku=cup&units=9", 400)):  # fmt: skip
        assert api("GET", f"/moves/givers?{query}").status_code == status


def test_reports_have_the_numbers_of_the_commands(api: Api, engine: Engine, shop: Shop) -> None:
    [first, *_] = api.get("/supplies?sku=cup")["items"]
    api("POST", f"/supplies/{first['id']}/receipts", {"quantity": 1})
    columns = {"shop_id": shop.id, "line_id": "1-1", "variant_id": "cup", "units": 2, "shipped_on": TODAY,
               "promised_first": TODAY, "promised_last": TODAY}  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(Delivery).values(columns))
        suppliers, promises = learned.punctuality(connection, shop.id), learned.accuracy(connection, shop.id)
    for path, found in (("suppliers", suppliers), ("promises", promises)):
        assert found
        assert api.get(f"/reports/{path}") == {"items": json.loads(json.dumps(found))}


def test_lines_are_held_released_and_dated_by_hand(api: Api) -> None:
    held = api("POST", "/moves/hold", {"line_ids": ["1-1", "2-1"], "why": "address"}).json or {}
    assert len(held["ids"]) == 2
    again = api("POST", "/moves/hold", {"order": "2", "sku": "cup"})
    assert again.status_code == 409
    assert "Order 2 is on hold already" in (again.json or {})["detail"]
    assert (api("POST", "/moves/release", {"line_ids": ["2-1"]}).json or {})["ids"] == held["ids"][1:]
    assert api("POST", "/moves/redate", {"line_ids": ["2-1"], "day": "2026-12-31"}).status_code == 201
    assert api("POST", "/moves/redate", {"line_ids": ["2-1"], "day": "2020-12-31"}).status_code == 409
    listed = [(move["kind"], move["order"], move["line_id"], move["day"]) for move in api.get("/moves")["items"]]
    assert listed == [("hold", "1", "1-1", None), ("redate", "2", "2-1", "2026-12-31")]
    unclear: list[dict[str, Any]] = [{}, {"order": "2"}, {"line_ids": ["2-1"], "sku": "cup"}, {"line_ids": []}]
    for body in unclear:
        assert api("POST", "/moves/hold", body).status_code == 400
    assert api("POST", "/moves", {"line_id": "1-1", "to_line_id": "2-1", "units": 1}).status_code == 201
    assert api("POST", "/moves", {"line_id": "1-1"}).status_code == 201


def test_everything_is_paused_and_resumed(api: Api, engine: Engine) -> None:
    marked(engine)
    assert api.get("/pause")["paused"] is False
    paused = api("POST", "/pause", {"why": "flooded"}).json or {}
    assert (paused["paused"], paused["who"], paused["why"]) == (True, "API key ERP", "flooded")
    assert marked(engine) == {"cup", "plate"}
    assert api.get("/availability?sku=cup&channel=web")["backorder_left"] == 0
    assert api("POST", "/pause", {}).status_code == 409
    assert api("POST", "/resume", {}).json == {"paused": False, "who": None, "why": None, "at": None}
    assert api.get("/availability?sku=cup&channel=web")["backorder_left"] == 16


def test_the_queues_policy_is_tried_before_it_is_chosen(api: Api) -> None:
    assert api.get("/queue/policy")["policy"] == "first_come"
    assert api.get("/queue/policy/preview?policy=complete_first")["lines"] == 2
    [remark] = api.get("/queue/policy/preview?policy=wanted_date&wanted_key=wish")["remarks"]
    assert "under wish was not kept so far" in remark
    assert (api("PUT", "/queue/policy", {"policy": "paid_first"}).json or {})["policy"] == "paid_first"


def test_channels_are_ranked_by_their_slugs(api: Api, engine: Engine, shop: Shop) -> None:
    ordered(engine, shop, "3", "cup", 1, channel="outlet")
    asked = "/queue/policy/preview?policy=rank"
    assert "moves nobody" in api.get(asked)["remarks"][0]
    assert api.get(f"{asked}&ranks=web=2,outlet=-1")["remarks"] == []
    assert api("GET", f"{asked}&ranks=web").status_code == 400
    set_to = {"policy": "rank", "ranks": {"web": 2, "outlet": -1}}
    assert (api("PUT", "/queue/policy", set_to).json or {})["ranks"] == set_to["ranks"]
    assert (api("PUT", "/queue/policy", {"wanted_key": "wish"}).json or {})["ranks"] == set_to["ranks"]
    assert (api("PUT", "/queue/policy", {"ranks": {"web": 1}}).json or {})["ranks"] == {"web": 1}
    assert api.get("/queue/policy")["ranks"] == {"web": 1}
    refused = api("PUT", "/queue/policy", {"ranks": {"moon": 1}})
    assert refused.status_code == 400
    assert (refused.json or {})["errors"][0]["field"] == "ranks"


def test_reasons_are_given_for_an_order_and_for_a_variant(api: Api) -> None:
    assert api.get("/explanations?order=2")["items"][0]["why"]
    assert api.get("/explanations?sku=cup&channel=web")["items"][0]["why"]
    assert api("GET", "/explanations").status_code == 400
    assert api.get("/history?order=1")["items"] == []


def test_explanations_and_history_say_all_that_the_core_says(api: Api, engine: Engine, shop: Shop) -> None:
    api("POST", "/moves/hold", {"order": "1", "sku": "cup", "why": "address"})
    units = {"ready_before": 0, "ready_after": 1, "waiting_before": 2, "waiting_after": 1}
    move = {"line_id": "1-1", "expected_before": None, "expected_after": TODAY, "cause": "arrived", "why": "x"}
    with engine.begin() as connection:
        connection.execute(insert(PromiseMove).values({"shop_id": shop.id} | units | move))
        day = clock.today(shop.settings, datetime.now(UTC))
        told = {
            "/explanations?order=1": explain.order(connection, shop, "1", day),
            "/explanations?order=2": explain.order(connection, shop, "2", day),
            "/explanations?sku=cup": explain.variant(connection, shop, "cup", day),
            "/explanations?sku=plate": explain.variant(connection, shop, "plate", day),
            "/history": history.rows(connection, shop.id),
        }
    for path, items in told.items():
        assert items
        assert without_moments(api.get(path)["items"]) == without_moments(json.loads(json.dumps(items)))


def without_moments(found: Any) -> Any:
    """Moments are written in more than one way."""
    if isinstance(found, dict):
        return {name: without_moments(value) for name, value in found.items() if name != "at"}
    return [without_moments(value) for value in found] if isinstance(found, list) else found


def test_what_nobody_knows_is_not_found_and_what_is_over_has_no_items(api: Api, engine: Engine) -> None:
    for path in ("explanations", "history"):
        for name in ("order=999", "sku=spoon"):
            answer = api("GET", f"/{path}?{name}")
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
            assert (answer.json or {})["errors"][0]["field"] == name.partition("=")[0]
    with engine.begin() as connection:
        connection.execute(update(Line).where(Line.order_id == "1").values(open=0))
        connection.execute(delete(Variant).where(Variant.id == "plate"))
    assert api.get("/explanations?order=1")["items"] == []
    assert api("GET", "/explanations?sku=plate").status_code == 404


def test_the_history_of_a_supply_has_the_names_of_its_fields(api: Api) -> None:
    [first, *_] = api.get("/supplies?sku=cup")["items"]
    api("PATCH", f"/supplies/{first['id']}", {"warehouse": "paris", "supplier": "Mill"})
    added, changed = api.get(f"/supplies/{first['id']}/history")["items"]
    assert (added["after"]["warehouse"], added["after"]["supplier"]) == ("berlin", "Kiln")
    assert changed["before"] == {"warehouse": "berlin", "supplier": "Kiln"}
    assert changed["after"] == {"warehouse": "paris", "supplier": "Mill"}
    assert not {"warehouse_id", "supplier_id"} & added["after"].keys()


def test_the_same_line_of_a_purchase_order_is_not_added_twice_by_mistake(api: Api) -> None:
    new = {"sku": "cup", "warehouse": "berlin", "quantity": 5, "eta": "2026-12-31", "reference": "PO-7"}
    made = api("POST", "/supplies", new).json or {}
    for same in (new, {"variant_id": "cup"} | {name: value for name, value in new.items() if name != "sku"}):
        again = api("POST", "/supplies", same)
        assert (again.status_code, (again.json or {})["supply"]) == (409, made["id"])
    assert api("POST", "/supplies", new | {"warehouse": "paris"}).status_code == 201
    assert api("POST", "/supplies", new | {"another": True}).status_code == 201
    assert api("POST", f"/supplies/{made['id']}/cancel", {}).status_code == 200


def test_a_change_of_supply_says_whose_day_it_would_move(api: Api) -> None:
    [first, *_] = api.get("/supplies?sku=cup")["items"]
    body = {"eta": "2027-03-01", "version": first["version"]}
    found: Any = api("POST", f"/supplies/{first['id']}/preview", body).json
    assert found["orders"] == found["later"] + found["earlier"] == len({move["order"] for move in found["moves"]}) > 0
    assert max(move["told_after"]["last"] for move in found["moves"]) == "2027-03-01"
    assert api.get("/supplies?sku=cup")["items"][0] == first
    gone: Any = api("POST", f"/supplies/{first['id']}/preview", {"cancel": True}).json
    assert gone["later"] == gone["orders"] > 0
    assert api("POST", f"/supplies/{first['id']}/preview", {"cancel": True, "quantity": 3}).status_code == 400
    assert api("POST", f"/supplies/{first['id']}/preview", {"version": 9}).status_code == 409
