"""Purchase orders from files: all rows or none, every error with its line, and what was written out changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import OperationalError

from app import marks
from app.imports import read, supplies, writing
from app.imports.table import guarded, unguarded
from app.models import Shop, Supplier, Supply, SupplyChange, Variant
from app.supply import lines, receipts, record
from tests.app.importing import HEADER, count, take_over
from tests.app.rule_shop import SHOP, TODAY, WHO, installed, marked, put, variant


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return installed(engine, variant("cup"), variant("plate"))


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
    assert [(told.line, str(told)) for told in report.effects] == [(2, "added: 5 of cup PO-1 by 24 December 2026")]
    assert count(engine, Supply) == count(engine, Supplier) == 0


def test_a_line_is_found_again_by_its_reference_and_changed(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n")
    report = take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2027-01-15\n")
    [told] = report.effects
    assert str(told).endswith("cup PO-1: eta 2026-12-24 -> 2027-01-15")
    assert take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2027-01-15\n").counts == {"unchanged": 1}
    assert take_over(engine, shop, f"{HEADER},state\nPO-1,cup,berlin,5,2027-01-15,cancelled\n").counts == {
        "cancelled": 1
    }
    with engine.connect() as connection:
        [row] = lines.rows(connection, shop.id)
        history = lines.history(connection, shop.id, row.id)
    assert (row.eta.isoformat(), row.state, row.version) == ("2027-01-15", "cancelled", 3)
    assert [(change["kind"], change["after"]) for change in history[1:]] == [
        ("changed", {"eta": "2027-01-15"}),
        ("cancelled", {"state": "cancelled"}),
    ]


def test_a_range_that_moves_keeps_the_end_that_the_file_states(engine: Engine, shop: Shop) -> None:
    header = f"{HEADER},eta_latest"
    take_over(engine, shop, f"{header}\nPO-1,cup,berlin,5,2026-12-01,2026-12-20\n")
    moved = f"{header}\nPO-1,cup,berlin,5,2026-12-05,2026-12-20\n"
    [told] = take_over(engine, shop, moved).effects
    assert str(told).endswith("cup PO-1: eta 2026-12-01 -> 2026-12-05")
    assert take_over(engine, shop, moved).counts == {"unchanged": 1}
    report = take_over(engine, shop, f"{header}\nPO-1,cup,berlin,5,2026-12-24,2026-12-20\n")
    assert [(told.line, "eta_latest" in str(told)) for told in report.errors] == [(2, True)]


def test_a_new_day_in_a_file_without_ranges_takes_the_place_of_a_range_and_says_so(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER},eta_latest\nPO-1,cup,berlin,5,2026-12-01,2026-12-20\n")
    assert take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-01\n").counts == {"unchanged": 1}
    [told] = take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-05\n").effects
    assert str(told).endswith("eta 2026-12-01 -> 2026-12-05, eta_latest 2026-12-20 -> None")


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
        ("PO-1,spoon,berlin,5,2026-12-24", "0 variants have the SKU spoon"),
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
    assert says in str(report.errors[0])
    assert count(engine, Supply) == 0


def test_a_supplier_whose_name_cannot_be_meant_is_told_with_its_line(engine: Engine, shop: Shop) -> None:
    for name, says in (("=Kiln", "formula"), ("K" * 201, "200 characters")):
        report = take_over(engine, shop, f"{HEADER},supplier\nPO-1,cup,berlin,1,2026-12-24,{name}\n")
        assert [(told.line, says in str(told)) for told in report.errors] == [(2, True)]


def test_blanks_around_a_cell_are_not_part_of_it(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,1,2026-12-24\n")
    report = take_over(engine, shop, f"{HEADER},supplier\n\u00a0PO-1\t, cup,berlin ,1,2026-12-24,\t\n")
    assert report.counts == {"unchanged": 1}


def test_a_line_that_taught_of_its_supplier_concerns_all_that_is_bought_there(engine: Engine, shop: Shop) -> None:
    put(engine, shop, SHOP, mode="backorder", cap=5, confidence=80)
    header = f"{HEADER},supplier,ordered_on"
    line = "PO-1,cup,berlin,5,2026-12-01,Acme,2026-11-01"
    take_over(engine, shop, f"{header}\n{line}\nPO-2,plate,berlin,5,2026-12-01,Acme,2026-11-01\n")
    with engine.begin() as connection:
        number = connection.scalars(select(Supply.id).where(Supply.reference == "PO-1")).one()
        receipts.enter(connection, record.locked(connection, shop.id, number), 1, on=TODAY, who=WHO)
    marked(engine)
    take_over(engine, shop, f"{header}\n{line.replace('2026-11-01', '2026-10-01')}\n")
    assert marked(engine) == {"cup", "plate"}


def test_a_received_line_is_not_cancelled_by_a_file(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,1,2026-12-24\n")
    with engine.begin() as connection:
        [number] = connection.scalars(select(Supply.id))
        receipts.enter(connection, record.locked(connection, shop.id, number), 1, on=TODAY, who=WHO)
    report = take_over(engine, shop, f"id,{HEADER},state\n{number},PO-1,cup,berlin,1,2026-12-24,cancelled\n")
    assert [(told.line, "received" in str(told)) for told in report.errors] == [(2, True)]


def test_a_line_that_is_cancelled_already_is_unchanged(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,1,2026-12-24\n")
    with engine.begin() as connection:
        [number] = connection.scalars(select(Supply.id))
        lines.cancel(connection, shop, number, who=WHO)
    report = take_over(engine, shop, f"id,{HEADER},state\n{number},PO-1,cup,berlin,1,2026-12-24,cancelled\n")
    assert report.counts == {"unchanged": 1}


def received(connection: Connection, shop: Shop, number: int) -> None:
    receipts.enter(connection, record.locked(connection, shop.id, number), 5, on=TODAY, who=WHO)


def cancelled(connection: Connection, shop: Shop, number: int) -> None:
    lines.cancel(connection, shop, number, who=WHO)


@pytest.mark.parametrize("over", [received, cancelled])
def test_a_file_that_still_has_what_is_over_adds_no_units_again(
    engine: Engine, shop: Shop, over: Callable[[Connection, Shop, int], None]
) -> None:
    text = f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n"
    take_over(engine, shop, text)
    with engine.begin() as connection:
        [number] = connection.scalars(select(Supply.id))
        over(connection, shop, number)
    assert take_over(engine, shop, text).counts == {"unchanged": 1}
    # The day on which it came is past, and changes nothing any more.
    assert take_over(engine, shop, text.replace("2026-12-24", "2026-11-20")).counts == {"unchanged": 1}
    for other in (text.replace(",5,", ",8,"), text.replace("2026-12-24", "2027-02-01")):
        [told] = take_over(engine, shop, other).errors
        assert (told.line, f"is {over.__name__}. Give what is still to come another" in str(told)) == (2, True)
    assert count(engine, Supply) == 1
    again = text.replace("PO-1", "PO-2")
    assert take_over(engine, shop, again).counts == {"added": 1}


def test_of_one_reference_what_is_still_to_come_is_meant_before_what_is_over(engine: Engine, shop: Shop) -> None:
    first, second = (
        {"sku": "cup", "warehouse": "berlin", "quantity": units, "eta": "2026-12-24", "reference": "PO-1"}
        for units in (5, 7)
    )
    with engine.begin() as connection:
        number = lines.add(connection, shop, first, who=WHO, today=TODAY)
        lines.add(connection, shop, second, who=WHO, today=TODAY)
        received(connection, shop, number)
    report = take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,9,2026-12-24\n")
    assert [str(told).partition("PO-1: ")[2] for told in report.effects] == ["quantity 7 -> 9"]


def test_two_files_are_taken_over_one_after_the_other(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else both would add a line that neither has seen."""
    monkeypatch.setattr(supplies, "BATCH", 1)
    text = f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n"
    table = read("po.csv", text.encode(), supplies.COLUMNS, supplies.NEEDED)

    def another(*_stage: Any) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                supplies.take_over(connection, shop, table, who=WHO, why="", today=TODAY, agreed=lambda _: True)

    assert take_over(engine, shop, text, progress=another).counts == {"added": 1}
    assert take_over(engine, shop, text).counts == {"unchanged": 1}


