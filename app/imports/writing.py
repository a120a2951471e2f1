"""Rows into a CSV or XLSX file."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter


def csv_to(target: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """With a header, dates as 2026-12-24."""
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows(rows)


def xlsx_to(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet with a header. Texts are kept as texts: nothing in them becomes a formula or a link."""
    quiet = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, quiet) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [value.isoformat() if isinstance(value, date) else value for value in row])
