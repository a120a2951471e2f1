"""Whole days in a shop, told step by step, on Saleor as it is and on one whose checkout sees allocations."""

import pytest

from app.engine import ask, plan
from app.engine.answer import Step
from app.engine.model import Channel, Mode, Terms
from tests.unit.engine.builders import (
    BACKORDERS,
    WEB,
    claim,
    coming,
    day,
    facts,
    on_hand,
    pieces,
    supply,
    undated,
    units,
)
from tests.unit.engine.shop import Order, Shop


@pytest.fixture(params=[False, True], ids=["as it is", "mended"])
def mended(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def bought(shop: Shop, units: int, channel: str = "web") -> Order:
    order = shop.buy(units, channel)
    assert order is not None
    return order


def stocks(shop: Shop) -> dict[str, tuple[int, int]]:
    """Quantity and allocated units of each warehouse."""
    return {place: (quantity, shop.allocated(place)) for place, quantity in shop.quantity.items()}


def test_the_story_seen_on_a_real_saleor_happens_with_the_same_numbers(mended: bool) -> None:
    shop = Shop((WEB,), {"P": BACKORDERS}, mended=mended)
    shop.restock("A", 3)
    shop.settle()
    in_stock = bought(shop, 2)
    last_unit = bought(shop, 1)
    assert stocks(shop) == {"A": (3, 3), "P": (0, 0)}
    assert shop.buy(1) is None

    shop.settle()
    assert shop.available("web") == 20
    backorders = [bought(shop, 2), bought(shop, 2), bought(shop, 1)]
    shop.settle()
    assert stocks(shop) == {"A": (3, 3), "P": (20, 5)}

    assert shop.ship(in_stock, 2, "A")
    shop.restock("A", 10)
    shop.settle()
    assert stocks(shop) == {"A": (11, 1), "P": (0, 5)}
    assert shop.available("web") == 5

    assert shop.buy(6) is None
    newcomer = bought(shop, 4)
    shop.settle()
    assert stocks(shop) == {"A": (11, 5), "P": (0, 5)}

    assert not shop.ship(backorders[0], 2, "P"), "nothing physical is there"
    for order in (*backorders, last_unit, newcomer):
        assert shop.ship(order, order.open, "A")
        shop.settle()
    assert stocks(shop) == {"A": (1, 0), "P": (0, 0)}


def test_a_partial_restock_readies_the_first_order_and_half_the_second() -> None:
    """S3: 3 arrive while orders of 2, 2 and 1 wait."""
    planned = plan(
        facts(
            [claim(1, 2, on={"P": 2}), claim(2, 2, on={"P": 2}), claim(3, 1, on={"P": 1})],
            on_hand={"A": 3},
            supplies=[supply("next", 2, day(9))],
        ),
        day(0),
    )
    assert pieces(planned) == {
        "1": [on_hand(2)],
        "2": [on_hand(1), coming(1, "next", day(9))],
        "3": [coming(1, "next", day(9))],
    }


def test_after_a_restock_of_ten_with_five_owed_a_newcomer_can_buy_five_but_not_six(mended: bool) -> None:
    """S4."""
    shop = Shop((WEB,), {"P": BACKORDERS}, mended=mended)
    shop.settle()
    for ordered in (2, 2, 1):
        bought(shop, ordered)
    shop.restock("A", 10)
    shop.settle()

    assert shop.buy(6) is None
    bought(shop, 5)
    assert units(shop.settle()) == {"1": (2, 0), "2": (2, 0), "3": (1, 0), "4": (5, 0)}


def test_staff_ship_older_orders_from_the_real_warehouse_without_any_override(mended: bool) -> None:
    """S5."""
    shop = Shop((WEB,), {"P": BACKORDERS}, mended=mended)
    shop.settle()
    older = bought(shop, 2)
    bought(shop, 3)
    shop.restock("A", 4)
    assert units(shop.settle()) == {"1": (2, 0), "2": (2, 1)}

    assert shop.ship(older, 2, "A")
    planned = shop.settle()
    assert units(planned) == {"2": (2, 1)}
    assert shop.available("web") == planned.pools[0].sellable == 19


def test_cancelling_gives_units_back_to_the_cap_and_moves_the_younger_ones_up() -> None:
    """S6."""
    shop = Shop((WEB,), {"P": Terms(Mode.BACKORDER, cap=5)})
    shop.supplies = [supply("soon", 2, day(5)), supply("late", 3, day(20))]
    shop.settle()
    older = bought(shop, 2)
    bought(shop, 2)
    bought(shop, 1)
    before = shop.settle()
    assert shop.available("web") == 0
    assert pieces(before)["2"] == [coming(2, "late", day(20))]

    shop.cancel(older)
    after = shop.settle()
    assert shop.available("web") == 2
    assert pieces(after) == {"2": [coming(2, "soon", day(5))], "3": [coming(1, "late", day(20))]}


@pytest.mark.parametrize("pushed", [11, 4, 0, 25])
def test_an_erp_that_pushes_absolute_quantities_counts_nothing_twice_and_loses_nothing(
    pushed: int, mended: bool
) -> None:
    """S7: five are owed; whatever it pushes, and however often, owed and free units add up to what is there."""
    shop = Shop((WEB,), {"P": BACKORDERS}, mended=mended)
    shop.settle()
    for ordered in (2, 2, 1):
        bought(shop, ordered)
    for _ in range(2):
        shop.quantity["A"] = pushed
        planned = shop.settle()
        covered = min(5, pushed)
        free = pushed - covered
        assert sum(promise.ready for promise in planned.promises) == covered
        assert shop.available("web") == (free or 20 - (5 - covered))


def test_two_channels_that_share_a_warehouse_promise_each_unit_once() -> None:
    """S11: two pools, two caps, one queue. What the newcomer could still buy is held against his channel's cap."""
    web, shops = Channel("web", "web", ("A",), pool="P"), Channel("shops", "shops", ("A",), pool="Q")
    shop = Shop((web, shops), {"P": Terms(Mode.BACKORDER, cap=5), "Q": Terms(Mode.BACKORDER, cap=2)})
    shop.settle()
    bought(shop, 3, "web")
    shop.settle()
    shop.restock("A", 3)
    planned = shop.settle()
    assert units(planned) == {"1": (3, 0)}
    assert [pool.sellable for pool in planned.pools] == [5, 2]

    assert shop.available("web") == 5
    assert shop.available("shops") == 3, "the shop does not know that these are owed to the other channel"
    bought(shop, 3, "shops")
    planned = shop.settle()
    assert units(planned) == {"1": (3, 0), "2": (0, 3)}
    assert [promise.beyond_cap for promise in planned.promises] == [0, 1]
    assert shop.available("shops") == 0


def test_the_same_two_channels_as_one_group_are_exact(mended: bool) -> None:
    """S11 as a group: one pool, one cap."""
    web, shops = Channel("web", "web", ("A",), pool="P"), Channel("shops", "shops", ("A",), pool="P")
    shop = Shop((web, shops), {"P": Terms(Mode.BACKORDER, cap=5)}, mended=mended)
    shop.settle()
    bought(shop, 3, "web")
    shop.settle()
    shop.restock("A", 4)
    shop.settle()
    assert shop.available("web") == shop.available("shops") == 1

    bought(shop, 1, "shops")
    shop.settle()
    assert shop.available("web") == shop.available("shops") == 5
    bought(shop, 5, "shops")
    assert units(shop.settle()) == {"1": (3, 0), "2": (1, 0), "3": (0, 5)}
    assert shop.available("web") == shop.available("shops") == 0


def test_a_line_is_split_between_what_is_free_and_what_is_backordered(mended: bool) -> None:
    """S12: open at 3 with 3 free; 5 ordered: 3 ready and 2 waiting."""
    shop = Shop((WEB,), {"P": Terms(Mode.BACKORDER, cap=20, open_at=3)}, mended=mended)
    shop.restock("A", 3)
    shop.supplies = [supply("1", 10, day(12))]
    shop.settle()
    assert ask(shop.facts(), "web", 5, day(0)) == (Step(3, day(0)), Step(2, day(12)))
    bought(shop, 5)
    assert pieces(shop.settle()) == {"1": [on_hand(3), coming(2, "1", day(12))]}


def test_a_line_larger_than_what_is_free_is_refused_while_backorders_open_only_at_zero() -> None:
    shop = Shop((WEB,), {"P": BACKORDERS})
    shop.restock("A", 3)
    shop.settle()
    assert shop.buy(5) is None
    assert shop.buy(3) is not None


def test_a_closed_rule_stays_closed_when_a_waiting_order_is_cancelled_unseen(mended: bool) -> None:
    """S17."""
    shop = Shop((WEB,), {"P": BACKORDERS}, mended=mended)
    shop.settle()
    waiting = bought(shop, 3)
    bought(shop, 2)
    shop.rules["P"] = Terms(Mode.OFF, cap=20)
    shop.settle()
    shop.cancel(waiting)
    assert shop.available("web") == 0


def test_the_covered_order_ships_with_ours_when_one_of_two_warehouses_is_over_allocated() -> None:
    """S17: Saleor piled two orders on one warehouse; the second is covered by the other, and leaves from there."""
    web = Channel("web", "web", ("A", "B"), pool="P")
    shop = Shop((web,), {"P": BACKORDERS})
    shop.restock("A", 3)
    shop.restock("B", 3)
    shop.settle()
    first, second = bought(shop, 3), bought(shop, 3)
    assert stocks(shop) == {"A": (3, 6), "B": (3, 0), "P": (0, 0)}
    assert pieces(shop.settle()) == {"1": [on_hand(3, "A")], "2": [on_hand(3, "B")]}

    assert not shop.ship(first, 3, "A"), "the younger allocation over-fills it"
    assert shop.ship(first, 3, "A", anyway=True)
    assert shop.ship(second, 3, "B")
    assert stocks(shop) == {"A": (0, 0), "B": (0, 0), "P": (20, 0)}


def test_units_sold_beyond_the_cap_at_once_are_found_youngest_first() -> None:
    """S16: four may be backordered, and simultaneous checkouts let six through."""
    planned = plan(
        facts([claim(n, 1, on={"P": 1}) for n in range(1, 7)], rules={"P": Terms(Mode.BACKORDER, cap=4)}), day(0)
    )
    assert [promise.beyond_cap for promise in planned.promises] == [0, 0, 0, 0, 1, 1]
    assert pieces(planned)["6"] == [undated(1)], "the order keeps its place in the queue"
