"""Marks: what is set again while it is worked on stays set, and nobody waits for anybody in a circle."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from app import marks
from app.models import Mark, Shop, Variant

BATCH = 100
OBSERVED = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection to a database with the shops 1 and 2."""
    with engine.begin() as opened:
        for name in ("one", "two"):
            opened.execute(insert(Shop).values(api_url=f"https://{name}.example/graphql/", app_id="App", token=""))
    with engine.connect() as opened:
        yield opened


def taken(connection: Connection, shop_id: int = 1, kind: str = "variant", limit: int = BATCH) -> list[str]:
    return [mark.target for mark in marks.take(connection, shop_id, kind, limit)]


def mark_variants(connection: Connection, *variants: str, routine: bool = False) -> None:
    marks.mark(connection, 1, [("variant", variant) for variant in variants], routine=routine)


def test_what_is_marked_is_taken_oldest_first(connection: Connection) -> None:
    for variant in ("b", "c", "a"):
        mark_variants(connection, variant)
    assert taken(connection) == ["b", "c", "a"]
    assert taken(connection, limit=2) == ["b", "c"]


def test_marking_again_moves_a_mark_to_the_end_and_keeps_it_one(connection: Connection) -> None:
    for variant in ("a", "b", "a"):
        mark_variants(connection, variant)
    assert taken(connection) == ["b", "a"]


def test_the_same_target_twice_in_one_statement_is_one_mark(connection: Connection) -> None:
    mark_variants(connection, "a", "a", "a")
    assert marks.pending(connection, 1) == 1


def test_marking_nothing_does_nothing(connection: Connection) -> None:
    mark_variants(connection)
    assert marks.pending(connection, 1) == 0


