"""A shop that is started again is the same shop."""

from pathlib import Path

import httpx

import sandbox
from sandbox.api.ids import row_id
from sandbox.state.saving import Keeper
from sandbox.state.shop import Shop
from tests.sandbox.desk import Desk


def test_orders_stock_ids_tokens_and_keys_survive_a_restart(tmp_path: Path) -> None:
    with sandbox.serve(data_dir=tmp_path, gap=0.01) as server:
        sandbox.seed(server.shop)
        desk = Desk(server)
        place = desk.warehouse()
        channel = desk.channel(place)
        variant = desk.variant(channel, stocks=[{"warehouse": place, "quantity": 5}])
        order = desk.buy(channel, (variant, 2), (variant, 1))
        desk.write(variant, note="kept")
        token = desk.do("appCreate", "authToken", input={"name": "App", "permissions": []})["authToken"]
        before = desk.order(order)
        keys = httpx.get(f"{server.origin}/.well-known/jwks.json").json()
    with sandbox.serve(data_dir=tmp_path, gap=0.01) as server:
        sandbox.seed(server.shop)
        desk = Desk(server)
        assert desk.order(order) == before
        assert desk.stock(variant, place) == (5, 3)
        assert desk.ask("{ app { name } }", token) == {"name": "App"}
        assert httpx.get(f"{server.origin}/.well-known/jwks.json").json() == keys
        assert len(server.shop.channels) == 3, "seeded once"
        assert desk.order(desk.buy(channel, (variant, 1)))["number"] == "2"


def test_what_was_done_a_moment_before_the_power_went_is_kept(tmp_path: Path) -> None:
    with sandbox.serve(data_dir=tmp_path) as server:
        desk = Desk(server)
        place = desk.warehouse()
        server.keeper.write()
        found = Shop()
        Keeper(found, tmp_path / "shop.sqlite3")
        [kept] = found.warehouses
    assert row_id(kept) == place


def test_a_refused_mutation_leaves_nothing_behind(tmp_path: Path) -> None:
    with sandbox.serve(data_dir=tmp_path) as server:
        desk = Desk(server)
        answer = desk.post(
            'mutation { createWarehouse(input: {name: " ", address: {country: US}}) { errors { code } } }'
        )
        assert answer.json()["data"]["createWarehouse"]["errors"] == [{"code": "REQUIRED"}]
        assert len(server.shop.warehouses) == 0


def test_staff_kept_by_an_older_version_may_still_do_everything(tmp_path: Path) -> None:
    with sandbox.serve(data_dir=tmp_path) as server:
        first = next(iter(server.shop.users))
        del first.permissions
        server.shop.dirty[type(first), first.pk] = first
    with sandbox.serve(data_dir=tmp_path) as server:
        assert Desk(server).ask("{ orders(first: 1) { totalCount } }") == {"totalCount": 0}
