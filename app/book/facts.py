"""From rows to the engine's values."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app import clock, rulebook
from app.engine import model
from app.engine.rules import Rules
from app.models import Channel, Line, Order, Shop, Stock, Supply, Variant, Warehouse

# A shop on its way out: no rule opens anything any more, though all rules are kept.
GOING = ("leaving", "left")


def load_facts(connection: Connection, shop: Shop, variants: Collection[str]) -> list[model.Facts]:
    """Everything the engine needs for these variants; those not in the book are left out."""
    rows = connection.execute(select(Variant).where(Variant.shop_id == shop.id, Variant.id.in_(variants))).all()
    channels = load_channels(connection, shop.id)
    rules = Rules(()) if shop.state in GOING else rulebook.load(connection, shop.id)
    stocks = _stocks(connection, shop.id, variants)
    supplies = _supplies(connection, shop.id, variants)
    claims = _claims(connection, shop, variants)
    return [
        model.Facts(
            variant=row.id,
            stocks=tuple(stocks[row.id]),
            channels=channels,
            pools=tuple(_pools(row, channels, rules)),
            supplies=tuple(supplies[row.id]),
            claims=tuple(claims[row.id]),
            tracked=row.tracked,
            time_zone=clock.zone(shop.settings).key,
        )
        for row in rows
    ]


def load_channels(connection: Connection, shop_id: int) -> tuple[model.Channel, ...]:
    """The shop's channels with their real warehouses in allocation order."""
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)))
    rows = connection.execute(select(Channel).where(Channel.shop_id == shop_id).order_by(Channel.slug))
    return tuple(
        model.Channel(
            id=row.id,
            slug=row.slug,
            warehouses=tuple(warehouse for warehouse in row.warehouses if warehouse not in pools),
            pool=row.pool,
        )
        for row in rows
    )


def _pools(variant: Row[*tuple[Any, ...]], channels: Sequence[model.Channel], rules: Rules) -> Iterator[model.Pool]:
    """One per pool warehouse. Channels of a group share the rule that holds in the first of them that sells it."""
    seen = set()
    for channel in sorted(channels, key=lambda channel: (channel.id not in variant.listed_in, channel.slug)):
        if channel.pool and channel.pool not in seen:
            seen.add(channel.pool)
            yield model.Pool(channel.pool, rules.merge(variant.id, channel.id).terms)


def _stocks(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, list[model.Stock]]:
    found = defaultdict(list)
    for row in connection.execute(select(Stock).where(Stock.shop_id == shop_id, Stock.variant_id.in_(variants))):
        found[row.variant_id].append(model.Stock(row.warehouse_id, row.quantity, row.allocated))
    return found


def _supplies(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, list[model.Supply]]:
    found = defaultdict(list)
    query = select(Supply).where(Supply.shop_id == shop_id, Supply.variant_id.in_(variants), Supply.state == "expected")
    for row in connection.execute(query):
        left = row.quantity - row.received
        found[row.variant_id].append(model.Supply(str(row.id), row.warehouse_id, left, row.eta, row.reference))
    return found


def _claims(connection: Connection, shop: Shop, variants: Collection[str]) -> dict[str, list[model.Claim]]:
    found: dict[str, list[model.Claim]] = defaultdict(list)
    query = (
        select(Line, Order.number, Order.channel_id)
        .join(Order, (Order.shop_id == Line.shop_id) & (Order.id == Line.order_id))
        .where(Line.shop_id == shop.id, Line.variant_id.in_(variants), Line.open > 0)
    )
    for row in connection.execute(query):
        found[row.variant_id].extend(_claims_of(row))
    return found


def _claims_of(line: Row[*tuple[Any, ...]]) -> Iterator[model.Claim]:
    """One claim per layer with open units. What left first are the units that joined first."""
    gone, approving, allocations = line.quantity - line.open, line.approving, tuple(line.allocations.items())
    for number, layer in enumerate(line.layers):
        units = max(0, layer["units"] - max(0, gone))
        gone -= layer["units"]
        if not units:
            continue
        yield model.Claim(
            line=line.id,
            channel=line.channel_id,
            queued_at=datetime.fromisoformat(layer["at"]),
            number=line.number,
            quantity=units,
            approving=min(units, approving),
            allocations=allocations,
            layer=number,
        )
        approving, allocations = max(0, approving - units), ()
