"""What needs somebody today, counted: one quick query for each."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from app.doctor import mending
from app.models import Line, Notice, StockRise, Supply
from app.queue.filters import Conditions
from app.supply.listing import due


class Counts(NamedTuple):
    """Open order lines: past the day they were told, and at risk, late ones among them; orders with units to ship.

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
    line, mine = Conditions(shop_id, today), and_(Line.shop_id == shop_id, Line.open > 0)
    found = (Notice.kind == "problem", Notice.key.startswith(mending.KEY, autoescape=True))
    return Counts(
        late=_count(connection, Line.id, mine, line.late),
        at_risk=_count(connection, Line.id, mine, line.at_risk),
        ready=_count(connection, Line.order_id.distinct(), mine, Line.ready > Line.approving, ~line.held),
        late_supplies=_count(connection, Supply.id, Supply.shop_id == shop_id, Supply.state == "expected", due < today),
        rises=_count(connection, StockRise.id, StockRise.shop_id == shop_id, StockRise.state == "open"),
        findings=_count(connection, Notice.key, Notice.shop_id == shop_id, *found),
    )


def _count(connection: Connection, what: Any, *conditions: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count(what)).where(*conditions)) or 0
