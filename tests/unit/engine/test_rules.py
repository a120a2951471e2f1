"""Which rule decides what."""

from collections.abc import Mapping
from datetime import date, time
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.engine.model import Display, LeadIn, Mode, Terms
from app.engine.rules import Merged, Rule, Rules, Scope, Value, VariantScopes

MUG = VariantScopes("mug", "cups", "kitchen", ("drinking", "household", "home"), ("summer", "sale"))
TODAY = date(2027, 3, 1)


def rule(scope: Scope, target: str = "", channel: str = "", **fields: Value) -> Rule:
    return Rule(scope, target, channel, fields, name=target)


def merged(*rules: Rule, today: date = TODAY) -> Merged:
    return Rules(rules).merge(MUG, "web", today)


def terms(*rules: Rule) -> Terms:
    return merged(*rules).terms


def origins(*rules: Rule) -> Mapping[str, Rule]:
    return merged(*rules).origins


# Most specific first. Of the two collections "sale" comes first by name.
PLACES = (
    (Scope.VARIANT, "mug"),
    (Scope.PRODUCT, "cups"),
    (Scope.COLLECTION, "sale"),
    (Scope.COLLECTION, "summer"),
    (Scope.CATEGORY, "drinking"),
    (Scope.CATEGORY, "household"),
    (Scope.CATEGORY, "home"),
    (Scope.PRODUCT_TYPE, "kitchen"),
    (Scope.CHANNEL, "web"),
    (Scope.SHOP, ""),
)


def test_without_any_rule_nothing_is_sold_past_zero() -> None:
    assert terms() == Terms(Mode.OFF, cap=0, open_at=0, lead_days=None)


def test_every_field_is_read_as_what_it_means() -> None:
    numbers = Terms(Mode.PREORDER, cap=7, open_at=2, lead_days=10)
    assert terms(rule(Scope.SHOP, mode="preorder", cap=7, open_at=2, lead_days=10)) == numbers
    assert terms(rule(Scope.SHOP, mode="backorder", cap="none", open_at="always")) == Terms(
        Mode.BACKORDER, None, "always"
    )


def test_a_variant_decides_over_its_channel_and_a_channel_over_the_shop() -> None:
    shop, web, mug = rule(Scope.SHOP, cap=1), rule(Scope.CHANNEL, "web", cap=2), rule(Scope.VARIANT, "mug", cap=3)
    assert terms(mug, shop, web).cap == 3
    assert terms(shop, web).cap == 2
    assert terms(shop).cap == 1


def test_within_a_scope_a_rule_for_this_channel_decides_over_one_for_all() -> None:
    for scope, target in PLACES:
        everywhere, here = rule(scope, target, cap=1), rule(scope, target, "web", cap=2)
        assert terms(here, everywhere).cap == terms(everywhere, here).cap == 2


def test_a_variants_rule_for_all_channels_decides_over_a_channels_own() -> None:
    assert terms(rule(Scope.CHANNEL, "web", "web", cap=1), rule(Scope.VARIANT, "mug", cap=2)).cap == 2


def test_each_field_comes_from_the_most_specific_rule_that_decides_it() -> None:
    shop = rule(Scope.SHOP, mode="backorder", cap=5, lead_days=14)
    mug = rule(Scope.VARIANT, "mug", cap=0)
    assert terms(shop, mug) == Terms(Mode.BACKORDER, cap=0, lead_days=14)
    assert origins(shop, mug) == {"mode": shop, "lead_days": shop, "cap": mug}


def test_rules_of_other_variants_and_channels_say_nothing() -> None:
    others = (
        rule(Scope.VARIANT, "plate", cap=1),
        rule(Scope.VARIANT, "mug", "outlet", cap=2),
        rule(Scope.CHANNEL, "outlet", cap=3),
        rule(Scope.SHOP, "", "outlet", cap=4),
    )
    assert terms(*others) == Terms()
    assert origins(*others) == {}


def test_the_most_specific_scope_decides_whatever_order_the_rules_come_in() -> None:
    rules = [rule(scope, target, cap=cap) for cap, (scope, target) in enumerate(PLACES)]
    for first in range(len(rules)):
        assert terms(*rules[first:]).cap == terms(*reversed(rules[first:])).cap == first


