"""What backorders brought, how many units waited, and what is asked for that has sold out."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Date, Select, Subquery, cast, func, select

from app.engine.cause import Cause
from app.models import Line, PromiseMove, Supplier, Supply, Variant

# Moves by which buyers, not goods, change how many units wait.
ASKED = (Cause.ORDERED, Cause.EDITED, Cause.CANCELLED)
A_MONTH = 30
# What a supply takes where nobody has said anything.
LEAD_DAYS = 14

Row = dict[str, Any]


def kept(connection: Connection, shop_id: int, zone: ZoneInfo, since: date) -> list[Row]:
    """Units sold past zero and what became of them, by the month they were ordered in, oldest first.

    `ordered` units had to wait when they were ordered; `cancelled` of them were taken back while they waited; `kept` is
    the rest and `revenue` what that was sold for, in `currency` (a month has a row for each).
    """
    lines = _by_line(shop_id, zone, since)
    units = lines.c.ordered - lines.c.cancelled
    query = (
        select(
            func.to_char(lines.c.day, "YYYY-MM").label("month"),
            Line.currency,
            func.sum(lines.c.ordered).label("ordered"),
            func.sum(lines.c.cancelled).label("cancelled"),
            func.sum(units).label("kept"),
            func.sum(units * func.coalesce(Line.unit_price, 0)).label("revenue"),
        )
        .join(Line, (Line.shop_id == shop_id) & (Line.id == lines.c.line_id))
        .group_by("month", Line.currency)
        .order_by("month", Line.currency)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _by_line(shop_id: int, zone: ZoneInfo, since: date) -> Subquery:
    change = PromiseMove.waiting_after - PromiseMove.waiting_before
    query = (
        select(
            PromiseMove.line_id,
            func.min(_day(zone)).label("day"),
            func.coalesce(func.sum(change).filter(change > 0), 0).label("ordered"),
            func.coalesce(-func.sum(change).filter(change < 0), 0).label("cancelled"),
        )
        .where(PromiseMove.shop_id == shop_id, PromiseMove.cause.in_(ASKED), PromiseMove.at >= _begin(since, zone))
        .group_by(PromiseMove.line_id)
    )
    return query.having(func.coalesce(func.sum(change).filter(change > 0), 0) > 0).subquery()


def waiting(connection: Connection, shop_id: int, zone: ZoneInfo, since: date, today: date) -> list[Row]:
    """How many units waited at the end of each day: `day`, `units`."""
    change = PromiseMove.waiting_after - PromiseMove.waiting_before
    mine = PromiseMove.shop_id == shop_id
    before = select(func.coalesce(func.sum(change), 0)).where(mine, PromiseMove.at < _begin(since, zone))
    level = int(connection.scalar(before) or 0)
    day = _day(zone).label("day")
    query = select(day, func.sum(change).label("change")).where(mine, PromiseMove.at >= _begin(since, zone))
    changes = {row.day: int(row.change) for row in connection.execute(query.group_by(day))}
    found = []
    for number in range((today - since).days + 1):
        at = since + timedelta(days=number)
        level += changes.get(at, 0)
        found.append({"day": at, "units": level})
    return found


def demand(
    connection: Connection, shop_id: int, now: datetime, *, offset: int = 0, limit: int | None = None
) -> list[Row]:
    """Variants that buyers wait for or have ordered past zero within a month, the most wanted first.

    `waiting` units now; `ordered` past zero within the last thirty days, those taken back left out; `incoming` units of
    supply; `lead_days` its supplier takes; `suggested` units to order now, so that what waits and what would be ordered
    until they come is there: never below 0.
    """
    query = _demand(shop_id, now).offset(offset)
    rows = connection.execute(query if limit is None else query.limit(limit)).mappings()
    return [dict(row) | {"suggested": suggested(row)} for row in rows]


def demanded(connection: Connection, shop_id: int, now: datetime) -> int:
    """How many variants `demand` would list."""
    return connection.scalar(select(func.count()).select_from(_demand(shop_id, now).order_by(None).subquery())) or 0


def suggested(row: Any) -> int:
    until_it_comes = -(-int(row["ordered"]) * int(row["lead_days"]) // A_MONTH)
    return max(0, int(row["waiting"]) + until_it_comes - int(row["incoming"]))


def _demand(shop_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    change = PromiseMove.waiting_after - PromiseMove.waiting_before
    recent = (
        select(Line.variant_id, func.greatest(func.sum(change), 0).label("ordered"))
        .join(PromiseMove, (PromiseMove.shop_id == Line.shop_id) & (PromiseMove.line_id == Line.id))
        .where(
            Line.shop_id == shop_id,
            PromiseMove.cause.in_(ASKED),
            PromiseMove.at >= now - timedelta(days=A_MONTH),
        )
        .group_by(Line.variant_id)
        .subquery()
    )
    owed = (
        select(Line.variant_id, func.sum(Line.waiting).label("units"))
        .where(Line.shop_id == shop_id, Line.waiting > 0)
        .group_by(Line.variant_id)
        .subquery()
    )
    coming = (
        select(
            Supply.variant_id,
            func.sum(Supply.quantity - Supply.received).label("units"),
            func.max(Supplier.lead_days).label("lead_days"),
        )
        .outerjoin(Supplier, Supplier.id == Supply.supplier_id)
        .where(Supply.shop_id == shop_id, Supply.state == "expected")
        .group_by(Supply.variant_id)
        .subquery()
    )
    waits, ordered = func.coalesce(owed.c.units, 0), func.coalesce(recent.c.ordered, 0)
    return (
        select(
            Variant.id,
            Variant.sku,
            Variant.name,
            Variant.product_id,
            Variant.product_name,
            waits.label("waiting"),
            ordered.label("ordered"),
            func.coalesce(coming.c.units, 0).label("incoming"),
            func.coalesce(coming.c.lead_days, LEAD_DAYS).label("lead_days"),
        )
        .outerjoin(owed, owed.c.variant_id == Variant.id)
        .outerjoin(recent, recent.c.variant_id == Variant.id)
        .outerjoin(coming, coming.c.variant_id == Variant.id)
        .where(Variant.shop_id == shop_id, (waits > 0) | (ordered > 0))
        .order_by((waits + ordered).desc(), Variant.sku, Variant.id)
    )


def _day(zone: ZoneInfo) -> Any:
    return cast(func.timezone(zone.key, PromiseMove.at), Date)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
