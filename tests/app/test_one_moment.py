"""Work that reads everything as it is at one moment."""

import pytest
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import OperationalError

from app.db import TRIES, at_one_moment
from app.models import Shop
from tests.app.supply_shop import installed


def name(connection: Connection) -> str:
    return connection.execute(select(Shop.name)).scalar_one()


def write(engine: Engine, value: str) -> None:
    with engine.begin() as connection:
        connection.execute(update(Shop).values(name=value))


def test_what_others_write_meanwhile_is_not_seen(engine: Engine) -> None:
    installed(engine)

    def work(connection: Connection) -> list[str]:
        before = name(connection)
        write(engine, "left")
        return [before, name(connection)]

    before, after = at_one_moment(engine, work)
    assert before == after
    assert at_one_moment(engine, name) == "left"


def test_it_is_begun_again_where_another_wrote_what_it_writes(engine: Engine) -> None:
    installed(engine)
    seen = []

    def work(connection: Connection) -> None:
        seen.append(name(connection))
        if len(seen) == 1:
            write(engine, "left")
        connection.execute(update(Shop).values(name=f"{name(connection)}, and looked at"))

    at_one_moment(engine, work)
    assert seen[1:] == ["left"]
    assert at_one_moment(engine, name) == "left, and looked at"


def test_it_gives_up_after_some_tries_and_on_anything_else_at_once(engine: Engine) -> None:
    installed(engine)
    tries = []

    def always_overtaken(connection: Connection) -> None:
        tries.append(name(connection))
        write(engine, f"{len(tries)}")
        connection.execute(update(Shop).values(name="mine"))

    with pytest.raises(OperationalError):
        at_one_moment(engine, always_overtaken)
    assert len(tries) == TRIES

    def broken(_: Connection) -> None:
        tries.append("broken")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        at_one_moment(engine, broken)
    assert tries.count("broken") == 1
