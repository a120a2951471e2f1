"""Random lives of a variant in a sandbox shop: what must hold of every promise, holds.

Each is lived on Saleor as it is and on one whose checkout sees allocations.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

import sandbox
from app import book, leaving, marks, models
from app.book import facts
from app.engine.cause import Cause
from app.pools import open_pool
from app.runtime import Runtime
from app.seal import Seal
from sandbox.seed import STAFF_EMAIL, STAFF_PASSWORD
from tests.app.conftest import SECRET
from tests.app.sandbox_checks import check
from tests.app.sandbox_life import WHO, Life, Town
from tests.live import documents
from tests.live.client import Client
from tests.live.shop import Shop
from tests.live.world import World
from tests.sandbox.desk import Desk

PERMISSIONS = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_CHANNELS", "MANAGE_SHIPPING"]


@pytest.fixture(params=[False, True], ids=["as it is", "mended"])
def town(request: pytest.FixtureRequest, runtime: Runtime) -> Iterator[Town]:
    with sandbox.serve(gap=0.01, retry_scale=0.001, mended_allocation=request.param) as server:
        desk, client = Desk(server), Client(server.url, STAFF_EMAIL, STAFF_PASSWORD)
        world = World(client)
        warehouses = [world.warehouse(), world.warehouse()]
        channels = [
            world.channel(*warehouses, automaticallyConfirmAllNewOrders=confirmed) for confirmed in (True, False)
        ]
        token = desk.do("appCreate", "authToken", input={"name": "Dueback", "permissions": PERMISSIONS})["authToken"]
        row = {"api_url": server.url, "app_id": "App", "token": Seal(SECRET).close(token)}
        with runtime.engine.begin() as connection:
            number = connection.scalar(insert(models.Shop).values(row).returning(models.Shop.id))
        assert number is not None
        with contextlib.closing(runtime.platform(runtime.shop(number))) as platform:
            known = {channel.id: channel for channel in platform.layout().channels}
            open_pool(platform, [known[channel.id] for channel in channels], may_change_strategy=True)
            with runtime.engine.begin() as connection:
                book.record_layout(connection, number, platform.layout())
        yield Town(runtime, number, Shop(client), world, warehouses, channels)
        client.close()


STEPS = (
    "buy", "buy", "buy", "cancel", "edit", "give_up", "ship", "take_back", "expect", "slip", "shrink", "hold",
    "receive", "restock", "lose", "rule",
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(1, 5)), min_size=5, max_size=10)

# Everybody waits for two supplies, the later one in the book first; then the stock rises by something else.
TWO_SUPPLIES = [
    ("buy", 0, 2), ("buy", 0, 2), ("buy", 1, 2), ("expect", 4, 1), ("expect", 1, 2), ("restock", 0, 1), ("ship", 0, 1),
]  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example(life=TWO_SUPPLIES)
@given(life=steps)
def test_whatever_happens_in_a_shop_its_promises_can_be_kept_and_justified(
    town: Town, life: list[tuple[str, int, int]]
) -> None:
    [item] = town.world.items(1, *town.channels)
    lived = Life(town, item)
    lived.restock(0, 2)
    lived.look()
    lived.rule(0, 4)
    lived.look()
    for what, which, units in life:
        moves, outstanding = len(lived.moves()), lived.planned()[1].pools[0].outstanding
        getattr(lived, what)(which, units)
        lived.look()
        check(lived, what, moves, outstanding)
    moves, stocks = len(lived.moves()), town.shop.stocks(item)
    lived.look()
    assert (len(lived.moves()), town.shop.stocks(item)) == (moves, stocks), "looking again changes nothing"


def opened(town: Town) -> Life:
    """The life of a variant that may be sold past zero."""
    lived = Life(town, town.world.items(1, *town.channels)[0])
    lived.rule(0, 4)
    lived.look()
    return lived


def test_what_people_set_while_the_worker_begins_a_round_is_not_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived = opened(town)
    assert town.shop.available(town.channels[0], lived.item) == lived.cap
    take, left = marks.take, iter([leaving.begin])

    def meanwhile(connection: Connection, shop_id: int, kind: str, most: int) -> list[marks.Taken]:
        if kind == "variant" and (leave := next(left, None)):
            with town.runtime.engine.begin() as another:
                leave(another, town.runtime.shop(shop_id), who=WHO)
        return take(connection, shop_id, kind, most)

    monkeypatch.setattr(marks, "take", meanwhile)
    lived.look()
    assert town.shop.available(town.channels[0], lived.item) == 0


def test_what_is_received_while_the_worker_plans_has_arrived_and_was_never_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived = opened(town)
    lived.buy(0, 3)
    lived.expect(1, 3)
    lived.look()
    known, read = len(lived.moves()), facts._coming

    def meanwhile(*asked: Any) -> Any:
        monkeypatch.setattr(facts, "_coming", read)
        lived.receive(0, 3)
        return read(*asked)

    monkeypatch.setattr(facts, "_coming", meanwhile)
    lived.look()
    lived.look()
    assert [move.cause for move in lived.moves()[known:]] == [Cause.ARRIVED]


def test_an_order_for_a_variant_that_was_deleted_says_so_in_the_shop_and_keeps_nobody_busy(town: Town) -> None:
    lived = opened(town)
    lived.buy(0, 3)
    lived.expect(1, 3)
    lived.look()
    [(order, _)] = lived.orders
    assert "expected" in town.shop.order_metadata(order.id)
    town.world.client.staff(documents.DELETE_PRODUCT, id=town.world.products.pop())
    lived.look()
    assert town.shop.order_metadata(order.id) == {"status": "waiting"}
    assert [move.cause for move in lived.moves()][-1] == Cause.VARIANT_GONE
    lived.look()
