"""Channels and warehouses, as the shop shows them."""

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, text

from app.book.rows import upsert
from app.models import Channel, Warehouse
from app.platforms import ChannelSeen, ShopLayout, WarehouseSeen

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('layout', :shop))")


@contextlib.contextmanager
def one_layout_at_a_time(engine: Engine, shop_id: int) -> Iterator[Connection]:
    """A transaction to read the shop's layout in and take it over: what is read old is never kept late.

    Of a pool that was just opened we hear no webhook, since that is an echo: a late answer without it would leave it
    out of the book until the next sweep.
    """
    with engine.begin() as connection:
        connection.execute(_LOCK, {"shop": shop_id})
        yield connection


def record_layout(connection: Connection, shop_id: int, layout: ShopLayout) -> bool:
    """Take over the shop's channels and warehouses. True when something changed that decides plans.

    Call within `one_layout_at_a_time`, with what was read there.
    """
    before = _what_decides(connection, shop_id)
    pools = {warehouse.id for warehouse in layout.warehouses if warehouse.ours}
    warehouses = [
        {"shop_id": shop_id, "id": w.id, "slug": w.slug, "name": w.name, "is_pool": w.ours} for w in layout.warehouses
    ]
    _replace(connection, Warehouse, shop_id, warehouses)
    _replace(connection, Channel, shop_id, [_channel_row(shop_id, channel, pools) for channel in layout.channels])
    return _what_decides(connection, shop_id) != before


def load_layout(connection: Connection, shop_id: int) -> ShopLayout:
    """Channels and warehouses as they were last taken over. What else a layout has, the book does not keep."""
    channels = connection.execute(select(Channel).where(Channel.shop_id == shop_id).order_by(Channel.slug)).all()
    warehouses = connection.execute(select(Warehouse).where(Warehouse.shop_id == shop_id)).all()
    return ShopLayout(
        name="",
        version="",
        channels=tuple(
            ChannelSeen(row.id, row.slug, row.name, row.active, row.strategy, tuple(row.warehouses)) for row in channels
        ),
        warehouses=tuple(WarehouseSeen(row.id, row.slug, row.name, () if row.is_pool else None) for row in warehouses),
        zones=(),
        legacy_zones=False,
        reservations=None,
        permissions=frozenset(),
    )


def _channel_row(shop_id: int, channel: ChannelSeen, pools: set[str]) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "id": channel.id,
        "slug": channel.slug,
        "name": channel.name,
        "active": channel.active,
        "strategy": channel.strategy,
        "warehouses": list(channel.warehouses),
        "pool": next((warehouse for warehouse in channel.warehouses if warehouse in pools), None),
    }


def _what_decides(connection: Connection, shop_id: int) -> set[tuple[object, ...]]:
    rows = connection.execute(
        select(Channel.id, Channel.slug, Channel.pool, Channel.warehouses).where(Channel.shop_id == shop_id)
    )
    return {(*row[:3], tuple(row.warehouses)) for row in rows}


def _replace(
    connection: Connection, table: type[Channel] | type[Warehouse], shop_id: int, rows: list[dict[str, Any]]
) -> None:
    gone = delete(table).where(table.shop_id == shop_id, table.id.not_in([row["id"] for row in rows]))
    connection.execute(gone)
    upsert(connection, table, rows)
