"""Whose turn it is in a shop: its policy, what people decide, and who gains and loses by it."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from app import book, queue, turns
from app.book import turn
from app.engine import plan
from app.engine.model import Claim, Policy
from app.engine.rules import Scope
from app.engine.turns import in_turn
from app.models import Channel, Mark, Order, Shop
from app.platforms import LineSeen, OrderSeen
from app.supply import lines
from app.turns import completing, effects
from app.turns.completing import Wanted
from tests.app.rule_shop import NOW, TODAY, WHO, installed, marked, place, put, variant


@pytest.fixture
def shop(engine: Engine) -> Shop:
    """Three cups in Berlin, no plates; both may be backordered."""
    found = installed(engine, variant("cup", berlin=3), variant("plate"))
    put(engine, found, place(Scope.SHOP, ""), mode="backorder", cap=50, lead_days=14)
    return found


def placed(
    engine: Engine,
    shop: Shop,
    number: int,
    units: Mapping[str, int],
    *,
    paid: bool = False,
    said: Mapping[str, str] | None = None,
    shipped: int = 0,
    channel: str = "web",
) -> None:
    """An order of so many units of each variant; orders come by number."""
    lines = tuple(LineSeen(f"{number}-{sku}", sku, sku, wanted, shipped, {}, {}) for sku, wanted in units.items())
    at = NOW + timedelta(minutes=number)
    order = OrderSeen(
        f"O{number}", str(number), channel, "UNFULFILLED", "CHECKOUT", at, at, {}, lines, (), paid=paid,
        others=said or {},
    )  # fmt: skip
    with engine.begin() as connection:
        book.record_orders(connection, again(engine, shop), [order.id], [order], at)


def placed_at_once(engine: Engine, shop: Shop, count: int) -> None:
    """So many orders of one cup."""
    seen = [
        OrderSeen(f"O{number}", str(number), "web", "UNFULFILLED", "CHECKOUT", at, at, {},
                  (LineSeen(f"{number}-cup", "cup", "cup", 1, 0, {}, {}),), ())
        for number in range(1, count + 1)
        for at in [NOW + timedelta(minutes=number)]
    ]  # fmt: skip
    with engine.begin() as connection:
        book.record_orders(connection, shop, [order.id for order in seen], seen, NOW)


def again(engine: Engine, shop: Shop) -> Shop:
    """The shop as it is kept now."""
    with Session(engine, expire_on_commit=False) as session:
        return session.get_one(Shop, shop.id)


def ready(engine: Engine, shop: Shop, sku: str = "cup") -> dict[str, int]:
    """Units that are ready, by order, in turn."""
    with engine.begin() as connection:
        [facts] = book.load_facts(connection, again(engine, shop), [sku], TODAY)
    found: dict[str, int] = {}
    for promise in plan(facts, TODAY).promises:
        found[promise.claim.number] = found.get(promise.claim.number, 0) + promise.ready
    return found


def choose(engine: Engine, shop: Shop, **changes: object) -> None:
    with engine.begin() as connection:
        turns.put(connection, again(engine, shop), changes)


def test_without_a_policy_the_queue_is_first_come_first_served(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2}, paid=True)
    assert ready(engine, shop) == {"1": 2, "2": 1}


def test_paid_orders_go_first_where_the_shop_says_so(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2}, paid=True)
    choose(engine, shop, policy="paid_first")
    assert ready(engine, shop) == {"2": 2, "1": 1}


def test_of_an_orders_metadata_only_what_the_policy_names_is_kept(engine: Engine, shop: Shop) -> None:
    choose(engine, shop, policy="wanted_date", wanted_key="wish", rank_key="level")
    placed(engine, shop, 1, {"cup": 2}, said={"wish": "2026-12-24", "level": "7", "phone": "555"})
    placed(engine, shop, 2, {"cup": 2}, said={"wish": "2026-12-01T10:00:00Z", "level": "high"})
    with engine.begin() as connection:
        rows = connection.execute(select(Order.wanted_on, Order.rank).order_by(Order.number)).all()
    assert [tuple(row) for row in rows] == [(date(2026, 12, 24), 7), (date(2026, 12, 1), None)]
    assert ready(engine, shop) == {"2": 2, "1": 1}


def test_a_channels_rank_holds_for_orders_without_one_of_their_own(engine: Engine, shop: Shop) -> None:
    choose(engine, shop, policy="rank", rank_key="level", ranks={"web": 5})
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2}, said={"level": "1"})
    assert ready(engine, shop) == {"2": 2, "1": 1}


def test_orders_are_read_again_only_where_the_policy_looks_at_something_else(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    with engine.begin() as connection:
        connection.execute(delete(Mark))
    choose(engine, shop, policy="paid_first")
    assert marked(engine) == {"cup", "plate"}
    choose(engine, shop, wanted_key="wish")
    with engine.begin() as connection:
        assert connection.scalars(select(Mark.target).where(Mark.kind == "order")).all() == ["O1"]


def test_of_two_people_who_change_the_policy_at_once_neither_undoes_what_the_other_said(
    engine: Engine, shop: Shop
) -> None:
    first, second = again(engine, shop), again(engine, shop)
    with engine.begin() as connection:
        turns.put(connection, first, {"policy": "paid_first"})
    with engine.begin() as connection:
        turns.put(connection, second, {"rank_key": "level"})
    found = turns.of(again(engine, shop))
    assert (found.policy, found.rank_key) == ("paid_first", "level")


def test_a_policy_nobody_knows_is_refused(engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection, pytest.raises(turns.BadPolicy, match="policy"):
        turns.put(connection, shop, {"policy": "richest_first"})


def test_a_pinned_order_goes_first_until_the_pin_is_taken_back(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2})
    with engine.begin() as connection:
        [number] = turns.pin(connection, shop, ["2-cup"], who=WHO, why="a promise on the phone")
    assert ready(engine, shop) == {"2": 2, "1": 1}
    with engine.begin() as connection, pytest.raises(turns.BadMove, match="pinned"):
        turns.pin(connection, shop, ["2-cup"], who=WHO)
    with engine.begin() as connection:
        turns.undo(connection, shop, number, who=WHO)
    assert ready(engine, shop) == {"1": 2, "2": 1}
    with engine.begin() as connection, pytest.raises(turns.BadMove, match="no move"):
        turns.undo(connection, shop, number, who=WHO)


def test_units_handed_over_change_places_and_the_queue_is_listed_in_that_order(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 3})
    placed(engine, shop, 2, {"cup": 2})
    with engine.begin() as connection:
        turns.hand_over(connection, shop, "1-cup", "2-cup", 2, who=WHO)
    assert ready(engine, shop) == {"2": 2, "1": 1}
    with engine.begin() as connection:
        assert [claim["order"] for claim in queue.lines(connection, shop.id)] == ["2", "1"]
        [move] = turns.rows(connection, shop.id)
    assert (move.order, move.to_order, move.units, move.sku) == ("1", "2", 2, "cup")


def test_handed_units_that_were_shipped_are_handed_no_more(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 4})
    with engine.begin() as connection:
        turns.hand_over(connection, shop, "1-cup", "2-cup", 2, who=WHO)
    placed(engine, shop, 2, {"cup": 4}, shipped=2)
    assert ready(engine, shop) == {"1": 2, "2": 1}


@pytest.mark.parametrize(
    ("giver", "taker", "units", "says"),
    [
        ("1-cup", "1-cup", 1, "itself"),
        ("1-cup", "2-cup", 3, "order 1, cup has 2 units open, so from 1 to 2"),
        ("1-cup", "9-cup", 1, "no order line 9-cup"),
        ("1-cup", "3-plate", 1, "within one variant"),
        ("1-cup", "4-cup", 1, "Order 4 has no open units of cup"),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused(
    engine: Engine, shop: Shop, giver: str, taker: str, units: int, says: str
) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2})
    placed(engine, shop, 3, {"plate": 2})
    placed(engine, shop, 4, {"cup": 2}, shipped=2)
    with engine.begin() as connection, pytest.raises(turns.BadMove, match=says):
        turns.hand_over(connection, shop, giver, taker, units, who=WHO)


def test_a_dry_run_says_who_gains_and_who_loses_and_changes_nothing(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 2})
    placed(engine, shop, 3, {"cup": 1}, paid=True)
    with engine.begin() as connection:
        effect = effects.of_policy(connection, shop, {"policy": "paid_first"}, TODAY)
    assert (effect.lines, effect.gaining, effect.losing) == (3, 1, 1)
    assert [(change.order, change.before.ready, change.after.ready) for change in effect.gains] == [("3", 0, 1)]
    assert [change.order for change in effect.losses] == ["2"]
    assert ready(engine, shop) == {"1": 2, "2": 1, "3": 0}


def test_the_dry_run_of_complete_orders_first_works_out_which_are(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2, "plate": 1})
    placed(engine, shop, 2, {"cup": 3})
    with engine.begin() as connection:
        effect = effects.of_policy(connection, shop, {"policy": "complete_first"}, TODAY)
    assert [(change.order, change.sku, change.after.ready) for change in effect.gains] == [("2", "cup", 3)]


def gaining(engine: Engine, shop: Shop, **changes: object) -> list[str]:
    """The orders that would gain by a policy."""
    with engine.begin() as connection:
        effect = effects.of_policy(connection, again(engine, shop), changes, TODAY)
    return [change.order for change in effect.gains]


def test_the_dry_run_goes_by_the_ranks_that_are_given_with_it(engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        connection.execute(update(Channel).values(warehouses=["pool-web", "B"]))
    for number, channel in ((1, "web"), (2, "outlet"), (3, "web")):
        placed(engine, shop, number, {"cup": 3}, channel=channel)
    choose(engine, shop, ranks={"outlet": 0})
    assert gaining(engine, shop, policy="rank") == ["2"]
    assert gaining(engine, shop, policy="rank", ranks={"web": 1, "outlet": 2}) == []
    assert gaining(engine, shop, policy="rank", ranks={"web": 2, "outlet": 1}) == ["2"]
    assert turns.of(again(engine, shop)).ranks == {"outlet": 0}


def test_the_dry_run_keeps_the_ranks_that_orders_were_read_with(engine: Engine, shop: Shop) -> None:
    choose(engine, shop, rank_key="level", ranks={"web": 5})
    placed(engine, shop, 1, {"cup": 3})
    placed(engine, shop, 2, {"cup": 3}, said={"level": "4"})
    assert gaining(engine, shop, policy="rank", ranks={"web": 5}) == ["2"]
    assert gaining(engine, shop, policy="rank", ranks={"web": 3}) == []
    assert gaining(engine, shop, policy="rank", rank_key="") == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"policy": "wanted_date"}, ["No key of the wanted day is set: the policy moves nobody until one is."]),
        ({"policy": "rank"}, ["No key of the rank and no ranks of channels are set"]),
        ({"policy": "rank", "ranks": {"web": 1}}, []),
        ({"policy": "rank", "rank_key": "level"}, ["What the orders say under level was not kept so far"]),
        ({"policy": "wanted_date", "wanted_key": "wish"}, ["What the orders say under wish was not kept so far"]),
        ({"policy": "paid_first", "wanted_key": "wish"}, []),
    ],
)
def test_the_dry_run_says_what_it_cannot_go_by(
    engine: Engine, shop: Shop, changes: Mapping[str, object], says: list[str]
) -> None:
    placed(engine, shop, 1, {"cup": 2}, said={"wish": "2026-12-24", "level": "1"})
    with engine.begin() as connection:
        found = effects.of_policy(connection, shop, changes, TODAY).remarks
    assert [text[: len(said)] for text, said in zip(found, says, strict=True)] == says


def test_the_dry_run_knows_what_was_kept_under_the_same_key(engine: Engine, shop: Shop) -> None:
    choose(engine, shop, wanted_key="wish")
    placed(engine, shop, 1, {"cup": 2})
    placed(engine, shop, 2, {"cup": 3}, said={"wish": "2026-12-24"})
    assert gaining(engine, shop, policy="wanted_date") == ["2"]
    assert gaining(engine, shop, policy="wanted_date", wanted_key="need") == []


def test_complete_orders_go_first_and_stay_so_when_nothing_changes(engine: Engine, shop: Shop) -> None:
    placed(engine, shop, 1, {"cup": 2, "plate": 1})
    placed(engine, shop, 2, {"cup": 3})
    choose(engine, shop, policy="complete_first")
    kept = again(engine, shop)
    with engine.begin() as connection:
        connection.execute(delete(Mark))
        completing.refresh(connection, kept)
    assert marked(engine) == {"cup"}
    assert ready(engine, shop) == {"2": 3, "1": 0}
    with engine.begin() as connection:
        completing.refresh(connection, kept)
    assert marked(engine) == set()


def test_places_sort_as_the_engine_serves_whatever_orders_are_called() -> None:
    """All of one moment: numbers first, as numbers, then words."""
    numbers = ["A7", "10", "B", "9", "007", "A70", "7", "a-1", "٣", "0"]
    claims = [Claim(f"line-{each}", "web", NOW, each, 1) for each in numbers]
    served = in_turn(claims, Policy.FIRST_COME, ())
    assert served == sorted(claims, key=lambda claim: turn.own(claim.queued_at, claim.number, claim.line))
    assert [claim.number for claim in served] == ["0", "٣", "007", "7", "9", "10", "A7", "A70", "B", "a-1"]


def test_of_orders_of_one_moment_the_one_with_a_number_completes_before_the_one_with_a_word(
    engine: Engine, shop: Shop
) -> None:
    seen = [
        OrderSeen(number, number, "web", "UNFULFILLED", "CHECKOUT", NOW, NOW, {},
                  (LineSeen(f"{number}-cup", "cup", "cup", 2, 0, {}, {}),), ())
        for number in ("A7", "7")
    ]  # fmt: skip
    with engine.begin() as connection:
        book.record_orders(connection, shop, [order.id for order in seen], seen, NOW)
        assert completing.find(connection, shop.id) == {"7"}


def test_an_order_that_completes_keeps_its_units_from_those_after_it() -> None:
    wanted = [
        Wanted("1", "cup", 2, ("B",)),
        Wanted("1", "plate", 1, ("B",)),
        Wanted("2", "cup", 2, ("B", "P")),
        Wanted("3", "cup", 2, ("P",)),
    ]
    assert completing.completing(wanted, {("cup", "B"): 3, ("cup", "P"): 1}) == {"2"}
    assert completing.completing(wanted, {("cup", "B"): 3, ("plate", "B"): 1, ("cup", "P"): 3}) == {"1", "2", "3"}


def test_the_least_harmed_are_suggested_first(engine: Engine, shop: Shop) -> None:
    for number, units in ((1, 1), (2, 2), (3, 4)):
        placed(engine, shop, number, {"cup": units})
    with engine.begin() as connection:
        found = effects.givers(connection, shop, turns.find(connection, shop.id, "3", "cup"), 1, TODAY)
    assert [(giver.order, giver.before.ready, giver.after.ready, giver.taker.ready) for giver in found.found] == [
        ("2", 2, 1, 1),
        ("1", 1, 0, 1),
    ]
    with engine.begin() as connection, pytest.raises(turns.BadMove, match="no open units"):
        turns.find(connection, shop.id, "9", "cup")


def test_who_brings_some_of_the_units_sooner_is_suggested(engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        for units, days in ((3, 3), (9, 9)):
            supply = {"sku": "cup", "warehouse": "berlin", "quantity": units, "eta": TODAY + timedelta(days=days)}
            lines.add(connection, shop, supply, who=WHO, today=TODAY)
    for number, units in ((1, 3), (2, 3), (3, 5)):
        placed(engine, shop, number, {"cup": units})
    with engine.begin() as connection:
        found = effects.givers(connection, shop, "3-cup", 3, TODAY).found
    assert {giver.order: (giver.taker.ready, giver.sooner) for giver in found} == {"1": (3, 3), "2": (0, 3)}
    assert {giver.taker.expected for giver in found} == {TODAY + timedelta(days=9)}


@pytest.mark.parametrize("units", [0, 6, 300])
def test_more_units_than_the_line_has_open_are_no_suggestion(engine: Engine, shop: Shop, units: int) -> None:
    placed(engine, shop, 1, {"cup": 5})
    with engine.begin() as connection, pytest.raises(turns.BadMove, match="has 5 units open, so from 1 to 5"):
        effects.givers(connection, shop, "1-cup", units, TODAY)


def test_of_a_thousand_who_could_give_the_likeliest_hundred_are_tried(engine: Engine, shop: Shop) -> None:
    with engine.begin() as connection:
        supply = {"sku": "cup", "warehouse": "berlin", "quantity": 997, "eta": TODAY + timedelta(days=3)}
        lines.add(connection, shop, supply, who=WHO, today=TODAY)
    placed_at_once(engine, shop, 1001)
    with engine.begin() as connection:
        found = effects.givers(connection, shop, turns.find(connection, shop.id, "1001", "cup"), 1, TODAY)
    assert (len(found.found), found.more) == (100, 900)
    # Nobody was told a day yet. Who waits gives before who is ready; of them the youngest.
    assert [giver.order for giver in found.found] == [str(number) for number in range(1000, 900, -1)]
