"""Rules as they are kept: what they may say, whom they reach, who changed them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from app import book, models, rulebook
from app.engine import plan
from app.engine.model import LeadIn, Mode
from app.engine.rules import Scope, VariantScopes
from app.rulebook import BadRule, Edit, StaleRule
from tests.app.rule_shop import SHOP, TODAY, WHO, installed, marked, place, put, terms, variant

BEST = variant("mug", categories=("drinking", "home"), collections=("sale",))
OTHER = variant("plate", product="plates", product_type="dishes", categories=("eating", "home"), listed_in=("outlet",))


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        (SHOP, {"mug", "plate"}),
        (SHOP._replace(channel_id="web"), {"mug"}),
        (place(Scope.CHANNEL, "web"), {"mug"}),
        (place(Scope.CHANNEL, "outlet"), {"mug", "plate"}),
        (place(Scope.PRODUCT_TYPE, "dishes"), {"plate"}),
        (place(Scope.CATEGORY, "home"), {"mug", "plate"}),
        (place(Scope.CATEGORY, "home", "web"), {"mug"}),
        (place(Scope.CATEGORY, "drinking"), {"mug"}),
        (place(Scope.COLLECTION, "sale"), {"mug"}),
        (place(Scope.PRODUCT, "plates"), {"plate"}),
        (place(Scope.VARIANT, "plate"), {"plate"}),
        (place(Scope.VARIANT, "gone"), set()),
    ],
)
def test_a_rule_marks_just_the_variants_it_covers_and_its_end_marks_them_again(
    engine: Engine, at: rulebook.Place, reached: set[str]
) -> None:
    shop = installed(engine, BEST, OTHER)
    put(engine, shop, at, cap=3)
    assert marked(engine) == reached
    with engine.begin() as connection:
        assert rulebook.remove(connection, shop, at, who=WHO)
    assert marked(engine) == reached


def test_a_rule_covers_what_is_in_categories_below_its_own(engine: Engine) -> None:
    shop = installed(engine, BEST, OTHER)
    put(engine, shop, place(Scope.CATEGORY, "home"), mode="backorder", cap=9, lead_days=5)
    put(engine, shop, place(Scope.CATEGORY, "drinking"), cap=2)
    assert (terms(engine, shop, "mug").cap, terms(engine, shop, "mug").lead_days) == (2, 5)
    assert terms(engine, shop, "plate", "outlet").cap == 9


def test_a_rule_sleeps_until_its_first_day_and_the_plan_is_looked_at_again_then(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, mode="backorder", cap=2)
    put(engine, shop, place(Scope.VARIANT, "mug"), cap=9, starts_on="2026-12-24", ends_on="2026-12-26")
    assert [terms(engine, shop, "mug", today=date(2026, 12, day)).cap for day in (23, 24, 26, 27)] == [2, 9, 9, 2]
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, ["mug"], TODAY)
    assert plan(facts, TODAY).revisit == date(2026, 12, 24)


def test_business_days_know_the_holidays_of_the_country_that_a_rule_names(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, mode="backorder", cap=2, lead_days=5, lead_in="business_days", holidays="DE-BY")
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, ["mug"], TODAY)
    assert facts.pools[0].terms.lead_in is LeadIn.BUSINESS_DAYS
    assert set(facts.holidays) == {"DE-BY"}
    assert {date(2026, 1, 6), date(2026, 12, 25), date(2029, 12, 25)} <= facts.holidays["DE-BY"]


def test_without_such_a_rule_no_holidays_are_looked_up(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, mode="backorder", cap=2, lead_days=5)
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, shop, ["mug"], TODAY)
    assert facts.holidays == {}


def test_fields_not_given_stay_and_none_lets_one_be_inherited_again(engine: Engine) -> None:
    shop = installed(engine, BEST)
    assert put(engine, shop, SHOP, mode="backorder", cap=3, lead_days=5).fields == {
        "mode": "backorder",
        "cap": 3,
        "lead_days": 5,
    }
    assert put(engine, shop, SHOP, cap="none", lead_days=None).fields == {"mode": "backorder", "cap": "none"}
    assert terms(engine, shop, "mug").mode is Mode.BACKORDER


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "fields: A rule has to decide something"),
        ({"starts_on": "2027-01-01"}, "fields: A rule has to decide something"),
        ({"cap": -1}, "cap: should be 0 or more"),
        ({"cap": 10**30}, "cap: should be 1,000,000 or less"),
        ({"cap": True}, "cap: .* not yes or no"),
        ({"cap": "lots"}, "cap: .* 'incoming' or 'none'"),
        ({"open_at": "never"}, "open_at: "),
        ({"horizon_days": 10_000}, "horizon_days: "),
        ({"units_per_order": 0}, "units_per_order: "),
        ({"lead_in": "weeks"}, "lead_in: "),
        ({"confidence": 60}, "confidence: should be 50, 80, 95"),
        ({"cut_off": "25:00"}, "cut_off: .* 00:00 to 23:59"),
        ({"cut_off": "14:00+02:00"}, "cut_off: "),
        ({"time_zone": "Mars/Olympus"}, "time_zone: .* Europe/Berlin"),
        ({"time_zone": "../etc/passwd"}, "time_zone: "),
        ({"holidays": "XX"}, "holidays: .* DE-BY"),
        ({"release_on": "9999-12-31"}, "release_on: "),
        ({"release_on": "soon"}, "release_on: "),
        ({"spread_days": 3}, "spread_days: Only a range"),
        ({"display": "week", "spread_days": 3}, "spread_days: Only a range"),
        ({"mode": "backorder", "release_on": "2027-01-01"}, "release_on: A backorder has no release"),
        ({"cap": 1, "starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "ends_on: 1 January 2027 is before"),
        ({"color": "red"}, "color: No rule has such a field"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name_and_nothing_is_kept(
    engine: Engine, fields: dict[str, Any], said: str
) -> None:
    shop = installed(engine, BEST)
    with pytest.raises(BadRule, match=f"^{said}"), engine.begin() as connection:
        rulebook.put(connection, shop, SHOP, fields, who=WHO)
    with engine.begin() as connection:
        assert rulebook.rows(connection, shop.id) == []
    assert marked(engine) == set()


def test_a_rule_contradicts_itself_also_with_what_it_said_before(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, mode="preorder", release_on="2027-05-12")
    with pytest.raises(BadRule, match="release_on"):
        put(engine, shop, SHOP, mode="backorder")
    assert put(engine, shop, SHOP, mode="backorder", release_on=None).fields == {"mode": "backorder"}


def test_a_release_may_stand_alone_since_the_mode_may_be_inherited(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, mode="preorder", cap=5)
    put(engine, shop, place(Scope.PRODUCT, "cups"), release_on="2027-05-12", early_sale=True)
    held = terms(engine, shop, "mug")
    assert (held.mode, held.release_on, held.early_sale) == (Mode.PREORDER, date(2027, 5, 12), True)


def test_every_change_is_in_the_history_with_what_was_before_and_who_did_it(engine: Engine) -> None:
    shop = installed(engine, BEST)
    at = place(Scope.CATEGORY, "home", "web")
    put(engine, shop, at, cap=1)
    put(engine, shop, at, cap=2)
    put(engine, shop, at, cap=2)
    with engine.begin() as connection:
        rulebook.remove(connection, shop, at, who="API key desk")
        found = rulebook.history(connection, shop.id, at)
        assert rulebook.history(connection, shop.id, SHOP) == []
    assert [(row.before, row.after, row.who) for row in found] == [
        ({"cap": 2}, None, "API key desk"),
        ({"cap": 1}, {"cap": 2}, WHO),
        (None, {"cap": 1}, WHO),
    ]


def test_a_stale_version_is_refused_with_the_one_it_is_at_now(engine: Engine) -> None:
    shop = installed(engine, BEST)
    assert put(engine, shop, SHOP, cap=1).version == 1
    assert put(engine, shop, SHOP, cap=2).version == 2
    with pytest.raises(StaleRule, match="at version 2 now, not 1"), engine.begin() as connection:
        rulebook.put(connection, shop, SHOP, {"cap": 3}, who=WHO, version=1)
    with pytest.raises(StaleRule, match="at version 2 now, not 0"), engine.begin() as connection:
        rulebook.remove(connection, shop, SHOP, who=WHO, version=0)
    with engine.begin() as connection:
        assert rulebook.put(connection, shop, SHOP, {"cap": 3}, who=WHO, version=2).version == 3
        assert rulebook.remove(connection, shop, SHOP, who=WHO, version=3)
    with pytest.raises(StaleRule, match="no rule here any more"), engine.begin() as connection:
        rulebook.put(connection, shop, SHOP, {"cap": 4}, who=WHO, version=3)


def test_of_two_who_change_at_once_what_both_looked_at_the_second_is_told(engine: Engine) -> None:
    shop = installed(engine, BEST)
    put(engine, shop, SHOP, cap=1)

    def second() -> None:
        with engine.begin() as connection:
            rulebook.put(connection, shop, SHOP, {"cap": 3}, who=WHO, version=1)

    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            rulebook.put(connection, shop, SHOP, {"cap": 2}, who=WHO, version=1)
            waiting = pool.submit(second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        with pytest.raises(StaleRule, match="at version 2 now"):
            waiting.result(timeout=10)


def test_saying_the_same_again_changes_no_version(engine: Engine) -> None:
    shop = installed(engine, BEST)
    assert [put(engine, shop, SHOP, cap=1).version for _ in range(2)] == [1, 1]


def test_many_rules_at_once_are_kept_together_or_not_at_all(engine: Engine) -> None:
    shop = installed(engine, BEST, OTHER)
    edits = [Edit(place(Scope.VARIANT, "mug"), {"cap": 1}), Edit(place(Scope.PRODUCT, "plates"), {"cap": 2})]
    with pytest.raises(BadRule), engine.begin() as connection:
        rulebook.put_many(connection, shop, [*edits, Edit(SHOP, {"cap": -1})], who=WHO)
    assert marked(engine) == set()
    again = [*edits, Edit(place(Scope.VARIANT, "mug"), {"lead_days": 3})]
    with engine.begin() as connection:
        kept = rulebook.put_many(connection, shop, again, who=WHO)
    assert [row.fields for row in kept] == [{"cap": 1, "lead_days": 3}, {"cap": 2}, {"cap": 1, "lead_days": 3}]
    assert marked(engine) == {"mug", "plate"}


def test_of_two_collections_that_disagree_the_first_by_name_wins_and_that_is_told(engine: Engine) -> None:
    shop = installed(engine, variant("mug", collections=("summer", "sale")), variant("cup", collections=("summer",)))
    put(engine, shop, place(Scope.COLLECTION, "summer"), mode="backorder", cap=7, lead_days=9)
    put(engine, shop, place(Scope.COLLECTION, "sale"), mode="backorder", cap=3)
    assert (terms(engine, shop, "mug").cap, terms(engine, shop, "mug").lead_days) == (3, 9)
    assert terms(engine, shop, "cup").cap == 7
    with engine.begin() as connection:
        assert rulebook.clashes(connection, shop.id) == [rulebook.Clash("cap", "sale", "summer", "", 1)]


def test_collections_that_never_decide_on_the_same_day_do_not_disagree(engine: Engine) -> None:
    shop = installed(engine, variant("mug", collections=("summer", "sale")))
    put(engine, shop, place(Scope.COLLECTION, "summer"), cap=7, ends_on="2027-08-31")
    put(engine, shop, place(Scope.COLLECTION, "sale"), cap=3, starts_on="2027-09-01")
    with engine.begin() as connection:
        assert rulebook.clashes(connection, shop.id) == []


def test_the_rules_of_a_batch_are_loaded_without_those_of_other_variants(engine: Engine) -> None:
    shop = installed(engine, BEST, OTHER)
    put(engine, shop, place(Scope.VARIANT, "mug"), cap=1)
    put(engine, shop, place(Scope.VARIANT, "plate"), cap=2)
    with engine.begin() as connection:
        scopes = VariantScopes(BEST.id, BEST.product_id, BEST.product_type_id, BEST.category_ids, BEST.collection_ids)
        rules = rulebook.load(connection, shop.id, [scopes])
        everything = rulebook.load(connection, shop.id)
        assert connection.scalar(select(func.count()).select_from(models.Rule)) == 2
    assert rules.merge(scopes, "web", TODAY) == everything.merge(scopes, "web", TODAY)
