"""What the shop shows against what the plans want: only the differences become writes.

Keys and values of the metadata are the interface of DESIGN.md section 7; docs/storefront.md tells how to read them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select, update

from app.engine import status_of_line
from app.engine.answer import Offer, Plan
from app.engine.model import NO_RULE, Facts, Mode, Terms
from app.engine.telling import last_day
from app.models import Line, Order, Shop, Variant
from app.platforms import Change, DropMetadata, Failure, SetMetadata, SetStock

PREFIX = "dueback."
NOTHING_OWED = {"CANCELED", "EXPIRED"}

# Lines whose metadata may still have to change: the condition of the index ix_lines_unsettled.
UNSETTLED = or_(Line.open > 0, and_(Line.shown != {}, Line.shown["dueback.status"].astext.is_distinct_from("done")))

Items = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an object of the shop should show of ours, beside what it shows; `variants` are those it tells about."""

    table: type[Variant] | type[Line] | type[Order]
    id: str
    variants: frozenset[str]
    shown: Mapping[str, str]
    wanted: Items

    def changes(self) -> Iterator[Change]:
        different = {key: value for key, value in self.wanted.items() if self.shown.get(key) != value}
        if different:
            yield SetMetadata(self.id, different)
        superfluous = tuple(sorted(key for key in self.shown if key.startswith(PREFIX) and key not in self.wanted))
        if superfluous:
            yield DropMetadata(self.id, superfluous)


def pool_changes(facts: Sequence[Facts], plans: Sequence[Plan]) -> list[SetStock]:
    """The pool stocks that must change. A row is only made when it has to hold something."""
    changes = []
    for fact, plan in zip(facts, plans, strict=True):
        shown = {stock.warehouse: stock.quantity for stock in fact.stocks}
        for pool in plan.pools:
            if shown.get(pool.warehouse, 0) != pool.quantity:
                exists = pool.warehouse in shown
                changes.append(SetStock(plan.variant, pool.warehouse, pool.quantity, exists=exists))
    return changes


def wishes(
    connection: Connection, shop: Shop, facts: Sequence[Facts], plans: Sequence[Plan], today: date
) -> list[Wish]:
    """What the variants, their order lines and the orders of those lines should show. Call after the plans are kept."""
    silent = shop.state in {"leaving", "left"}
    variants = _variant_wishes(connection, shop, facts, plans, silent=silent)
    lines = _line_wishes(connection, shop, facts, today, silent=silent)
    return [*variants, *lines, *_order_wishes(connection, shop, lines, silent=silent)]


def remember(connection: Connection, shop_id: int, fulfilled: Sequence[Wish]) -> None:
    """The shop now shows these: our own writes come back as echoes that the door drops."""
    for table in (Variant, Line, Order):
        rows = [{"target": wish.id, "items": wish.wanted} for wish in fulfilled if wish.table is table]
        if rows:
            mine = (table.shop_id == shop_id, table.id == bindparam("target"))
            connection.execute(update(table).where(*mine).values(shown=bindparam("items")), rows)
    told = [wish.id for wish in fulfilled if wish.table is Line and wish.wanted]
    connection.execute(update(Line).where(Line.shop_id == shop_id, Line.id.in_(told)).values(told=True))


def is_refused(wish: Wish, failures: Sequence[Failure]) -> bool:
    """Whether the shop refused any change of the wish."""
    return any(isinstance(f.change, SetMetadata | DropMetadata) and f.change.target == wish.id for f in failures)


def _variant_wishes(
    connection: Connection, shop: Shop, facts: Sequence[Facts], plans: Sequence[Plan], *, silent: bool
) -> Iterator[Wish]:
    query = select(Variant.id, Variant.shown, Variant.listed_in).where(
        Variant.shop_id == shop.id, Variant.id.in_([plan.variant for plan in plans])
    )
    rows = {row.id: row for row in connection.execute(query)}
    for fact, plan in zip(facts, plans, strict=True):
        if (row := rows.get(plan.variant)) is None:  # gone from the shop
            continue
        open_channels = _channels_with_a_rule(fact) & set(row.listed_in)
        items: Items = {}
        for offer in plan.offers:
            if offer.channel in open_channels and not silent:
                items |= offer_items(offer)
        yield Wish(Variant, row.id, frozenset([row.id]), row.shown, items)


