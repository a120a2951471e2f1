"""Marks: what of a shop must be looked at again. A mark set again while it is worked on stays set."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    case,
    delete,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from app import clock
from app.models import Mark, Shop, Variant, mark_generation

FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(hours=1)
RESTS_TO_THE_LONGEST = 9

# No calendar on earth is further ahead.
AHEAD_OF_UTC = timedelta(hours=14)

# The rows come in one order everywhere, so that two statements never wait for each other. A transaction that marks more
# than once keeps to that order as well: by shop, then layout, order, variant.
MARK = """
INSERT INTO marks (shop_id, kind, target, routine)
SELECT DISTINCT shop_id, kind, target, %(routine)s::boolean
FROM json_to_recordset(%(rows)s) AS wanted (shop_id bigint, kind text, target text)
ORDER BY shop_id, kind, target
ON CONFLICT (shop_id, kind, target) DO UPDATE
SET generation = nextval('mark_generation'), marked_at = now(), not_before = now(), attempts = 0,
    routine = marks.routine AND excluded.routine
"""

Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A mark as it was when its work began."""

    target: str
    generation: int
    attempts: int
    routine: bool


def parameters(rows: Collection[tuple[int, str, str]], *, routine: bool = False) -> dict[str, Any]:
    """The parameters of MARK for rows of (shop id, kind, target). One JSON text costs less than three arrays."""
    named = [{"shop_id": shop_id, "kind": kind, "target": target} for shop_id, kind, target in rows]
    return {"rows": json.dumps(named), "routine": routine}


def mark(connection: Connection, shop_id: int, targets: Iterable[Target], *, routine: bool = False) -> None:
    """Mark (kind, target) pairs of a shop, in one statement."""
    rows = [(shop_id, kind, target) for kind, target in targets]
    if rows:
        connection.exec_driver_sql(MARK, parameters(rows, routine=routine))


def mark_every_variant(connection: Connection, shop_id: int) -> None:
    """Mark every variant in the shop's book as routine, in one statement."""
    mark_variants(connection, shop_id, true(), routine=True)


def mark_variants(connection: Connection, shop_id: int, which: ColumnElement[bool], *, routine: bool) -> None:
    """Mark the variants in the shop's book of which the condition is true, in one statement."""
    named = (Variant.shop_id, literal("variant"), Variant.id, literal(routine))
    found = select(*named).where(Variant.shop_id == shop_id, which).order_by(Variant.id)
    statement = upsert(Mark).from_select(["shop_id", "kind", "target", "routine"], found)
    renewed = {"generation": mark_generation.next_value(), "marked_at": func.now(), "not_before": func.now()}
    least = {"attempts": 0, "routine": Mark.routine & statement.excluded.routine}
    key = ["shop_id", "kind", "target"]
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=renewed | least))


def mark_revisits(connection: Connection, now: datetime) -> None:
    """Mark the variants whose plan the calendar has changed, in each shop's own calendar: see `Plan.revisit`."""
    soon = (now + AHEAD_OF_UTC).date()
    candidates = select(Variant.shop_id).where(Variant.revisit <= soon).distinct()
    shops = select(Shop.id, Shop.settings).where(Shop.id.in_(candidates)).order_by(Shop.id)
    for shop_id, settings in connection.execute(shops):
        day = clock.today(settings, now)
        due = update(Variant).where(Variant.shop_id == shop_id, Variant.revisit <= day).values(revisit=None)
        mark(connection, shop_id, [("variant", variant) for variant in connection.scalars(due.returning(Variant.id))])


def take(connection: Connection, shop_id: int, kind: str, limit: int) -> list[Taken]:
    """The marks of this kind that are due, routine ones last, else oldest first. They stay set until cleared.

    One whose work failed before comes alone, after the others: what breaks again keeps only itself waiting.
    """
    query = (
        select(Mark.target, Mark.generation, Mark.attempts, Mark.routine)
        .where(Mark.shop_id == shop_id, Mark.kind == kind, Mark.not_before <= func.now())
        .order_by(Mark.attempts > 0, Mark.routine, Mark.generation)
        .limit(limit)
    )
    due = [Taken(*row) for row in connection.execute(query)]
    return [mark for mark in due if not mark.attempts] or due[:1]


