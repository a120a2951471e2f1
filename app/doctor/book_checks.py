"""Checks of our own tables: units that are not where they should be."""

from collections.abc import Iterator, Sequence

from app.doctor.evidence import Evidence, Units
from app.doctor.finding import Finding, Severity

NAMED = 5


def paused(evidence: Evidence) -> Iterator[Finding]:
    if evidence.paused_since:
        yield Finding(
            "paused",
            Severity.INFO,
            f"The shop is paused since {evidence.paused_since:%Y-%m-%d %H:%M} UTC by {evidence.paused_by}: nothing is "
            "sold past zero in any channel. Who waits keeps turn and date.",
            f"Resume it with `dueback shop resume --shop {evidence.shop_url}`.",
        )


def overfull(evidence: Evidence) -> Iterator[Finding]:
    if evidence.overfull:
        yield Finding(
            "allocated_beyond_stock",
            Severity.INFO,
            f"{_count(evidence.overfull, 'stock has', 'stocks have')} more units allocated to orders than there are: "
            f"{_list(evidence.overfull, 'in')}. The orders keep their place in the queue.",
            "Ship what is ready of them with `dueback ship`: the shop itself may refuse to. Or count the stock again.",
        )


def overruns(evidence: Evidence) -> Iterator[Finding]:
    if evidence.overruns:
        yield Finding(
            "overruns",
            Severity.WARNING,
            f"{_count(evidence.overruns, 'open order line was', 'open order lines were')} sold beyond the backorder "
            f"limit: {_list(evidence.overruns, 'in order')}.",
            "They keep their place in the queue. Raise the limit, order more, or cancel them in the dashboard.",
        )


def pool_shipments(evidence: Evidence) -> Iterator[Finding]:
    """Shipped from a warehouse that holds nothing, and not put right: a person has to count."""
    reported = [units for units in evidence.pool_shipments if units.state == "reported"]
    under_way = [units for units in evidence.pool_shipments if units.state != "reported"]
    if reported:
        yield Finding(
            "pool_shipments_reported",
            Severity.WARNING,
            "Units were shipped from the backorder pool, which holds none, and could not be taken off another "
            f"warehouse: {_list(reported, 'in order')}.",
            "Count the stock of the warehouse they left from. The note on each order says more.",
        )
    if under_way:
        yield Finding(
            "pool_shipments_under_way",
            Severity.INFO,
            f"Units shipped from the backorder pool are being put right: {_list(under_way, 'in order')}.",
            "Nothing is to be done, unless it stays so: then see whether a worker runs.",
        )


def _count(found: Sequence[Units], one: str, many: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else many}"


def _list(found: Sequence[Units], where: str) -> str:
    named = "; ".join(f"{units.units} of {units.sku} {where} {units.where}" for units in found[:NAMED])
    more = len(found) - NAMED
    return f"{named}; and {more} more" if more > 0 else named
