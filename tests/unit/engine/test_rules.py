"""Which rule decides what."""

from collections.abc import Mapping

from app.engine.model import Mode, Terms
from app.engine.rules import Rule, Rules, Scope, Value


def rule(scope: Scope, target: str = "", channel: str = "", **fields: Value) -> Rule:
    return Rule(scope, target, channel, fields)


def terms(*rules: Rule) -> Terms:
    return Rules(rules).merge("mug", "web").terms


def origins(*rules: Rule) -> Mapping[str, Rule]:
    return Rules(rules).merge("mug", "web").origins


def test_without_any_rule_nothing_is_sold_past_zero() -> None:
    assert terms() == Terms(Mode.OFF, cap=0, open_at=0, lead_days=None)


def test_every_field_is_read_as_what_it_means() -> None:
    assert terms(rule(Scope.SHOP, mode="preorder", cap=7, open_at=2, lead_days=10)) == Terms(Mode.PREORDER, 7, 2, 10)
    assert terms(rule(Scope.SHOP, mode="backorder", cap="none", open_at="always")) == Terms(
        Mode.BACKORDER, None, "always"
    )


def test_a_variant_decides_over_its_channel_and_a_channel_over_the_shop() -> None:
    shop, web, mug = rule(Scope.SHOP, cap=1), rule(Scope.CHANNEL, "web", cap=2), rule(Scope.VARIANT, "mug", cap=3)
    assert terms(mug, shop, web).cap == 3
    assert terms(shop, web).cap == 2
    assert terms(shop).cap == 1


def test_within_a_scope_a_rule_for_this_channel_decides_over_one_for_all() -> None:
    for scope, target in ((Scope.VARIANT, "mug"), (Scope.CHANNEL, "web"), (Scope.SHOP, "")):
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