def test_what_somebody_else_changes_meanwhile_is_not_overwritten(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units are received between our reading the line and our writing it."""
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n")
    looked = supplies._Reading.look

    def receive_then_look(reading: Any, *row: Any) -> None:
        with engine.begin() as connection:
            [number] = connection.scalars(select(Supply.id))
            receipts.enter(connection, record.locked(connection, shop.id, number), 3, on=TODAY, who=WHO)
        looked(reading, *row)

    monkeypatch.setattr(supplies._Reading, "look", receive_then_look)
    report = take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,2,2026-12-24\n")
    assert [(told.line, "Import the file again" in str(told)) for told in report.errors] == [(2, True)]
    with engine.connect() as connection:
        assert connection.execute(select(Supply.quantity, Supply.received)).one() == (5, 3)


def test_while_a_file_is_taken_over_webhooks_can_mark(
    engine: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an open transaction has marked nobody else can mark, so marks come last."""
    monkeypatch.setattr(supplies, "BATCH", 1)

    def knock(*_stage: Any) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            marks.mark(connection, shop.id, [("variant", "cup"), ("variant", "plate")])

    rows = "PO-1,cup,berlin,1,2026-12-24\nPO-2,plate,berlin,1,2026-12-24\n"
    assert take_over(engine, shop, f"{HEADER}\n{rows}", progress=knock).counts == {"added": 2}


def test_a_supply_of_a_variant_without_a_sku_is_known_by_its_id(engine: Engine, shop: Shop) -> None:
    take_over(engine, shop, f"{HEADER}\nPO-1,cup,berlin,5,2026-12-24\n")
    with engine.begin() as connection:
        [number] = connection.scalars(select(Supply.id))
        connection.execute(update(Variant).where(Variant.id == "cup").values(sku=""))
    report = take_over(engine, shop, f"id,{HEADER}\n{number},PO-1,,berlin,6,2026-12-24\n")
    assert [str(told) for told in report.effects] == [f"changed: supply {number}, PO-1: quantity 5 -> 6"]


def test_two_rows_about_one_supply_are_refused_with_both_lines(engine: Engine, shop: Shop) -> None:
    report = take_over(engine, shop, f"{HEADER}\n" + "PO-1,cup,berlin,1,2026-12-24\n" * 2)
    assert [(told.line, "Line 2" in str(told)) for told in report.errors] == [(3, True)]


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
