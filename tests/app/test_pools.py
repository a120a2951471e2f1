"""Opening pools in shops in every kind of order."""

from dataclasses import replace

import pytest

from app.platforms import ChannelSeen, ShopError, WarehouseSeen
from app.pools import IN_ORDER, CannotOpen, NeedsConsent, PoolOpened, open_pool
from tests.app.set_up import HIGH_STOCK, Shop


def opened(shop: Shop, *channels: ChannelSeen, agreed: bool = False) -> PoolOpened:
    return open_pool(shop.platform, channels, may_change_strategy=agreed)


def test_a_pool_is_made_first_in_order_and_in_the_zones() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin", "Paris")
    shop.zone("Europe", ["web"], ["Berlin", "Paris"])
    pool = opened(shop, web).warehouse
    assert shop.now(web).warehouses == (pool, "Berlin", "Paris")
    assert shop.zones["Europe"].warehouses == ("Berlin", "Paris", pool)
    assert shop.warehouses[pool].pool_of == (web.id,)


def test_its_name_tells_staff_to_ship_from_their_own_warehouse() -> None:
    shop = Shop()
    pool = opened(shop, shop.channel("web", "Berlin")).warehouse
    assert shop.warehouses[pool].name == "Backorders (Web): ship from your own warehouse instead"


def test_a_name_is_no_longer_than_the_shop_takes() -> None:
    shop = Shop()
    web = replace(shop.channel("web", "Berlin"), name="W" * 250)
    shop.channels[web.id] = web
    assert len(shop.warehouses[opened(shop, web).warehouse].name) == 250


def test_it_says_what_it_did() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin", strategy=HIGH_STOCK)
    shop.zone("Europe", ["web"], ["Berlin"])
    assert tuple(map(str, opened(shop, web, agreed=True).done)) == (
        'Made the warehouse "Backorders (Web): ship from your own warehouse instead".',
        "Let Web sell from it.",
        "Let it serve the shipping zone Europe.",
        "Put it first among the warehouses of Web.",
        "Made Web take orders from its warehouses in their order.",
    )


def test_asked_again_it_does_nothing_and_says_so() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    shop.zone("Europe", ["web"], ["Berlin"])
    first = opened(shop, web)
    before = shop.layout()
    assert opened(shop, web) == PoolOpened(first.warehouse, ())
    assert shop.layout() == before


@pytest.mark.parametrize("survivor", ["create_warehouse", "join_channel", "join_zone", "bring_to_front"])
def test_cut_off_after_any_step_it_is_finished_the_next_time(monkeypatch: pytest.MonkeyPatch, survivor: str) -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin", strategy=HIGH_STOCK)
    shop.zone("Europe", ["web"], ["Berlin"])
    steps = ["create_warehouse", "join_channel", "join_zone", "bring_to_front", "allocate_in_order"]
    following = steps[steps.index(survivor) + 1]

    def lost(*_arguments: object) -> None:
        raise ShopError("The shop cannot be reached.", retry=True)

    with monkeypatch.context() as patched:
        patched.setattr(shop, following, lost)
        with pytest.raises(ShopError):
            opened(shop, web, agreed=True)
    pool = opened(shop, web, agreed=True).warehouse
    assert [warehouse.id for warehouse in shop.warehouses.values() if warehouse.ours] == [pool]
    assert shop.now(web).warehouses == (pool, "Berlin")
    assert shop.zones["Europe"].warehouses == ("Berlin", pool)
    assert shop.now(web).strategy == IN_ORDER


def test_the_strategy_is_only_changed_with_consent() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin", strategy=HIGH_STOCK)
    before = shop.layout()
    with pytest.raises(NeedsConsent, match="Orders of Web are taken from the warehouse with the most stock"):
        opened(shop, web)
    assert shop.layout() == before
    opened(shop, web, agreed=True)
    assert shop.now(web).strategy == IN_ORDER


def test_a_warehouse_that_only_looks_like_a_pool_is_left_alone() -> None:
    shop = Shop()
    web = shop.channel("web", "Backorders", "Berlin")
    theirs = WarehouseSeen("Backorders", "backorders-web", "Backorders (Web): ship from your own warehouse instead")
    shop.warehouses["Backorders"] = theirs
    pool = opened(shop, web).warehouse
    assert shop.warehouses["Backorders"] == theirs
    assert shop.now(web).warehouses == (pool, "Backorders", "Berlin")
    assert shop.warehouses[pool].slug == "backorders-web-2"


