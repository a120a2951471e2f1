"""Whose turn it is: first come, first served."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.engine.model import Claim, Exchange, Policy


def in_turn(claims: Iterable[Claim], policy: Policy, exchanges: Sequence[Exchange]) -> list[Claim]:  # noqa: ARG001
    """The claims in the order in which they are served."""
    return sorted(claims, key=queue_order)


def queue_order(claim: Claim) -> tuple[Any, ...]:
    """First come, first served. Order numbers settle a tie, "9" before "10"; then the line, then its layers."""
    number = (0, int(claim.number)) if claim.number.isdecimal() else (1, claim.number)
    return claim.queued_at, number, claim.line, claim.layer
