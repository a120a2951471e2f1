"""What people decide: whose turn it is, for the shop and for single lines, what is on hold, and a pause of it all."""

from app.turns.deciding import hand_over, hold, pin, redate, release
from app.turns.lines import find
from app.turns.moves import end_met_redates, load, rows, undo
from app.turns.pausing import pause, paused, resume
from app.turns.setting import BadPolicy, Setting, marks_of, of, put
from app.turns.sifting import Sifted, sift
from app.turns.wrong import BadMove

__all__ = [
    "BadMove",
    "BadPolicy",
    "Setting",
    "Sifted",
    "end_met_redates",
    "find",
    "hand_over",
    "hold",
    "load",
    "marks_of",
    "of",
    "pause",
    "paused",
    "pin",
    "put",
    "redate",
    "release",
    "resume",
    "rows",
    "sift",
    "undo",
]
