"""Why the lines of an order wait, or not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from app import book, turns, wording
from app.engine.answer import Piece, Promise, Source
from app.engine.model import Facts, Pool
from app.engine.plan import plan
from app.engine.rules import Merged
from app.engine.sooner import Way, ways
from app.engine.state import line_state
from app.explain.dating import Lead, dating, lead_of, pieces_of, pool_of
from app.explain.names import Names, iso, rule_told
from app.models import Line, Order, Shop
from app.sentences import ORDER
from app.wording import say


def order(connection: Connection, shop: Shop, number: str, today: date) -> list[dict[str, Any]]:
    """Every open line of the order: what its units rest on, who is ahead, which rule dates them, what would help.

    `why` of each says all of it in sentences.
    """
    lines = _lines(connection, shop.id, number)
    variants = list({line.variant_id for line in lines if line.variant_id})
    names = Names(connection, shop.id)
    names.learn(variants)
    facts = {each.variant: each for each in book.load_facts(connection, shop, variants, today)}
    merged = book.load_merged(connection, shop, variants, today)
    moves = {(row.line_id, row.kind): row for row in turns.rows(connection, shop.id, lines=[line.id for line in lines])}
    found = []
    for line in lines:
        if line.variant_id in facts:
            own = facts[line.variant_id]
            pool = next((pool_of(own, each) for each in own.channels if each.id == line.channel_id), None)
            lead = lead_of(connection, shop.id, own, pool)
            rules = merged.get(line.variant_id, {})
            found.append(_Explained(line, own, pool, lead, rules, moves, names, today).as_dict())
    return found


def _lines(connection: Connection, shop_id: int, number: str) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(Line.__table__, Order.number, Order.channel_id)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop_id, Order.number == number, Line.open > 0)
        .order_by(Order.id, Line.id)
    )
    return connection.execute(query).all()


class _Explained:
    """One line as the engine sees it today."""

    def __init__(
        self,
        line: Row[*tuple[Any, ...]],
        facts: Facts,
        pool: Pool | None,
        lead: Lead | None,
        merged: Mapping[str, Merged],
        moves: Mapping[tuple[str, str], Row[*tuple[Any, ...]]],
        names: Names,
        today: date,
    ) -> None:
        self._line, self._facts, self._names, self._today = line, facts, names, today
        planned = plan(facts, today)
        self._promises = [promise for promise in planned.promises if promise.claim.line == line.id]
        self._pieces = pieces_of(planned, line.id)
        self._hold, self._redate = moves.get((line.id, "hold")), moves.get((line.id, "redate"))
        self._before = list(self._ahead(planned.promises))
        self._ways = ways(facts, line.id, today) if facts.tracked else []
        self._pool, self._lead = pool, lead
        rule = names.rule(merged[line.channel_id]) if line.channel_id in merged else []
        self._rule = [value for value in rule if not (lead and value["field"] in lead.replaces)]

    def as_dict(self) -> dict[str, Any]:
        line, whole = self._line, any(promise.whole for promise in self._promises)
        state = line_state(self._promises, promised=line.promised, today=self._today)
        return {
            "order": line.number,
            "order_id": line.order_id,
            "line_id": line.id,
            "sku": line.sku,
            "channel": self._names.channel(line.channel_id),
            "quantity": line.open,
            "status": state.status.value,
            "ready": state.ready,
            "waiting": state.waiting,
            "expected": iso(state.expected),
            "pieces": [self._piece(piece) for piece in self._pieces],
            "ahead": {"orders": len({p.claim.number for p in self._before}), "units": self._units_ahead},
            "hold": _decision(self._hold),
            "redate": _decision(self._redate),
            "rule": self._rule,
            "supplier_lead": self._lead._asdict() if self._lead else None,
            "sooner": [self._way(way) for way in self._ways],
            "why": list(self._why(whole=whole and any(not piece.ready for piece in self._pieces))),
        }

    def _ahead(self, promises: Sequence[Promise]) -> Iterator[Promise]:
        """Those served before this line that may use what it may use."""
        places = {channel.id: set(channel.warehouses) for channel in self._facts.channels}
        mine = places.get(self._line.channel_id, set())
        for promise in promises:
            if promise.claim.line == self._line.id:
                return
            if mine & places.get(promise.claim.channel, set()):
                yield promise

    @property
    def _units_ahead(self) -> int:
        return sum(promise.claim.quantity for promise in self._before)

    def _piece(self, piece: Piece) -> dict[str, Any]:
        supply = self._names.supply(piece.supply)
        return {
            "quantity": piece.quantity,
            "source": piece.source.value,
            "warehouse": self._names.slug(piece.warehouse),
            "supply": int(piece.supply) if piece.supply else None,
            "reference": self._names.reference(piece.supply),
            "supplier": supply.supplier if supply else None,
            "eta": iso(supply.eta) if supply else None,
            "eta_latest": iso(supply.eta_latest) if supply else None,
            "expected": iso(piece.expected),
        }

    def _way(self, way: Way) -> dict[str, Any]:
        return {
            "kind": way.kind,
            "warehouse": self._names.slug(way.warehouse),
            "supply": int(way.supply) if way.supply else None,
            "reference": self._names.reference(way.supply),
            "units": way.units or None,
            "days": way.days or None,
            "expected": iso(way.day),
        }

    def _why(self, *, whole: bool) -> Iterator[str]:
        yield from (self._piece_told(piece) for piece in self._pieces)
        if self._hold:
            yield self._decision_told("hold", self._hold)
        if whole:
            yield say(ORDER["whole"])
        if any(not piece.ready for piece in self._pieces):
            yield from self._redate_told()
            yield self._ahead_told()
            yield from self._late_told()
            yield from self._dated_by()
            yield from (self._way_told(way) for way in self._ways)

    def _piece_told(self, piece: Piece) -> str:
        supply = self._names.supply(piece.supply)
        return say(
            ORDER[self._kind(piece)],
            count=wording.units(piece.quantity),
            warehouse=self._names.warehouse(piece.warehouse),
            supply=self._names.supply_told(piece.supply),
            supplier=self._names.supplier_told(piece.supply),
            eta=self._day(supply.eta_latest or supply.eta) if supply else "",
            day=self._day(piece.expected),
        )

    def _kind(self, piece: Piece) -> str:
        """Which sentence tells of the piece."""
        match piece.source:
            case Source.ON_HAND if piece.expected:
                return "on_hand:held"
            case Source.ON_HAND if not piece.warehouse:
                return "on_hand:always"
            case Source.ON_HAND if self._hold:
                return "on_hand:kept"
            case Source.SUPPLY if not piece.expected:
                return "supply:undated"
            case Source.LEAD_TIME | Source.UNKNOWN if self._redate:
                return f"{piece.source}:by_hand"
            case _:
                return piece.source

    def _redate_told(self) -> Iterator[str]:
        """The day that a person gave."""
        if self._redate:
            passed = self._redate.day < self._today
            yield self._decision_told("redate:passed" if passed else "redate", self._redate)

    def _decision_told(self, kind: str, move: Row[*tuple[Any, ...]]) -> str:
        why = f": {move.why.rstrip('.')}" if move.why else ""
        at = move.at.astimezone(ZoneInfo(self._facts.time_zone)).date()
        return say(ORDER[kind], who=move.who, at=self._day(at), day=self._day(move.day), why=why)

    def _dated_by(self) -> Iterator[str]:
        """What decides when the units come. Where a person gave the day, nothing of the rule does."""
        if self._redate:
            return
        fields = {"lead_days", *(value["field"] for value in self._rule)}
        dated = set(dating(self._facts, self._pool, self._line.id, self._pieces, fields, self._today))
        if self._lead and "lead_days" in dated:
            yield self._lead.in_words("dated")
        yield from (rule_told(each, ORDER["rule"], self._today) for each in self._rule if each["field"] in dated)

    def _ahead_told(self) -> str:
        orders = len({promise.claim.number for promise in self._before})
        if not orders:
            return say(ORDER["ahead:nobody"])
        units = wording.units(self._units_ahead)
        return say(ORDER["ahead"], count=units, orders=wording.orders(orders))

    def _late_told(self) -> Iterator[str]:
        """Supplies that should be here, where units of the line have no day."""
        if all(piece.source is not Source.UNKNOWN for piece in self._pieces):
            return
        for supply in self._facts.supplies:
            if supply.eta < self._today and supply.quantity:
                yield say(
                    ORDER["late"],
                    supply=self._names.supply_told(supply.id),
                    supplier=self._names.supplier_told(supply.id),
                    eta=self._day(supply.eta),
                    count=wording.units(supply.quantity),
                )

    def _way_told(self, way: Way) -> str:
        return say(
            ORDER["stock:ready" if way.kind == "stock" and way.day is None else way.kind],
            more=wording.more_units(way.units),
            warehouse=self._names.warehouse(way.warehouse),
            supply=self._names.supply_told(way.supply),
            days=wording.days(way.days),
            day=self._day(way.day),
        )

    def _day(self, value: date | None) -> str:
        return wording.day(value, self._today) if value else ""


def _decision(move: Row[*tuple[Any, ...]] | None) -> dict[str, Any] | None:
    """A person's decision about the line."""
    if move is None:
        return None
    return {"id": move.id, "day": iso(move.day), "who": move.who, "why": move.why, "at": move.at.isoformat()}