def offer_items(offer: Offer) -> Items:
    """What a variant's metadata tells of one channel."""
    values = {
        "status": offer.status,
        "available_now": str(offer.available_now),
        "backorder_left": str(offer.backorder_left),
        "eta": offer.eta.isoformat() if offer.eta else "",
        "eta_latest": offer.eta_latest.isoformat() if offer.eta_latest else "",
    }
    return {f"{PREFIX}{offer.slug}.{key}": value for key, value in values.items() if value}


def _channels_with_a_rule(fact: Facts) -> set[str]:
    ruled = {pool.warehouse for pool in fact.pools if pool.terms.mode is not Mode.OFF}
    return {channel.id for channel in fact.channels if channel.pool in ruled}


def _line_wishes(
    connection: Connection, shop: Shop, facts: Sequence[Facts], today: date, *, silent: bool
) -> list[Wish]:
    """Lines of the variants that are open or still show something of ours.

    A line is told about once a rule holds for it or something of it waits, and until it is done.
    """
    known = {fact.variant: fact for fact in facts}
    held = {claim.line for fact in facts for claim in fact.claims if claim.held}
    query = (
        select(Line, Order.channel_id, Order.status)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop.id, Line.variant_id.in_(list(known)), Line.shown != {} if silent else UNSETTLED)
    )
    found = []
    for row in connection.execute(query):
        fact = known[row.variant_id]
        ours = row.channel_id in _channels_with_a_rule(fact) or row.waiting or row.told
        told = ours and row.status not in NOTHING_OWED and not silent
        items = line_items(row, _terms(fact, row.channel_id), today, held=row.id in held) if told else {}
        found.append(Wish(Line, row.id, frozenset([row.variant_id]), row.shown, items))
    return found


def _terms(fact: Facts, channel_id: str) -> Terms:
    """What holds in the channel of an order; the channel itself may be gone."""
    return next((fact.terms(channel) for channel in fact.channels if channel.id == channel_id), NO_RULE)


def line_items(line: Row[*tuple[Any, ...]], terms: Terms, today: date, *, held: bool) -> Items:
    """What an order line's metadata tells: of its date the last day of what the rule wants told."""
    expected = last_day(line.expected, terms)
    items = {
        f"{PREFIX}status": status_of_line(line.open, line.ready, line.waiting, line.promised, today, held=held),
        f"{PREFIX}ready": str(line.ready),
        f"{PREFIX}waiting": str(line.waiting),
    }
    return items | ({f"{PREFIX}expected": expected.isoformat()} if expected else {})


def _order_wishes(connection: Connection, shop: Shop, lines: Sequence[Wish], *, silent: bool) -> Iterator[Wish]:
    """Orders of these lines, told from all their lines that are told about."""
    planned = {wish.id: wish for wish in lines}
    touched = select(Line.order_id).where(Line.shop_id == shop.id, Line.id.in_(planned))
    query = (
        select(Order.id, Order.shown, Line.id.label("line_id"), Line.shown.label("line_shown"))
        .join(Line, (Line.shop_id == Order.shop_id) & (Line.order_id == Order.id))
        .where(Order.shop_id == shop.id, Order.id.in_(touched))
    )
    shown: dict[str, Items] = {}
    told: dict[str, list[Items]] = defaultdict(list)
    variants: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        wish = planned.get(row.line_id)
        shown[row.id] = row.shown
        told[row.id].append(wish.wanted if wish else row.line_shown)
        variants[row.id].update(wish.variants if wish else ())
    for order_id, items in told.items():
        wanted = {} if silent else order_items(items)
        yield Wish(Order, order_id, frozenset(variants[order_id]), shown[order_id], wanted)


def order_items(lines: Sequence[Mapping[str, str]]) -> Items:
    """What an order's metadata tells: the least good state of its lines, and the day the last of them is expected."""
    statuses = {line[f"{PREFIX}status"] for line in lines if f"{PREFIX}status" in line}
    if not statuses:
        return {}
    waiting = [line for line in lines if line.get(f"{PREFIX}waiting", "0") != "0"]
    dates = [line.get(f"{PREFIX}expected", "") for line in waiting]
    items = {f"{PREFIX}status": _order_status(statuses)}
    return items | ({f"{PREFIX}expected": max(dates)} if dates and all(dates) else {})


def _order_status(statuses: set[str]) -> str:
    if "late" in statuses:
        return "late"
    if statuses <= {"done"}:
        return "done"
    if statuses <= {"done", "ready"}:
        return "ready"
    return "waiting" if statuses <= {"waiting"} else "partly_ready"
