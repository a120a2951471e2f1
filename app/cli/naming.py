"""From the names people use to the ids the book has."""

from typing import NamedTuple

import click
from sqlalchemy import Connection, select

from app.models import Channel, Variant, Warehouse


class Named(NamedTuple):
    """A variant found by its SKU, and the channels it is on sale in."""

    id: str
    listed_in: list[str]


def variant(connection: Connection, shop_id: int, sku: str) -> Named:
    query = select(Variant.id, Variant.listed_in).where(Variant.shop_id == shop_id, Variant.sku == sku)
    found = connection.execute(query).all()
    if not found:
        raise click.ClickException(
            f"Dueback knows no variant with the SKU {sku}. If it is new in the shop, `dueback sweep` finds it."
        )
    if len(found) > 1:
        raise click.ClickException(f"{len(found)} variants have the SKU {sku}; give each its own in the shop.")
    return Named(found[0].id, found[0].listed_in)


def warehouses(connection: Connection, shop_id: int) -> dict[str, str]:
    """The ids of the shop's own warehouses by slug; pools are ours."""
    query = select(Warehouse.slug, Warehouse.id).where(Warehouse.shop_id == shop_id, ~Warehouse.is_pool)
    return {row.slug: row.id for row in connection.execute(query)}


def channels(connection: Connection, shop_id: int) -> dict[str, str]:
    """The ids of the shop's active channels by slug."""
    query = select(Channel.slug, Channel.id).where(Channel.shop_id == shop_id, Channel.active)
    return {row.slug: row.id for row in connection.execute(query)}


def known(names: dict[str, str], name: str, what: str) -> str:
    """The id of the name, or an error that lists the names there are."""
    if name not in names:
        raise click.ClickException(f"The shop has no {what} {name}. It has: {', '.join(sorted(names)) or 'none'}.")
    return names[name]
