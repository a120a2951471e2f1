"""Every move of a promise has one cause, and it is the right one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import plan
from app.engine.answer import Piece, Plan
from app.engine.cause import LET_DATES_MOVE_LATER, Cause
from app.engine.changes import (
    Basis,
    Coming,
    LineChange,
    Reason,
    basis_of,
    coming,
    last_day,
)
from app.engine.model import Channel, Exchange, Facts, LeadIn, Mode, Policy, Pool, Supply, Terms
from app.engine.tracing import Tracer
from tests.unit.engine.builders import BACKORDERS, TODAY, claim, day, facts, supply, undated
from tests.unit.engine.shop import Order, Shop
from tests.unit.engine.test_lives import (
    WORLDS,
    Act,
    act,
    change_rule,
    daily,
    few,
    opened,
    push,
    rules,
    ship_from_pool,
    slip,
)

LEAD = replace(BACKORDERS, lead_days=10)


def basis(known: Facts, on: date = TODAY, also: Mapping[str, Coming] | None = None) -> Basis:
    return basis_of(known, {**coming(known.supplies), **(also or {})}, on)


def given_to(planned: Plan) -> dict[str, tuple[Piece, ...]]:
    """What each line gets, in queue order."""
    found: dict[str, tuple[Piece, ...]] = {}
    for promise in planned.promises:
        found[promise.claim.line] = (*found.get(promise.claim.line, ()), *promise.pieces)
    return found


def changes(then: Plan, now: Plan, shipped: Mapping[str, int]) -> list[LineChange]:
    """Every line of either plan: those of the second in queue order, then those that have left."""
    had, has = given_to(then), given_to(now)
    claims = {promise.claim.line: promise.claim for promise in [*then.promises, *now.promises]}
    return [
        LineChange(
            line=line,
            order=claims[line].number,
            channel=claims[line].channel,
            before=had.get(line, ()),
            after=has.get(line, ()),
            shipped=shipped.get(line, 0),
            added=units(has.get(line, ())) - units(had[line]) + shipped.get(line, 0) if line in had else 0,
            approving=claims[line].approving,
        )
        for line in {**has, **had}
    ]


def units(pieces: Iterable[Piece]) -> int:
    return sum(piece.quantity for piece in pieces)


def reasons(
    then: Facts,
    now: Facts,
    *,
    days: int = 0,
    shipped: Mapping[str, int] | None = None,
    also: Mapping[str, Coming] | None = None,
) -> dict[str, Reason]:
    """By order number, why each line got something else. `days` pass in between."""
    then_plan, now_plan = plan(then, TODAY), plan(now, day(days))
    lines = changes(then_plan, now_plan, shipped or {})
    tracer = Tracer(basis(then), basis(now, day(days), also), lines)
    return {line.order: tracer.reason(line) for line in lines if line.before != line.after}


def cause(found: Mapping[str, Reason], number: int = 1) -> tuple[Cause, str | None]:
    """The cause and the supply it names."""
    return found[str(number)].cause, found[str(number)].supply


def received(name: str, units: int, eta: date, left: int = 0) -> dict[str, Coming]:
    """A supply of which so many units were received."""
    state = "expected" if left else "received"
    return {name: Coming(f"PO-{name}", "A", eta, left, received=units, state=state)}


def test_a_line_seen_for_the_first_time_was_ordered() -> None:
    assert cause(reasons(facts(), facts([claim(1, 2)]))) == (Cause.ORDERED, None)
    waiting = facts([claim(1, 2)], supplies=[supply("s", 5, day(2))])
    assert cause(reasons(facts(), waiting)) == (Cause.ORDERED, "s")


SUPPLIES = {
    "slipped": ([supply("s", 5, day(2))], [supply("s", 5, day(9))], Cause.SUPPLY_SLIPPED),
    "came forward": ([supply("s", 5, day(9))], [supply("s", 5, day(2))], Cause.SUPPLY_CAME_FORWARD),
    "shrank": ([supply("s", 5, day(2))], [supply("s", 1, day(2))], Cause.SUPPLY_SHRANK),
    "grew": ([supply("s", 1, day(2))], [supply("s", 5, day(2))], Cause.SUPPLY_GREW),
    "cancelled": ([supply("s", 5, day(2))], [], Cause.SUPPLY_CANCELLED),
    "added": ([], [supply("s", 5, day(2))], Cause.SUPPLY_ADDED),
    "slipped on its day": ([supply("s", 5, day(0))], [supply("s", 5, day(2))], Cause.SUPPLY_SLIPPED),
    "dated again": ([supply("s", 5, day(-1))], [supply("s", 5, day(2))], Cause.SUPPLY_DATED_AGAIN),
}


@pytest.mark.parametrize(("then", "now", "expected"), SUPPLIES.values(), ids=SUPPLIES)
def test_a_change_of_the_supply_is_the_cause(then: list[Supply], now: list[Supply], expected: Cause) -> None:
    found = reasons(facts([claim(1, 4)], supplies=then), facts([claim(1, 4)], supplies=now))
    assert cause(found) == (expected, "s")


def test_a_supply_that_did_not_come_on_its_day_is_late() -> None:
    known = facts([claim(1, 4)], supplies=[supply("s", 5, day(2))])
    found = reasons(known, known, days=3)
    assert cause(found) == (Cause.SUPPLY_LATE, "s")


def test_the_slip_is_named_to_a_younger_order_that_rested_on_another_supply() -> None:
    """The older order now takes what the younger one was to get."""
    orders = [claim(1, 3), claim(2, 3)]
    then = facts(orders, supplies=[supply("early", 3, day(2)), supply("next", 3, day(4))])
    now = facts(orders, supplies=[supply("early", 3, day(9)), supply("next", 3, day(4))])
    found = reasons(then, now)
    assert cause(found, 1) == (Cause.SUPPLY_SLIPPED, "early")
    assert cause(found, 2) == (Cause.SUPPLY_SLIPPED, "early")


def test_received_units_that_are_on_hand_have_arrived() -> None:
    then = facts([claim(1, 4)], supplies=[supply("s", 5, day(2))])
    now = facts([claim(1, 4)], on_hand={"A": 5})
    assert cause(reasons(then, now, also=received("s", 5, day(2)))) == (Cause.ARRIVED, "s")


def test_received_units_the_shop_does_not_show_are_not_counted_yet() -> None:
    then = facts([claim(1, 4)], supplies=[supply("s", 5, day(2))])
    assert cause(reasons(then, facts([claim(1, 4)]), also=received("s", 5, day(2)))) == (Cause.RECEIVED_UNCOUNTED, "s")


def test_units_that_nobody_received_are_a_stock_that_rose() -> None:
    found = reasons(facts([claim(1, 4)]), facts([claim(1, 4)], on_hand={"A": 3}))
    assert (found["1"].cause, found["1"].units, found["1"].warehouse) == (Cause.STOCK_ROSE, 3, "A")


def test_units_that_no_shipment_explains_are_lost() -> None:
    orders = [claim(1, 2), claim(2, 2)]
    found = reasons(facts(orders, on_hand={"A": 4}), facts(orders, on_hand={"A": 1}))
    assert (found["2"].cause, found["2"].units, found["2"].warehouse) == (Cause.STOCK_LOST, 3, "A")


def test_units_shipped_to_a_younger_order_were_shipped_out_of_turn() -> None:
    then = facts([claim(1, 2), claim(2, 2)], on_hand={"A": 2})
    now = facts([claim(1, 2)], on_hand={"A": 0})
    found = reasons(then, now, shipped={"line-2": 2})
    assert (found["1"].cause, found["1"].order) == (Cause.SHIPPED_OUT_OF_TURN, "2")


def test_shipped_units_of_the_line_itself_are_the_cause() -> None:
    found = reasons(facts([claim(1, 2)], on_hand={"A": 2}), facts(on_hand={"A": 0}), shipped={"line-1": 2})
    assert (found["1"].cause, found["1"].units) == (Cause.SHIPPED, 2)


def test_a_slip_goes_before_a_shipment_that_happened_meanwhile() -> None:
    then = facts([claim(1, 4)], on_hand={"A": 2}, supplies=[supply("s", 2, day(2))])
    now = facts([claim(1, 2)], supplies=[supply("s", 2, day(9))])
    assert cause(reasons(then, now, shipped={"line-1": 2})) == (Cause.SUPPLY_SLIPPED, "s")


def test_units_added_to_the_line_are_an_edit() -> None:
    found = reasons(facts([claim(1, 2)], on_hand={"A": 2}), facts([claim(1, 5)], on_hand={"A": 2}))
    assert (found["1"].cause, found["1"].units) == (Cause.EDITED, 3)


def test_a_cancelled_shipment_of_the_line_makes_it_wait_again() -> None:
    found = reasons(
        facts([claim(1, 2)], supplies=[supply("s", 5, day(2))]),
        facts([claim(1, 4)], supplies=[supply("s", 5, day(2))]),
        shipped={"line-1": -2},
    )
    assert found["1"].cause is Cause.SHIPMENT_UNDONE


def test_an_order_that_is_given_up_is_cancelled() -> None:
    line = LineChange("line-1", "1", "web", (undated(2),), (), given_up=True)
    assert Tracer(basis(facts()), basis(facts()), [line]).reason(line).cause is Cause.CANCELLED


def test_what_an_older_order_leaves_brings_a_younger_one_forward() -> None:
    supplies = [supply("early", 3, day(2)), supply("next", 3, day(6))]
    then, now = facts([claim(1, 3), claim(2, 3)], supplies=supplies), facts([claim(2, 3)], supplies=supplies)
    found = reasons(then, now)
    assert (found["2"].cause, found["2"].order) == (Cause.OLDER_ORDER_LEFT, "1")


def test_an_older_order_that_is_gone_from_the_book_has_left_too() -> None:
    supplies = [supply("early", 3, day(2)), supply("next", 3, day(6))]
    then, now = facts([claim(1, 3), claim(2, 3)], supplies=supplies), facts([claim(2, 3)], supplies=supplies)
    lines = [line for line in changes(plan(then, TODAY), plan(now, TODAY), {}) if line.order == "2"]
    assert Tracer(basis(then), basis(now), lines).reason(lines[0]).cause is Cause.OLDER_ORDER_LEFT


def test_an_arrival_for_an_older_order_is_named_to_the_younger_one_that_gets_what_it_leaves() -> None:
    orders = [claim(1, 3), claim(2, 3)]
    then = facts(orders, supplies=[supply("early", 3, day(2))])
    now = facts(orders, on_hand={"A": 3}, supplies=[supply("early", 3, day(2))])
    assert reasons(then, now)["2"].cause is Cause.STOCK_ROSE


def test_an_older_order_that_is_read_late_takes_its_place() -> None:
    stock = {"A": 2}
    found = reasons(facts([claim(2, 2)], on_hand=stock), facts([claim(1, 2), claim(2, 2)], on_hand=stock))
    assert (found["2"].cause, found["2"].order) == (Cause.OLDER_ORDER_SEEN, "1")


def test_an_older_order_whose_shipment_is_cancelled_needs_its_units_again() -> None:
    supplies = [supply("s", 4, day(2))]
    then, now = (
        facts([claim(1, 1), claim(2, 3)], supplies=supplies),
        facts([claim(1, 3), claim(2, 3)], supplies=supplies),
    )
    found = reasons(then, now, shipped={"line-1": -2})
    assert (found["2"].cause, found["2"].order) == (Cause.OLDER_ORDER_REOPENED, "1")


def test_a_shipment_that_waits_for_approval_goes_before_older_orders() -> None:
    then = facts([claim(1, 2), claim(2, 2)], on_hand={"A": 2})
    now = facts([claim(1, 2), claim(2, 2, approving=2)], on_hand={"A": 2})
    found = reasons(then, now)
    assert (found["1"].cause, found["1"].order) == (Cause.SHIPMENT_PREPARED, "2")


@pytest.mark.parametrize(
    ("field", "then", "now"),
    [
        ("lead_days", LEAD, replace(LEAD, lead_days=20)),
        ("lead_days", LEAD, BACKORDERS),
        ("buffer_days", LEAD, replace(LEAD, buffer_days=2)),
        ("lead_in", LEAD, replace(LEAD, lead_in=LeadIn.BUSINESS_DAYS)),
        ("release_on", LEAD, replace(LEAD, mode=Mode.PREORDER, release_on=day(40))),
    ],
)
def test_another_rule_is_the_cause(field: str, then: Terms, now: Terms) -> None:
    found = reasons(facts([claim(1, 2)], rules={"P": then}), facts([claim(1, 2)], rules={"P": now}))
    assert found["1"].cause is Cause.RULE_CHANGED
    assert found["1"].what in {field, "mode"}


def test_a_lead_time_that_is_over_without_goods_has_passed() -> None:
    known = facts([claim(1, 2)], rules={"P": LEAD})
    assert reasons(known, known, days=11)["1"].cause is Cause.TIME_PASSED


def test_a_release_day_that_has_come_makes_units_ready() -> None:
    known = facts(
        [claim(1, 2)], on_hand={"A": 2}, rules={"P": replace(BACKORDERS, mode=Mode.PREORDER, release_on=day(3))}
    )
    assert reasons(known, known, days=3)["1"].cause is Cause.TIME_PASSED


AHEAD = {
    "added": ([], [supply("s", 1, day(30))], Cause.SUPPLY_AHEAD),
    "slipped": ([supply("s", 1, day(20))], [supply("s", 1, day(30))], Cause.SUPPLY_SLIPPED),
    "dated again": ([supply("s", 1, day(-1))], [supply("s", 1, day(30))], Cause.SUPPLY_DATED_AGAIN),
    "came forward": ([supply("s", 1, day(30))], [supply("s", 1, day(20))], Cause.SUPPLY_CAME_FORWARD),
    "cancelled": ([supply("s", 1, day(30))], [], Cause.SUPPLY_CANCELLED),
}


@pytest.mark.parametrize(("then", "now", "expected"), AHEAD.values(), ids=AHEAD)
def test_the_last_supply_ahead_is_the_cause_where_units_without_one_come_after_it(
    then: list[Supply], now: list[Supply], expected: Cause
) -> None:
    orders, rule = [claim(1, 1), claim(2, 1)], {"P": replace(LEAD, buffer_days=1)}
    found = reasons(facts(orders, supplies=then, rules=rule), facts(orders, supplies=now, rules=rule))
    assert cause(found, 2) == (expected, "s")


def test_more_receipts_may_teach_another_delay() -> None:
    rule = {"P": replace(BACKORDERS, confidence=80)}
    then = facts([claim(1, 2)], rules=rule, supplies=[supply("s", 5, day(2))])
    now = facts([claim(1, 2)], rules=rule, supplies=[replace(supply("s", 5, day(2)), delays=((80, 3),))])
    assert cause(reasons(then, now)) == (Cause.LEAD_TIMES_LEARNED, "s")


def test_more_receipts_may_teach_another_lead_time() -> None:
    then = facts([claim(1, 2)], rules={"P": replace(LEAD, confidence=80)})
    taught = Pool("P", replace(LEAD, confidence=80, lead_days=12), learned=True)
    assert cause(reasons(then, replace(then, pools=(taught,)))) == (Cause.LEAD_TIMES_LEARNED, None)


def test_a_channel_that_sells_from_other_warehouses_is_the_cause() -> None:
    then = facts([claim(1, 2)], on_hand={"A": 2})
    now = facts([claim(1, 2)], on_hand={"A": 2}, channels=(Channel("web", "web", ("B",), pool="P"),))
    assert reasons(then, now)["1"].cause is Cause.PLACES_CHANGED


def swapped(then: Facts, now: Basis, first: int, second: int) -> dict[str, Reason]:
    """As if the first had got what the second had, and the other way round."""
    had = given_to(plan(then, TODAY))
    names = {f"line-{first}": f"line-{second}", f"line-{second}": f"line-{first}"}
    lines = [LineChange(name, name[5:], "web", had[name], had[other]) for name, other in names.items()]
    tracer = Tracer(basis(then), now, lines)
    return {line.order: tracer.reason(line) for line in lines}


def test_what_people_decide_of_turns_is_the_cause() -> None:
    known = facts([claim(1, 2), claim(2, 2)], on_hand={"A": 2})
    handed = replace(known, exchanges=(Exchange("line-1", "line-2", 2),))
    found = swapped(known, basis(handed), 1, 2)
    assert [(found[n].cause, found[n].order) for n in "12"] == [(Cause.HANDED_OVER, "2"), (Cause.HANDED_OVER, "1")]
    pinned = replace(known, claims=(known.claims[0], known.claims[1]._replace(pinned=True)))
    assert {each.cause for each in swapped(known, basis(pinned), 1, 2).values()} == {Cause.PINNED}
    other = replace(known, policy=Policy.PAID_FIRST)
    assert {each.cause for each in swapped(known, basis(other), 1, 2).values()} == {Cause.POLICY_CHANGED}


def decided(known: Facts, **decisions: object) -> Facts:
    """The facts once a person decided so of their first claim."""
    return replace(known, claims=(known.claims[0]._replace(**decisions), *known.claims[1:]))  # type: ignore[arg-type]


def test_a_hold_and_its_end_are_causes_though_the_line_keeps_its_units() -> None:
    free = facts([claim(1, 2), claim(2, 2)], on_hand={"A": 4})
    held = decided(free, held=True)
    for then, now, expected in ((free, held, Cause.HELD), (held, free, Cause.RELEASED)):
        [line, other] = changes(plan(then, TODAY), plan(now, TODAY), {})
        assert line.before == line.after
        assert Tracer(basis(then), basis(now), [line, other]).reason(line).cause is expected


def test_a_day_that_a_person_gave_is_the_cause_and_so_is_taking_it_back() -> None:
    free = facts([claim(1, 2), claim(2, 2)], supplies=[supply("s", 2, day(2))])
    later = decided(free, redated=day(8))
    given, undone = reasons(free, later), reasons(later, free)
    assert (given["1"].cause, given["1"].was, given["1"].now) == (Cause.REDATED, None, day(8))
    assert (undone["1"].cause, undone["1"].what, undone["1"].was) == (Cause.REDATED, "undone", day(8))
    assert given.keys() == undone.keys() == {"1"}


def test_a_day_that_a_person_gave_and_that_passed_is_told_as_that() -> None:
    known = decided(facts([claim(1, 2)], rules={"P": LEAD}), redated=day(1))
    found = reasons(known, known, days=2)
    assert (found["1"].cause, found["1"].what) == (Cause.TIME_PASSED, "by_hand")


def test_goods_that_came_are_the_cause_whatever_day_a_person_gave() -> None:
    then = decided(facts([claim(1, 2)]), redated=day(8))
    now = replace(then, stocks=facts(on_hand={"A": 2}).stocks)
    assert reasons(then, now)["1"].cause is Cause.STOCK_ROSE
    lost = decided(facts([claim(1, 2)]), redated=None)
    assert reasons(now, lost)["1"].cause is Cause.STOCK_LOST


def test_units_of_an_exchange_that_were_shipped_are_nobodys_decision() -> None:
    known = facts([claim(1, 2), claim(2, 2), claim(3, 2)], supplies=[supply("s", 4, day(2)), supply("t", 9, day(5))])
    then = replace(known, exchanges=(Exchange("line-1", "line-3", 1),))
    now = replace(known, claims=known.claims[1:])
    found = reasons(then, now, shipped={"line-1": 2})
    assert (found["3"].cause, found["3"].order) == (Cause.OLDER_ORDER_LEFT, "1")


def test_without_a_memory_of_the_plan_before_a_move_still_has_a_cause() -> None:
    then, now = facts([claim(1, 2)], on_hand={"A": 2}), facts([claim(1, 2)])
    [line] = changes(plan(then, TODAY), plan(now, TODAY), {})
    assert Tracer(None, basis(now), [line]).reason(line).cause is Cause.REPLANNED


Acts = Sequence[Act]
sleep = st.tuples(st.just("sleep"), few, few)
swap = st.tuples(st.just("swap"), st.integers(0, 9), few)
decide = st.tuples(st.just("decide"), few, st.integers(0, 9))
lives = st.lists(
    st.lists(daily | slip | change_rule | push | ship_from_pool | sleep | swap | decide, max_size=3), max_size=12
)
lead_times = st.none() | st.integers(0, 9)


def live(shop: Shop, acts: Acts, exchanges: list[Exchange]) -> dict[str, int]:
    """Let it happen, and keep what people exchange. Returns the units of each line that were shipped."""
    shipped: Counter[str] = Counter()
    for what in acts:
        open_before = {f"line-{order.number}": order.open for order in shop.orders}
        match what:
            case ("sleep", days, _):
                shop.today += timedelta(days=days)
            case ("swap", which, units):
                open_lines = [f"line-{order.number}" for order in shop.orders if order.open]
                if len(open_lines) > 1:
                    one, other = open_lines[which % len(open_lines)], open_lines[which % len(open_lines) - 1]
                    exchanges.append(Exchange(one, other, units))
            case ("decide", _, days):
                shop.rules = {pool: replace(rule, lead_days=days) for pool, rule in shop.rules.items()}
            case _:
                act(shop, what)
        if "ship" in what[0]:
            shipped.update({line: open_before[line] - order.open for line, order in named(shop).items()})
    return shipped


def goods(pieces: Iterable[Piece]) -> Counter[Piece]:
    """How many units rest on what, and come when, in however many pieces."""
    return Counter(piece._replace(quantity=1) for piece in pieces for _ in range(piece.quantity))


def named(shop: Shop) -> dict[str, Order]:
    return {f"line-{order.number}": order for order in shop.orders}


@pytest.mark.parametrize("world", WORLDS)
@settings(deadline=None, max_examples=60)
@given(rule=rules, lead=lead_times, life=lives, mended=st.booleans())
def test_every_move_has_a_cause_and_one_to_a_later_day_has_one_that_may_do_that(
    world: str, rule: Terms, lead: int | None, life: list[Acts], mended: bool
) -> None:
    """However much happens between two plans, on either Saleor."""
    shop = opened(world, replace(rule, lead_days=lead), mended=mended)
    exchanges: list[Exchange] = []
    then, was = shop.settle(), basis(shop.facts(), shop.today)
    for acts in life:
        shipped = live(shop, acts, exchanges)
        shop.settle()
        known = replace(shop.facts(), exchanges=tuple(exchanges))
        now, held = plan(known, shop.today), basis(known, shop.today)
        lines = changes(then, now, shipped)
        tracer = Tracer(was, held, lines)
        for line in lines:
            if goods(line.before) != goods(line.after) or (line.after and line.line in was.held ^ held.held):
                found = tracer.reason(line).cause
                assert found is not Cause.REPLANNED
                later = last_day(line.after) > last_day(line.before)
                assert not later or found is Cause.ORDERED or found in LET_DATES_MOVE_LATER
        then, was = now, held
