"""Lines on hold, days given by hand, and a shop that is paused: kept, planned, told, and taken back."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from app import book, explain, history, models, publish, queue, turns
from app.cli import dueback
from app.engine import plan
from app.supply.fields import FARTHEST
from tests.app.supply_shop import NOW, TODAY, WHO, installed
from tests.app.waiting import Waiting, day

Command = Callable[..., Result]


@pytest.fixture
def there(engine: Engine) -> Waiting:
    """Two units in Berlin; order 1 takes both, order 2 waits for three of PO-1, which come in ten days."""
    found = Waiting.opened(engine)
    found.stocks.units["B"] = 2
    found.look()
    found.expect(3, 10)
    found.order(1, 2)
    found.order(2, 3)
    found.look()
    return found


@pytest.fixture
def command(database_url: str) -> Command:
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "k" * 40, "APP_URL": "https://dueback.example"}

    def run(group: str, name: str, *words: str) -> Result:
        return CliRunner().invoke(dueback, [group, name, "--shop", "shop.example", *words], env=environ)

    return run


def decide(there: Waiting, what: Callable[..., Any], *given: Any, why: str = "") -> Any:
    with there.engine.begin() as connection:
        return what(connection, there.shop, *given, who=WHO, why=why)


def hold(there: Waiting, *lines: str, why: str = "") -> Any:
    return decide(there, turns.hold, lines, why=why)


def redate(there: Waiting, days: int, *lines: str, why: str = "", on: int = 0) -> Any:
    return decide(there, turns.redate, lines, day(days), day(on), why=why)


def stands(there: Waiting) -> dict[str, tuple[int, int, str | None]]:
    """Units ready, units waiting, and the day, by order."""
    with there.engine.connect() as connection:
        found = queue.lines(connection, there.shop.id)
    return {claim["order"]: (claim["ready"], claim["waiting"], claim["expected"]) for claim in found}


def at_risk(there: Waiting, days: int) -> list[str]:
    with there.engine.connect() as connection:
        return [claim["order"] for claim in queue.at_risk(connection, there.shop.id, day(days))]


def causes(there: Waiting, number: int) -> list[str]:
    with there.engine.connect() as connection:
        return [move["cause"] for move in history.rows(connection, there.shop.id, order=str(number))]


def why(there: Waiting, number: int, days: int = 0) -> dict[str, Any]:
    with there.engine.connect() as connection:
        [line] = explain.order(connection, there.shop, str(number), day(days))
    return line


def moves(there: Waiting) -> Sequence[Any]:
    with there.engine.connect() as connection:
        return connection.execute(select(models.QueueMove.__table__).order_by(models.QueueMove.id)).all()


def told(there: Waiting, number: int, days: int = 0) -> dict[str, str]:
    """What the shop is to show at the line of the order."""
    with there.engine.connect() as connection:
        facts = book.load_facts(connection, there.shop, ["V1"], day(days))
        plans = [plan(each, day(days)) for each in facts]
        wishes = publish.wishes(connection, there.shop, facts, plans, day(days))
    return next(wish.wanted for wish in wishes if wish.id == f"line-{number}")


def test_a_held_line_keeps_its_units_is_not_ready_and_the_shop_is_told_that_it_waits(there: Waiting) -> None:
    hold(there, "line-1")
    there.look()
    assert stands(there) == {"1": (0, 2, None), "2": (0, 3, day(10).isoformat())}
    assert told(there, 1) == {"dueback.status": "waiting", "dueback.ready": "0", "dueback.waiting": "2"}
    decide(there, turns.release, ["line-1"], why="paid")
    there.look()
    assert stands(there)["1"] == (2, 0, None)
    assert causes(there, 1) == ["ordered", "held", "released"]
    [kept] = moves(there)
    assert (kept.undone_by, kept.undone_why) == (WHO, "paid")


def test_a_held_line_whose_goods_have_come_is_owed_no_day_and_is_not_at_risk(there: Waiting) -> None:
    hold(there, "line-2")
    there.stocks.units["B"] = 5
    there.look()
    there.look(days=11)
    assert stands(there)["2"] == (0, 3, None)
    assert at_risk(there, 11) == []
    assert told(there, 2, days=11)["dueback.status"] == "waiting"


def test_many_lines_are_held_at_once_or_none_and_the_error_names_the_one_that_cannot(there: Waiting) -> None:
    hold(there, "line-2")
    with pytest.raises(turns.BadMove, match="Order 2 is on hold already: S1"):
        hold(there, "line-1", "line-2")
    assert [move.line_id for move in moves(there)] == ["line-2"]
    with pytest.raises(turns.BadMove, match="Order 1 is not on hold"):
        decide(there, turns.release, ["line-1", "line-2"])
    assert [move.undone_at for move in moves(there)] == [None]
    with pytest.raises(turns.BadMove, match="no order line line-9"):
        hold(there, "line-1", "line-9")
    with pytest.raises(turns.BadMove, match="from 1 to"):
        hold(there)
    decide(there, turns.release, ["line-2"])
    assert hold(there, "line-2", "line-1") == sorted(move.id for move in moves(there))[1:]


def test_a_line_of_another_shop_is_not_there(there: Waiting) -> None:
    other = installed(there.engine, "other")
    with there.engine.begin() as connection, pytest.raises(turns.BadMove, match="no order line line-1"):
        turns.hold(connection, other, ["line-1"], who=WHO)


def test_the_table_itself_refuses_a_second_hold_of_a_line(there: Waiting) -> None:
    hold(there, "line-1")
    again = text("INSERT INTO queue_moves (shop_id, kind, variant_id, line_id, who) SELECT shop_id, kind, variant_id,"
                 " line_id, who FROM queue_moves")  # fmt: skip
    with pytest.raises(IntegrityError), there.engine.begin() as connection:
        connection.execute(again)


def test_a_day_by_hand_holds_until_the_goods_are_there_and_is_over_then(there: Waiting) -> None:
    redate(there, 20, "line-2", why="the supplier phoned")
    there.look()
    assert stands(there) == {"1": (2, 0, None), "2": (0, 3, day(20).isoformat())}
    assert told(there, 2)["dueback.expected"] == day(20).isoformat()
    there.stocks.units["B"] = 5
    there.look()
    [kept] = moves(there)
    assert kept.undone_at is not None
    assert kept.undone_by == ""
    there.stocks.units["B"] = 2
    there.look()
    assert stands(there)["2"] == (0, 3, None)
    assert causes(there, 2) == ["ordered", "redated", "arrived", "stock_lost"]


def test_a_second_day_by_hand_replaces_the_first_and_undoing_it_brings_back_the_supplys(there: Waiting) -> None:
    redate(there, 20, "line-2")
    [number] = redate(there, 25, "line-2")
    there.look()
    assert stands(there)["2"][2] == day(25).isoformat()
    decide(there, turns.undo, number)
    there.look()
    assert stands(there)["2"][2] == day(10).isoformat()
    assert causes(there, 2) == ["ordered", "redated", "redated"]


def test_a_day_by_hand_that_passed_dates_nothing_and_the_line_is_late(there: Waiting) -> None:
    redate(there, 4, "line-2")
    there.look()
    there.look(days=5)
    assert stands(there)["2"] == (0, 3, None)
    assert at_risk(there, 5) == ["2"]
    assert told(there, 2, days=5)["dueback.status"] == "late"
    assert causes(there, 2)[-1] == "time_passed"
    [told_why] = [said for said in why(there, 2, days=5)["why"] if "given by hand" in said or "has passed" in said]
    assert told_why.startswith("27 November has passed, the day that dueback command gave on ")


@pytest.mark.parametrize(
    ("lines", "days", "says"),
    [
        (["line-2"], -1, "is not between today"),
        (["line-2"], FARTHEST.days + 1, "five years from now"),
        (["line-2", "line-1"], 5, "Order 1 waits for no goods, all of it is on hand: S1"),
    ],
)
def test_a_day_that_cannot_be_is_refused(there: Waiting, lines: list[str], days: int, says: str) -> None:
    with pytest.raises(turns.BadMove, match=says):
        redate(there, days, *lines)
    assert moves(there) == []


def test_an_order_is_told_who_holds_it_and_who_gave_its_day(there: Waiting) -> None:
    with time_machine.travel(NOW, tick=True):
        hold(there, "line-1", why="unpaid")
        redate(there, 20, "line-2", why="the supplier phoned.")
    with there.engine.begin() as connection:
        connection.execute(text("UPDATE queue_moves SET at = :at"), {"at": NOW})
    held, dated = why(there, 1), why(there, 2)
    assert held["why"] == [
        "2 units on hand in Berlin, kept for the order.",
        "On hold since 23 November by dueback command: unpaid. Nothing of it ships until it is released.",
    ]
    assert (held["status"], held["ready"], held["hold"]["why"]) == ("waiting", 0, "unpaid")
    given = "The day 13 December was given by hand, by dueback command on 23 November: the supplier phoned."
    assert dated["why"][0].endswith("which is due in Berlin on 3 December: expected 13 December.")
    assert given in dated["why"]
    assert (dated["redate"]["day"], dated["hold"]) == (day(20).isoformat(), None)


def test_a_paused_shop_sells_nothing_past_zero_and_says_so_and_who_waits_keeps_the_day(there: Waiting) -> None:
    def look() -> tuple[int, list[str]]:
        there.look()
        with there.engine.connect() as connection:
            [channel] = explain.variant(connection, there.shop, "V1", TODAY, channel="web")
        return channel["backorder_left"], channel["reasons"]

    before = stands(there)
    assert look() == (47, ["open", "cap"])
    decide(there, turns.pause, why="flooded")
    assert look() == (0, ["paused"])
    assert stands(there) == before
    with pytest.raises(turns.BadMove, match="paused already"):
        decide(there, turns.pause)
    decide(there, turns.resume)
    assert look() == (47, ["open", "cap"])
    with pytest.raises(turns.BadMove, match="not paused"):
        decide(there, turns.resume)
    with there.engine.connect() as connection:
        [kept] = connection.execute(select(models.Pause.__table__)).all()
    assert (kept.who, kept.why, kept.undone_by) == (WHO, "flooded", WHO)
    assert kept.undone_at > kept.at


def test_a_pause_and_its_end_mark_every_variant(there: Waiting) -> None:
    for change, routine in ((turns.pause, False), (turns.resume, True)):
        with there.engine.begin() as connection:
            connection.execute(text("DELETE FROM marks"))
        decide(there, change)
        with there.engine.connect() as connection:
            found = connection.execute(select(models.Mark.kind, models.Mark.target, models.Mark.routine)).all()
        assert [tuple(row) for row in found] == [("variant", "V1", routine)]


@time_machine.travel(NOW, tick=True)
def test_the_commands_say_what_was_decided(there: Waiting, command: Command) -> None:
    def said(*words: str) -> list[str]:
        """What is printed, without the moves' numbers."""
        return [line.partition(": ")[2] for line in command(*words).output.splitlines()]

    both = ("--line", "line-1", "--line", "line-2")
    assert said("turn", "hold", *both, "--why", "address") == ["order 1, S1 is on hold.", "order 2, S1 is on hold."]
    second = ("--order", "2", "--sku", "S1")
    assert said("turn", "release", *second) == ["order 2, S1 is on hold no longer."]
    assert said("turn", "redate", *second, "--day", str(day(20))) == [f"order 2, S1 is expected {day(20)}."]
    move = moves(there)[0]
    assert said("turn", "list") == [
        f"order 1 is on hold, S1, {move.at:%Y-%m-%d} address",
        f"order 2 is expected {day(20)}, S1, {move.at:%Y-%m-%d}",
    ]
    assert said("turn", "pin", "--line", "line-2") == ["order 2, S1 goes first."]
    assert "Order 1 is on hold already" in command("turn", "hold", "--line", "line-1").output
    assert "not between today" in command("turn", "redate", "--line", "line-2", "--day", "2020-01-01").output
    assert command("turn", "hold", "--order", "1").exit_code == 2
    assert command("turn", "hold", "--order", "1", "--sku", "S1", "--line", "line-1").exit_code == 2
    assert "Paused" in command("shop", "pause", "--why", "flooded").output
    assert "paused already" in command("shop", "pause").output
    assert "Resumed" in command("shop", "resume").output


def test_the_policy_shows_what_it_goes_by_and_says_when_that_is_nothing(there: Waiting, command: Command) -> None:
    told = command("turn", "policy", "--policy", "rank").output
    assert "moves nobody until one is" in told
    assert "moves nobody" in command("turn", "policy", "--policy", "wanted_date", "--preview").output
    told = command("turn", "policy", "--rank", "web=2", "--rank-key", "vip").output
    assert told.splitlines() == ["Served first: rank.", "Key of the rank: vip.", "Ranks of channels: web=2."]
    assert json.loads(command("turn", "policy", "--json").output)["ranks"] == {"web": 2}
