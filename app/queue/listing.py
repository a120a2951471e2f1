"""The queue page by page, worked out by the database: what matters most first, then everybody in turn."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, RowMapping, Select, Text, any_, case, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import QueryableAttribute

from app.models import Channel, Line, Order, Supplier, Supply
from app.queue.filters import Conditions, Filters, State
from app.supply.listing import due

CHUNK = 1000

Found = Row[*tuple[Any, ...]]


class Risk(StrEnum):
    """Why a promise may not be kept. Each is a condition of the same name."""

    LATE = "late"
    """The day that was told has passed."""
    LOST_DAY = "lost_day"
    """A day was told, and nobody knows one any more."""
    LATE_SUPPLY = "late_supply"
    """A supply that its units rest on should be here."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A supply that units of a line come with, or last came with where they have no day any more."""

    id: int
    reference: str
    supplier: str | None
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An open line. `quantity` units are open, of which `approving` lie in a shipment that waits for approval.

    `state` is never at_risk or no_date: those are told by `risks` and `expected`. `unit_price` has taxes in it.
    """

    order_id: str
    order: str
    line_id: str
    variant_id: str | None
    product_name: str
    variant_name: str
    sku: str
    channel_id: str
    channel: str | None
    customer: str
    placed_at: datetime
    quantity: int
    ready: int
    waiting: int
    approving: int
    promised: date | None
    expected: date | None
    unit_price: Decimal | None
    currency: str
    days_late: int
    state: State
    risks: tuple[Risk, ...]
    supplies: tuple[Rest, ...]


# Parts of an entry that are kept as they are.
PLAIN: Mapping[str, QueryableAttribute[Any]] = {
    "order_id": Line.order_id,
    "order": Order.number,
    "line_id": Line.id,
    "variant_id": Line.variant_id,
    "product_name": Line.product_name,
    "variant_name": Line.variant_name,
    "sku": Line.sku,
    "channel_id": Order.channel_id,
    "channel": Channel.name,
    "customer": Order.customer,
    "placed_at": Order.queued_at,
    "quantity": Line.open,
    "ready": Line.ready,
    "waiting": Line.waiting,
    "approving": Line.approving,
    "promised": Line.promised,
    "expected": Line.expected,
    "unit_price": Line.unit_price,
    "currency": Line.currency,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the lines that fit, and how many do in all."""

    rows: tuple[Entry, ...]
    total: int


def page(connection: Connection, shop_id: int, filters: Filters, *, today: date, offset: int, limit: int) -> Page:
    """The lines that fit: late ones first, the latest before all, then those at risk, then all others in turn.

    Beyond the end there are no rows; `total` is right all the same.
    """
    true = Conditions(shop_id, today)
    wanted = true.of(filters)
    places = connection.execute(_places(true, today).where(*wanted).offset(offset).limit(limit)).all()
    total = connection.scalar(_with_orders(select(func.count(Line.id))).where(*wanted)) or 0
    return Page(tuple(_entries(connection, shop_id, places, today)), total)


def rows(
    connection: Connection, shop_id: int, filters: Filters, *, today: date, lines: Collection[str] | None = None
) -> Iterator[Entry]:
    """All lines that fit, or those of `lines` that do, in the order of `page`, read in chunks through a cursor."""
    true = Conditions(shop_id, today)
    query = _places(true, today).where(*true.of(filters))
    if lines is not None:
        query = query.where(Line.id == any_(literal(list(lines), ARRAY(Text))))
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as result:
        for chunk in result.partitions():
            yield from _entries(connection, shop_id, chunk, today)


def ids(connection: Connection, shop_id: int, filters: Filters, *, today: date, limit: int) -> list[str]:
    """The lines that fit, by their ids, in the order of `page`; the first `limit` of them."""
    true = Conditions(shop_id, today)
    return list(connection.scalars(_places(true, today).where(*true.of(filters)).limit(limit)))


def _with_orders(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Every line has an order; asked for as one that may lack, it is only read where something is asked of it."""
    return query.outerjoin(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))


def _places(true: Conditions, today: date) -> Select[*tuple[Any, ...]]:
    """What tells lines apart, in order. Lines are wide: what else there is to say is read of those that are wanted."""
    days_late = case((true.late, literal(today) - Line.promised), else_=0)
    flags = (getattr(true, name).label(name) for name in ("held", *Risk))
    query = _with_orders(select(Line.id, days_late.label("days_late"), *flags))
    return query.order_by(days_late.desc(), true.at_risk.desc(), Line.turn, Line.id)


def _entries(connection: Connection, shop_id: int, places: Sequence[Found], today: date) -> Iterator[Entry]:
    wanted = any_(literal([place.id for place in places], ARRAY(Text)))
    query = (
        _with_orders(
            select(
                *(column.label(name) for name, column in PLAIN.items()), Line.pieces, Line.rests_on, Line.let_down_by
            )
        )
        .outerjoin(Channel, (Channel.shop_id == Order.shop_id) & (Channel.id == Order.channel_id))
        .where(Line.shop_id == shop_id, Line.id == wanted)
    )
    lines = {line["line_id"]: line for line in connection.execute(query).mappings()}
    rests = _rests(connection, shop_id, lines.values(), today)
    for place in places:
        if place.id in lines:  # it may have gone since
            yield _entry(lines[place.id], place, rests)


def _rests(connection: Connection, shop_id: int, lines: Collection[RowMapping], today: date) -> Mapping[int, Rest]:
    numbers = {number for line in lines for number in _supplies(line)}
    query = (
        select(Supply.id, Supply.reference, Supply.state, due.label("due"), Supplier.name.label("supplier"))
        .outerjoin(Supplier, Supplier.id == Supply.supplier_id)
        .where(Supply.shop_id == shop_id, Supply.id == any_(literal(sorted(numbers), ARRAY(BigInteger))))
    )
    return {
        row.id: Rest(row.id, row.reference, row.supplier, row.due, row.state == "expected" and row.due < today)
        for row in connection.execute(query)
    }


def _supplies(line: RowMapping) -> list[int]:
    """Numbers of the supplies the line's units come with, or came with before: a late one, or the last of all."""
    numbers = [int(piece["supply"]) for piece in line["pieces"] if piece["supply"]]
    if line["let_down_by"]:
        numbers.append(line["let_down_by"])
    if line["waiting"] and line["expected"] is None and line["rests_on"]:
        numbers.append(line["rests_on"])
    return list(dict.fromkeys(numbers))


def _entry(line: RowMapping, place: Found, rests: Mapping[int, Rest]) -> Entry:
    return Entry(
        **{name: line[name] for name in PLAIN},
        days_late=place.days_late,
        state=_state(line["ready"], line["waiting"], place),
        risks=tuple(risk for risk in Risk if getattr(place, risk)),
        supplies=tuple(rests[number] for number in _supplies(line) if number in rests),
    )


def _state(ready: int, waiting: int, place: Found) -> State:
    """One that nobody has planned yet waits."""
    if place.held:
        return State.HELD
    if not waiting:
        return State.READY if ready else State.WAITING
    if place.late:
        return State.LATE
    return State.PARTLY_READY if ready else State.WAITING
