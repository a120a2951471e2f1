"""From rows to the engine's values."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Text, cast, func, select

from app import clock, rulebook, turns
from app.book import teaching
from app.book.claims import load_claims
from app.book.teaching import Taught
from app.db import any_texts
from app.engine import model
from app.engine.rules import Merged, Rules, VariantScopes
from app.models import Channel, Shop, Stock, StockRise, Supply, Variant, Warehouse
from app.rulebook import Supposed
from app.supply.receipts import to_come
from app.supply.rises import withheld
from app.turns.moves import Decided

# A shop on its way out: no rule opens anything any more, though all rules are kept.
GOING = ("leaving", "left")


class Known(NamedTuple):
    """What the book holds of a variant itself, as far as it matters to a plan. `listed_in` are channels by id."""

    scopes: VariantScopes
    listed_in: tuple[str, ...]
    tracked: bool


def load_facts(
    connection: Connection,
    shop: Shop,
    variants: Collection[str],
    today: date | None = None,
    *,
    supposed: Supposed | None = None,
    policy: model.Policy | None = None,
) -> list[model.Facts]:
    """Everything the engine needs for these variants; of those that are gone from the shop, who still waits.

    The rules are those that hold on the day `today`, the shop's own unless another is given, or what is `supposed`. The
    queue is served as the shop serves it, or by another `policy`.
    """
    today = today or clock.today(shop.settings, datetime.now(UTC))
    known = _known(connection, shop.id, variants)
    channels = load_channels(connection, shop.id)
    rules = Rules(()) if shop.state in GOING else rulebook.load(connection, shop.id, [each.scopes for each in known])
    if supposed:
        channels, rules = supposed.channels(channels), supposed.rules(rules)
    holding = rulebook.Holding(rules, channels, today)
    pools = {each.scopes.id: tuple(holding.pools(each.scopes, each.listed_in)) for each in known}
    holidays = rulebook.holidays_for(chain.from_iterable(pools.values()), today)
    stocks = _stocks(connection, shop.id, variants)
    coming = _coming(connection, shop.id, variants)
    sellers = {row.supplier_id for row in coming if row.supplier_id}
    taught = teaching.load(connection, shop.id, variants, chain.from_iterable(pools.values()), sellers)
    supplies = _supplies(coming, taught, today)
    decided = turns.load(connection, shop.id, variants)
    usual = turns.of(shop).policy
    claims = load_claims(connection, shop.id, variants, {usual, policy or usual}, *_by_line(decided.values()))
    paused = turns.paused(connection, shop.id) is not None
    time_zone = clock.zone(shop.settings).key
    there = [
        model.Facts(
            variant=variant,
            stocks=tuple(stocks[variant]),
            channels=channels,
            pools=teaching.with_lead(pools[variant], taught.leads.get(variant)),
            supplies=tuple(supplies[variant]),
            claims=tuple(claims[variant]),
            tracked=tracked,
            policy=policy or usual,
            exchanges=decided[variant].exchanges if variant in decided else (),
            time_zone=time_zone,
            holidays=holidays,
            paused=paused,
        )
        for variant, tracked in ((each.scopes.id, each.tracked) for each in known)
    ]
    unsold = tuple(replace(channel, pool=None, draining=()) for channel in channels)
    return there + [
        model.Facts(variant=variant, channels=unsold, claims=tuple(claims[variant]), time_zone=time_zone, gone=True)
        for variant in sorted(set(variants) - pools.keys())
    ]


def load_merged(
    connection: Connection, shop: Shop, variants: Collection[str], today: date
) -> dict[str, Mapping[str, Merged]]:
    """The rules that hold for each variant in each channel, and which rule decided what; by variant and channel id."""
    known = _known(connection, shop.id, variants)
    rules = rulebook.load(connection, shop.id, [each.scopes for each in known])
    holding = rulebook.Holding(rules, load_channels(connection, shop.id), today)
    return {each.scopes.id: holding.by_channel(each.scopes, each.listed_in) for each in known}


def load_channels(connection: Connection, shop_id: int) -> tuple[model.Channel, ...]:
    """The shop's channels with their real warehouses in allocation order.

    A pool that is nobody's first one was replaced by that of a group.
    """
    pools = set(connection.scalars(select(Warehouse.id).where(Warehouse.shop_id == shop_id, Warehouse.is_pool)))
    rows = connection.execute(select(Channel).where(Channel.shop_id == shop_id).order_by(Channel.slug)).all()
    replaced = pools - {row.pool for row in rows}
    return tuple(
        model.Channel(
            id=row.id,
            slug=row.slug,
            warehouses=tuple(warehouse for warehouse in row.warehouses if warehouse not in pools),
            pool=row.pool,
            draining=tuple(warehouse for warehouse in row.warehouses if warehouse in replaced),
        )
        for row in rows
    )


def _known(connection: Connection, shop_id: int, variants: Collection[str]) -> list[Known]:
    # Lists as they are written: many variants have the same ones.
    categories, collections, listed_in = (
        cast(ids, Text) for ids in (Variant.category_ids, Variant.collection_ids, Variant.listed_in)
    )
    query = select(
        Variant.id, Variant.product_id, Variant.product_type_id, categories, collections, listed_in, Variant.tracked
    ).where(Variant.shop_id == shop_id, Variant.id == any_texts(variants))
    return [
        Known(VariantScopes(variant, product, kind, _ids(above), _ids(among)), _ids(channels), tracked)
        for variant, product, kind, above, among, channels, tracked in connection.execute(query).all()
    ]


@lru_cache(maxsize=10_000)
def _ids(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


def _by_line(decided: Collection[Decided]) -> tuple[set[str], set[str], dict[str, date]]:
    """Pinned lines, held lines, and the days that people gave by line."""
    pinned = set(chain.from_iterable(each.pinned for each in decided))
    held = set(chain.from_iterable(each.held for each in decided))
    return pinned, held, dict(chain.from_iterable(each.redated.items() for each in decided))


def _stocks(connection: Connection, shop_id: int, variants: Collection[str]) -> dict[str, list[model.Stock]]:
    query = select(Stock.variant_id, Stock.warehouse_id, Stock.quantity, Stock.allocated).where(
        Stock.shop_id == shop_id, Stock.variant_id == any_texts(variants)
    )
    found = defaultdict(list)
    for variant, warehouse, quantity, allocated in connection.execute(query).all():
        found[variant].append(model.Stock(warehouse, quantity, allocated))
    return found


def _coming(connection: Connection, shop_id: int, variants: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Expected supplies, those of a variant and warehouse together, the earliest first.

    `risen` units are in doubt there. One statement, so that they and the supplies they may be of are of one moment.
    """
    there = (StockRise.variant_id == Supply.variant_id, StockRise.warehouse_id == Supply.warehouse_id)
    risen = select(func.coalesce(func.sum(StockRise.units), 0)).where(
        StockRise.shop_id == shop_id, StockRise.state == "open", *there
    )
    query = (
        select(
            Supply.id,
            Supply.variant_id,
            Supply.warehouse_id,
            Supply.supplier_id,
            Supply.quantity,
            Supply.received,
            Supply.held,
            Supply.eta,
            Supply.eta_latest,
            Supply.reference,
            risen.scalar_subquery().label("risen"),
        )
        .where(Supply.shop_id == shop_id, Supply.variant_id == any_texts(variants), Supply.state == "expected")
        .order_by(Supply.variant_id, Supply.warehouse_id, Supply.eta, Supply.id)
    )
    return connection.execute(query).all()


