"""Rules from files: as by the command, all or none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Engine, select

from app import pooling
from app.engine.rules import Scope
from app.imports import rules, uploads, writing
from app.models import Rule, Shop
from app.pools import CannotOpen
from app.runtime import Runtime
from app.wording import retold
from tests.app.importing import count, take_over_rules
from tests.app.rule_shop import installed, place, put, variant


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return installed(engine, variant("cup"), variant("plate"))


RULES = "scope,channel,mode,cap,lead_days,may_split\nshop,,backorder,20,14,\nvariant:cup,web,,incoming,,no\n"


def test_rules_are_set_from_a_file_and_come_out_the_same(runtime: Runtime, shop: Shop, tmp_path: Path) -> None:
    assert take_over_rules(runtime, shop, RULES).counts == {"added": 2}
    with runtime.engine.connect() as connection:
        fields = connection.scalars(select(Rule.fields).order_by(Rule.id)).all()
        rows = list(rules.out(connection, shop))
    assert fields == [
        {"mode": "backorder", "cap": 20, "lead_days": 14},
        {"cap": "incoming", "may_split": False},
    ]
    path = tmp_path / "rules.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writing.csv_to(target, rules.COLUMNS, rows)
    assert take_over_rules(runtime, shop, path.read_text()).counts == {"unchanged": 2}


def test_an_empty_cell_lets_a_field_be_inherited_and_a_missing_column_leaves_it(runtime: Runtime, shop: Shop) -> None:
    take_over_rules(runtime, shop, RULES)
    report = take_over_rules(runtime, shop, "scope,cap,lead_days\nshop,30,\n")
    assert [str(told) for told in report.effects] == ["changed: shop: cap 20 -> 30, lead_days 14 -> -"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("planet:x,,off,,,", "no scope"),
        ("variant:spoon,,off,,,", "spoon"),
        ("shop,moon,off,,,", "no channel moon"),
        ("shop,,maybe,,,", "mode"),
        ("shop,,,-1,,", "cap"),
        ("shop,,,1.000,,", "whole number"),
        ("shop,,,,,perhaps", "neither yes nor no"),
        ("shop,,=off,,,", "formula"),
        ("shop,,,,,", "decide something"),
    ],
)
def test_a_wrong_rule_is_told_with_its_line_and_no_rule_is_kept(
    runtime: Runtime, shop: Shop, row: str, says: str
) -> None:
    text = f"scope,channel,mode,cap,lead_days,may_split\nvariant:plate,,off,,,\n{row}\n"
    report = take_over_rules(runtime, shop, text)
    assert [told.line for told in report.errors] == [3]
    assert says in str(report.errors[0])
    assert count(runtime.engine, Rule) == 0


def test_every_error_of_every_rule_is_told_beside_what_the_good_ones_would_do(runtime: Runtime, shop: Shop) -> None:
    header = "scope,channel,mode,cap,lead_days,display,spread_days,starts_on,ends_on"
    rows = (
        "shop,,backorder,5,3,,,,",
        "planet:x,moon,maybe,-1,1.000,rnage,900,2026-12-24,2026-12-01,extra",
        "variant:cup,,,,,rnage,5,,",
        "variant:plate,,maybe,,,,,,",
        'variant:plate,web,"off,,,,,,',
        "variant:cup,web,backorder,x,,day,5,2026-12-24,2026-12-01",
        "shop,,off,-5,,,,,",
    )
    report = take_over_rules(runtime, shop, "\n".join((header, *rows)))
    assert [(told.line, told.kind) for told in report.effects] == [(2, "added")]
    wrong = [(told.line, str(told).partition(":")[0]) for told in report.errors]
    names = ("scope", "channel", "mode", "cap", "lead_days", "display", "spread_days", "ends_on")
    assert sorted(wrong) == sorted(
        [(3, name) for name in ("column J", *names)]
        + [(4, "display"), (5, "mode"), (6, "mode")]
        + [(7, name) for name in ("cap", "spread_days", "ends_on")]
        + [(8, "scope"), (8, "cap")]
    )
    assert (report.wrong, report.wrong_lines, count(runtime.engine, Rule)) == (len(wrong), 6, 0)


def test_what_a_rule_says_already_is_not_held_against_a_cell_that_is_wrong(runtime: Runtime, shop: Shop) -> None:
    take_over_rules(runtime, shop, "scope,mode,cap\nshop,backorder,5\n")
    report = take_over_rules(runtime, shop, "scope,mode,release_on\nshop,perorder,2027-01-01\n")
    assert [str(told).partition(":")[0] for told in report.errors] == ["mode"]


def test_channels_that_a_file_opens_get_their_pools_first_and_a_trial_says_so(runtime: Runtime) -> None:
    without = installed(runtime.engine, variant("cup"), variant("plate", listed_in=("outlet",)), pools=False)
    text = "scope,channel,mode\nvariant:plate,,backorder\nvariant:cup,,off\n"
    assert take_over_rules(runtime, without, text, dry_run=True).sentence().endswith("a backorder pool for outlet")
    assert take_over_rules(runtime, without, text).pools == ["outlet"]


def test_more_rules_than_a_statement_takes_parameters(runtime: Runtime, shop: Shop) -> None:
    names = "".join(f"variant:v{number},off\n" for number in range(70_000))
    report = take_over_rules(runtime, shop, f"scope,mode\n{names}")
    assert len(report.errors) == 70_000


@pytest.fixture
def poolless(engine: Engine) -> Shop:
    """No channel has a pool; plates, which are listed in one of them, must not be sold past zero."""
    found = installed(engine, variant("cup"), variant("plate", listed_in=("outlet",)), pools=False)
    put(engine, found, place(Scope.VARIANT, "plate"), mode="off", cap=5)
    return found


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels that got a pool, where the shop makes them as it is asked to."""
    found: list[str] = []
    monkeypatch.setattr(
        pooling, "open_pools", lambda _runtime, _shop, groups, **_how: found.extend(each for [each] in groups)
    )
    return found


