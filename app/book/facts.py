"""From rows to the engine's values."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app import clock, rulebook
from app.engine import model
from app.engine.rules import Merged, Rules
from app.models import Channel, Line, Order, Shop, Stock, StockRise, Supply, Variant, Warehouse
from app.supply.receipts import to_come
from app.supply.rises import withheld

# A shop on its way out: no rule opens anything any more, though all rules are kept.
GOING = ("leaving", "left")


def load_facts(
    connection: Connection, shop: Shop, variants: Collection[str], today: date | None = None
) -> list[model.Facts]:
    """Everything the engine needs for these variants; those not in the book are left out.

    The rules are those that hold on the day `today`, the shop's own unless another is given.
    """
    today = today or clock.today(shop.settings, datetime.now(UTC))
    rows = connection.execute(select(Variant).where(Variant.shop_id == shop.id, Variant.id.in_(variants))).all()
    channels = load_channels(connection, shop.id)
    scopes = {row.id: rulebook.scopes_of(row) for row in rows}
    rules = Rules(()) if shop.state in GOING else rulebook.load(connection, shop.id, scopes.values())
    pools = {row.id: tuple(rulebook.pools(rules, scopes[row.id], channels, row.listed_in, today)) for row in rows}
    holidays = rulebook.holidays_for(chain.from_iterable(pools.values()), today)
    stocks = _stocks(connection, shop.id, variants)
    supplies = _supplies(connection, shop.id, variants)
    claims = _claims(connection, shop, variants)
    return [
        model.Facts(
            variant=row.id,
            stocks=tuple(stocks[row.id]),
            channels=channels,
            pools=pools[row.id],
            supplies=tuple(supplies[row.id]),
            claims=tuple(claims[row.id]),
            tracked=row.tracked,
            time_zone=clock.zone(shop.settings).key,
            holidays=holidays,
        )
        for row in rows
    ]


def load_merged(
    connection: Connection, shop: Shop, variants: Collection[str], today: date
) -> dict[str, Mapping[str, Merged]]:
    """The rules that hold for each variant in each channel, and which rule decided what; by variant and channel id."""
    rows = connection.execute(select(Variant).where(Variant.shop_id == shop.id, Variant.id.in_(variants))).all()
    channels = load_channels(connection, shop.id)
    scopes = {row.id: rulebook.scopes_of(row) for row in rows}
    rules = rulebook.load(connection, shop.id, scopes.values())
    return {row.id: rulebook.by_channel(rules, scopes[row.id], channels, row.listed_in, today) for row in rows}


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


def _stocks(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, list[model.Stock]]:
    found = defaultdict(list)
    for row in connection.execute(select(Stock).where(Stock.shop_id == shop_id, Stock.variant_id.in_(variants))):
        found[row.variant_id].append(model.Stock(row.warehouse_id, row.quantity, row.allocated))
    return found


def _supplies(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, list[model.Supply]]:
    """What is still to come for the queue: neither held back nor perhaps on the shelf already.

    One statement, so that units in doubt and the supplies they may be of are those of one moment.
    """
    there = (StockRise.variant_id == Supply.variant_id, StockRise.warehouse_id == Supply.warehouse_id)
    risen = select(func.coalesce(func.sum(StockRise.units), 0)).where(
        StockRise.shop_id == shop_id, StockRise.state == "open", *there
    )
    query = (
        select(Supply.__table__, risen.scalar_subquery().label("risen"))
        .where(Supply.shop_id == shop_id, Supply.variant_id.in_(variants), Supply.state == "expected")
        .order_by(Supply.variant_id, Supply.warehouse_id, Supply.eta, Supply.id)
    )
    rows = connection.execute(query).all()
    found = defaultdict(list)
    for _, lines in groupby(rows, key=lambda row: (row.variant_id, row.warehouse_id)):
        for row, doubt in _doubts(list(lines)):
            left = max(0, to_come(row) - row.held - doubt)
            due = row.eta_latest or row.eta
            found[row.variant_id].append(model.Supply(str(row.id), row.warehouse_id, left, due, row.reference))
    return found


def _doubts(lines: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[tuple[Row[*tuple[Any, ...]], int]]:
    """Lines of one variant and warehouse, the earliest first, each with how many of its units are in doubt."""
    doubts = withheld([(row.id, to_come(row)) for row in lines], int(lines[0].risen))
    return ((row, doubts[row.id]) for row in lines)


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
