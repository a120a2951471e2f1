"""The doctor with our tables and a shop: gathering, mending, telling."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, insert, select

from app import doctor, models, turns
from app.config import Config
from app.doctor.evidence import gather
from app.platforms import Identity, ShopError
from app.runtime import Runtime
from tests.app.set_up import HIGH_STOCK, NEEDED, Shop, pool_of_web, shop_in_order

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return shop_in_order()


def web(shop: Shop, **changed: Any) -> None:
    shop.channels["id-web"] = replace(shop.channels["id-web"], **changed)


@pytest.fixture
def runtime(engine: Engine, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    config = Config.from_env({"DUEBACK_DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40})
    monkeypatch.setattr(Runtime, "platform", lambda _self, _shop: shop.platform)
    return Runtime(config, engine)


@pytest.fixture
def row(runtime: Runtime) -> models.Shop:
    """The shop in our tables."""
    new = insert(models.Shop).values(api_url="https://shop.example/graphql/", app_id="App", token="sealed")
    with runtime.engine.begin() as connection:
        shop_id = connection.scalar(new.returning(models.Shop.id))
    assert shop_id is not None
    return runtime.shop(shop_id)


def put(connection: Connection, table: type[models.Table], **values: Any) -> None:
    connection.execute(insert(table).values(values))


def order_with_a_line(connection: Connection, shop_id: int) -> None:
    at = {"created_at": NOW, "queued_at": NOW, "observed_at": NOW}
    put(connection, models.Order, shop_id=shop_id, id="O1", number="21", channel_id="id-web", status="UNFULFILLED",
        origin="CHECKOUT", **at)  # fmt: skip
    put(connection, models.Line, shop_id=shop_id, id="L1", order_id="O1", variant_id="V1", sku="S1", quantity=4, open=4)


def variant(connection: Connection, shop_id: int) -> None:
    member = {"product_id": "P", "product_type_id": "T", "category_ids": ["C", "above C"], "collection_ids": ["S"]}
    put(connection, models.Variant, shop_id=shop_id, id="V1", sku="S1", name="M", product_name="Shirt", **member,
        listed_in=["id-web"], tracked=True, observed_at=NOW)  # fmt: skip


def channel(connection: Connection, shop_id: int, slug: str, *, active: bool = True) -> None:
    put(connection, models.Channel, shop_id=shop_id, id=f"id-{slug}", slug=slug, name=slug, active=active,
        strategy="PRIORITIZE_SORTING_ORDER", warehouses=[], pool=None)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "ruled"),
    [
        ({"scope": "shop", "target": "", "fields": {"mode": "backorder"}}, {"id-web", "id-app"}),
        ({"scope": "shop", "target": "", "fields": {"mode": "off"}}, set()),
        ({"scope": "shop", "target": "", "fields": {"cap": 5}}, set()),
        ({"scope": "shop", "target": "", "channel_id": "id-app", "fields": {"mode": "preorder"}}, {"id-app"}),
        ({"scope": "channel", "target": "id-app", "fields": {"mode": "backorder"}}, {"id-app"}),
        ({"scope": "variant", "target": "V1", "fields": {"mode": "backorder"}}, {"id-web"}),
        ({"scope": "variant", "target": "V1", "channel_id": "id-app", "fields": {"mode": "backorder"}}, set()),
        ({"scope": "variant", "target": "V2", "fields": {"mode": "backorder"}}, set()),
        ({"scope": "product", "target": "P", "fields": {"mode": "backorder"}}, {"id-web"}),
        ({"scope": "product_type", "target": "T", "fields": {"mode": "backorder"}}, {"id-web"}),
        ({"scope": "category", "target": "above C", "fields": {"mode": "backorder"}}, {"id-web"}),
        ({"scope": "category", "target": "other", "fields": {"mode": "backorder"}}, set()),
        ({"scope": "collection", "target": "S", "fields": {"mode": "preorder"}}, {"id-web"}),
        ({"scope": "collection", "target": "S", "channel_id": "id-app", "fields": {"mode": "preorder"}}, set()),
    ],
)
def test_channels_need_a_pool_where_a_rule_sells_past_zero(
    runtime: Runtime, row: models.Shop, rule: dict[str, Any], ruled: set[str]
) -> None:
    with runtime.engine.begin() as connection:
        for slug in ("web", "app"):
            channel(connection, row.id, slug)
        channel(connection, row.id, "closed", active=False)
        variant(connection, row.id)
        put(connection, models.Rule, shop_id=row.id, **rule)
    assert gather(runtime, row, NOW).ruled == ruled


def test_a_shop_that_leaves_needs_no_pools(runtime: Runtime, row: models.Shop) -> None:
    with runtime.engine.begin() as connection:
        channel(connection, row.id, "web")
        put(connection, models.Rule, shop_id=row.id, scope="shop", target="", fields={"mode": "backorder"})
    row.state = "left"
    assert gather(runtime, row, NOW).ruled == frozenset()


def test_a_pause_is_evidence(runtime: Runtime, row: models.Shop) -> None:
    with runtime.engine.begin() as connection:
        turns.pause(connection, row, who="anna")
    found = gather(runtime, row, NOW)
    assert found.paused_by == "anna"
    assert found.paused_since is not None


def test_the_tables_tell_of_units_out_of_place(runtime: Runtime, row: models.Shop) -> None:
    with runtime.engine.begin() as connection:
        variant(connection, row.id)
        order_with_a_line(connection, row.id)
        for warehouse, is_pool in (("Berlin", False), ("Pool", True)):
            put(
                connection,
                models.Warehouse,
                shop_id=row.id,
                id=warehouse,
                slug=warehouse,
                name=warehouse,
                is_pool=is_pool,
            )
            stock = {"warehouse_id": warehouse, "quantity": 3, "allocated": 8, "changed_at": NOW}
            put(connection, models.Stock, shop_id=row.id, variant_id="V1", **stock)
        put(connection, models.Overrun, shop_id=row.id, line_id="L1", variant_id="V1", units=2)
        for number, state in enumerate(("found", "repaired", "reported")):
            put(connection, models.PoolShipment, shop_id=row.id, id=f"FL{number}", fulfilment_id="F1", order_id="O1",
                line_id="L1", variant_id="V1", units=1, state=state, shipped_at=NOW)  # fmt: skip
    found = gather(runtime, row, NOW)
    assert [(units.sku, units.where, units.units) for units in found.overfull] == [("S1", "Berlin", 5)]
    assert [(units.sku, units.where, units.units) for units in found.overruns] == [("S1", "21", 2)]
    assert [units.state for units in found.pool_shipments] == ["found", "reported"]


def test_an_overrun_whose_order_is_done_is_over(runtime: Runtime, row: models.Shop) -> None:
    with runtime.engine.begin() as connection:
        order_with_a_line(connection, row.id)
        connection.execute(models.Line.__table__.update().values(open=0))  # type: ignore[attr-defined]
        put(connection, models.Overrun, shop_id=row.id, line_id="L1", variant_id="V1", units=2)
    assert gather(runtime, row, NOW).overruns == ()


def test_what_the_shop_refuses_to_say_is_evidence(
    runtime: Runtime, row: models.Shop, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> Identity:
        raise ShopError("The shop did not answer in time.", retry=True, code="TIMEOUT")

    monkeypatch.setattr(shop, "identity", unreachable)
    assert [finding.key for finding in doctor.examine(runtime, row)] == ["unreachable"]


def test_an_app_that_was_removed_is_told_as_that(runtime: Runtime, row: models.Shop) -> None:
    row.state = "removed"
    (finding,) = doctor.examine(runtime, row)
    assert finding.key == "token_dead"
    assert "removed" in finding.message


def test_a_token_sealed_with_another_key_is_told_as_that(
    runtime: Runtime, row: models.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    (finding,) = doctor.examine(runtime, row)
    assert finding.key == "token_sealed"
    assert "SECRET_KEY" in finding.remedy


def test_without_all_permissions_the_rest_is_still_looked_at(runtime: Runtime, row: models.Shop, shop: Shop) -> None:
    shop.permissions = NEEDED - {"MANAGE_SHIPPING"}
    found = [finding.key for finding in doctor.examine(runtime, row)]
    assert found[0] == "permission_missing:MANAGE_SHIPPING"
    assert "webhook_missing:Orders" in found


def test_mending_puts_right_what_needs_no_consent(runtime: Runtime, row: models.Shop, shop: Shop) -> None:
    web(shop, warehouses=("Berlin", "Paris", pool_of_web(shop)), strategy=HIGH_STOCK)
    shop.zone("Europe", ["web"], ["Berlin", "Paris"])
    done = doctor.mend(runtime, row)
    assert len(done) == 3
    assert shop.channels["id-web"].warehouses == (pool_of_web(shop), "Berlin", "Paris")
    assert pool_of_web(shop) in shop.zones["Europe"].warehouses
    assert [finding.key for finding in doctor.examine(runtime, row)] == ["strategy_wrong:web"]


def test_mending_switches_our_webhooks_on(runtime: Runtime, row: models.Shop, shop: Shop) -> None:
    doctor.mend(runtime, row)
    names = set(shop.webhooks_by_id)
    shop.webhooks_by_id = {name: replace(seen, active=False) for name, seen in shop.webhooks_by_id.items()}
    doctor.mend(runtime, row)
    assert {name for name, seen in shop.webhooks_by_id.items() if seen.active} == names
    assert doctor.mend(runtime, row) == []


def test_mending_leaves_a_pool_that_was_taken_out_of_its_channel_to_people(
    runtime: Runtime, row: models.Shop, shop: Shop
) -> None:
    doctor.mend(runtime, row)
    web(shop, warehouses=("Berlin", "Paris"))
    assert doctor.mend(runtime, row) == []
    assert shop.channels["id-web"].warehouses == ("Berlin", "Paris")


def test_staff_are_told_once_of_what_lasts_and_again_when_it_comes_back(
    runtime: Runtime, row: models.Shop, shop: Shop
) -> None:
    web(shop, strategy=HIGH_STOCK)
    doctor.report(runtime, row)
    assert set(shop.problems) == {"doctor:strategy_wrong:web"}
    shop.problems.clear()
    doctor.report(runtime, row)
    assert shop.problems == {}
    web(shop, strategy="PRIORITIZE_SORTING_ORDER")
    doctor.report(runtime, row)
    web(shop, strategy=HIGH_STOCK)
    doctor.report(runtime, row)
    assert set(shop.problems) == {"doctor:strategy_wrong:web"}


def test_staff_who_moved_the_pool_are_told_and_it_is_moved_back(runtime: Runtime, row: models.Shop, shop: Shop) -> None:
    web(shop, warehouses=("Berlin", pool_of_web(shop), "Paris"))
    doctor.report(runtime, row)
    assert set(shop.problems) == {"doctor:pool_not_first:web"}
    assert shop.channels["id-web"].warehouses[0] == pool_of_web(shop)


def test_what_is_told_of_other_matters_is_left_alone(runtime: Runtime, row: models.Shop) -> None:
    with runtime.engine.begin() as connection:
        put(connection, models.Notice, shop_id=row.id, kind="problem", key="overrun:L1", payload={"message": "Two."})
    doctor.report(runtime, row)
    with runtime.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(models.Notice)) == 1
