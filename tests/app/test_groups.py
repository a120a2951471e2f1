"""Channels that are run as one, and apart again."""

import pytest

from app.groups import dissolve, drop_drained, members, proposals
from app.platforms import ChannelSeen, ShopError
from app.pool_layout import pool_of
from app.pools import CannotOpen, open_pool
from tests.app.set_up import Shop


def opened(shop: Shop, *channels: ChannelSeen) -> str:
    return open_pool(shop.platform, channels, may_change_strategy=False).warehouse


def pools(shop: Shop, *channels: ChannelSeen) -> list[str | None]:
    """The pool of each channel now."""
    layout = shop.layout()
    found = [pool_of(layout, shop.now(channel)) for channel in channels]
    return [pool.id if pool else None for pool in found]


def test_channels_with_the_same_warehouses_and_equal_rules_are_proposed() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin", "Paris"), shop.channel("app", "Paris", "Berlin")
    shop.channel("outlet", "Paris")
    rules: dict[str, object] = {web.id: "equal", app.id: "equal"}
    assert proposals(shop.layout(), rules) == [[web, app]]
    assert proposals(shop.layout(), rules | {app.id: "others"}) == []
    opened(shop, web, app)
    assert proposals(shop.layout(), rules) == []


def test_channels_with_a_pool_each_become_one_and_keep_both_until_the_second_is_empty() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    first, second = opened(shop, web), opened(shop, app)
    assert opened(shop, web, app) == first
    assert pools(shop, web, app) == [first, first]
    for channel in (web, app):
        assert shop.now(channel).warehouses[0] == first
        assert set(shop.now(channel).warehouses) == {first, second, "Berlin"}
    assert drop_drained(shop.platform, shop.layout(), empty=[first]) == []
    assert len(drop_drained(shop.platform, shop.layout(), empty=[second])) == 2
    for channel in (web, app):
        assert shop.now(channel).warehouses == (first, "Berlin")


def test_a_group_made_again_is_left_as_it_is() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    opened(shop, web)
    opened(shop, app)
    opened(shop, web, app)
    before = shop.layout()
    assert open_pool(shop.platform, [app, web], may_change_strategy=False).done == ()
    assert shop.layout() == before


def test_a_group_cannot_take_a_channel_out_of_another_group() -> None:
    shop = Shop()
    web, app, outlet = (shop.channel(slug, "Berlin") for slug in ("web", "app", "outlet"))
    opened(shop, web)
    opened(shop, app, outlet)
    with pytest.raises(CannotOpen, match="App is in a group with Outlet"):
        opened(shop, web, app)
    opened(shop, web, app, outlet)
    assert len(set(pools(shop, web, app, outlet))) == 1


def test_a_dissolved_group_leaves_its_pool_to_one_and_gives_the_others_their_own() -> None:
    shop = Shop()
    web, app, outlet = (shop.channel(slug, "Berlin") for slug in ("web", "app", "outlet"))
    shared = opened(shop, web, app, outlet)
    dissolve(shop.platform, shop.now(app))
    found = pools(shop, web, app, outlet)
    assert found[1] == shared
    assert len(set(found)) == 3
    assert None not in found
    for channel in (web, app, outlet):
        [own] = [place for place in shop.now(channel).warehouses if place != "Berlin"]
        assert shop.now(channel).warehouses[0] == own
        assert shop.warehouses[own].pool_of == (channel.id,)
        assert members(shop.layout(), shop.now(channel)) == [shop.now(channel)]
    assert shop.warehouses[shared].name == "Backorders (App): ship from your own warehouse instead"


def test_a_channel_that_leaves_a_group_takes_its_earlier_pool_again() -> None:
    shop = Shop()
    web, app = shop.channel("web", "Berlin"), shop.channel("app", "Berlin")
    first, second = opened(shop, web), opened(shop, app)
    opened(shop, web, app)
    dissolve(shop.platform, shop.now(web))
    assert shop.now(web).warehouses == (first, "Berlin")
    assert shop.now(app).warehouses == (second, "Berlin")


def test_a_channel_alone_has_no_group_to_dissolve() -> None:
    shop = Shop()
    web = shop.channel("web", "Berlin")
    opened(shop, web)
    with pytest.raises(CannotOpen, match="Web is in no group"):
        dissolve(shop.platform, shop.now(web))


@pytest.mark.parametrize("failing", ["leave_channel", "name_ours", "rename_warehouse"])
def test_a_group_half_dissolved_is_dissolved_when_asked_again(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    shop = Shop()
    web, app, outlet = (shop.channel(slug, "Berlin") for slug in ("web", "app", "outlet"))
    opened(shop, web, app, outlet)

    def lost(*_arguments: object) -> None:
        raise ShopError("The shop cannot be reached.", retry=True)

    with monkeypatch.context() as patched:
        patched.setattr(shop, failing, lost)
        with pytest.raises(ShopError):
            dissolve(shop.platform, shop.now(web))
    for channel in (web, app, outlet):
        if len(members(shop.layout(), shop.now(web))) > 1:
            dissolve(shop.platform, shop.now(web))
        opened(shop, shop.now(channel))
    assert len(set(pools(shop, web, app, outlet))) == 3