def _supplies(rows: Sequence[Row[*tuple[Any, ...]]], taught: Taught, today: date) -> dict[str, list[model.Supply]]:
    """What is still to come for the queue: neither held back nor perhaps on the shelf already."""
    found, doubts = defaultdict(list), _doubts(rows, today)
    for row in rows:
        left, delays = _free(row) - doubts.get(row.id, 0), taught.delays.get(row.supplier_id, ())
        supply = model.Supply(str(row.id), row.warehouse_id, left, _due(row), row.reference, delays)
        found[row.variant_id].append(supply)
    return found


def _free(row: Row[*tuple[Any, ...]]) -> int:
    """Units to come that are not held back."""
    return max(0, to_come(row) - int(row.held))


def _due(row: Row[*tuple[Any, ...]]) -> date:
    due: date = row.eta_latest or row.eta
    return due


def _doubts(rows: Sequence[Row[*tuple[Any, ...]]], today: date) -> dict[int, int]:
    """By supply, how many of its free units are in doubt: of one variant and warehouse the earliest first.

    Late ones come last. They date nobody, nor do units held back: doubt of these would leave as many of another line
    promised that are perhaps on the shelf.
    """
    found: dict[int, int] = {}
    doubtful = (row for row in rows if row.risen)
    for _, lines in groupby(doubtful, key=lambda row: (row.variant_id, row.warehouse_id)):
        together = sorted(lines, key=lambda row: _due(row) < today)
        found |= withheld([(row.id, _free(row)) for row in together], int(together[0].risen))
    return found
