"""What another policy or a hand-over would do to people, before anybody decides it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from app import book, turns
from app.engine import line_state, plan
from app.engine.answer import Piece, Promise, Source
from app.engine.model import Exchange, Facts, Policy
from app.models import Line, Order, Shop
from app.turns import completing
from app.turns import lines as open_lines
from app.turns.setting import changed
from app.turns.supposing import marked, remarks

BATCH = 500
MOST_LISTED = 50
# Each that is tried costs a plan of the whole queue.
MOST_TRIED = 100


@dataclass(frozen=True, slots=True)
class Stands:
    """How a line stands: units ready, and the day its last unit is expected."""

    ready: int
    expected: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line before and after."""

    order: str
    sku: str
    units: int
    before: Stands
    after: Stands


@dataclass(slots=True)
class Effect:
    """Who gains and who loses: how many lines, and the first of them. `remarks` say what the policy cannot go by."""

    lines: int = 0
    gaining: int = 0
    losing: int = 0
    gains: list[Change] = field(default_factory=list)
    losses: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count(self, change: Change) -> None:
        if _goodness(change.after) > _goodness(change.before):
            self.gaining += 1
            self.gains += [change] if len(self.gains) < MOST_LISTED else []
        elif _goodness(change.after) < _goodness(change.before):
            self.losing += 1
            self.losses += [change] if len(self.losses) < MOST_LISTED else []


@dataclass(frozen=True, slots=True)
class Giver:
    """A line that could hand the units over: how it stands before and after, and how the taker would stand.

    `sooner` of the taker's units would come sooner than now.
    """

    order: str
    line: str
    units: int
    before: Stands
    after: Stands
    taker: Stands
    sooner: int


@dataclass(frozen=True, slots=True)
class Givers:
    """Who could give, the least harmed first; and how many more might, who were not tried since more harm is likely."""

    found: list[Giver]
    more: int = 0


def of_policy(connection: Connection, shop: Shop, changes: Mapping[str, Any], today: date) -> Effect:
    """Who would gain and who would lose if the shop changed its policy so. Changes nothing. Raises BadPolicy."""
    usual = turns.of(shop)
    setting = changed(usual, changes)
    complete = completing.find(connection, shop.id) if setting.policy is Policy.COMPLETE_FIRST else None
    effect = Effect(remarks=remarks(usual, setting))
    for variants in _waited_for(connection, shop.id):
        lines = _lines(connection, shop.id, variants)
        for then in book.load_facts(connection, shop, variants, today, policy=setting.policy):
            before = _standing(replace(then, policy=usual.policy), today)
            claims = (marked(claim, usual, setting) for claim in then.claims)
            if complete is not None:
                claims = (claim._replace(completes=lines[claim.line].order_id in complete) for claim in claims)
            after = _standing(replace(then, claims=tuple(claims)), today)
            for line, stands in before.items():
                effect.lines += 1
                row = lines[line]
                effect.count(Change(row.number, row.sku, row.open, stands, after[line]))
    return effect


def givers(connection: Connection, shop: Shop, taker: str, units: int, today: date) -> Givers:
    """Lines that could hand so many units to line `taker` so that it is served sooner, the least harmed first.

    Least harmed is who was told no day, then whose day would move least; of equals the youngest. Raises BadMove.
    """
    [taking] = open_lines.read(connection, shop.id, [taker])
    open_lines.refuse_units(taking, units)
    [facts] = book.load_facts(connection, shop, [taking.variant_id], today)
    lines = _lines(connection, shop.id, [taking.variant_id])
    promised = _promised(facts, today)
    before = _stands(promised, today)
    last = before[taking.id].expected or date.max
    # Nobody is brought sooner by units that come no sooner.
    able = [line for line in promised if lines[line].open >= units and _first(promised[line], today) < last]
    likely = _likely(able, before, lines, taking.id, units)
    found = []
    for line in likely[:MOST_TRIED]:
        then = _promised(_exchanged(facts, line, taking.id, units), today)
        days = (_days(promises, today) for promises in (promised[taking.id], then[taking.id]))
        sooner = sum(new < old for old, new in zip(*days, strict=True))
        after = _stands(then, today)
        if sooner and _goodness(after[taking.id]) >= _goodness(before[taking.id]):
            found.append(Giver(lines[line].number, line, units, before[line], after[line], after[taking.id], sooner))
    found.sort(key=lambda giver: lines[giver.line].queued_at, reverse=True)
    found.sort(key=lambda giver: _harm(giver, lines[giver.line].promised))
    return Givers(found, max(0, len(likely) - MOST_TRIED))


