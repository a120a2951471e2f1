"""A file is read as spreadsheets save it, and refused with its place where it cannot be meant."""

import io
import zipfile
from collections.abc import Mapping

import pytest
import xlsxwriter
from sqlalchemy import Engine

from app.imports import BadFile, read, supplies
from app.imports.limits import MOST_LINES_OF_ROW
from app.models import Shop
from tests.app.importing import HEADER, take_over, workbook
from tests.app.rule_shop import TODAY, installed, variant


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return installed(engine, variant("cup"), variant("plate"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_spreadsheets_save_it(engine: Engine, shop: Shop, separator: str, encoding: str) -> None:
    text = f"{HEADER}\nBestellung ü,cup,berlin,1,2026-12-24\n".replace(",", separator)
    assert take_over(engine, shop, text.encode(encoding)).counts == {"added": 1}


def test_a_workbook_is_read_with_its_own_dates_and_numbers(engine: Engine, shop: Shop) -> None:
    content = workbook([HEADER.split(","), ["PO-1", "cup", "berlin", 5, TODAY.replace(month=12)], []])
    report = take_over(engine, shop, content, "po.xlsx")
    assert [str(told) for told in report.effects] == ["added: 5 of cup PO-1 by 23 December 2026"]


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


def far_out(row: int, column: int) -> bytes:
    """Two cells that lie far apart: a parser that makes room for all between them needs hundreds of gigabytes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write(row, column, "x")
    return target.getvalue()


def formula(first: bool, row: int = 1) -> bytes:
    """In the first sheet, which is read, or in a second."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["PO-1", "cup", "berlin", 5, "2026-12-24"])
        (sheet if first else made.add_worksheet()).write_formula(row, 3, "=2+3", None, 7)
    return target.getvalue()


def without_sheets() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return target.getvalue()


def test_a_formula_beside_the_sheet_that_is_read_does_no_harm(engine: Engine, shop: Shop) -> None:
    assert take_over(engine, shop, formula(first=False), "po.xlsx").counts == {"added": 1}


HOSTILE: Mapping[str, tuple[str, bytes, str]] = {
    "empty": ("po.csv", b" \n", "empty"),
    "windows": ("po.csv", f"{HEADER}\nü,cup,berlin,1,2026-12-24".encode("cp1252"), "line 2: The file is not UTF-8"),
    "no header": ("po.csv", b"PO-1,cup,berlin,1,2026-12-24\n", "no column 'po-1'"),
    "doubled": ("po.csv", f"{HEADER},sku\n".encode(), "sku is there twice"),
    "missing": ("po.csv", b"reference,sku,quantity\n", "column eta is missing"),
    "quote": ("po.csv", f'reference,"sku"s,{HEADER}\n'.encode(), "line 1: column B: Behind the quote"),
    "wide": ("po.csv", ",".join(f"c{n}" for n in range(100)).encode(), "100 columns"),
    "no workbook": ("po.xlsx", b"PK not really", "no workbook"),
    "macros": ("po.xlsx", macros(), "macros"),
    "old": ("po.xls", b"anything", "without macros"),
    "formula": ("po.xlsx", formula(first=True, row=0), "line 1: column D: There is a formula in cell D1"),
    "far below": ("po.xlsx", far_out(1_048_575, 0), "cell A1048576: .* more than 100,000 rows"),
    "far right": ("po.xlsx", far_out(1, 16_383), "cell XFD2: There are more than 60 columns"),
    "no sheets": ("po.xlsx", without_sheets(), "no workbook"),
    "bomb": ("po.xlsx", bomb(), "500 MB"),
}


GOOD = "PO-1,cup,berlin,1,2026-12-24"


def wrong_rows(text: str | bytes, name: str = "po.csv") -> list[tuple[int, list[str]]]:
    """The rows in which anything is wrong before their cells are understood."""
    content = text.encode() if isinstance(text, str) else text
    table = read(name, content, supplies.COLUMNS, supplies.NEEDED)
    return [(row.line, [str(wrong) for wrong in row.wrong.values()]) for row in table.rows if row.wrong]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,b,c,1,2026-12-24,,more,", "column G: There are more cells than columns: here stands 'more'."),
        ("a\x00,cup,berlin,1,2026-12-24", "reference: This cell is longer than 1,000 characters, or holds a NUL."),
        (f"a,{'x' * 2000},berlin,1,2026-12-24", "sku: This cell is longer than 1,000 characters, or holds a NUL."),
        (f"a,b,{'x' * 200_000},1,2026-12-24", "warehouse: This cell is longer than 1,000 characters, or holds a NUL."),
        ('a,"cup"s,berlin,1,2026-12-24', "sku: Behind the quote that closes this cell the text goes on."),
        ('a,"cup,berlin,1,2026-12-24', "sku: A quote opens this cell, and no other closes it."),
        ('"a ""b""",cup,"berlin,1,2026-12-24', "warehouse: A quote opens this cell, and no other closes it."),
    ],
)
@pytest.mark.parametrize("after", ["", f"{GOOD}\n", f"{GOOD}\n" * 200, f'"PO-1",{GOOD[5:]}\n'])
def test_a_row_that_cannot_be_meant_is_told_with_its_line_and_column_and_hides_no_other(
    row: str, says: str, after: str
) -> None:
    [(line, [told]), *others] = wrong_rows(f"{HEADER}\n{GOOD}\n{row}\n{after}{GOOD},extra\n")
    assert (line, told.startswith(says)) == (3, True), told
    assert [line for line, _ in others] == [4 + after.count("\n")]


def test_a_row_over_several_lines_is_called_by_the_first(engine: Engine, shop: Shop) -> None:
    long = f'"PO-1\nand more",{GOOD[5:]}'
    report = take_over(engine, shop, f"{HEADER}\n{long}\n{GOOD}\n", dry_run=True)
    assert ([told.line for told in report.effects], report.errors) == ([2, 4], [])
    assert [line for line, _ in wrong_rows(f'{HEADER}\n{long}\n{long},"\n{GOOD}\n')] == [4]


def test_a_row_never_goes_on_for_the_rest_of_a_file_of_quotes_that_do_not_match() -> None:
    assert len(wrong_rows(f"{HEADER}\n" + 'a",",\n' * 20_000)) == 20_000 // MOST_LINES_OF_ROW


def test_every_formula_of_a_workbook_is_told_with_its_cell() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        for row, column in ((1, 3), (1, 4), (2, 6), (30, 0)):
            sheet.write_formula(row, column, "=2+3", None, "")
    assert [(line, [each.partition(".")[0] for each in told]) for line, told in wrong_rows(target.getvalue())] == [
        (2, ["quantity: There is a formula in cell D2", "eta: There is a formula in cell E2"]),
        (3, ["column G: There is a formula in cell G3"]),
        (31, ["reference: There is a formula in cell A31"]),
    ]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_cannot_be_meant_is_refused_as_a_whole(kind: str) -> None:
    name, content, says = HOSTILE[kind]
    with pytest.raises(BadFile, match=says):
        read(name, content, supplies.COLUMNS, supplies.NEEDED)
