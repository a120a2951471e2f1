"""What the plans of variants went by, kept beside them: see `app.engine.changes`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from app.engine.changes import Basis, Coming, basis_of, coming
from app.engine.model import Facts, Policy
from app.models import Supply, Variant


def kept(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, Basis]:
    """What the last plans went by, of the variants for which anybody waited."""
    query = select(Variant.id, Variant.basis).where(Variant.shop_id == shop_id, Variant.id.in_(variants))
    return {row.id: _read(row.basis) for row in connection.execute(query) if row.basis}


def present(
    connection: Connection, shop_id: int, facts: Sequence[Facts], then: Mapping[str, Basis], today: date
) -> dict[str, Basis]:
    """What plans of these facts go by, with the supplies that the plans before knew and that come no more."""
    known = {supply.id for each in facts for supply in each.supplies}
    known |= {supply for basis in then.values() for supply in basis.supplies}
    rows: Sequence[Row[*tuple[Any, ...]]] = ()
    if known:
        query = select(Supply).where(Supply.shop_id == shop_id, Supply.id.in_(map(int, known)))
        rows = connection.execute(query).all()
    return {each.variant: _present(each, rows, then.get(each.variant), today) for each in facts}


def _present(facts: Facts, rows: Sequence[Row[*tuple[Any, ...]]], then: Basis | None, today: date) -> Basis:
    planned = coming(facts.supplies)
    known = planned.keys() | (then.supplies.keys() if then else set())
    supplies = {str(row.id): _with_row(planned.get(str(row.id)), row) for row in rows if str(row.id) in known}
    return basis_of(facts, supplies, today)


def _with_row(planned: Coming | None, row: Row[*tuple[Any, ...]]) -> Coming:
    known = planned or Coming(row.reference, row.warehouse_id, row.eta_latest or row.eta, units=0)
    return replace(known, ordered=row.quantity, received=row.received, held=row.held, state=row.state)


def remembered(basis: Basis) -> Basis | None:
    """What of the basis is kept: nothing of supplies that come no more, and nothing at all where nobody waits."""
    if not basis.places:
        return None
    coming = {number: supply for number, supply in basis.supplies.items() if supply.state == "expected"}
    return replace(basis, supplies=coming)


def _written(basis: Basis) -> dict[str, Any]:
    """The basis as JSON."""
    written = {name: value for name, value in asdict(basis).items() if value}
    written["day"] = basis.day.isoformat()
    written["supplies"] = dict(_supplies_kept(basis))
    written["pinned"], written["held"] = sorted(basis.pinned), sorted(basis.held)
    written["redated"] = {line: day.isoformat() for line, day in basis.redated.items()}
    if basis.policy == Policy.FIRST_COME:
        del written["policy"]
    return {name: value for name, value in written.items() if value}


def _supplies_kept(basis: Basis) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, supply in basis.supplies.items():
        yield number, {name: value for name, value in asdict(supply).items() if value} | {"eta": str(supply.eta)}


def _read(written: Mapping[str, Any]) -> Basis:
    values = dict(written)
    return Basis(
        day=date.fromisoformat(values.pop("day")),
        supplies={number: _read_supply(supply) for number, supply in values.pop("supplies", {}).items()},
        places={channel: tuple(places) for channel, places in values.pop("places", {}).items()},
        exchanges=tuple((one, other, units) for one, other, units in values.pop("exchanges", ())),
        pinned=frozenset(values.pop("pinned", ())),
        held=frozenset(values.pop("held", ())),
        redated={line: date.fromisoformat(day) for line, day in values.pop("redated", {}).items()},
        **values,
    )


def _read_supply(written: Mapping[str, Any]) -> Coming:
    delays = tuple((percent, days) for percent, days in written.get("delays", ()))
    values: dict[str, Any] = {"reference": "", "units": 0} | dict(written)
    return Coming(**values | {"eta": date.fromisoformat(written["eta"]), "delays": delays})


def is_news(basis: Basis, then: Basis | None) -> bool:
    """Whether another basis than before is to be kept. A day that changed nothing is none."""
    return remembered(basis) != (replace(then, day=basis.day) if then else None)


def save(connection: Connection, shop_id: int, found: Mapping[str, Basis]) -> None:
    """Remember what the plans of these variants went by."""
    statement = (
        update(Variant)
        .where(Variant.shop_id == shop_id, Variant.id == bindparam("variant"))
        .values(basis=bindparam("new"))
    )
    if found:
        kept_of = {variant: remembered(basis) for variant, basis in found.items()}
        rows = [{"variant": variant, "new": _written(basis) if basis else {}} for variant, basis in kept_of.items()]
        connection.execute(statement, rows)
