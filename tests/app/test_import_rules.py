"""Rules from files: as by the command, all or none."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.imports import rules, writing
from app.models import Rule, Shop
from app.runtime import Runtime
from tests.app.importing import count, take_over_rules
from tests.app.rule_shop import installed, variant


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


def test_channels_that_a_file_opens_get_their_pools_first_and_a_trial_says_so(runtime: Runtime) -> None:
    without = installed(runtime.engine, variant("cup"), variant("plate", listed_in=("outlet",)), pools=False)
    text = "scope,channel,mode\nvariant:plate,,backorder\nvariant:cup,,off\n"
    assert take_over_rules(runtime, without, text, dry_run=True).sentence().endswith("a backorder pool for outlet")
    assert take_over_rules(runtime, without, text).pools == ["outlet"]


def test_more_rules_than_a_statement_takes_parameters(runtime: Runtime, shop: Shop) -> None:
    names = "".join(f"variant:v{number},off\n" for number in range(70_000))
    report = take_over_rules(runtime, shop, f"scope,mode\n{names}")
    assert len(report.errors) == 70_000
