"""Whom the merchant buys from."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app import marks
from app.models import Shop, Supplier, Supply
from app.supply.wrong import BadSupply, ChangedMeanwhile, NoSuchSupply

LONGEST_LEAD_DAYS = 730
LONGEST_NAME = 200


def put(connection: Connection, shop: Shop, name: str, *, lead_days: int | None = None) -> Row[*tuple[Any, ...]]:
    """Make the supplier, or give it another lead time; None leaves it as it is. Raises BadSupply."""
    name = checked_name(name)
    _check_lead_days(lead_days)
    row = insert(Supplier).values(shop_id=shop.id, name=name, lead_days=lead_days)
    kept = func.coalesce(row.excluded.lead_days, Supplier.lead_days)
    row = row.on_conflict_do_update(index_elements=["shop_id", "name"], set_={"lead_days": kept})
    found = connection.execute(row.returning(Supplier.__table__)).one()
    if lead_days is not None:
        _mark_bought_from(connection, shop.id, found.id)
    return found


def edit(
    connection: Connection,
    shop: Shop,
    supplier_id: int,
    name: str,
    lead_days: int | None,
    *,
    was: tuple[str, int | None],
) -> Row[*tuple[Any, ...]]:
    """Give a supplier another name and lead time; None: it states none. Returns its row.

    `was` is what was looked at: ChangedMeanwhile is raised where it is something else by now. Raises BadSupply.
    """
    name = checked_name(name)
    _check_lead_days(lead_days)
    row = by_id(connection, shop.id, supplier_id, locked=True)
    if (row.name, row.lead_days) != was:
        raise ChangedMeanwhile(
            lazy("name: Somebody has changed {supplier} since you looked. Look again."), supplier=row.name
        )
    if name != row.name and find(connection, shop.id, name) is not None:
        raise BadSupply(lazy("name: There is a supplier {supplier} already."), supplier=name)
    new = update(Supplier).where(Supplier.id == supplier_id).values(name=name, lead_days=lead_days)
    if lead_days != row.lead_days:
        _mark_bought_from(connection, shop.id, supplier_id)
    return connection.execute(new.returning(Supplier.__table__)).one()


def by_id(connection: Connection, shop_id: int, supplier_id: int, *, locked: bool = False) -> Row[*tuple[Any, ...]]:
    """The supplier's row. Raises NoSuchSupply."""
    query = select(Supplier.__table__).where(Supplier.shop_id == shop_id, Supplier.id == supplier_id)
    row = connection.execute(query.with_for_update() if locked else query).first() if 0 < supplier_id < 2**63 else None
    if row is None:
        raise NoSuchSupply(lazy("There is no supplier {supplier}."), supplier=str(supplier_id))
    return row


def count(connection: Connection, shop_id: int, text: str = "") -> int:
    """How many suppliers there are with the text in their name."""
    query = select(func.count()).select_from(Supplier).where(Supplier.shop_id == shop_id)
    return connection.scalar(query.where(Supplier.name.icontains(text, autoescape=True)) if text else query) or 0


def _check_lead_days(lead_days: int | None) -> None:
    if lead_days is not None and not 0 <= lead_days <= LONGEST_LEAD_DAYS:
        raise BadSupply(
            lazy("lead_days: {given} is not between 0 and {days}."), given=lead_days, days=LONGEST_LEAD_DAYS
        )


def checked_name(name: str) -> str:
    """As it is kept. Raises BadSupply."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise BadSupply(lazy("name: A supplier's name has 1 to {most} characters."), most=LONGEST_NAME)
    return name


def _mark_bought_from(connection: Connection, shop_id: int, supplier_id: int) -> None:
    """Its lead time may date what is bought from it: see `app.supply.learned`."""
    bought = select(Supply.variant_id).where(Supply.shop_id == shop_id, Supply.supplier_id == supplier_id).distinct()
    marks.mark(connection, shop_id, [("variant", variant) for variant in connection.scalars(bought)])


def find(connection: Connection, shop_id: int, name: str) -> Row[*tuple[Any, ...]] | None:
    """The supplier's row, or None."""
    query = select(Supplier.__table__).where(Supplier.shop_id == shop_id, Supplier.name == name.strip())
    return connection.execute(query).first()


def rows(
    connection: Connection, shop_id: int, *, after: str | None = None, limit: int | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The shop's suppliers by name; `after` is the name of the last one already had."""
    query = select(Supplier.__table__).where(Supplier.shop_id == shop_id).order_by(Supplier.name).limit(limit)
    if after is not None:
        query = query.where(Supplier.name > after)
    return connection.execute(query).all()


def ids(connection: Connection, shop: Shop, names: Collection[str]) -> dict[str, int]:
    """The ids of these suppliers by name; those not known yet are made."""
    wanted = sorted({name.strip() for name in names})
    if not wanted:
        return {}
    new = insert(Supplier).on_conflict_do_nothing(index_elements=["shop_id", "name"])
    connection.execute(new, [{"shop_id": shop.id, "name": name} for name in wanted])
    query = select(Supplier.name, Supplier.id).where(Supplier.shop_id == shop.id, Supplier.name.in_(wanted))
    return {row.name: row.id for row in connection.execute(query)}