def test_one_shop_never_sees_the_marks_of_another(connection: Connection) -> None:
    connection.exec_driver_sql(
        marks.MARK, marks.parameters([(1, "variant", "a"), (2, "variant", "a"), (2, "order", "o")])
    )
    assert taken(connection, shop_id=1) == ["a"]
    marks.clear(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    assert marks.pending(connection, 1) == 0
    assert marks.pending(connection, 2) == 2


def test_kinds_are_apart(connection: Connection) -> None:
    marks.mark(connection, 1, [("order", "x"), ("variant", "x"), ("layout", "")])
    marks.clear(connection, 1, "order", marks.take(connection, 1, "order", BATCH))
    assert taken(connection, kind="order") == []
    assert taken(connection, kind="variant") == ["x"]
    assert taken(connection, kind="layout") == [""]


def test_a_mark_stays_until_it_is_cleared(connection: Connection) -> None:
    mark_variants(connection, "a")
    assert taken(connection) == taken(connection) == ["a"]


def test_what_was_marked_again_meanwhile_is_not_cleared(connection: Connection) -> None:
    mark_variants(connection, "a", "b")
    work = marks.take(connection, 1, "variant", BATCH)
    mark_variants(connection, "b")
    marks.clear(connection, 1, "variant", work)
    assert taken(connection) == ["b"]


def test_what_was_cleared_and_marked_anew_is_not_cleared_by_the_older_work(connection: Connection) -> None:
    mark_variants(connection, "a")
    first = marks.take(connection, 1, "variant", BATCH)
    marks.clear(connection, 1, "variant", first)
    mark_variants(connection, "a")
    marks.clear(connection, 1, "variant", first)
    assert taken(connection) == ["a"]


def test_what_is_being_marked_again_right_now_is_not_cleared(engine: Engine, connection: Connection) -> None:
    mark_variants(connection, "a", "b")
    connection.commit()
    work = marks.take(connection, 1, "variant", BATCH)
    with engine.connect() as door:
        mark_variants(door, "a")
        marks.clear(connection, 1, "variant", work)
        connection.commit()
        door.commit()
    assert taken(connection) == ["a"]


def test_what_failed_once_is_looked_at_again_at_once_and_then_rests_longer_each_time(connection: Connection) -> None:
    mark_variants(connection, "a")
    marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    assert taken(connection) == ["a"]
    for rest in (10, 20, 40):
        marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
        assert taken(connection) == []
        assert left_alone_for(connection) == timedelta(seconds=rest)
        connection.execute(update(Mark).values(not_before=func.now()))


def test_no_rest_is_longer_than_an_hour(connection: Connection) -> None:
    mark_variants(connection, "a")
    connection.execute(update(Mark).values(attempts=5000))
    marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    assert left_alone_for(connection) == timedelta(hours=1)


def test_what_was_marked_again_meanwhile_is_not_postponed(connection: Connection) -> None:
    mark_variants(connection, "a")
    work = marks.take(connection, 1, "variant", BATCH)
    mark_variants(connection, "a")
    marks.postpone(connection, 1, "variant", work)
    assert taken(connection) == ["a"]


def test_marking_ends_a_rest(connection: Connection) -> None:
    mark_variants(connection, "a")
    marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    mark_variants(connection, "a")
    assert [mark.attempts for mark in marks.take(connection, 1, "variant", BATCH)] == [0]


def test_what_failed_before_is_taken_alone_and_after_the_others(connection: Connection) -> None:
    mark_variants(connection, "broken", "ill")
    marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    connection.execute(update(Mark).values(not_before=func.now()))
    mark_variants(connection, "well")
    work = marks.take(connection, 1, "variant", BATCH)
    assert [mark.target for mark in work] == ["well"]
    marks.clear(connection, 1, "variant", work)
    assert len(taken(connection)) == 1


def test_a_shop_out_of_reach_rests_as_a_whole(connection: Connection) -> None:
    marks.mark(connection, 1, [("order", "o"), ("variant", "a"), ("layout", "")])
    marks.mark(connection, 2, [("order", "o")])
    marks.rest(connection, 1, timedelta(minutes=5))
    assert [taken(connection, kind=kind) for kind in ("order", "variant", "layout")] == [[], [], []]
    assert taken(connection, shop_id=2, kind="order") == ["o"]


def test_resting_marks_are_pending_but_wake_nobody(connection: Connection) -> None:
    mark_variants(connection, "a")
    assert marks.shops_to_wake(connection) == [1]
    for _ in range(2):
        marks.postpone(connection, 1, "variant", marks.take(connection, 1, "variant", BATCH))
    assert marks.shops_to_wake(connection) == []
    assert marks.pending(connection, 1) == 1


@pytest.mark.parametrize("state", ["inactive", "left", "removed"])
def test_a_shop_at_rest_is_not_woken(connection: Connection, state: str) -> None:
    mark_variants(connection, "a")
    connection.execute(update(Shop).where(Shop.id == 1).values(state=state))
    assert marks.shops_to_wake(connection) == []


def test_routine_marks_let_the_others_go_first(connection: Connection) -> None:
    mark_variants(connection, "swept", routine=True)
    mark_variants(connection, "sold")
    assert taken(connection) == ["sold", "swept"]


def test_a_sweep_does_not_make_an_urgent_mark_a_routine_one(connection: Connection) -> None:
    mark_variants(connection, "a")
    mark_variants(connection, "a", routine=True)
    mark_variants(connection, "b", routine=True)
    mark_variants(connection, "b")
    assert [mark.routine for mark in marks.take(connection, 1, "variant", BATCH)] == [False, False]


def test_a_sweep_marks_every_variant_of_the_shop_and_no_other(connection: Connection) -> None:
    _book(connection, (1, "a"), (1, "b"), (2, "c"))
    mark_variants(connection, "b")
    marks.mark_every_variant(connection, 1)
    assert sorted(taken(connection)) == ["a", "b"]
    assert taken(connection, shop_id=2) == []


def test_a_variant_is_marked_once_its_day_has_come_in_the_shops_own_calendar(connection: Connection) -> None:
    _book(connection, (1, "a"), (2, "a"))
    connection.execute(update(Variant).values(revisit="2026-11-24"))
    connection.execute(update(Shop).where(Shop.id == 2).values(settings={"time_zone": "Pacific/Auckland"}))
    evening_in_utc = datetime(2026, 11, 23, 20, tzinfo=UTC)
    marks.mark_revisits(connection, evening_in_utc)
    assert (taken(connection, shop_id=1), taken(connection, shop_id=2)) == ([], ["a"])
    marks.mark_revisits(connection, evening_in_utc + timedelta(hours=4))
    assert (taken(connection, shop_id=1), taken(connection, shop_id=2)) == (["a"], ["a"])


def test_doors_and_workers_never_wait_in_a_circle(engine: Engine, connection: Connection) -> None:
    variants = [("variant", f"v{number}") for number in range(300)]

    def door(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(30):
            with engine.begin() as opened:
                marks.mark(opened, 1, chance.sample(variants, 100))

    def worker(every: int) -> None:
        for turn in range(30):
            with engine.begin() as opened:
                work = marks.take(opened, 1, "variant", BATCH)
            with engine.begin() as opened:
                (marks.clear if turn % every else marks.postpone)(opened, 1, "variant", work)
            with engine.begin() as opened:
                marks.rest(opened, 1, timedelta(0))

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(door, 1), pool.submit(door, 2), pool.submit(worker, 2), pool.submit(worker, 3)]
    assert [done.exception() for done in running] == [None] * 4


def left_alone_for(connection: Connection) -> timedelta:
    seconds = connection.execute(select(func.extract("epoch", Mark.not_before - func.now()))).scalar_one()
    return timedelta(seconds=float(seconds))


def _book(connection: Connection, *variants: tuple[int, str]) -> None:
    same = {"sku": "", "name": "", "product_id": "p", "product_name": "", "product_type_id": "t", "tracked": True}
    rows = [same | {"shop_id": shop_id, "id": variant, "observed_at": OBSERVED} for shop_id, variant in variants]
    connection.execute(insert(Variant), rows)