def test_a_collections_rule_for_this_channel_decides_over_another_collections_for_all() -> None:
    assert terms(rule(Scope.COLLECTION, "sale", cap=1), rule(Scope.COLLECTION, "summer", "web", cap=2)).cap == 2


def test_a_nearer_category_decides_over_one_further_up_that_speaks_of_this_channel() -> None:
    assert terms(rule(Scope.CATEGORY, "home", "web", cap=1), rule(Scope.CATEGORY, "drinking", cap=2)).cap == 2


def test_what_is_written_becomes_the_engines_values() -> None:
    assert terms(
        rule(
            Scope.SHOP,
            mode="preorder",
            cap="incoming",
            horizon_days=90,
            require_date=True,
            lead_in="business_days",
            holidays="DE-BY",
            cut_off="14:30",
            time_zone="Europe/Berlin",
            buffer_days=2,
            confidence=80,
            release_on="2027-05-12",
            early_sale=True,
            units_per_order=3,
            may_split=False,
            display="range",
            spread_days=5,
        )
    ) == Terms(
        mode=Mode.PREORDER,
        cap="incoming",
        horizon_days=90,
        require_date=True,
        lead_in=LeadIn.BUSINESS_DAYS,
        holidays="DE-BY",
        cut_off=time(14, 30),
        time_zone="Europe/Berlin",
        buffer_days=2,
        confidence=80,
        release_on=date(2027, 5, 12),
        early_sale=True,
        units_per_order=3,
        may_split=False,
        display=Display.RANGE,
        spread_days=5,
    )


def test_none_takes_back_what_a_wider_scope_says() -> None:
    limits: dict[str, Value] = {"cap": 3, "horizon_days": 30, "lead_days": 5, "cut_off": "12:00", "confidence": 95}
    limits |= {"release_on": "2027-05-12", "units_per_order": 2, "holidays": "DE", "time_zone": "UTC"}
    shop = Rule(Scope.SHOP, "", "", limits)
    mug = Rule(Scope.VARIANT, "mug", "", dict.fromkeys(limits, "none"))
    assert terms(shop, mug) == Terms(cap=None)


def test_a_rule_outside_its_days_decides_nothing() -> None:
    shop = rule(Scope.SHOP, cap=1)
    april = rule(Scope.PRODUCT, "cups", cap=2, starts_on="2027-04-01", ends_on="2027-04-30")
    for day, cap in ((31, 1), (32, 2), (61, 2), (62, 1)):
        assert merged(shop, april, today=date.fromordinal(date(2027, 3, 1).toordinal() + day - 1)).terms.cap == cap


def test_the_next_day_of_change_is_the_next_start_or_the_day_after_an_end() -> None:
    april = rule(Scope.PRODUCT, "cups", cap=2, starts_on="2027-04-01", ends_on="2027-04-30")
    may = rule(Scope.SHOP, cap=3, starts_on="2027-05-10")
    changes = [merged(april, may, today=day).changes_on for day in (TODAY, date(2027, 4, 1), date(2027, 5, 1))]
    assert changes == [date(2027, 4, 1), date(2027, 5, 1), date(2027, 5, 10)]
    assert merged(april, may, today=date(2027, 5, 10)).changes_on is None
    assert merged(rule(Scope.PRODUCT, "plates", cap=1, starts_on="2027-04-01")).changes_on is None


@st.composite
def rulebooks(draw: st.DrawFn) -> list[Rule]:
    """Any rules for the mug, some of them only for a while, at most one at each place."""
    days = st.integers(-5, 5).map(lambda days: date.fromordinal(TODAY.toordinal() + days).isoformat())
    fields: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
        {}, optional={"cap": st.integers(0, 9), "lead_days": st.integers(0, 9), "starts_on": days, "ends_on": days}
    )
    places = draw(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(("", "web"))), unique=True))
    return [Rule(scope, target, channel, draw(fields), name=target) for (scope, target), channel in places]


@given(rulebooks(), st.randoms())
def test_the_same_rules_in_any_order_come_to_the_same(rules: list[Rule], random: Random) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)
    assert merged(*rules) == merged(*shuffled)


@given(rulebooks())
def test_nothing_changes_before_the_day_of_change(rules: list[Rule]) -> None:
    changes_on = merged(*rules).changes_on
    for ahead in range(12):
        day = date.fromordinal(TODAY.toordinal() + ahead)
        if changes_on is None or day < changes_on:
            assert merged(*rules, today=day).terms == merged(*rules).terms
