"""Files in and out: all rows or none, every error with its line, and what was written out changes nothing when read."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select

from app.imports import BadFile, Report, read, rules, supplies, writing
from app.imports.table import guarded, unguarded
from app.models import Rule, Shop, Supplier, Supply, SupplyChange
from app.runtime import Runtime
from app.supply import lines
from tests.app.rule_shop import TODAY, installed, marked, variant

HEADER = "reference,sku,warehouse,quantity,eta"


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return installed(engine, variant("cup"), variant("plate"))


def take_over(engine: Engine, shop: Shop, content: str | bytes, name: str = "po.csv", **how: Any) -> Report:
    """As the command does."""
    given_bytes = content.encode() if isinstance(content, str) else content
    table = read(name, given_bytes, supplies.COLUMNS, supplies.NEEDED)
    dry_run = how.get("dry_run", False)
    with engine.connect() as connection:
        report = supplies.take_over(
            connection, shop, table, who="dueback command", why="", today=TODAY, dry_run=dry_run
        )
        connection.rollback() if dry_run or report.errors else connection.commit()
    return report


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(number, place, value, day)
                else:
                    sheet.write(number, place, value)
    return target.getvalue()


def test_new_lines_are_added_and_their_variants_marked(engine: Engine, shop: Shop) -> None:
    marked(engine)
    report = take_over(
        engine, shop, f"{HEADER},supplier\nPO-1,cup,berlin,5,2026-12-24,Kiln\n,plate,paris,2,2026-12-31,\n"
    )
    assert (report.sentence(), report.errors) == ("2 added, 0 changed, 0 cancelled, 0 unchanged", [])
    assert marked(engine) == {"cup", "plate"}
    assert count(engine, SupplyChange) == 2


def test_a_trial_keeps_nothing_and_says_what_each_row_would_do(engine: Engine, shop: Shop) -> None:
    report = take_over(engine, shop, f"{HEADER},supplier\nPO-1,cup,berlin,5,2026-12-24,Kiln\n", dry_run=True)
    assert [(told.line, told.what) for told in report.effects] == [(2, "added: 5 of cup PO-1 by 2026-12-24")]
    assert count(engine, Supply) == count(engine, Supplier) == 0


def test_a_line_is_found_again_by_its_reference_and_changed(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n")
    report = take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2027-01-15\n")
    [told] = report.effects
    assert told.what.endswith("cup PO-1: eta 2026-12-24 -> 2027-01-15")
    assert take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2027-01-15\n").counts == {"unchanged": 1}
    assert take_over(engine, shop, f"{HEADER},state\nPO-1,cup,berlin,5,2027-01-15,cancelled\n").counts == {
        "cancelled": 1
    }


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("PO-1,cup,berlin,-5,2026-12-24", "quantity"),
        ("PO-1,cup,berlin,99999999,2026-12-24", "quantity"),
        ("PO-1,cup,berlin,1.000,2026-12-24", "no whole number"),
        ("PO-1,cup,berlin,10.5,2026-12-24", "no whole number"),
        ("PO-1,cup,berlin,5,24/12/2026", "like 2026-12-24"),
        ("PO-1,cup,berlin,5,2020-01-01", "eta"),
        ("PO-1,cup,berlin,5,9999-12-31", "eta"),
        ("PO-1,cup,berlin,5,2026-02-30", "no date"),
        ("PO-1,cup,berlin,5,", "eta: This cell is empty"),
        ("PO-1,spoon,berlin,5,2026-12-24", "No variants have the SKU spoon"),
        ("PO-1,cup,moon,5,2026-12-24", "no warehouse moon"),
        ('"=1+1",cup,berlin,5,2026-12-24', "formula"),
        ("@cmd,cup,berlin,5,2026-12-24", "formula"),
    ],
)
def test_one_wrong_row_is_told_with_its_line_and_nothing_of_the_file_is_kept(
    engine: Engine, shop: Shop, row: str, says: str
) -> None:
    report = take_over(engine, shop, f"{HEADER}\nPO-0,cup,berlin,1,2026-12-24\n{row}\n")
    assert [told.line for told in report.errors] == [3]
    assert says in report.errors[0].what
    assert count(engine, Supply) == 0


def test_two_rows_about_one_supply_are_refused_with_both_lines(engine: Engine, shop: Shop) -> None:
    report = take_over(engine, shop, f"{HEADER}\n" + "PO-1,cup,berlin,1,2026-12-24\n" * 2)
    assert [(told.line, "Line 2" in told.what) for told in report.errors] == [(3, True)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_spreadsheets_save_it(engine: Engine, shop: Shop, separator: str, encoding: str) -> None:
    text = f"{HEADER}\nBestellung ü,cup,berlin,1,2026-12-24\n".replace(",", separator)
    assert take_over(engine, shop, text.encode(encoding)).counts == {"added": 1}


def test_a_workbook_is_read_with_its_own_dates_and_numbers(engine: Engine, shop: Shop) -> None:
    content = workbook([HEADER.split(","), ["PO-1", "cup", "berlin", 5, TODAY.replace(month=12)], []])
    report = take_over(engine, shop, content, "po.xlsx")
    assert [told.what for told in report.effects] == ["added: 5 of cup PO-1 by 2026-12-23"]


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(6):
            packed.writestr(f"{number}.xml", b"0" * 100_000_000)
    return target.getvalue()


def macros() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("xl/vbaProject.bin", b"")
    return target.getvalue()


HOSTILE: Mapping[str, tuple[str, bytes, str]] = {
    "empty": ("po.csv", b" \n", "empty"),
    "windows": ("po.csv", f"{HEADER}\nü,cup,berlin,1,2026-12-24".encode("cp1252"), "line 2: The file is not UTF-8"),
    "no header": ("po.csv", b"PO-1,cup,berlin,1,2026-12-24\n", "no column 'po-1'"),
    "doubled": ("po.csv", f"{HEADER},sku\n".encode(), "sku is there twice"),
    "missing": ("po.csv", b"reference,sku,quantity\n", "column eta is missing"),
    "more cells": ("po.csv", f"{HEADER}\na,b,c,1,2026-12-24,more\n".encode(), "line 2: There are more cells"),
    "nul": ("po.csv", f"{HEADER}\na\x00,cup,berlin,1,2026-12-24\n".encode(), "line"),
    "quote": ("po.csv", f'{HEADER}\n"a"b,cup,berlin,1,2026-12-24\n'.encode(), "line 2"),
    "wide": ("po.csv", ",".join(f"c{n}" for n in range(100)).encode(), "100 columns"),
    "long cell": ("po.csv", f"{HEADER}\n{'x' * 2000},cup,berlin,1,2026-12-24\n".encode(), "longer than"),
    "no workbook": ("po.xlsx", b"PK not really", "no workbook"),
    "macros": ("po.xlsx", macros(), "macros"),
    "old": ("po.xls", b"anything", "without macros"),
    "bomb": ("po.xlsx", bomb(), "500 MB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_cannot_be_meant_is_refused_as_a_whole(kind: str) -> None:
    name, content, says = HOSTILE[kind]
    with pytest.raises(BadFile, match=says):
        read(name, content, supplies.COLUMNS, supplies.NEEDED)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs", "Cc"]), max_size=20)


@given(texts | st.sampled_from(["=1", "+1", "-1", "@a", "'=1", "''", "\t1"]))
def test_a_text_comes_back_as_it_was_and_never_as_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "reference": texts.map(str.strip),
                "sku": st.sampled_from(["cup", "plate"]),
                "warehouse": st.sampled_from(["berlin", "paris"]),
                "quantity": st.integers(1, 1_000_000),
                "eta": st.integers(0, 300),
            }
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_what_is_written_out_changes_nothing_when_it_is_read_again(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, wanted: list[dict[str, Any]], as_workbook: bool
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Shop))
    shop = installed(engine, variant("cup"), variant("plate"))
    with engine.begin() as connection:
        new = [line | {"eta": TODAY + timedelta(days=line["eta"])} for line in wanted]
        lines.add_all(connection, shop, new, who="dueback command", today=TODAY)
    path = tmp_path_factory.mktemp("out") / ("po.xlsx" if as_workbook else "po.csv")
    with engine.connect() as connection:
        rows = list(supplies.out(connection, shop, TODAY))
    if as_workbook:
        writing.xlsx_to(path, supplies.COLUMNS, rows)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writing.csv_to(target, supplies.COLUMNS, rows)
    report = take_over(engine, shop, path.read_bytes(), path.name)
    assert (report.errors, dict(report.counts)) == ([], {"unchanged": len(wanted)} if wanted else {})


RULES = "scope,channel,mode,cap,lead_days,may_split\nshop,,backorder,20,14,\nvariant:cup,web,,incoming,,no\n"


def take_over_rules(runtime: Runtime, shop: Shop, text: str, *, dry_run: bool = False) -> Report:
    table = read("rules.csv", text.encode(), rules.COLUMNS, rules.NEEDED)
    with runtime.engine.connect() as connection:
        report = rules.take_over(runtime, connection, shop, table, who="dueback command", dry_run=dry_run)
        connection.rollback() if dry_run or report.errors else connection.commit()
    return report


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
    assert [told.what for told in report.effects] == ["changed: shop: cap 20 -> 30, lead_days 14 -> -"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("planet:x,,off,,,", "no scope"),
        ("variant:spoon,,off,,,", "spoon"),
        ("shop,moon,off,,,", "no channel moon"),
        ("shop,,maybe,,,", "mode"),
        ("shop,,,-1,,", "cap"),
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
    assert says in report.errors[0].what
    assert count(runtime.engine, Rule) == 0
