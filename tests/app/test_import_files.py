"""A file is read as spreadsheets save it, and refused with its place where it cannot be meant."""

import io
import zipfile
from collections.abc import Mapping

import pytest
import xlsxwriter
from sqlalchemy import Engine

from app.imports import BadFile, read, supplies
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


def formula(first: bool) -> bytes:
    """In the first sheet, which is read, or in a second."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["PO-1", "cup", "berlin", 5, "2026-12-24"])
        (sheet if first else made.add_worksheet()).write_formula(1, 3, "=2+3", None, 7)
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
    "more cells": ("po.csv", f"{HEADER}\na,b,c,1,2026-12-24,more\n".encode(), "line 2: There are more cells"),
    "nul": ("po.csv", f"{HEADER}\na\x00,cup,berlin,1,2026-12-24\n".encode(), "line"),
    "quote": ("po.csv", f'{HEADER}\n"a"b,cup,berlin,1,2026-12-24\n'.encode(), "line 2"),
    "wide": ("po.csv", ",".join(f"c{n}" for n in range(100)).encode(), "100 columns"),
    "long cell": ("po.csv", f"{HEADER}\n{'x' * 2000},cup,berlin,1,2026-12-24\n".encode(), "longer than"),
    "no workbook": ("po.xlsx", b"PK not really", "no workbook"),
    "macros": ("po.xlsx", macros(), "macros"),
    "old": ("po.xls", b"anything", "without macros"),
    "formula": ("po.xlsx", formula(first=True), "line 2, cell D2: There is a formula"),
    "far below": ("po.xlsx", far_out(1_048_575, 0), "cell A1048576: .* more than 100,000 rows"),
    "far right": ("po.xlsx", far_out(1, 16_383), "cell XFD2: There are more than 60 columns"),
    "no sheets": ("po.xlsx", without_sheets(), "no workbook"),
    "bomb": ("po.xlsx", bomb(), "500 MB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_cannot_be_meant_is_refused_as_a_whole(kind: str) -> None:
    name, content, says = HOSTILE[kind]
    with pytest.raises(BadFile, match=says):
        read(name, content, supplies.COLUMNS, supplies.NEEDED)
