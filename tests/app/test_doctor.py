"""What the doctor finds in a shop, and what he says of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.doctor.diagnosis import diagnose
from app.doctor.evidence import Evidence, Units
from app.doctor.finding import Finding, Severity
from app.platforms import Identity, ShopError, WebhookSeen
from app.pools import open_pool
from tests.app.set_up import HIGH_STOCK, NEEDED, Shop, pool_of_web, shop_in_order

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ME = Identity("App", "Shop", "3.23.28", NEEDED, clock=NOW)


def evidence(shop: Shop | None = None, **known: Any) -> Evidence:
    bare = Evidence("https://shop.example/graphql/", NOW, NEEDED, frozenset(), identity=ME, webhooks=())
    return replace(bare, layout=(shop or Shop()).layout(), **known)


def keys(shop: Shop | None = None, **known: Any) -> list[str]:
    return [finding.key for finding in diagnose(evidence(shop, **known))]


def only(shop: Shop | None = None, **known: Any) -> Finding:
    (finding,) = diagnose(evidence(shop, **known))
    return finding


@pytest.fixture
def shop() -> Shop:
    return shop_in_order()


def web(shop: Shop, **changed: Any) -> None:
    shop.channels["id-web"] = replace(shop.channels["id-web"], **changed)


def test_a_shop_in_order_has_no_findings(shop: Shop) -> None:
    assert keys(shop) == []


def test_variants_that_the_shop_sells_as_its_own_preorders_are_named(shop: Shop) -> None:
    finding = only(shop, own_preorders=tuple(f"SKU-{number}" for number in range(7)))
    assert (finding.key, finding.severity, finding.staff) == ("own_preorders", Severity.WARNING, True)
    assert "7 variants are sold as preorders of the shop's own: SKU-0, SKU-1" in finding.message
    assert "SKU-4, and 2 more" in finding.message
    assert "productVariantPreorderDeactivate" in finding.remedy


def test_a_shop_that_is_paused_says_since_when_and_how_to_resume_it(shop: Shop) -> None:
    finding = only(shop, paused_since=NOW, paused_by="anna@shop.example")
    assert (finding.key, finding.severity, finding.staff) == ("paused", Severity.INFO, False)
    assert "since 23 November 2026, 10:00 UTC by anna@shop.example" in finding.message
    assert "dueback shop resume" in finding.remedy


def test_reservations_are_spoken_of_before_anything_worse(shop: Shop) -> None:
    shop.reservations = False
    web(shop, strategy=HIGH_STOCK)
    assert keys(shop) == ["reservations_off", "strategy_wrong:web"]


def test_reservations_nobody_can_see_are_no_matter_for_staff(shop: Shop) -> None:
    shop.reservations = None
    finding = only(shop)
    assert (finding.key, finding.severity, finding.staff) == ("reservations_unknown", Severity.WARNING, False)
    assert "MANAGE_SETTINGS" in finding.remedy


def test_the_strategy_must_be_the_order(shop: Shop) -> None:
    web(shop, strategy=HIGH_STOCK)
    finding = only(shop)
    assert (finding.key, finding.severity, finding.staff) == ("strategy_wrong:web", Severity.ERROR, True)
    assert "Configuration, Channels, Web" in finding.remedy


def test_a_channel_without_a_pool_may_allocate_as_it_likes() -> None:
    elsewhere = Shop()
    elsewhere.channel("web", "Berlin", strategy=HIGH_STOCK)
    assert keys(elsewhere) == []


def test_the_pool_must_be_first(shop: Shop) -> None:
    web(shop, warehouses=("Berlin", pool_of_web(shop), "Paris"))
    assert keys(shop) == ["pool_not_first:web"]


def test_the_pool_must_be_in_its_channel(shop: Shop) -> None:
    web(shop, warehouses=("Berlin", "Paris"))
    finding = only(shop)
    assert (finding.key, finding.staff) == ("pool_not_in_channel:web", True)
    assert "dueback rule set --shop https://shop.example/graphql/ --scope channel:web" in finding.remedy


@pytest.mark.parametrize(("legacy", "severity"), [(True, Severity.ERROR), (False, Severity.INFO)])
def test_a_zone_without_the_pool_matters_where_zones_decide(shop: Shop, severity: Severity, *, legacy: bool) -> None:
    shop.legacy_zones = legacy
    shop.zone("Europe", ["web"], ["Berlin", "Paris"])
    finding = only(shop)
    assert (finding.key, finding.severity) == ("pool_not_in_zone:web:Europe", severity)


def test_a_pool_that_was_deleted_is_missed_where_a_rule_needs_it(shop: Shop) -> None:
    web(shop, warehouses=("Berlin", "Paris"))
    del shop.warehouses[pool_of_web(shop)]
    assert keys(shop) == []
    assert keys(shop, ruled=frozenset({"id-web"})) == ["pool_gone:web"]


def test_regions_with_other_warehouses_are_told_where_zones_decide(shop: Shop) -> None:
    shop.zone("Overseas", ["web"], ["Paris", pool_of_web(shop)])
    assert keys(shop) == []
    shop.legacy_zones = True
    assert keys(shop) == ["legacy_regions:web"]


def test_channels_that_share_a_warehouse_but_no_pool_are_told(shop: Shop) -> None:
    shop.channel("app", "Paris")
    finding = only(shop)
    assert (finding.key, finding.severity) == ("shared_warehouses:web:app", Severity.WARNING)
    assert "Paris" in finding.message


def test_channels_run_as_one_group_are_in_order() -> None:
    shop = Shop()
    both = [shop.channel("web", "Berlin"), shop.channel("app", "Berlin")]
    open_pool(shop.platform, both, may_change_strategy=False)
    assert keys(shop) == []


def test_a_group_whose_channels_drifted_apart_is_told() -> None:
    shop = Shop()
    both = [shop.channel("web", "Berlin"), shop.channel("app", "Berlin")]
    open_pool(shop.platform, both, may_change_strategy=False)
    shop.join_channel("id-app", "Paris")
    assert [key.partition(":")[0] for key in keys(shop)] == ["group_differs"]


def test_every_missing_permission_is_named() -> None:
    identity = replace(ME, permissions=NEEDED - {"MANAGE_SHIPPING", "MANAGE_ORDERS"})
    found = diagnose(replace(evidence(identity=identity), layout=None))
    assert [finding.key for finding in found] == [
        "permission_missing:MANAGE_ORDERS",
        "permission_missing:MANAGE_SHIPPING",
    ]


@pytest.mark.parametrize(
    ("code", "key"), [("TOKEN_DEAD", "token_dead"), ("SEAL_BROKEN", "token_sealed"), ("UNREACHABLE", "unreachable")]
)
def test_a_shop_that_cannot_be_asked_is_one_finding(code: str, key: str) -> None:
    trouble = ShopError("It does not answer.", retry=True, code=code)
    nothing = Evidence("https://shop.example/graphql/", NOW, NEEDED, frozenset({"Orders"}), trouble=trouble)
    assert [finding.key for finding in diagnose(nothing)] == [key]


@pytest.mark.parametrize(
    ("theirs", "told"),
    [(timedelta(seconds=59), []), (timedelta(seconds=-59), []), (timedelta(minutes=2), ["clock_skew"])],
)
def test_clocks_may_differ_by_a_minute(theirs: timedelta, told: list[str]) -> None:
    assert keys(identity=replace(ME, clock=NOW + theirs)) == told


def test_a_clock_behind_is_told_from_one_ahead() -> None:
    behind = only(identity=replace(ME, clock=NOW + timedelta(minutes=2)))
    ahead = only(identity=replace(ME, clock=NOW - timedelta(minutes=2)))
    assert "120 seconds behind the shop's" in behind.message
    assert "120 seconds ahead of the shop's" in ahead.message


def webhook(*failures: timedelta, active: bool = True) -> WebhookSeen:
    lost = tuple((NOW - ago, "ORDER_CREATED") for ago in failures)
    return WebhookSeen("W1", "Orders", "https://app.example/hook", "query", frozenset(), active, lost)


@pytest.mark.parametrize(
    ("webhooks", "told"),
    [
        ((webhook(),), []),
        ((), ["webhook_missing:Orders"]),
        ((webhook(active=False),), ["webhook_inactive:Orders"]),
        ((webhook(timedelta(hours=1), timedelta(hours=2)),), ["webhook_failing:Orders"]),
        ((webhook(timedelta(days=2)),), []),
    ],
)
def test_webhooks_must_be_there_and_active_and_arrive(webhooks: tuple[WebhookSeen, ...], told: list[str]) -> None:
    assert keys(webhooks=webhooks, webhook_names=frozenset({"Orders"})) == told


def test_what_is_owed_beyond_stock_and_limit_is_listed_by_name() -> None:
    many = tuple(Units(f"S{n}", "Berlin", n) for n in range(1, 8))
    finding = only(overfull=many)
    assert finding.severity is Severity.INFO
    assert "7 stocks have" in finding.message
    assert "1 of S1 in Berlin" in finding.message
    assert "and 2 more" in finding.message
    assert "2 of S1 in order 21" in only(overruns=(Units("S1", "21", 2),)).message


def test_pool_shipments_wait_for_us_or_for_a_person() -> None:
    shipments = (Units("S1", "21", 2, "reported"), Units("S2", "22", 1, "taking"))
    reported, under_way = diagnose(evidence(pool_shipments=shipments))
    assert (reported.key, reported.severity) == ("pool_shipments_reported", Severity.WARNING)
    assert "2 of S1 in order 21" in reported.message
    assert (under_way.key, under_way.severity) == ("pool_shipments_under_way", Severity.INFO)


def test_errors_come_before_warnings_before_the_rest(shop: Shop) -> None:
    shop.legacy_zones = True
    shop.zone("Overseas", ["web"], ["Paris", pool_of_web(shop)])
    web(shop, strategy=HIGH_STOCK)
    found = diagnose(evidence(shop, overfull=(Units("S1", "Berlin", 1),)))
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.WARNING, Severity.INFO]