def test_a_pool_staff_renamed_is_still_the_pool() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    pool = opened(shop, web).warehouse
    shop.warehouses[pool] = replace(shop.warehouses[pool], name="Later", slug="later")
    assert opened(shop, web) == PoolOpened(pool, ())
    assert shop.warehouses[pool].name == "Later"


def test_a_pool_taken_out_of_its_channel_is_put_back_and_not_made_anew() -> None:
    """Its open orders are allocated there."""
    shop = Shop()
    web = shop.channel("web", "Berlin")
    pool = opened(shop, web).warehouse
    shop.channels[web.id] = replace(web, warehouses=("Berlin",))
    assert opened(shop, web).warehouse == pool
    assert shop.now(web).warehouses == (pool, "Berlin")


def test_a_pool_moved_back_in_the_order_is_brought_to_the_front() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    pool = opened(shop, web).warehouse
    shop.channels[web.id] = replace(web, warehouses=("Berlin", pool))
    assert tuple(map(str, opened(shop, web).done)) == ("Put it first among the warehouses of Web.",)
    assert shop.now(web).warehouses == (pool, "Berlin")


def test_every_channel_gets_a_pool_of_its_own() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    assert opened(shop, web).warehouse != opened(shop, app).warehouse
    assert len(shop.now(web).warehouses) == len(shop.now(app).warehouses) == 2


def test_a_zone_that_no_warehouse_of_the_channel_serves_is_not_opened_by_the_pool() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    shop.zone("Europe", ["web"], ["Berlin"])
    shop.zone("Asia", ["web"], [])
    shop.zone("Oceania", ["app"], ["Berlin"])
    pool = opened(shop, web).warehouse
    assert [name for name, zone in shop.zones.items() if pool in zone.warehouses] == ["Europe"]


def test_channels_with_the_same_warehouses_share_one_pool() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin", "Paris"), shop.channel("app", "Paris", "Berlin")
    pool = opened(shop, web, app).warehouse
    assert shop.now(web).warehouses == (pool, "Berlin", "Paris")
    assert shop.now(app).warehouses == (pool, "Paris", "Berlin")
    assert shop.warehouses[pool].pool_of == (web.id, app.id)
    assert opened(shop, app) == PoolOpened(pool, ())


def test_a_channel_may_join_the_pool_of_another() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    pool = opened(shop, web).warehouse
    assert opened(shop, web, app).warehouse == pool
    assert shop.warehouses[pool].pool_of == (web.id, app.id)
    assert shop.warehouses[pool].name == "Backorders (Web, App): ship from your own warehouse instead"
    assert shop.now(app).warehouses == (pool, "Berlin")


def test_a_pool_staff_renamed_keeps_their_name_when_another_channel_joins_it() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    pool = opened(shop, web).warehouse
    shop.rename_warehouse(pool, "Later")
    opened(shop, web, app)
    assert shop.warehouses[pool].name == "Later"


def test_channels_with_different_warehouses_are_no_group() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin", "Paris")
    with pytest.raises(CannotOpen, match="Web and App do not sell from the same warehouses"):
        opened(shop, web, app)
    assert not any(warehouse.ours for warehouse in shop.warehouses.values())


def test_a_pool_staff_gave_to_a_channel_with_other_warehouses_is_not_taken_over() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Paris")
    shop.join_channel(app.id, opened(shop, web).warehouse)
    with pytest.raises(CannotOpen, match="App and Web do not sell from the same warehouses"):
        opened(shop, app)


def test_a_channel_without_a_warehouse_says_what_to_do() -> None:
    shop = Shop()
    with pytest.raises(CannotOpen, match="Web has no warehouse of its own"):
        opened(shop, shop.channel("web"))


def test_a_channel_deleted_meanwhile_is_refused() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    shop.channels.clear()
    with pytest.raises(CannotOpen, match="does not have this channel any more"):
        opened(shop, web)


def test_an_address_the_shop_takes_no_more_is_no_obstacle_while_another_is_good() -> None:
    """Seen on a real Saleor: the first warehouse of its sample channel lacks a field it now asks for."""
    shop = Shop(addresses_refused={"Berlin"})
    web = shop.channel("web", "Berlin", "Paris")
    pool = opened(shop, web).warehouse
    assert shop.now(web).warehouses == (pool, "Berlin", "Paris")


def test_without_any_good_address_it_says_which_field_is_missing() -> None:
    shop = Shop(addresses_refused={"Berlin", "Paris"})
    with pytest.raises(CannotOpen, match="countryArea: This field is required"):
        opened(shop, shop.channel("web", "Berlin", "Paris"))
