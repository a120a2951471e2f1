"""What was done, page by page, the newest first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from app import reasons, wording
from app.activity.sources import COLUMNS, SOURCES
from app.activity.telling import KINDS, Subject, Thing

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must hold. `kind` is one of KINDS, or a family of them: the word before the dot.

    With `subject` and `subject_id` only what was done to it, or concerns it. `from_` is included, `until` is not.
    """

    who: str = ""
    kind: str = ""
    subject: Subject | None = None
    subject_id: str = ""
    from_: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. `who` is empty where nobody knows it: what the shop's staff did in the shop itself.

    `kind` and `params` make the sentence; `effect` counts what was concerned. `subject` and `also` lead on.
    """

    at: datetime
    who: str
    kind: str
    subject: Thing
    also: Thing | None
    params: Mapping[str, Any]
    effect: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what fits, and how much does in all."""

    rows: tuple[Entry, ...]
    total: int


def page(connection: Connection, shop_id: int, filters: Filters, *, offset: int, limit: int) -> Page:
    """What fits, the newest first. Beyond the end there are no rows; `total` is right all the same."""
    parts, where, values = _asked(shop_id, filters)
    values |= {"limit": limit, "offset": offset, "reach": offset + limit}
    found = connection.execute(text(_newest(parts, where)), values).all()
    return Page(tuple(_entry(row) for row in found), connection.scalar(text(_count(parts, where)), values) or 0)


def rows(connection: Connection, shop_id: int, filters: Filters) -> Iterator[Entry]:
    """All that fits, in the order of `page`, read in chunks through a cursor of the server."""
    parts, where, values = _asked(shop_id, filters)
    with connection.execute(text(_all(parts, where)), values, execution_options={"yield_per": CHUNK}) as result:
        yield from map(_entry, result)


def _asked(shop_id: int, filters: Filters) -> tuple[list[str], str, dict[str, Any]]:
    """The sources that can have what fits, the condition, and its parameters."""
    conditions = dict(_conditions(filters))
    values: dict[str, Any] = {"shop": shop_id}
    values |= {name: value for given in conditions.values() for name, value in given.items()}
    parts = [sql for sql, families in SOURCES.values() if not families or _family(filters.kind) in {"", *families}]
    return parts, " AND ".join(["true", *conditions]), values


# Parts and conditions are our own texts; what people give is always a parameter.
def _newest(parts: Sequence[str], where: str) -> str:
    """The newest of each source are enough to know the newest of all."""
    each = (f"(SELECT * FROM ({part}) AS s WHERE {where} ORDER BY at DESC, id DESC LIMIT :reach)" for part in parts)  # noqa: S608
    return f"""
        SELECT {COLUMNS} FROM ({" UNION ALL ".join(each)}) AS a
        ORDER BY at DESC, kind, id DESC LIMIT :limit OFFSET :offset
    """  # noqa: S608


def _all(parts: Sequence[str], where: str) -> str:
    each = (f"(SELECT * FROM ({part}) AS s WHERE {where})" for part in parts)  # noqa: S608
    return f"SELECT {COLUMNS} FROM ({' UNION ALL '.join(each)}) AS a ORDER BY at DESC, kind, id DESC"  # noqa: S608


def _count(parts: Sequence[str], where: str) -> str:
    each = (f"(SELECT count(*) AS n FROM ({part}) AS s WHERE {where})" for part in parts)  # noqa: S608
    return f"SELECT sum(n)::bigint FROM ({' UNION ALL '.join(each)}) AS a"  # noqa: S608


def say(entry: Entry) -> str:
    """The sentence of an entry."""
    values = defaultdict(str, {name: str(value) for name, value in entry.params.items() if value is not None})
    for name, counted in (("units", wording.units), ("lines", wording.lines)):
        if name in values:
            values[name] = counted(int(values[name]))
    if "why" in values:
        values["why"] = reasons.retold(entry.params.get("reason", {}), values["why"], entry.at.date())
    if entry.subject.kind is Subject.ORDER:
        values.setdefault("order", entry.subject.name)
    if entry.subject.kind is Subject.SUPPLY:
        values["supply"] = wording.supply(entry.subject.name, entry.subject.id)
    said = str(KINDS[entry.kind]).format_map(values)
    return said[0].upper() + said[1:]


def _conditions(filters: Filters) -> Iterator[tuple[str, dict[str, Any]]]:
    """Conditions, each with its parameters."""
    if filters.who:
        yield "who = :who", {"who": filters.who}
    if filters.kind:
        yield "(kind = :kind OR split_part(kind, '.', 1) = :kind)", {"kind": filters.kind}
    if filters.subject is not None:
        named = "({0}_kind = :subject_kind AND {0}_id = :subject_id)"
        given = {"subject_kind": filters.subject.value, "subject_id": filters.subject_id}
        yield f"({named.format('subject')} OR {named.format('also')})", given
    if filters.from_ is not None:
        yield "at >= :from_at", {"from_at": filters.from_}
    if filters.until is not None:
        yield "at < :until_at", {"until_at": filters.until}


def _family(kind: str) -> str:
    return kind.partition(".")[0]


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        at=row.at,
        who=row.who,
        kind=row.kind,
        subject=Thing(Subject(row.subject_kind), row.subject_id, row.subject_name),
        also=Thing(Subject(row.also_kind), row.also_id, row.also_name) if row.also_kind and row.also_id else None,
        params=row.params,
        effect=row.effect,
    )
