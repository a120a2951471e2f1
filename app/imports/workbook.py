"""The first sheet of an XLSX file as rows of texts.

The parser of workbooks makes room for every cell between the first and the last, so a sheet of two cells that lie far
apart would end the process. And of a formula it gives the value that was kept with it, which may be none or an old one.
So the sheet is looked through first.
"""

import io
import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from flask_babel import lazy_gettext as lazy
from python_calamine import CalamineError, CalamineWorkbook

from app.imports.limits import MOST_COLUMNS, MOST_ROWS, BadFile
from app.imports.line import Line, letters
from app.wording import Said

MOST_UNPACKED = 500 * 1024 * 1024
CHUNK = 1024 * 1024
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_MAIN = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
FORMULA = lazy("There is a formula in cell {cell}. Copy the cells and paste them as values.")
UNREADABLE = lazy("The file is no workbook that can be read. Save it anew as XLSX, or as CSV UTF-8.")


def is_workbook(name: str, content: bytes) -> bool:
    """Whether it is an XLSX file. Raises BadFile for other kinds of workbooks."""
    if name.lower().endswith((".xlsm", ".xlsb", ".xls", ".ods")):
        raise BadFile(lazy("Save the file as CSV UTF-8 or as XLSX, without macros."))
    return content.startswith(b"PK")


def lines(content: bytes) -> Iterator[Line]:
    """Each row; a formula in it is wrong. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_parts(packed.infolist())
            with packed.open(_first_sheet(packed)) as sheet:
                formulas = _look_through(sheet)
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        cells = rows.to_python(skip_empty_area=False)
    except BadFile:
        raise
    except (zipfile.BadZipFile, CalamineError, ET.ParseError, expat.ExpatError, *_ODD) as wrong:
        raise BadFile(UNREADABLE) from wrong
    # A formula without a value may lie below all that the parser sees.
    last = max([len(cells), *formulas])
    for number in range(1, last + 1):
        row = [_plain(cell) for cell in cells[number - 1]] if number <= len(cells) else [""]
        found = formulas.get(number, ())
        yield Line(number, row, {place: Said(FORMULA, cell=f"{letters(place)}{number}") for place in found})


# What reading a broken or encrypted archive may raise besides.
_ODD = (ValueError, IndexError, KeyError, EOFError, RuntimeError, NotImplementedError, OSError)


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadFile(lazy("The workbook unpacks to more than {most} MB. Split it."), most=MOST_UNPACKED // 2**20)
    if any(part.filename.endswith("vbaProject.bin") for part in parts):
        raise BadFile(lazy("The workbook has macros. Save it as XLSX without them."))


def _first_sheet(packed: zipfile.ZipFile) -> str:
    """The part that holds the sheet which stands first in the workbook."""
    book = ET.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314 - expat bounds what entities expand to
    [wanted, *_] = [
        node.get(RELATION) or node.get(STRICT_RELATION)
        for node in book.iter()
        if node.tag in {MAIN + "sheet", STRICT_MAIN + "sheet"}
    ]
    relations = ET.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    [target] = [node.get("Target", "") for node in relations if node.get("Id") == wanted]
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _look_through(sheet: IO[bytes]) -> Mapping[int, set[int]]:
    """The places, from 0, of the formulas by row. Raises BadFile for a cell that lies too far out, with its place."""
    parser = expat.ParserCreate(namespace_separator=" ")
    place = [0, 0]
    formulas = defaultdict[int, set[int]](set)

    def begin(tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                place[:] = int(attributes.get("r") or place[0] + 1), 0
            case "c":
                place[:] = _place(attributes.get("r"), place)
                _check_place(*place)
            case "f":
                if place[1] < 1:
                    raise BadFile(UNREADABLE)
                formulas[place[0]].add(place[1] - 1)

    parser.StartElementHandler = begin
    while chunk := sheet.read(CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return formulas


def _place(name: str | None, last: list[int]) -> tuple[int, int]:
    """(row, column) of a cell such as C7, both from one; the next one where it says nothing."""
    if name is None:
        return last[0], last[1] + 1
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", name)
    if found is None:
        raise BadFile(UNREADABLE)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _check_place(row: int, column: int) -> None:
    if row > MOST_ROWS + 1:
        raise BadFile(
            lazy("line {line}, cell {cell}: The file has more than {most} rows. Split it, or delete what is below."),
            **_named(row, column),
            most=MOST_ROWS,
        )
    if column > MOST_COLUMNS:
        raise BadFile(
            lazy("line {line}, cell {cell}: There are more than {most} columns. Delete what is beside them."),
            **_named(row, column),
            most=MOST_COLUMNS,
        )


def _named(row: int, column: int) -> dict[str, Any]:
    return {"line": row, "cell": f"{letters(column - 1)}{row}"}


def _plain(cell: Any) -> str:
    """What a person sees in the cell."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)