def seen(runtime: Runtime, shop: Shop, text: str) -> int:
    """Somebody sends the file and is shown what it would do. Returns its number."""
    with runtime.engine.begin() as connection:
        number = uploads.receive(connection, shop.id, "rules", "rules.csv", text.encode(), who="Ann")
    uploads.work(runtime, shop.id, number)
    return number


def confirmed(runtime: Runtime, shop: Shop, number: int) -> tuple[str, str]:
    """They say yes. Returns how it ended, and what they are told is wrong."""
    with runtime.engine.begin() as connection:
        assert uploads.confirm(connection, shop.id, number)
    uploads.work(runtime, shop.id, number)
    with runtime.engine.connect() as connection:
        upload = uploads.find(connection, shop.id, "rules", number)
    assert upload is not None
    return upload.state, str(retold(upload.wrong)) if upload.wrong else ""


OPENING = "scope,mode,cap\nvariant:plate,backorder,9\n"


def test_a_file_opens_the_pools_that_somebody_said_yes_to(runtime: Runtime, poolless: Shop, opened: list[str]) -> None:
    assert confirmed(runtime, poolless, seen(runtime, poolless, OPENING)) == ("kept", "")
    assert opened == ["outlet"]


def test_no_pool_is_opened_where_the_file_would_do_something_else_by_now(
    runtime: Runtime, poolless: Shop, opened: list[str]
) -> None:
    number = seen(runtime, poolless, OPENING)
    put(runtime.engine, poolless, place(Scope.VARIANT, "plate"), cap=6)
    assert confirmed(runtime, poolless, number) == ("checked", str(uploads.NO_LONGER))
    assert opened == []
    assert confirmed(runtime, poolless, number) == ("kept", "")


def change_the_rule(runtime: Runtime, shop: Shop) -> None:
    put(runtime.engine, shop, place(Scope.VARIANT, "plate"), cap=6)


def cannot_open(_runtime: Runtime, _shop: Shop) -> None:
    raise CannotOpen(lazy("The shop does not have one of these channels any more."))


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (change_the_rule, "Nothing was kept: version: The rule is at version 2 now, not 1. Look at it again."),
        (cannot_open, "Nothing was kept: The shop does not have one of these channels any more."),
    ],
)
def test_what_goes_wrong_while_the_pools_are_opened_is_told_with_its_reason(
    runtime: Runtime,
    poolless: Shop,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Runtime, Shop], None],
    says: str,
) -> None:
    def open_pools(runtime: Runtime, shop: Shop, _groups: Any, **_how: Any) -> None:
        happens(runtime, shop)

    monkeypatch.setattr(pooling, "open_pools", open_pools)
    assert confirmed(runtime, poolless, seen(runtime, poolless, OPENING)) == ("checked", says)
    with runtime.engine.connect() as connection:
        assert connection.scalars(select(Rule.fields["mode"].astext)).all() == ["off"]
