"""What there is to read about supply."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, Row, RowMapping, Select, func, select, tuple_

from app.models import Supplier, Supply, SupplyChange, Variant, Warehouse
from app.supply.record import known
from app.supply.wrong import BadSupply

Status = Literal["expected", "late", "received", "cancelled"]
due = func.coalesce(Supply.eta_latest, Supply.eta)


def status_of(row: Any, today: date) -> Status:
    """How a supply stands. It is late once its date, or the end of its range, has passed."""
    if row.state == "expected":
        return "late" if (row.eta_latest or row.eta) < today else "expected"
    status: Status = row.state
    return status


def rows(
    connection: Connection,
    shop_id: int,
    *,
    number: int | None = None,
    sku: str | None = None,
    variant_id: str | None = None,
    warehouse: str | None = None,
    supplier: str | None = None,
    reference: str | None = None,
    status: str | None = None,
    today: date | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Supplies by date, all columns and besides `sku`, `warehouse` (slug) and `supplier` (name), None where gone.

    `status` needs `today`. `after` is the number of the last one already had.
    """
    query = _named(shop_id)
    wanted = {Supply.id: number, Variant.sku: sku, Supply.variant_id: variant_id, Warehouse.slug: warehouse,
              Supplier.name: supplier, Supply.reference: reference}  # fmt: skip
    query = query.where(*(column == value for column, value in wanted.items() if value is not None))
    if status is not None:
        query = query.where(*_is(status, today))
    # No number of ours is greater than a bigint, and PostgreSQL refuses to compare one that is.
    if max(number or 0, after or 0) >= 2**63:
        return []
    if after is not None:
        last = select(Supply.eta, Supply.id).where(Supply.shop_id == shop_id, Supply.id == after)
        query = query.where(tuple_(Supply.eta, Supply.id) > last.scalar_subquery())
    return connection.execute(query.order_by(Supply.eta, Supply.id).limit(limit)).all()


def _named(shop_id: int) -> Select[*tuple[Any, ...]]:
    same_shop = Supply.shop_id
    return (
        select(Supply.__table__, Variant.sku, Warehouse.slug.label("warehouse"), Supplier.name.label("supplier"))
        .outerjoin(Variant, (Variant.shop_id == same_shop) & (Variant.id == Supply.variant_id))
        .outerjoin(Warehouse, (Warehouse.shop_id == same_shop) & (Warehouse.id == Supply.warehouse_id))
        .outerjoin(Supplier, Supplier.id == Supply.supplier_id)
        .where(Supply.shop_id == shop_id)
    )


def _is(status: str, today: date | None) -> tuple[Any, ...]:
    if status in {"received", "cancelled"}:
        return (Supply.state == status,)
    if status in {"expected", "late"} and today is not None:
        return (Supply.state == "expected", due < today if status == "late" else due >= today)
    raise BadSupply(f"status: {status} is none of expected, late, received, cancelled.")


def history(
    connection: Connection, shop_id: int, number: int, *, after: int | None = None, limit: int | None = None
) -> Sequence[RowMapping]:
    """Every change of the supply, oldest first: `id`, `kind`, `before`, `after`, `who`, `why`, `at`.

    `after` is the id of the last change already had. Raises NoSuchSupply.
    """
    known(connection, shop_id, number)
    query = (
        select(SupplyChange.__table__)
        .where(SupplyChange.shop_id == shop_id, SupplyChange.supply_id == number)
        .order_by(SupplyChange.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(SupplyChange.id > after)
    return connection.execute(query).mappings().all()
