"""Which of several lines a decision can be made about: for people who ticked them some time ago."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection

from app.models import Shop
from app.turns import lines, moves
from app.turns.lines import OpenLine
from app.turns.wrong import HELD, NOT_HELD, PINNED, WAITS_FOR_NOTHING, BadMove


@dataclass(frozen=True, slots=True)
class Sifted:
    """`ids` can be decided about; `left_out` says of each of the others why not."""

    ids: tuple[str, ...]
    left_out: tuple[BadMove, ...]


Unfit = Callable[[OpenLine, set[str]], Text | None]

# What keeps a decision from a line, which has moves of these kinds already; nothing where it can be made.
UNFIT: Mapping[str, Unfit] = {
    "pin": lambda _, kinds: PINNED if "pin" in kinds else None,
    "hold": lambda _, kinds: HELD if "hold" in kinds else None,
    "release": lambda _, kinds: None if "hold" in kinds else NOT_HELD,
    "redate": lambda line, _: None if lines.waits(line) else WAITS_FOR_NOTHING,
}


def sift(connection: Connection, shop: Shop, kind: str, ids: Collection[str]) -> Sifted:
    """Tell those apart that the decision of this kind cannot be made about: they may have left meanwhile."""
    found = {line.id: line for line in lines.among(connection, shop.id, ids)}
    decided: dict[str, set[str]] = {}
    for move in moves.rows(connection, shop.id, lines=list(found)):
        decided.setdefault(move.line_id, set()).add(move.kind)
    fit, left_out = [], []
    for line_id in dict.fromkeys(ids):
        line = found.get(line_id)
        if line is None:
            gone = BadMove(lazy("A line has gone from the shop."))
            left_out.append(lines.why_missing(connection, shop.id, line_id) or gone)
        elif unfit := UNFIT[kind](line, decided.get(line_id, set())):
            left_out.append(BadMove(unfit, order=line.number, sku=line.sku))
        else:
            fit.append(line_id)
    return Sifted(tuple(fit), tuple(left_out))
