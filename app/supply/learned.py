"""What receipts teach: how late supply comes in, how long it takes, and how promises were kept.

A quantile is the nearest rank: the smallest number of days that so many percent of past receipts kept to.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Date, RowMapping, Select, Subquery, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app import marks
from app.models import Delivery, Receipt, Rule, Shop, Supplier, Supply
from app.supply.record import Kept

# With fewer receipts nothing is learned of a supplier.
ENOUGH = 8
PERCENTS = (50, 80, 95)

Quantiles = tuple[tuple[int, int], ...]


def delays(connection: Connection, shop_id: int, supplier_ids: Collection[int]) -> dict[int, Quantiles]:
    """For each supplier that taught enough, (percent, days after the day first told) by which supply had come.

    Never below zero: no date is told before the supplier's own.
    """
    arrived = _arrived(shop_id)
    return _quantiles(connection, arrived, arrived.c.delay, supplier_ids, least=0)


def lead_days(connection: Connection, shop_id: int, supplier_ids: Collection[int]) -> dict[int, Quantiles]:
    """For each supplier that taught enough, (percent, days after it was ordered) by which supply had come."""
    arrived = _arrived(shop_id)
    return _quantiles(connection, arrived, arrived.c.lead, supplier_ids, least=0)


def last_bought_from(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, Kept]:
    """The supplier each of these variants was last bought from; those bought from nobody we know are left out."""
    zone = func.coalesce(Shop.settings["time_zone"].as_string(), "UTC")
    day = func.coalesce(Supply.ordered_on, cast(func.timezone(zone, Supply.created_at), Date))
    query = (
        select(Supply.variant_id, Supplier.__table__)
        .join(Supplier, Supplier.id == Supply.supplier_id)
        .join(Shop, Shop.id == Supply.shop_id)
        .where(Supply.shop_id == shop_id, Supply.variant_id.in_(variants), Supply.state != "cancelled")
        .ext(distinct_on(Supply.variant_id))
        .order_by(Supply.variant_id, day.desc(), Supply.id.desc())
    )
    return {row.variant_id: row for row in connection.execute(query)}


def taught_anew(connection: Connection, supply: Kept) -> set[marks.Target]:
    """What must be looked at again once a receipt of this supply came or went."""
    teachers = {supply.supplier_id} if supply.supplier_id else set[int]()
    return {("variant", supply.variant_id)} | taught_by(connection, supply.shop_id, teachers)


def taught_by(connection: Connection, shop_id: int, supplier_ids: Collection[int]) -> set[marks.Target]:
    """The variants that are bought from any of these, where any rule asks for what their receipts teach."""
    rules = select(Rule.id).where(Rule.shop_id == shop_id, Rule.fields.has_key("confidence"))
    if not supplier_ids or not connection.scalar(rules.limit(1)):
        return set()
    bought = select(Supply.variant_id).where(
        Supply.shop_id == shop_id, Supply.supplier_id.in_(supplier_ids), Supply.state != "cancelled"
    )
    return {("variant", variant) for variant in connection.scalars(bought.distinct())}


def teachers(line: Kept, values: Mapping[str, Any]) -> set[int]:
    """Suppliers of whom the receipts of this line teach something else once these are its columns."""
    now = values.get("supplier_id", line.supplier_id)
    same = (now, values.get("ordered_on", line.ordered_on)) == (line.supplier_id, line.ordered_on)
    return set() if same or not line.received else {seller for seller in (line.supplier_id, now) if seller}


def punctuality(
    connection: Connection,
    shop_id: int,
    *,
    supplier_id: int | None = None,
    text: str = "",
    offset: int = 0,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """How each supplier, or one, or each with the text in its name, keeps its dates, by name.

    `id`; `receipts`, `units`; `on_time`, the share of receipts that came no later than first told; `delay_days` and
    `lead_days`, {percent: days}; `learned`, whether that is enough to reckon with; `lead_days_told` by the supplier.
    """
    arrived = _arrived(shop_id)
    query = (
        select(
            Supplier.id,
            Supplier.name.label("supplier"),
            Supplier.lead_days.label("lead_days_told"),
            func.count(arrived.c.delay).label("receipts"),
            func.coalesce(func.sum(arrived.c.units), 0).label("units"),
            func.count(arrived.c.delay).filter(arrived.c.delay <= 0).label("kept"),
            _ranks(arrived.c.delay).label("delays"),
            _ranks(arrived.c.lead).label("leads"),
        )
        .outerjoin(arrived, arrived.c.supplier_id == Supplier.id)
        .where(Supplier.shop_id == shop_id)
        .group_by(Supplier.id)
        .order_by(Supplier.name)
        .offset(offset)
        .limit(limit)
    )
    if supplier_id is not None:
        query = query.where(Supplier.id == supplier_id)
    if text:
        query = query.where(Supplier.name.icontains(text, autoescape=True))
    return [_as_told(row) for row in connection.execute(query).mappings()]


def _as_told(row: RowMapping) -> dict[str, Any]:
    known = row["receipts"]
    return {
        "id": row["id"],
        "supplier": row["supplier"],
        "receipts": known,
        "units": int(row["units"]),
        "on_time": _share(row["kept"], known),
        "delay_days": _by_percent(row["delays"]),
        "lead_days": _by_percent(row["leads"]),
        "lead_days_told": row["lead_days_told"],
        "learned": known >= ENOUGH,
    }


def accuracy(connection: Connection, shop_id: int) -> list[dict[str, Any]]:
    """How promises were kept, by the month of shipping and the supplier, latest month first.

    `units` shipped that had waited for a date; `kept_first` and `kept_last`, the shares of them shipped no later than
    the first and the last date told; `worst_days` late by the first date. `supplier` is None where none is known.
    """
    month = func.to_char(Delivery.shipped_on, "YYYY-MM").label("month")
    late = Delivery.shipped_on - Delivery.promised_first
    query = (
        select(
            month,
            Supplier.name.label("supplier"),
            func.sum(Delivery.units).label("units"),
            func.sum(Delivery.units).filter(Delivery.shipped_on <= Delivery.promised_first).label("first"),
            func.sum(Delivery.units).filter(Delivery.shipped_on <= Delivery.promised_last).label("last"),
            func.greatest(func.max(late), 0).label("worst_days"),
        )
        .outerjoin(Supplier, Supplier.id == Delivery.supplier_id)
        .where(Delivery.shop_id == shop_id, Delivery.promised_first.is_not(None))
        .group_by(month, Supplier.name)
        .order_by(month.desc(), Supplier.name)
    )
    return [
        {"month": row["month"], "supplier": row["supplier"], "units": row["units"],
         "kept_first": _share(row["first"], row["units"]), "kept_last": _share(row["last"], row["units"]),
         "worst_days": row["worst_days"]}
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def _arrived(shop_id: int) -> Subquery:
    """Each receipt that stands, with its supplier, its units, and its days after the date first told and the order."""
    told = func.coalesce(Supply.first_eta, Supply.eta_latest, Supply.eta)
    query: Select[*tuple[Any, ...]] = (
        select(
            Supply.supplier_id,
            Receipt.units,
            (Receipt.received_on - told).label("delay"),
            (Receipt.received_on - Supply.ordered_on).label("lead"),
        )
        .join(Supply, Supply.id == Receipt.supply_id)
        .where(Receipt.shop_id == shop_id, Receipt.undone_at.is_(None), Supply.supplier_id.is_not(None))
    )
    return query.subquery()


def _ranks(days: Any) -> Any:
    return func.percentile_disc([percent / 100 for percent in PERCENTS]).within_group(days)


def _quantiles(
    connection: Connection, arrived: Subquery, days: Any, supplier_ids: Collection[int], *, least: int
) -> dict[int, Quantiles]:
    query = (
        select(arrived.c.supplier_id, _ranks(days).label("ranks"))
        .where(arrived.c.supplier_id.in_(set(supplier_ids)))
        .group_by(arrived.c.supplier_id)
        .having(func.count(days) >= ENOUGH)
    )
    return {
        row.supplier_id: tuple((percent, max(least, rank)) for percent, rank in zip(PERCENTS, row.ranks, strict=True))
        for row in connection.execute(query)
    }


def _by_percent(ranks: Sequence[int | None] | None) -> dict[int, int | None] | None:
    if not ranks or ranks[0] is None:
        return None
    return dict(zip(PERCENTS, ranks, strict=True))


def _share(part: Any, whole: int) -> float | None:
    return round(float(part or 0) / float(whole), 3) if whole else None
