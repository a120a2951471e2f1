"""A burst of webhooks is let in before it is worked on, and nothing else waits."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, func, insert, update

from app import burst, marks
from app.models import Mark, Shop
from app.runtime import Runtime


@pytest.fixture
def shop(engine: Engine) -> int:
    with engine.begin() as connection:
        row = {"api_url": "https://one.example/graphql/", "app_id": "App", "token": ""}
        return int(connection.execute(insert(Shop).values(row).returning(Shop.id)).scalar_one())


def mark_variants(connection: Connection, shop: int, count: int, *, routine: bool = False) -> None:
    marks.mark(connection, shop, [("variant", str(number)) for number in range(count)], routine=routine)


def test_more_than_a_batch_at_once_is_a_burst(engine: Engine, shop: int) -> None:
    with engine.begin() as connection:
        mark_variants(connection, shop, burst.BATCH + 1)
        assert burst.comes_in(connection, shop, "variant")
        assert not burst.comes_in(connection, shop, "order")


def test_a_batch_is_worked_on_at_once(engine: Engine, shop: int) -> None:
    with engine.begin() as connection:
        mark_variants(connection, shop, burst.BATCH)
        assert not burst.comes_in(connection, shop, "variant")


def test_what_a_sweep_marks_is_no_burst(engine: Engine, shop: int) -> None:
    with engine.begin() as connection:
        mark_variants(connection, shop, 10 * burst.BATCH, routine=True)
        assert not burst.comes_in(connection, shop, "variant")


def test_a_burst_is_over_when_nothing_new_comes(engine: Engine, shop: int) -> None:
    with engine.begin() as connection:
        mark_variants(connection, shop, 10 * burst.BATCH)
        connection.execute(update(Mark).values(marked_at=func.now() - burst.WINDOW))
        assert not burst.comes_in(connection, shop, "variant")


def test_a_shop_that_never_falls_silent_is_worked_on_all_the_same(
    runtime: Runtime, shop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burst, "LONGEST_WAIT_SECONDS", 0.3)
    with runtime.engine.begin() as connection:
        mark_variants(connection, shop, burst.BATCH + 1)
        connection.execute(update(Mark).values(marked_at=func.now() + timedelta(hours=1)))
    burst.let_in(runtime, shop)
