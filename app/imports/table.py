"""A file as rows of texts, whatever program saved it. Every cell that cannot be meant is refused with its place."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy

from app.imports import workbook
from app.imports.limits import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, BadFile
from app.refusal import BadValue

# What a spreadsheet takes for the beginning of a formula; written by us it stands behind an apostrophe.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (line of the file, cells by column), empty rows left out; empty cells are empty texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read(name: str, content: bytes, columns: Sequence[str], needed: Iterable[str]) -> Table:
    """The file's first sheet. `columns` are those there may be, `needed` those there must be. Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(lazy("The file has more than {most} MB. Split it."), most=MOST_BYTES // 2**20)
    if not content.strip():
        raise BadFile(lazy("The file is empty."))
    lines = workbook.lines(content) if workbook.is_workbook(name, content) else _text(content)
    header = [cell.strip().lower() for cell in next(lines, (0, []))[1]]
    while header and not header[-1]:
        header.pop()
    _check_header(header, columns, set(needed))
    return Table(tuple(header), tuple(_rows(lines, header)))


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return GUARD + text if text.startswith((*FORMULA, GUARD)) else text


def unguarded(text: str) -> str:
    """The text behind our apostrophe. Raises BadValue for what a spreadsheet would take for a formula."""
    if text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD)):
        return text[1:]
    if text.startswith(FORMULA):
        raise BadValue(
            lazy("{given} looks like a formula. Write its value, or an apostrophe before it."), given=repr(text[:20])
        )
    return text


def _check_header(header: Sequence[str], columns: Sequence[str], needed: set[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise BadFile(
            lazy("line 1: There are {count} columns; the most is {most}."), count=len(header), most=MOST_COLUMNS
        )
    if twice := [name for name in header if header.count(name) > 1]:
        raise BadFile(lazy("line 1: The column {column} is there twice."), column=twice[0] or lazy("without a name"))
    known = ", ".join(columns)
    if unknown := [name for name in header if name not in columns]:
        raise BadFile(
            lazy("line 1: There is no column {column}. The first line names the columns: {known}."),
            column=repr(unknown[0][:40]),
            known=known,
        )
    if missing := sorted(needed - set(header)):
        raise BadFile(
            lazy("line 1: The column {column} is missing. The first line names the columns: {known}."),
            column=missing[0],
            known=known,
        )


def _rows(lines: Iterator[tuple[int, list[str]]], header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    count = 0
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadFile(lazy("The file has more than {most} rows. Split it."), most=MOST_ROWS)
        if any(cell.strip() for cell in cells[len(header) :]):
            raise BadFile(lazy("line {line}: There are more cells than columns."), line=number)
        if any(len(cell) > LONGEST_CELL or "\x00" in cell for cell in cells):
            raise BadFile(
                lazy("line {line}: A cell is longer than {most} characters, or holds a NUL."),
                line=number,
                most=LONGEST_CELL,
            )
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield number, {name: cell.strip() for name, cell in zip(header, padded, strict=False)}


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BadFile(
            lazy("line {line}: The file is not UTF-8. Save it as CSV UTF-8, or as XLSX."), line=line
        ) from wrong
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as wrong:
        raise BadFile(lazy("line {line}: {reason}."), line=reader.line_num, reason=str(wrong)) from wrong
