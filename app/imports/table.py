"""A file as rows of texts, whatever program saved it. Every cell that cannot be meant is refused with its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import lazy_gettext as lazy

from app.imports import separated, workbook
from app.imports.limits import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, BadFile
from app.imports.line import Line, letters
from app.imports.separated import TOO_LONG
from app.refusal import BadValue
from app.wording import Said

# What a spreadsheet takes for the beginning of a formula; written by us it stands behind an apostrophe.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"

NOTHING_WRONG: Mapping[str, BadValue] = {}


class Row(NamedTuple):
    """`line` is where it begins, `cells` are by column; empty ones, and those that are `wrong`, are empty texts.

    There are no cells where it cannot be told which ends where.
    """

    line: int
    cells: dict[str, str]
    wrong: Mapping[str, BadValue] = NOTHING_WRONG


@dataclass(frozen=True, slots=True)
class Table:
    """What is in a file. Empty rows are left out."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(name: str, content: bytes, columns: Sequence[str], needed: Iterable[str]) -> Table:
    """The file's first sheet. `columns` are those there may be, `needed` those there must be. Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(lazy("The file has more than {most} MB. Split it."), most=MOST_BYTES // 2**20)
    if not content.strip():
        raise BadFile(lazy("The file is empty."))
    lines = workbook.lines(content) if workbook.is_workbook(name, content) else separated.lines(content)
    first = next(lines, Line(1, []))
    for wrong in _wrong(first, ()).values():
        raise BadFile(lazy("line {line}: {reason}"), line=first.number, reason=wrong)
    header = [cell.strip().lower() for cell in first.cells]
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


def _rows(lines: Iterator[Line], header: Sequence[str]) -> Iterator[Row]:
    count = 0
    for line in lines:
        if not line.wrong and not any(cell.strip() for cell in line.cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadFile(lazy("The file has more than {most} rows. Split it."), most=MOST_ROWS)
        wrong = _wrong(line, header)
        if not line.cells:
            yield Row(line.number, {}, wrong)
            continue
        padded = [*line.cells, *[""] * (len(header) - len(line.cells))]
        cells = {name: cell.strip() for name, cell in zip(header, padded, strict=False)}
        yield Row(line.number, cells | {name: "" for name in wrong if name in cells} if wrong else cells, wrong)


def _wrong(line: Line, header: Sequence[str]) -> Mapping[str, BadValue]:
    """What is wrong with the cells whatever their columns mean, by column."""
    reasons = dict(line.wrong)
    for place, cell in enumerate(line.cells):
        if len(cell) > LONGEST_CELL or "\x00" in cell:
            reasons.setdefault(place, Said(TOO_LONG, most=LONGEST_CELL))
        if header and place >= len(header) and cell.strip():
            more = Said(lazy("There are more cells than columns: here stands {given}."), given=repr(cell.strip()[:20]))
            reasons.setdefault(place, more)
            break
    if not reasons:
        return NOTHING_WRONG
    named = {place: header[place] if place < len(header) else letters(place) for place in sorted(reasons)}
    return {
        name: BadValue(
            "{field}: {reason}" if place < len(header) else lazy("column {field}: {reason}"),
            field=name,
            reason=reasons[place],
        )
        for place, name in named.items()
    }
