"""What needs somebody today, counted: one quick query for each."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Text, and_, func, or_, select

from app.doctor import mending
from app.models import Line, Notice, StockRise, Supply


class Counts(NamedTuple):
    """Open order lines: past the day they were told, and likely to come to that; orders with units ready.

    Then late supplies, stock rises that nobody has explained, and what the doctor found wrong when it last looked.
    """

    late: int
    at_risk: int
    ready: int
    late_supplies: int
    rises: int
    findings: int


def counts(connection: Connection, shop_id: int, today: date) -> Counts:
    """Of the shop's book as it is."""
    waits = and_(Line.shop_id == shop_id, Line.open > 0, Line.waiting > 0)
    late = Line.promised < today
    due = and_(Supply.shop_id == shop_id, Supply.state == "expected", _is_late(today))
    return Counts(
        late=_count(connection, Line.id, waits, late),
        at_risk=_count(connection, Line.id, waits, func.coalesce(~late, True), _at_risk(today)),
        ready=_count(connection, Line.order_id.distinct(), Line.shop_id == shop_id, Line.open > 0, Line.ready > 0),
        late_supplies=_count(connection, Supply.id, due),
        rises=_count(connection, StockRise.id, StockRise.shop_id == shop_id, StockRise.state == "open"),
        findings=_count(
            connection,
            Notice.key,
            Notice.shop_id == shop_id,
            Notice.kind == "problem",
            Notice.key.startswith(mending.KEY, autoescape=True),
        ),
    )


def _at_risk(today: date) -> ColumnElement[bool]:
    """It had a day and has none any more, or it rests on supply that is late."""
    named = func.jsonb_build_array(func.jsonb_build_object("supply", Supply.id.cast(Text)))
    rests = or_(Line.pieces.contains(named), and_(Line.expected.is_(None), Line.rests_on == Supply.id))
    mine = (Supply.shop_id == Line.shop_id, Supply.variant_id == Line.variant_id, Supply.state == "expected")
    on_late = select(Supply.id).where(*mine, _is_late(today), rests).exists()
    return or_(and_(Line.promised.is_not(None), Line.expected.is_(None)), on_late)


def _is_late(today: date) -> ColumnElement[bool]:
    return func.coalesce(Supply.eta_latest, Supply.eta) < today


def _count(connection: Connection, what: ColumnElement[object], *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count(what)).where(*conditions)) or 0
