"""All checks, and the order in which their findings are told."""

from collections.abc import Callable, Iterator

from app.doctor import book_checks, pool_checks, shop_checks
from app.doctor.evidence import Evidence
from app.doctor.finding import Finding, Severity

Check = Callable[[Evidence], Iterator[Finding]]

# What lets buyers past the limit is said first of all.
FIRST: tuple[Check, ...] = (shop_checks.reservations,)
OTHERS: tuple[Check, ...] = (
    shop_checks.reachable,
    shop_checks.permissions,
    pool_checks.pools,
    pool_checks.groups,
    shop_checks.webhooks,
    shop_checks.clock,
    shop_checks.own_preorders,
    pool_checks.zones,
    pool_checks.sharing,
    book_checks.overruns,
    book_checks.pool_shipments,
    book_checks.paused,
    book_checks.overfull,
)


def diagnose(evidence: Evidence) -> list[Finding]:
    """What is wrong, from the evidence alone."""
    first = [finding for check in FIRST for finding in check(evidence)]
    others = [finding for check in OTHERS for finding in check(evidence)]
    return first + sorted(others, key=lambda finding: list(Severity).index(finding.severity))
