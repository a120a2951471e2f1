"""The rows of a CSV file, those too whose quotes do not match."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator

from flask_babel import lazy_gettext as lazy

from app.imports.limits import LONGEST_CELL, MOST_LINES_OF_ROW, BadFile
from app.imports.line import Line
from app.wording import Said

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",;\t"
TOO_LONG = lazy("This cell is longer than {most} characters, or holds a NUL.")
NOT_CLOSED = lazy("A quote opens this cell, and no other closes it. A quote within a text is written twice.")
GOES_ON = lazy(
    "Behind the quote that closes this cell the text goes on. A quote within a text is written twice, and the text "
    "stands in quotes."
)


def lines(content: bytes) -> Iterator[Line]:
    """Each row. Of one that cannot be read the next line is taken for the beginning of another.

    Raises BadFile.
    """
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    source = _Source(text)
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        number = source.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            place, sound = _broken("".join(source.row), separator)
            yield Line(number, [], {place: _reason(source, wrong)})
            source.take_back(sound)
        else:
            yield Line(number, cells)


class _Source:
    """The lines of the text, for a reader that may give back what it read of a row; no row is endless."""

    def __init__(self, text: str) -> None:
        self._more = iter(io.StringIO(text, newline=""))
        self._back: deque[str] = deque()
        self._number = 1
        self.row: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = None
        if len(self.row) < MOST_LINES_OF_ROW:
            line = self._back.popleft() if self._back else next(self._more, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.row.append(line)
        return line

    def begin_row(self) -> int:
        """The number of the line that comes next."""
        self._number += len(self.row)
        self.row, self.ended = [], False
        return self._number

    def take_back(self, sound: int) -> None:
        """The lines behind the one on which so much of the row's text ends come again."""
        last = 0
        while sound >= len(self.row[last]) and last < len(self.row) - 1:
            sound -= len(self.row[last])
            last += 1
        self._back.extendleft(reversed(self.row[last + 1 :]))
        del self.row[last + 1 :]


def _decoded(content: bytes) -> str:
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BadFile(
            lazy("line {line}: The file is not UTF-8. Save it as CSV UTF-8, or as XLSX."), line=line
        ) from wrong


def _reason(source: _Source, wrong: csv.Error) -> Said:
    if source.ended or len(source.row) > 1:
        return Said(NOT_CLOSED)
    return Said(TOO_LONG, most=LONGEST_CELL) if "limit" in str(wrong) else Said(GOES_ON)


def _broken(text: str, separator: str) -> tuple[int, int]:
    """The place of the first cell that does not end as a cell should, and where it begins in the row's text."""
    sound = re.compile(rf'(?:"[^"]*(?:""[^"]*)*"|[^"{separator}][^{separator}]*|){separator}')
    place, end = 0, 0
    while (found := sound.match(text, end)) and found.end() - end <= csv.field_size_limit():
        place, end = place + 1, found.end()
    return place, end
