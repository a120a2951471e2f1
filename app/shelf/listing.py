"""The shelf page by page. Filtering and sorting is the database's; the rest is read for the variants of a page."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from app import book
from app.engine.rules import Merged
from app.models import Channel, Line, Shop, Variant
from app.shelf.filters import Filters, Sort, conditions, key_of
from app.shelf.variant import Counts, Offer, Shelved, counts

CHUNK = 500

Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the variants that fit, and how many do in all."""

    rows: tuple[Shelved, ...]
    total: int


def page(connection: Connection, shop: Shop, filters: Filters, *, today: date, offset: int, limit: int) -> Page:
    """The variants that fit. Beyond the end there are no rows; `total` is right all the same."""
    channels = _channels(connection, shop.id)
    wanted = list(conditions(shop.id, filters, _slugs(channels, filters)))
    ids = connection.scalars(_sorted(shop.id, filters).where(*wanted).offset(offset).limit(limit)).all()
    total = connection.scalar(select(func.count()).select_from(Variant).where(*wanted)) or 0
    return Page(tuple(_shelved(connection, shop, ids, channels, filters, today)), total)


def rows(connection: Connection, shop: Shop, filters: Filters, *, today: date) -> Iterator[Shelved]:
    """All variants that fit, in the order of `page`, read in chunks through a cursor of the server."""
    channels = _channels(connection, shop.id)
    wanted = conditions(shop.id, filters, _slugs(channels, filters))
    query = _sorted(shop.id, filters).where(*wanted)
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as result:
        for chunk in result.scalars().partitions():
            yield from _shelved(connection, shop, chunk, channels, filters, today)


def _channels(connection: Connection, shop_id: int) -> Sequence[Found]:
    return connection.execute(select(Channel.__table__).where(Channel.shop_id == shop_id).order_by(Channel.name)).all()


def _slugs(channels: Sequence[Found], filters: Filters) -> list[str]:
    return [channel.slug for channel in channels if filters.channel in {"", channel.id}]


def _sorted(shop_id: int, filters: Filters) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(Variant.id)
    by_name = (Variant.product_name, Variant.name, Variant.id)
    if filters.sort is Sort.NAME:
        return query.order_by(*by_name)
    owed = (
        select(Line.variant_id, func.sum(Line.waiting).label("units"))
        .where(Line.shop_id == shop_id, Line.open > 0, Line.waiting > 0)
        .group_by(Line.variant_id)
        .subquery()
    )
    most = func.coalesce(owed.c.units, 0).desc()
    return query.outerjoin(owed, owed.c.variant_id == Variant.id).order_by(most, *by_name)


def _shelved(
    connection: Connection, shop: Shop, ids: Sequence[str], channels: Sequence[Found], filters: Filters, today: date
) -> Iterator[Shelved]:
    variants = {
        row.id: row
        for row in connection.execute(select(Variant).where(Variant.shop_id == shop.id, Variant.id.in_(ids)))
    }
    merged = book.load_merged(connection, shop, ids, today)
    counted = counts(connection, shop, ids, today)
    seen = [channel for channel in channels if filters.channel in {"", channel.id}]
    for variant in (variants[name] for name in ids if name in variants):
        there = counted.get(variant.id, Counts())
        offers = _offers(variant, seen, channels, merged[variant.id], there)
        yield _row(variant, there, tuple(offers))


def _row(variant: Found, there: Counts, offers: tuple[Offer, ...]) -> Shelved:
    return Shelved(
        variant_id=variant.id,
        sku=variant.sku,
        product_id=variant.product_id,
        product_name=variant.product_name,
        variant_name=variant.name,
        tracked=variant.tracked,
        on_hand=sum(there.on_hand.values()),
        free=there.free,
        ordered=there.ordered,
        owed=there.owed,
        orders=there.orders,
        sold_out_since=there.sold_out_since,
        demand=there.demand,
        next_supply=there.next_supply,
        offers=offers,
    )


def _offers(
    variant: Found, seen: Sequence[Found], channels: Collection[Found], merged: Mapping[str, Merged], there: Counts
) -> Iterator[Offer]:
    """In each of the channels `seen` that has the variant on sale. One cap holds for all that share a pool."""
    for channel in seen:
        if channel.id not in variant.listed_in:
            continue
        terms = merged[channel.id].terms
        sharing = [each.id for each in channels if each.id == channel.id or (each.pool and each.pool == channel.pool)]
        shown = {name: variant.shown.get(key_of(channel.slug, name)) for name in _SHOWN}
        yield Offer(
            channel_id=channel.id,
            channel=channel.name,
            slug=channel.slug,
            status=shown["status"],
            eta=_day(shown["eta"]),
            eta_latest=_day(shown["eta_latest"]),
            available_now=_units(shown["available_now"]),
            headroom=_units(shown["backorder_left"]),
            mode=terms.mode.value,
            cap=terms.cap,
            cap_used=sum(there.owed_in[each] for each in sharing),
        )


_SHOWN = ("status", "eta", "eta_latest", "available_now", "backorder_left")


# Other apps and staff may write our keys too: what cannot be read is not there.
def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return None


def _units(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdecimal() else None
