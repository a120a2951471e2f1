"""Group commit: many requests, few statements, and nothing acknowledged that is not on disk."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text

from app import marks, tasks
from app.models import Mark
from tests.live.waiting import eventually
from tests.webhooks.conftest import Install, Marks
from tests.webhooks.shop import SigningShop
from webhooks import writer as writing
from webhooks.writer import CannotKeep, MarkRow, Writer

NOBODY = 999_999


@pytest.fixture
def shop_id(install: Install) -> int:
    return install(SigningShop())


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


@contextlib.contextmanager
def held_up(engine: Engine, shop_id: int, writer: Writer, threads: ThreadPoolExecutor) -> Iterator[Future[None]]:
    """The writer in the middle of a statement; it waits until this is left. Gives the request it works for."""
    with engine.connect() as other:
        marks.mark(other, shop_id, [("order", "held")])
        request = threads.submit(writer.keep, [(shop_id, "order", "held")])
        eventually(lambda: _waiting_for_a_lock(engine), 1)
        yield request
        other.commit()


def order(shop_id: int, number: int) -> MarkRow:
    return shop_id, "order", f"o{number:02}"


def test_what_is_kept_can_be_seen_by_everybody(writer: Writer, shop_id: int, marks: Marks) -> None:
    writer.keep([order(shop_id, 1), (shop_id, "layout", "")])
    assert marks() == [(shop_id, "layout", ""), order(shop_id, 1)]


def test_requests_that_wait_together_are_committed_together(
    engine: Engine, writer: Writer, shop_id: int, marks: Marks, threads: ThreadPoolExecutor
) -> None:
    with held_up(engine, shop_id, writer, threads):
        requests = [threads.submit(writer.keep, [order(shop_id, number)]) for number in range(50)]
        eventually(writer._waiting.qsize, 50)
    for request in requests:
        request.result()
    assert len(marks()) == 51
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(func.distinct(Mark.marked_at)))) == 2


def test_a_shop_is_woken_only_after_its_marks_are_committed(
    database_url: str, engine: Engine, shop_id: int, threads: ThreadPoolExecutor
) -> None:
    seen: list[int] = []

    def wake(shop: int) -> None:
        with engine.connect() as connection:
            seen.append(connection.scalar(select(func.count()).where(Mark.shop_id == shop)) or 0)

    with contextlib.closing(Writer(database_url, wake)) as writer:
        with held_up(engine, shop_id, writer, threads) as request:
            assert seen == []
            assert not request.done()
        request.result()
    assert seen == [1]


def test_a_job_that_ends_while_the_mark_is_being_written_does_not_strand_it(
    database_url: str, engine: Engine, shop_id: int, marks: Marks, threads: ThreadPoolExecutor
) -> None:
    with tasks.open_queue(database_url), contextlib.closing(Writer(database_url, tasks.wake)) as writer:
        tasks.wake(shop_id)
        with held_up(engine, shop_id, writer, threads) as request:
            _work_through_the_waiting_jobs(engine)
        request.result()
    assert marks() == [(shop_id, "order", "held")]
    assert _jobs_waiting(engine) == [f"reconcile:{shop_id}"]


def test_many_marks_ask_for_one_job(database_url: str, engine: Engine, shop_id: int) -> None:
    with tasks.open_queue(database_url), contextlib.closing(Writer(database_url, tasks.wake)) as writer:
        for number in range(20):
            writer.keep([order(shop_id, number)])
    assert _jobs_waiting(engine) == [f"reconcile:{shop_id}"]


def test_each_shop_of_a_batch_is_woken(
    engine: Engine, writer: Writer, shop_id: int, install: Install, threads: ThreadPoolExecutor, woken: list[int]
) -> None:
    other_id = install(SigningShop("https://other.example/graphql/"))
    with held_up(engine, shop_id, writer, threads):
        requests = [threads.submit(writer.keep, [order(each, 1)]) for each in (shop_id, other_id)]
        eventually(writer._waiting.qsize, 2)
    for request in requests:
        request.result()
    eventually(lambda: set(woken), {shop_id, other_id})


def test_marks_the_database_refuses_keep_nobody_elses_out(
    engine: Engine, writer: Writer, shop_id: int, marks: Marks, threads: ThreadPoolExecutor
) -> None:
    with held_up(engine, shop_id, writer, threads):
        refused = threads.submit(writer.keep, [order(NOBODY, 1)])
        garbled = threads.submit(writer.keep, [(shop_id, "order", "\ud800")])
        good = [threads.submit(writer.keep, [order(shop_id, number)]) for number in range(3)]
        eventually(writer._waiting.qsize, 5)
    for request in good:
        request.result()
    for request in (refused, garbled):
        with pytest.raises(CannotKeep):
            request.result()
    assert len(marks()) == 4
    writer.keep([order(shop_id, 9)])


def test_a_connection_cut_off_while_idle_is_made_anew(
    engine: Engine, writer: Writer, shop_id: int, marks: Marks
) -> None:
    writer.keep([order(shop_id, 1)])
    with engine.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dueback door'"
        connection.execute(text(cut))
    writer.keep([order(shop_id, 2)])
    assert len(marks()) == 2


def test_without_a_database_the_sender_is_told_to_try_again(woken: list[int]) -> None:
    nowhere = "postgresql://postgres@127.0.0.1:9/nowhere"
    with contextlib.closing(Writer(nowhere, woken.append)) as writer:
        for _ in range(2):
            with pytest.raises(CannotKeep):
                writer.keep([order(1, 1)])
    assert woken == []


def test_a_database_that_hangs_holds_no_request_for_ever(
    engine: Engine, writer: Writer, shop_id: int, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held_up(engine, shop_id, writer, threads) as request:
        monkeypatch.setattr(writing, "PATIENCE_SECONDS", 0.05)
        with pytest.raises(CannotKeep):
            writer.keep([order(shop_id, 1)])
    request.result()


def test_when_too_much_is_waiting_more_is_turned_away_at_once(
    database_url: str, engine: Engine, shop_id: int, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 1)
    with contextlib.closing(Writer(database_url, lambda _: None)) as writer, held_up(engine, shop_id, writer, threads):
        waiting = threads.submit(writer.keep, [order(shop_id, 1)])
        eventually(writer._waiting.qsize, 1)
        with pytest.raises(CannotKeep):
            writer.keep([order(shop_id, 2)])
        assert not waiting.done()


def test_a_wake_up_that_fails_loses_no_mark_and_no_later_wake_up(database_url: str, shop_id: int, marks: Marks) -> None:
    tried = threading.Semaphore(0)

    def wake(_shop: int) -> None:
        tried.release()
        raise RuntimeError("the queue is out of reach")

    with contextlib.closing(Writer(database_url, wake)) as writer:
        for number in range(2):
            writer.keep([order(shop_id, number)])
            assert tried.acquire(timeout=5)
    assert len(marks()) == 2


def test_closing_finishes_what_is_waiting(
    database_url: str, engine: Engine, shop_id: int, marks: Marks, threads: ThreadPoolExecutor, woken: list[int]
) -> None:
    writer = Writer(database_url, woken.append)
    with held_up(engine, shop_id, writer, threads):
        requests = [threads.submit(writer.keep, [order(shop_id, number)]) for number in range(10)]
        eventually(writer._waiting.qsize, 10)
        closing = threads.submit(writer.close)
    closing.result()
    for request in requests:
        request.result()
    assert len(marks()) == 11
    assert set(woken) == {shop_id}


def _waiting_for_a_lock(engine: Engine) -> int:
    """Asked in a transaction of its own each time: in one and the same PostgreSQL repeats its first answer."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _work_through_the_waiting_jobs(engine: Engine) -> None:
    """As a worker would that takes them and finishes, without seeing what is not committed."""
    with engine.begin() as connection:
        for status in ("doing", "succeeded"):
            connection.execute(text("UPDATE procrastinate_jobs SET status = :status"), {"status": status})


def _jobs_waiting(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        query = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1")
        return list(connection.scalars(query))