def _likely(
    able: Sequence[str],
    before: Mapping[str, Stands],
    lines: Mapping[str, Row[*tuple[Any, ...]]],
    taker: str,
    units: int,
) -> list[str]:
    """These lines without the taker; first who is harmed least if the two just change places."""
    last = before[taker].expected or date.max

    def harm(line: str) -> tuple[bool, int, int]:
        stands = before[line]
        later = max(0, (last - stands.expected).days) if stands.expected else 0
        return lines[line].promised is not None, min(stands.ready, units), later

    youngest_first = sorted(able, key=lambda line: lines[line].queued_at, reverse=True)
    return sorted((line for line in youngest_first if line != taker), key=harm)


def _exchanged(facts: Facts, line: str, taker: str, units: int) -> Facts:
    return replace(facts, exchanges=(*facts.exchanges, Exchange(line, taker, units)))


def _harm(giver: Giver, promised: date | None) -> tuple[bool, int, int]:
    """Whether a day was told; how many units are not ready any more; by how many days the last comes later."""
    before, after = giver.before, giver.after
    later = ((after.expected or date.max) - before.expected).days if before.expected else 0
    return promised is not None, before.ready - after.ready, later


def _goodness(stands: Stands) -> tuple[int, int]:
    return stands.ready, -(stands.expected or date.max).toordinal()


def _standing(facts: Facts, today: date) -> dict[str, Stands]:
    return _stands(_promised(facts, today), today)


def _promised(facts: Facts, today: date) -> dict[str, list[Promise]]:
    """What each line is promised."""
    promises: dict[str, list[Promise]] = {}
    for promise in plan(facts, today).promises:
        promises.setdefault(promise.claim.line, []).append(promise)
    return promises


def _stands(promises: Mapping[str, Sequence[Promise]], today: date) -> dict[str, Stands]:
    """By line. A line of which all is ready expects nothing, which is as good as today."""
    found = {}
    for line, given in promises.items():
        state = line_state(given, promised=None, today=today)
        found[line] = Stands(state.ready, state.expected if state.waiting else today)
    return found


def _days(promises: Sequence[Promise], today: date) -> list[date]:
    """When each of the units comes, the first first; at the end of time where nobody knows."""
    pieces = [piece for promise in promises for piece in promise.pieces]
    return sorted(day for piece in pieces for day in [_comes(piece, today)] * piece.quantity)


def _first(promises: Sequence[Promise], today: date) -> date:
    """When the first of the units comes."""
    return min(_comes(piece, today) for promise in promises for piece in promise.pieces)


def _comes(piece: Piece, today: date) -> date:
    return today if piece.source is Source.ON_HAND else piece.expected or date.max


def _waited_for(connection: Connection, shop_id: int) -> Iterator[list[str]]:
    """Variants with open lines, a batch at a time."""
    last = ""
    while True:
        query = (
            select(Line.variant_id)
            .where(Line.shop_id == shop_id, Line.open > 0, Line.variant_id > last)
            .distinct()
            .order_by(Line.variant_id)
            .limit(BATCH)
        )
        variants = [variant for variant in connection.scalars(query) if variant]
        if not variants:
            return
        yield variants
        last = variants[-1]


def _lines(connection: Connection, shop_id: int, variants: Sequence[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    query = (
        select(Line.id, Line.order_id, Line.sku, Line.open, Line.promised, Order.number, Order.queued_at)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Line.variant_id.in_(variants), Line.open > 0)
    )
    return {row.id: row for row in connection.execute(query)}
