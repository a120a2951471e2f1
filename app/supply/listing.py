"""What there is to read about supply."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Literal, TypedDict, Unpack

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, Select, case, func, or_, select, tuple_

from app.models import Supplier, Supply, SupplyChange, Variant, Warehouse
from app.supply.record import known
from app.supply.wrong import BadSupply
from app.wording import retold

Status = Literal["expected", "late", "received", "cancelled"]
# No number of ours is as great, and PostgreSQL refuses to compare one that is.
LARGEST = 2**63
due = func.coalesce(Supply.eta_latest, Supply.eta)


class Wanted(TypedDict, total=False):
    """Which supplies; what is None or left out filters nothing.

    `status` may also be open: expected or late. `text` is looked for in SKU, product, variant and reference, whatever
    their case. `due_from` and `due_until` are days, both included. `status` needs a day called today.
    """

    number: int | None
    sku: str | None
    variant_id: str | None
    warehouse: str | None
    supplier: str | None
    reference: str | None
    status: str | None
    text: str | None
    due_from: date | None
    due_until: date | None


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
    today: date | None = None,
    after: int | None = None,
    limit: int | None = None,
    **wanted: Unpack[Wanted],
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Supplies by date: all columns, and besides `sku`, `warehouse` (slug) and `supplier` (name), None where gone.

    `product`, `variant` and `place` are the names of what comes and where to, `product_id` is its product. `after` is
    the number of the last one already had.
    """
    query = _which(_named(shop_id), shop_id, today, wanted)
    if max(wanted.get("number") or 0, after or 0) >= LARGEST:
        return []
    if after is not None:
        last = select(Supply.eta, Supply.id).where(Supply.shop_id == shop_id, Supply.id == after)
        query = query.where(tuple_(Supply.eta, Supply.id) > last.scalar_subquery())
    return connection.execute(query.order_by(Supply.eta, Supply.id).limit(limit)).all()


def numbered(connection: Connection, shop_id: int, numbers: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The supplies of these numbers as `rows`, by date; those that are not there are left out."""
    known = [number for number in numbers if number < LARGEST]
    query = _named(shop_id).where(Supply.id.in_(known)).order_by(Supply.eta, Supply.id)
    return connection.execute(query).all()


def urgent_first(
    connection: Connection,
    shop_id: int,
    today: date,
    *,
    offset: int = 0,
    limit: int | None = None,
    **wanted: Unpack[Wanted],
) -> Sequence[Row[*tuple[Any, ...]]]:
    """As `rows`, but those still to come first, with the late ones before all; then what is over, the latest first."""
    return connection.execute(urgent_query(shop_id, today, offset=offset, limit=limit, **wanted)).all()


def urgent_query(
    shop_id: int, today: date, *, offset: int = 0, limit: int | None = None, **wanted: Unpack[Wanted]
) -> Select[*tuple[Any, ...]]:
    """The query of `urgent_first`, for who reads it row by row."""
    order = _urgent(wanted.get("status"))
    # Sorted by themselves first: names are looked up for one page only.
    page = _counted(shop_id, today, wanted).with_only_columns(Supply.id).order_by(*order).offset(offset).limit(limit)
    return _named(shop_id).where(Supply.id.in_(page)).order_by(*order)


def count(connection: Connection, shop_id: int, today: date, **wanted: Unpack[Wanted]) -> int:
    """How many there are."""
    return connection.scalar(_counted(shop_id, today, wanted).with_only_columns(func.count())) or 0


def _urgent(status: str | None) -> tuple[Any, ...]:
    if status in {"open", "expected", "late"}:
        return due, Supply.id
    over = Supply.state != "expected"
    return over, case((over, None), else_=due), due.desc(), Supply.id


JOINED: tuple[tuple[Any, Any, frozenset[str]], ...] = (
    (Variant, (Variant.shop_id == Supply.shop_id) & (Variant.id == Supply.variant_id), frozenset({"sku"})),
    (
        Warehouse,
        (Warehouse.shop_id == Supply.shop_id) & (Warehouse.id == Supply.warehouse_id),
        frozenset({"warehouse"}),
    ),
    (Supplier, Supplier.id == Supply.supplier_id, frozenset({"supplier"})),
)
"""What names stand in, how it is found, and the filters that need it."""


def _named(shop_id: int) -> Select[*tuple[Any, ...]]:
    query = select(
        Supply.__table__,
        Variant.sku,
        Variant.product_name.label("product"),
        Variant.name.label("variant"),
        Variant.product_id,
        Warehouse.slug.label("warehouse"),
        Warehouse.name.label("place"),
        Supplier.name.label("supplier"),
    ).where(Supply.shop_id == shop_id)
    for table, found, _ in JOINED:
        query = query.outerjoin(table, found)
    return query


def _counted(shop_id: int, today: date, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """The same, without names that nobody asks for."""
    query: Select[*tuple[Any, ...]] = select(Supply.id).where(Supply.shop_id == shop_id)
    given = {name for name, value in wanted.items() if value is not None}
    for table, found, filters in JOINED:
        if filters & given:
            query = query.outerjoin(table, found)
    return _which(query, shop_id, today, wanted)


def _which(
    query: Select[*tuple[Any, ...]], shop_id: int, today: date | None, wanted: Wanted
) -> Select[*tuple[Any, ...]]:
    equal = {Supply.id: wanted.get("number"), Variant.sku: wanted.get("sku"),
             Supply.variant_id: wanted.get("variant_id"), Warehouse.slug: wanted.get("warehouse"),
             Supplier.name: wanted.get("supplier"), Supply.reference: wanted.get("reference")}  # fmt: skip
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if (status := wanted.get("status")) is not None:
        query = query.where(*_is(status, today))
    if text := wanted.get("text"):
        query = query.where(
            or_(Supply.variant_id.in_(_called(shop_id, text)), Supply.reference.icontains(text, autoescape=True))
        )
    if first := wanted.get("due_from"):
        query = query.where(due >= first)
    if last := wanted.get("due_until"):
        query = query.where(due <= last)
    return query


def _called(shop_id: int, text: str) -> Select[*tuple[Any, ...]]:
    """The ids of variants that have the text in a name."""
    names = (Variant.sku, Variant.product_name, Variant.name)
    told = or_(*(name.icontains(text, autoescape=True) for name in names))
    return select(Variant.id).where(Variant.shop_id == shop_id, told)


def _is(status: str, today: date | None) -> tuple[Any, ...]:
    if status in {"received", "cancelled"}:
        return (Supply.state == status,)
    if status == "open":
        return (Supply.state == "expected",)
    if status in {"expected", "late"} and today is not None:
        return (Supply.state == "expected", due < today if status == "late" else due >= today)
    raise BadSupply(lazy("status: {status} is none of expected, late, received, cancelled."), status=status)


def history(
    connection: Connection, shop_id: int, number: int, *, after: int | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Every change of the supply, oldest first: `id`, `kind`, `before`, `after`, `who`, `why`, `at`.

    `why` is in the language of who asks where no person gave it. `after` is the id of the last change already had.
    Raises NoSuchSupply.
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
    return [{**row, "why": retold(row["reason"] or row["why"])} for row in connection.execute(query).mappings()]
