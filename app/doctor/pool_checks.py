"""Checks of the pools: is each where it must be, so that the shop's checkout finds it first."""

from collections.abc import Iterator
from itertools import combinations

from flask_babel import lazy_gettext as lazy

from app.doctor.evidence import Evidence
from app.doctor.finding import Finding, Severity
from app.platforms import ChannelSeen, ShopLayout, WarehouseSeen
from app.pool_layout import members_of, pool_of, real_warehouses, zones_lacking
from app.pools import IN_ORDER
from app.wording import told

MENDED = lazy("Dueback puts it right by itself at its next sweep, or at once with `dueback doctor --mend`.")

ZONE_SHUT = lazy('"{pool}" does not serve the shipping zone {zone}: nothing can be backordered from there.')
ZONE_LACKING = lazy('"{pool}" does not serve the shipping zone {zone}, as the real warehouses do.')


def pools(evidence: Evidence) -> Iterator[Finding]:
    layout = evidence.layout
    if layout is None:
        return
    for channel in layout.channels:
        pool = pool_of(layout, channel)
        if pool:
            yield from _pool(evidence, layout, channel, pool)
        elif channel.id in evidence.ruled:
            yield Finding(
                f"pool_gone:{channel.slug}",
                Severity.ERROR,
                told(
                    lazy(
                        "{channel} has rules that sell past zero, but no backorder pool: it sells only what is on hand."
                    ),
                    channel=channel.name,
                ),
                told(lazy("Make it with {command}."), command=_open(evidence, channel)),
                staff=True,
            )


def _pool(evidence: Evidence, layout: ShopLayout, channel: ChannelSeen, pool: WarehouseSeen) -> Iterator[Finding]:
    if pool.id not in channel.warehouses:
        yield Finding(
            f"pool_not_in_channel:{channel.slug}",
            Severity.ERROR,
            told(
                lazy('{channel} does not sell from its backorder pool "{pool}" any more: only what is on hand.'),
                channel=channel.name,
                pool=pool.name,
            ),
            told(
                lazy("Put it back with {command}, or switch the channel's rules off."), command=_open(evidence, channel)
            ),
            staff=True,
        )
        return
    if channel.warehouses[0] != pool.id:
        yield Finding(
            f"pool_not_first:{channel.slug}",
            Severity.ERROR,
            told(
                lazy(
                    '"{pool}" is not the first warehouse of {channel}, so backorders are allocated to real warehouses '
                    "and block the shipping of older orders there."
                ),
                pool=pool.name,
                channel=channel.name,
            ),
            told(MENDED),
            staff=True,
        )
    if channel.strategy != IN_ORDER:
        yield Finding(
            f"strategy_wrong:{channel.slug}",
            Severity.ERROR,
            told(
                lazy(
                    "Orders of {channel} are taken from the warehouse with the most stock, not in the warehouses' "
                    "order, so backorders are allocated to real warehouses and block the shipping of older orders "
                    "there."
                ),
                channel=channel.name,
            ),
            told(
                lazy(
                    "Choose the sorting order as allocation strategy in the dashboard under Configuration, Channels, "
                    "{channel}, or run {command}."
                ),
                channel=channel.name,
                command=_open(evidence, channel),
            ),
            staff=True,
        )
    for zone in zones_lacking(layout, channel, pool.id):
        yield Finding(
            f"pool_not_in_zone:{channel.slug}:{zone.name}",
            Severity.ERROR if layout.legacy_zones else Severity.INFO,
            told(ZONE_SHUT if layout.legacy_zones else ZONE_LACKING, pool=pool.name, zone=zone.name),
            told(MENDED),
            staff=layout.legacy_zones,
        )


def zones(evidence: Evidence) -> Iterator[Finding]:
    """With the legacy setting a buyer sees only the warehouses of his region; the pool knows one number for all."""
    layout = evidence.layout
    if layout is None or not layout.legacy_zones:
        return
    for channel in layout.channels:
        real = frozenset(real_warehouses(layout, channel))
        served = {real & set(zone.warehouses) for zone in layout.zones if channel.id in zone.channels} - {frozenset()}
        if pool_of(layout, channel) and served and served != {real}:
            yield Finding(
                f"legacy_regions:{channel.slug}",
                Severity.WARNING,
                told(
                    lazy(
                        "Buyers of {channel} see other warehouses from one shipping zone than from another, because "
                        "the shop counts stock by shipping zone. One backorder limit for the channel is then too low "
                        "for some regions and too high for others."
                    ),
                    channel=channel.name,
                ),
                told(
                    lazy(
                        "Switch useLegacyShippingZoneStockAvailability off in the shop's settings, or let every "
                        "shipping zone of the channel have all its warehouses."
                    )
                ),
            )


def sharing(evidence: Evidence) -> Iterator[Finding]:
    """Channels that sell the same goods without sharing a queue."""
    layout = evidence.layout
    if layout is None:
        return
    for one, other in combinations(layout.channels, 2):
        shared = set(real_warehouses(layout, one)) & set(real_warehouses(layout, other))
        if shared and pool_of(layout, one) != pool_of(layout, other):
            names = sorted(warehouse.name for warehouse in layout.warehouses if warehouse.id in shared)
            yield Finding(
                f"shared_warehouses:{one.slug}:{other.slug}",
                Severity.WARNING,
                told(
                    lazy(
                        "{one} and {other} both sell from {warehouses} but have no backorder pool in common: a new "
                        "buyer in one may get units that those warehouses owe to older orders of the other. Each "
                        "such order is found and listed."
                    ),
                    one=one.name,
                    other=other.name,
                    warehouses=names,
                ),
                told(
                    lazy(
                        "Give both channels the same warehouses and run them as one group, or give each warehouses "
                        "of its own."
                    )
                ),
            )


def groups(evidence: Evidence) -> Iterator[Finding]:
    """Channels that share a pool and have drifted apart since."""
    layout = evidence.layout
    if layout is None:
        return
    for pool in layout.warehouses:
        members = members_of(layout, pool) if pool.ours else []
        if len({frozenset(real_warehouses(layout, channel)) for channel in members}) > 1:
            yield Finding(
                f"group_differs:{pool.slug}",
                Severity.ERROR,
                told(
                    lazy(
                        "{channels} share one backorder pool but do not sell from the same warehouses any more, so "
                        "what they may sell is counted wrongly."
                    ),
                    channels=[channel.name for channel in members],
                ),
                told(lazy("Give them the same warehouses in the dashboard under Configuration, Channels.")),
                staff=True,
            )


def _open(evidence: Evidence, channel: ChannelSeen) -> str:
    return f"`dueback rule set --shop {evidence.shop_url} --scope channel:{channel.slug} --mode backorder --yes`"