def clear(connection: Connection, shop_id: int, kind: str, taken: Sequence[Taken]) -> None:
    """Their work is done. Those marked again meanwhile stay."""
    unchanged = _unchanged(shop_id, kind, taken)
    connection.execute(delete(Mark).where(*_key_is(unchanged)))


def postpone(connection: Connection, shop_id: int, kind: str, taken: Sequence[Taken]) -> None:
    """Look at them again, at first at once and then after longer and longer rests."""
    unchanged = _unchanged(shop_id, kind, taken)
    connection.execute(update(Mark).where(*_key_is(unchanged)).values(_LATER))


def rest(connection: Connection, shop_id: int, pause: timedelta) -> None:
    """The shop itself is out of reach: leave everything that is due alone for so long. No mark is to blame."""
    due = _locked(select(*_KEY).where(Mark.shop_id == shop_id, Mark.not_before <= func.now()))
    connection.execute(update(Mark).where(*_key_is(due)).values(not_before=func.now() + pause))


RESTS = (Mark.attempts == 0) & (Mark.not_before > Mark.marked_at)
"""Whether a mark waits because the shop was out of reach when it was due."""


# The first failure is often old news, such as an object that is gone by now: it is looked at again at once, alone.
# After the second it rests ten seconds, then twice as long each time, an hour at most.
_LATER = {
    "attempts": Mark.attempts + 1,
    "not_before": case(
        (Mark.attempts == 0, func.now()),
        else_=func.now()
        + func.least(LONGEST_REST, FIRST_REST * func.power(2, func.least(Mark.attempts - 1, RESTS_TO_THE_LONGEST))),
    ),
}


_KEY = (Mark.shop_id, Mark.kind, Mark.target)


def _unchanged(shop_id: int, kind: str, taken: Sequence[Taken]) -> CTE:
    """Those not marked again since."""
    targets = literal([mark.target for mark in taken], ARRAY(Text))
    generations = literal([mark.generation for mark in taken], ARRAY(BigInteger))
    then = func.unnest(targets, generations).table_valued("target", "generation", name="taken").render_derived()
    same = (Mark.target == then.c.target) & (Mark.generation == then.c.generation)
    return _locked(select(*_KEY).join(then, same).where(Mark.shop_id == shop_id, Mark.kind == kind))


def _locked(query: Select[int, str, str]) -> CTE:
    """The marks found. One that is locked by others is being marked again now; waiting for it could deadlock."""
    return query.with_for_update(of=Mark, skip_locked=True).cte()


def _key_is(rows: CTE) -> tuple[ColumnElement[bool], ...]:
    return Mark.shop_id == rows.c.shop_id, Mark.kind == rows.c.kind, Mark.target == rows.c.target


def pending(connection: Connection, shop_id: int) -> int:
    """How many marks of the shop are set, due or not."""
    return connection.scalar(select(func.count()).select_from(Mark).where(Mark.shop_id == shop_id)) or 0


def waiting(connection: Connection, shop_id: int, variants: Collection[str]) -> bool:
    """Whether any of these variants is to be looked at again."""
    marked = select(Mark.target).where(Mark.shop_id == shop_id, Mark.kind == "variant", Mark.target.in_(variants))
    return connection.execute(marked.limit(1)).first() is not None


def shops_to_wake(connection: Connection) -> list[int]:
    """Shops with a mark that is due and whose state lets us work."""
    query = (
        select(Mark.shop_id)
        .join(Shop, Shop.id == Mark.shop_id)
        .where(Mark.not_before <= func.now(), Shop.state.in_(("installed", "leaving")))
        .distinct()
    )
    return list(connection.scalars(query))
