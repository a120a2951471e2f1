"""What stands in one row of a file, before anybody asks which columns there are."""

from collections.abc import Mapping
from typing import NamedTuple

from app.wording import Said

NOTHING_WRONG: Mapping[int, Said] = {}


class Line(NamedTuple):
    """`number` is the line on which the row begins. `wrong` is by place of the cell, from 0.

    Where it cannot be told which cell ends where, `cells` is empty.
    """

    number: int
    cells: list[str]
    wrong: Mapping[int, Said] = NOTHING_WRONG


def letters(place: int) -> str:
    """What a spreadsheet calls the column: A is 0, AA is 26."""
    name, left = "", place + 1
    while left:
        left, letter = divmod(left - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
