"""What a change of a rule would do is told before it is made."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from app import book, models, preview, rulebook
from app.engine import plan
from app.engine.rules import Scope
from app.preview import Moved, Preview, Refused, Turned
from app.preview.found import LISTED
from app.rulebook import BadRule, Place
from tests.app.rule_shop import NOW, SHOP, TODAY, installed, marked, ordered, place, put, variant


def previewed(engine: Engine, shop: models.Shop, at: Place, fields: dict[str, Any] | None) -> Preview:
    with engine.begin() as connection:
        return preview.of_rule(connection, shop, at, fields, TODAY)


def test_it_tells_what_opens_and_covers_and_changes_nothing(engine: Engine) -> None:
    shop = installed(engine, variant("mug"), variant("plate", product="plates", berlin=4))
    found = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": 5})
    assert (found.covered, found.opening, found.closing, found.moving) == (2, 3, 0, 0)
    assert found.opens == [Turned("mug", "outlet", 5), Turned("mug", "web", 5), Turned("plate", "outlet", 5)]
    with engine.begin() as connection:
        assert rulebook.rows(connection, shop.id) == []
    assert marked(engine) == set()


def test_without_a_cap_it_tells_of_no_number(engine: Engine) -> None:
    shop = installed(engine, variant("mug", listed_in=["web"]), variant("cup", berlin=3, listed_in=["web"]))
    found = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": "none"})
    assert found.opens == [Turned("mug", "web", None)]
    assert found.largest_refused == Refused("cup", "web", units=None, free=3)


def test_it_tells_what_closes_when_a_rule_is_removed(engine: Engine) -> None:
    shop = installed(engine, variant("mug"), variant("plate", product="plates"))
    put(engine, shop, SHOP, mode="backorder", cap=5)
    put(engine, shop, place(Scope.PRODUCT, "plates"), cap=0)
    found = previewed(engine, shop, SHOP, None)
    assert (found.fields, found.covered, found.opening, found.closing) == (None, 2, 0, 2)
    assert found.closes == [Turned("mug", "outlet", 5), Turned("mug", "web", 5)]


def test_a_line_that_is_refused_while_units_are_free_is_told(engine: Engine) -> None:
    shop = installed(engine, variant("mug", berlin=3, listed_in=["web"]), variant("cup", listed_in=["web"]))
    found = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": 20})
    assert (found.refusing, found.largest_refused) == (1, Refused("mug", "web", units=23, free=3))
    always = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": 20, "open_at": "always"})
    assert (always.refusing, always.largest_refused) == (0, None)


def test_it_tells_whose_date_moves_from_when_to_when(engine: Engine) -> None:
    shop = installed(engine, variant("mug"))
    put(engine, shop, SHOP, mode="backorder", cap=5, lead_days=5)
    ordered(engine, shop, "21", "mug", 2)
    found = previewed(engine, shop, place(Scope.VARIANT, "mug"), {"lead_days": 9})
    five, nine = TODAY + timedelta(days=5), TODAY + timedelta(days=9)
    assert found.moves == [Moved("21", "21-1", "mug", five, nine, ready_before=0, ready_after=0)]
    assert (found.moving, found.opening, found.closing) == (1, 0, 0)


def test_it_tells_who_would_wait_for_a_release_though_their_units_are_here(engine: Engine) -> None:
    shop = installed(engine, variant("mug", berlin=5))
    ordered(engine, shop, "21", "mug", 2)
    found = previewed(engine, shop, SHOP, {"mode": "preorder", "cap": 5, "release_on": "2027-01-11"})
    assert found.moves == [Moved("21", "21-1", "mug", None, date(2027, 1, 11), ready_before=2, ready_after=0)]


def test_a_channel_that_has_no_pool_yet_is_previewed_as_if_it_had(engine: Engine) -> None:
    shop = installed(engine, variant("mug", listed_in=["web"]), pools=False)
    found = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": 5})
    assert found.opens == [Turned("mug", "web", 5)]
    assert previewed(engine, shop, SHOP, {"mode": "off"}).opening == 0


def test_orders_are_listed_as_they_joined_the_queue_whatever_the_variant(engine: Engine) -> None:
    shop = installed(engine, variant("mug"), variant("cup"))
    put(engine, shop, SHOP, mode="backorder", cap=50, lead_days=5)
    for number, sku in (("9", "mug"), ("10", "cup"), ("11", "mug"), ("100", "cup")):
        ordered(engine, shop, number, sku, 1)
    found = previewed(engine, shop, SHOP, {"lead_days": 9})
    assert [move.order for move in found.moves] == ["9", "10", "11", "100"]


def test_everything_is_counted_and_only_so_much_is_listed(engine: Engine) -> None:
    names = [f"mug-{number:03}" for number in range(LISTED + 7)]
    shop = installed(engine, *(variant(name, listed_in=["web"]) for name in names))
    put(engine, shop, SHOP, mode="backorder", cap=5)
    for name in names:
        ordered(engine, shop, f"order-{name}", name, 1)
    found = previewed(engine, shop, SHOP, {"lead_days": 4})
    assert (found.covered, found.moving) == (len(names), len(names))
    assert [moved.sku for moved in found.moves] == names[:LISTED]


def test_variants_for_which_a_narrower_rule_decides_are_covered_and_do_not_change(engine: Engine) -> None:
    shop = installed(engine, variant("mug", listed_in=["web"]))
    put(engine, shop, place(Scope.VARIANT, "mug"), mode="backorder", cap=1)
    found = previewed(engine, shop, SHOP, {"mode": "backorder", "cap": 9})
    assert (found.covered, found.opening, found.closing) == (1, 0, 0)


def test_it_says_which_collection_wins_where_two_disagree(engine: Engine) -> None:
    shop = installed(engine, variant("mug", collections=("summer", "sale")))
    put(engine, shop, place(Scope.COLLECTION, "sale"), cap=3)
    found = previewed(engine, shop, place(Scope.COLLECTION, "summer"), {"cap": 9, "lead_days": 2})
    assert found.clashes == [rulebook.Clash("cap", "sale", "summer", "", 1)]


def test_a_rule_that_cannot_be_meant_has_no_preview(engine: Engine) -> None:
    shop = installed(engine, variant("mug"))
    with pytest.raises(BadRule, match="cap"):
        previewed(engine, shop, SHOP, {"cap": -1})


def test_what_was_told_is_what_then_happens(engine: Engine) -> None:
    """The same variants, planned after the rule is kept, stand as the preview said."""
    stocked = [variant(f"mug-{units}", berlin=units, listed_in=["web"]) for units in range(4)]
    shop = installed(engine, *stocked)
    for seen in stocked:
        ordered(engine, shop, f"order-{seen.id}", seen.id, 2)
    fields = {"mode": "backorder", "cap": 4, "open_at": 1, "lead_days": 3, "units_per_order": 2}
    told = previewed(engine, shop, place(Scope.PRODUCT, "cups"), fields)
    put(engine, shop, place(Scope.PRODUCT, "cups"), **fields)
    with engine.begin() as connection:
        planned = [plan(facts, NOW.date()) for facts in book.load_facts(connection, shop, [v.id for v in stocked])]
    web = {each.variant: next(pool for pool in each.pools if pool.warehouse == "pool-web") for each in planned}
    assert {turned.sku: turned.units for turned in told.opens} == {
        sku: pool.headroom for sku, pool in web.items() if pool.headroom
    }


def test_with_little_time_those_who_wait_are_looked_at_first_and_it_says_how_far_it_came(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "HURRIED_BATCH", 1)
    shop = installed(engine, variant("bowl"), variant("mug"), variant("plate"))
    put(engine, shop, SHOP, mode="backorder", cap=5, lead_days=5)
    ordered(engine, shop, "21", "plate", 2)
    with engine.begin() as connection:
        found = preview.of_rule(connection, shop, SHOP, {"lead_days": 9}, TODAY, within=0)
        whole = preview.of_rule(connection, shop, SHOP, {"lead_days": 9}, TODAY, within=60)
    assert (found.covered, found.looked_at, [each.order for each in found.moves]) == (3, 1, ["21"])
    assert (whole.covered, whole.looked_at) == (3, 3)


GIVEN = {"mode": "preorder", "cap": 5, "release_on": "2027-01-11"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (GIVEN, None),
        ({"mode": "off"}, None),
        ({"mode": "backorder"}, "Neither this rule nor a wider one sets a cap"),
        ({"lead_days": 5}, None),
        ({"mode": "preorder", "cap": 5}, "Neither this rule nor a wider one sets a release"),
        (GIVEN | {"release_on": "2026-11-23"}, "The release, on 23 November 2026, is over"),
        (GIVEN | {"ends_on": "2026-11-22"}, "The rule ended on 22 November 2026"),
        (GIVEN | {"ends_on": "2027-01-10"}, "The rule ends on 10 January 2027, before the release on 11 January 2027"),
        (GIVEN | {"display": "range"}, "A range without a spread"),
        (GIVEN | {"display": "range", "spread_days": 3}, None),
    ],
)
def test_it_says_what_is_odd_about_a_rule(engine: Engine, fields: dict[str, Any], says: str | None) -> None:
    shop = installed(engine, variant("mug"))
    found = previewed(engine, shop, place(Scope.VARIANT, "mug"), fields)
    assert [remark[: len(says or "")] for remark in found.remarks] == ([says] if says else [])


def test_what_a_wider_rule_says_is_not_missed(engine: Engine) -> None:
    shop = installed(engine, variant("mug"))
    put(engine, shop, SHOP, cap="none", release_on="2027-01-11", display="range", spread_days=3)
    for fields in ({"mode": "preorder"}, {"mode": "backorder", "display": "range"}, {"lead_days": 4}):
        assert previewed(engine, shop, place(Scope.VARIANT, "mug"), fields).remarks == []
