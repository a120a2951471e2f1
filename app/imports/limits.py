"""How large a file may be, and what one that cannot be read is called."""

from app.refusal import BadValue

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
LONGEST_CELL = 1000
# A row that goes on for longer is one whose quotes do not match.
MOST_LINES_OF_ROW = 50
# As many errors of a file are told one by one; the others are counted.
MOST_TOLD = 100_000


class BadFile(BadValue):
    """A file that cannot be read as a whole; the text says why and how to save it."""
