"""Checks of our own tables: units that are not where they should be."""

from collections.abc import Iterator, Sequence

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy

from app.doctor.evidence import Evidence, Units
from app.doctor.finding import Finding, Severity, few
from app.wording import ngettext, told

IN_STOCK = lazy("{number} of {sku} in {where}")
IN_ORDER = lazy("{number} of {sku} in order {where}")


def paused(evidence: Evidence) -> Iterator[Finding]:
    if evidence.paused_since:
        yield Finding(
            "paused",
            Severity.INFO,
            told(
                lazy(
                    "The shop is paused since {since} by {who}: nothing is sold past zero in any channel. Who waits "
                    "keeps turn and date."
                ),
                since=evidence.paused_since,
                who=evidence.paused_by,
            ),
            told(lazy("Resume it with `dueback shop resume --shop {shop}`."), shop=evidence.shop_url),
        )


def overfull(evidence: Evidence) -> Iterator[Finding]:
    if evidence.overfull:
        yield Finding(
            "allocated_beyond_stock",
            Severity.INFO,
            told(
                ngettext(
                    "{count} stock has more units allocated to orders than there are: {units}. The orders keep their "
                    "place in the queue.",
                    "{count} stocks have more units allocated to orders than there are: {units}. The orders keep their "
                    "place in the queue.",
                    len(evidence.overfull),
                ),
                count=len(evidence.overfull),
                units=_list(evidence.overfull, IN_STOCK),
            ),
            told(
                lazy(
                    "Ship what is ready of them with `dueback ship`: the shop itself may refuse to. Or count the stock "
                    "again."
                )
            ),
        )


def overruns(evidence: Evidence) -> Iterator[Finding]:
    if evidence.overruns:
        yield Finding(
            "overruns",
            Severity.WARNING,
            told(
                ngettext(
                    "{count} open order line was sold beyond the backorder limit: {units}.",
                    "{count} open order lines were sold beyond the backorder limit: {units}.",
                    len(evidence.overruns),
                ),
                count=len(evidence.overruns),
                units=_list(evidence.overruns, IN_ORDER),
            ),
            told(
                lazy(
                    "They keep their place in the queue. Raise the limit, order more, or cancel them in the dashboard."
                )
            ),
        )


def pool_shipments(evidence: Evidence) -> Iterator[Finding]:
    """Shipped from a warehouse that holds nothing, and not put right: a person has to count."""
    reported = [units for units in evidence.pool_shipments if units.state == "reported"]
    under_way = [units for units in evidence.pool_shipments if units.state != "reported"]
    if reported:
        yield Finding(
            "pool_shipments_reported",
            Severity.WARNING,
            told(
                lazy(
                    "Units were shipped from the backorder pool, which holds none, and could not be taken off another "
                    "warehouse: {units}."
                ),
                units=_list(reported, IN_ORDER),
            ),
            told(lazy("Count the stock of the warehouse they left from. The note on each order says more.")),
        )
    if under_way:
        yield Finding(
            "pool_shipments_under_way",
            Severity.INFO,
            told(
                lazy("Units shipped from the backorder pool are being put right: {units}."),
                units=_list(under_way, IN_ORDER),
            ),
            told(lazy("Nothing is to be done, unless it stays so: then see whether a worker runs.")),
        )


def _list(found: Sequence[Units], text: Text) -> list[str]:
    return few([told(text, number=units.units, sku=units.sku, where=units.where) for units in found])
