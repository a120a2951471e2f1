"""What holds of every queue, whatever the facts."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.engine import plan
from app.engine.allocate import comes_on
from app.engine.answer import Piece, Plan, Promise, Source
from app.engine.model import Channel, Claim, Facts, Stock, Supply
from tests.unit.engine.builders import TODAY, claim, coming, day, facts, pieces, supply, undated
from tests.unit.engine.strategies import REAL, any_facts, any_supply, facts_of_one_pool, thoroughly

NEVER = (2, date.max, "")


def reach(given_facts: Facts, order: Claim) -> tuple[str, ...]:
    return next(channel.warehouses for channel in given_facts.channels if channel.id == order.channel)


def rank(given_facts: Facts, piece: Piece, order: Claim) -> tuple[int, date, str]:
    """How good it is for the order to rest on this: on hand, then supplies by date, then anything else."""
    match piece.source:
        case Source.ON_HAND:
            return 0, date.min, ""
        case Source.SUPPLY:
            [arriving] = [arriving for arriving in given_facts.supplies if arriving.id == piece.supply]
            channel = next(channel for channel in given_facts.channels if channel.id == order.channel)
            return 1, comes_on(arriving, given_facts.terms(channel).confidence), arriving.id
        case _:
            return NEVER


def ranks(promise: Promise) -> list[tuple[int, date]]:
    """What each unit of the promise rests on, best first."""
    found = {Source.ON_HAND: (0, date.min), Source.LEAD_TIME: (2, date.max), Source.UNKNOWN: (2, date.max)}
    return sorted(
        found.get(piece.source, (1, piece.expected or date.max))
        for piece in promise.pieces
        for _ in range(piece.quantity)
    )


def nobody_got_worse(before: Plan, after: Plan) -> bool:
    """Each unit of every order in both plans is on hand, or rests on a supply, no later than before."""
    now = {promise.claim.line: ranks(promise) for promise in after.promises}
    return all(
        new <= old
        for promise in before.promises
        if promise.claim.line in now
        for new, old in zip(now[promise.claim.line], ranks(promise), strict=True)
    )


def with_stock(given_facts: Facts, place: str, units: int) -> Facts:
    """So many more units on hand there."""
    rows = {stock.warehouse: stock for stock in given_facts.stocks}
    row = rows.get(place, Stock(place, 0, 0))
    rows[place] = replace(row, quantity=row.quantity + units)
    return replace(given_facts, stocks=tuple(rows.values()))


@thoroughly
@given(any_facts())
def test_covered_and_waiting_units_add_up_to_what_is_owed(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    assert Counter(promise.claim for promise in planned.promises) == Counter(given_facts.claims)
    for promise in planned.promises:
        assert sum(piece.quantity for piece in promise.pieces) == promise.claim.quantity
        assert promise.ready + promise.waiting == promise.claim.quantity
        assert all(piece.quantity > 0 for piece in promise.pieces)


@thoroughly
@given(any_facts())
def test_no_unit_is_promised_twice(given_facts: Facts) -> None:
    planned = plan(given_facts, TODAY)
    handed_out: Counter[tuple[str | None, str | None]] = Counter()
    for piece in (piece for promise in planned.promises for piece in promise.pieces):
        handed_out[piece.warehouse, piece.supply] += piece.quantity
    for stock in given_facts.stocks:
        assert handed_out[stock.warehouse, None] <= max(0, stock.quantity)
    for arriving in given_facts.supplies:
        most = arriving.quantity if arriving.eta >= TODAY else 0
        assert handed_out[arriving.warehouse, arriving.id] <= most


@thoroughly
@given(any_facts())
def test_an_order_rests_only_on_its_channels_own_warehouses(given_facts: Facts) -> None:
    for promise in plan(given_facts, TODAY).promises:
        for piece in promise.pieces:
            assert piece.warehouse is None or piece.warehouse in reach(given_facts, promise.claim)


@thoroughly
@given(any_facts(approving=False))
def test_nobody_rests_on_units_that_an_older_order_could_have_used_instead_of_worse_ones(given_facts: Facts) -> None:
    promises = plan(given_facts, TODAY).promises
    for place, younger in enumerate(promises):
        for older in promises[:place]:
            worst = max(rank(given_facts, piece, older.claim) for piece in older.pieces)
            usable = reach(given_facts, older.claim)
            better = (rank(given_facts, piece, older.claim) for piece in younger.pieces if piece.warehouse in usable)
            assert all(worst <= found for found in better)


@thoroughly
@given(facts_of_one_pool())
def test_no_younger_order_is_told_an_earlier_date_than_an_older_one(given_facts: Facts) -> None:
    """As far as both have one, and neither a person nor a shipment being prepared decided it."""
    plain = tuple(each for each in given_facts.claims if not (each.redated or each.approving))
    latest = date.min
    for promise in plan(replace(given_facts, claims=plain), TODAY).promises:
        days = [piece.expected or TODAY for piece in promise.pieces if piece.source is not Source.UNKNOWN]
        assert all(latest <= found for found in days)
        latest = max([latest, *days])


@thoroughly
@given(any_facts(), st.data())
def test_a_younger_order_never_changes_what_an_older_one_gets(given_facts: Facts, data: st.DataObject) -> None:
    channel = data.draw(st.sampled_from(given_facts.channels))
    newcomer = claim(99, data.draw(st.integers(1, 9)), channel.id)
    before = plan(given_facts, TODAY)
    after = plan(replace(given_facts, claims=(*given_facts.claims, newcomer)), TODAY)
    assert after.promises[-1].claim == newcomer
    assert [promise.pieces for promise in after.promises[:-1]] == [promise.pieces for promise in before.promises]


@thoroughly
@given(any_facts(), st.sampled_from(REAL), st.integers(1, 5))
def test_more_units_on_hand_make_nobodys_date_later(given_facts: Facts, place: str, units: int) -> None:
    assert nobody_got_worse(plan(given_facts, TODAY), plan(with_stock(given_facts, place, units), TODAY))


@thoroughly
@given(any_facts(), any_supply())
def test_one_more_supply_makes_nobodys_date_later(given_facts: Facts, extra: Supply) -> None:
    more = replace(given_facts, supplies=(*given_facts.supplies, extra))
    assert nobody_got_worse(plan(given_facts, TODAY), plan(more, TODAY))


@thoroughly
@given(any_facts(), st.data())
def test_an_order_that_is_cancelled_makes_nobodys_date_later(given_facts: Facts, data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(given_facts.claims or (None,)))
    left = replace(given_facts, claims=tuple(order for order in given_facts.claims if order != gone))
    assert nobody_got_worse(plan(given_facts, TODAY), plan(left, TODAY))


@thoroughly
@given(facts_of_one_pool(), st.integers(1, 5), st.data())
def test_a_supply_that_comes_sooner_makes_nobodys_date_later(
    given_facts: Facts, days: int, data: st.DataObject
) -> None:
    """True among orders that may use the same warehouses; see the counterexample below for others."""
    moved = data.draw(st.sampled_from([None, *(s for s in given_facts.supplies if s.eta >= day(days))]))
    sooner = tuple(replace(s, eta=s.eta - timedelta(days=days)) if s == moved else s for s in given_facts.supplies)
    assert nobody_got_worse(plan(given_facts, TODAY), plan(replace(given_facts, supplies=sooner), TODAY))


def test_a_supply_that_comes_sooner_can_cost_an_order_of_another_channel_its_date() -> None:
    """First come, first served: the older order now gets what only the younger one's channel has besides."""
    web, outlet = Channel("web", "web", ("A", "B")), Channel("outlet", "outlet", ("B",))
    orders = [claim(1, 1, "web"), claim(2, 1, "outlet")]

    def planned(eta: date) -> dict[str, list[Piece]]:
        supplies = [supply("1", 1, day(7), "A"), supply("2", 1, eta, "B")]
        return pieces(plan(facts(orders, channels=(web, outlet), supplies=supplies, rules={}), TODAY))

    assert planned(day(10)) == {"1": [coming(1, "1", day(7), "A")], "2": [coming(1, "2", day(10), "B")]}
    assert planned(day(5)) == {"1": [coming(1, "2", day(5), "B")], "2": [undated(1)]}
