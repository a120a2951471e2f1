"""Whose turn it is: the shop's policy, and what people decided for single lines."""

from app.turns.moves import BadMove, hand_over, load, pin, rows, undo
from app.turns.setting import BadPolicy, Setting, marks_of, of, put

__all__ = [
    "BadMove",
    "BadPolicy",
    "Setting",
    "hand_over",
    "load",
    "marks_of",
    "of",
    "pin",
    "put",
    "rows",
    "undo",
]
