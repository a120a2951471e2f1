"""A file as rows of texts, whatever program saved it. Every cell that cannot be meant is refused with its place."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.imports import workbook
from app.imports.limits import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, BadFile

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
        raise BadFile(f"The file has more than {MOST_BYTES // 2**20} MB. Split it.")
    if not content.strip():
        raise BadFile("The file is empty.")
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
    """The text behind our apostrophe. Raises ValueError for what a spreadsheet would take for a formula."""
    if text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD)):
        return text[1:]
    if text.startswith(FORMULA):
        raise ValueError(f"{text[:20]!r} looks like a formula. Write its value, or an apostrophe before it.")
    return text


def _check_header(header: Sequence[str], columns: Sequence[str], needed: set[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise BadFile(f"line 1: There are {len(header)} columns; the most is {MOST_COLUMNS}.")
    if twice := [name for name in header if header.count(name) > 1]:
        raise BadFile(f"line 1: The column {twice[0] or 'without a name'} is there twice.")
    known = f"The first line names the columns: {', '.join(columns)}."
    if unknown := [name for name in header if name not in columns]:
        raise BadFile(f"line 1: There is no column {unknown[0][:40]!r}. {known}")
    if missing := sorted(needed - set(header)):
        raise BadFile(f"line 1: The column {missing[0]} is missing. {known}")


def _rows(lines: Iterator[tuple[int, list[str]]], header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    count = 0
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadFile(f"The file has more than {MOST_ROWS} rows. Split it.")
        if any(cell.strip() for cell in cells[len(header) :]):
            raise BadFile(f"line {number}: There are more cells than columns.")
        if any(len(cell) > LONGEST_CELL or "\x00" in cell for cell in cells):
            raise BadFile(f"line {number}: A cell is longer than {LONGEST_CELL} characters, or holds a NUL.")
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield number, {name: cell.strip() for name, cell in zip(header, padded, strict=False)}


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BadFile(f"line {line}: The file is not UTF-8. Save it as CSV UTF-8, or as XLSX.") from wrong
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as wrong:
        raise BadFile(f"line {reader.line_num}: {wrong}.") from wrong
