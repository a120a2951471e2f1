"""Whose turn it is: the order in which claims are served."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from app.engine.model import Claim, Exchange, Policy

BY_POLICY: Mapping[Policy, Callable[[Claim], tuple[Any, ...]]] = {
    Policy.WANTED_DATE: lambda claim: (claim.wanted_on is None, claim.wanted_on or date.min),
    Policy.PAID_FIRST: lambda claim: (not claim.paid,),
    Policy.RANK: lambda claim: (claim.rank is None, claim.rank or 0),
    Policy.COMPLETE_FIRST: lambda claim: (not claim.completes,),
}


def in_turn(claims: Iterable[Claim], policy: Policy, exchanges: Sequence[Exchange]) -> list[Claim]:
    """The claims in the order in which they are served: pinned ones, then by policy, then first come.

    What people exchanged comes last: claims are split where only some of their units change places. Of a line that is
    gone or smaller by now, what is left of it does.
    """
    queue = sorted(claims, key=_joined)
    # Few join at the same moment, and the whole key takes long.
    if len(set(map(_joined, queue))) < len(queue):
        queue.sort(key=first_come)
    if policy is not Policy.FIRST_COME:
        queue.sort(key=BY_POLICY[policy])
    if any(claim.pinned for claim in queue):
        queue.sort(key=lambda claim: not claim.pinned)
    for exchange in exchanges:
        queue = _exchanged(queue, exchange)
    return queue


_joined = attrgetter("queued_at")


def first_come(claim: Claim) -> tuple[Any, ...]:
    """When it came. Order numbers settle a tie, "9" before "10"; then the line, then its layers."""
    number = (0, int(claim.number)) if claim.number.isdecimal() else (1, claim.number)
    return claim.queued_at, number, claim.line, claim.layer


def _exchanged(queue: Sequence[Claim], exchange: Exchange) -> list[Claim]:
    """The first units of either line at the places of the other's."""
    both = [sum(claim.quantity for claim in queue if claim.line == line) for line in (exchange.line, exchange.to_line)]
    units = min(exchange.units, *both)
    if units <= 0 or exchange.line == exchange.to_line:
        return list(queue)
    parted = _cut(_cut(queue, exchange.line, units), exchange.to_line, units)
    ours, theirs = _first(parted, exchange.line, units), _first(parted, exchange.to_line, units)
    # Only the places of a line's first units change hands, so each line's units keep their order among themselves.
    coming = _Units(parted[place] for place in theirs), _Units(parted[place] for place in ours)
    swapped: list[Claim] = []
    for place, claim in enumerate(parted):
        if place in ours:
            swapped += coming[0].take(claim.quantity)
        elif place in theirs:
            swapped += coming[1].take(claim.quantity)
        else:
            swapped.append(claim)
    return swapped


def _first(queue: Sequence[Claim], line: str, units: int) -> list[int]:
    """The places of the line's first units."""
    found = []
    for place, claim in enumerate(queue):
        if claim.line == line and units > 0:
            found.append(place)
            units -= claim.quantity
    return found


class _Units:
    """Units of claims, taken one part after the other."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._left = list(claims)

    def take(self, units: int) -> Iterator[Claim]:
        while units:
            claim, *rest = self._left
            taken, *left = part(claim, units)
            self._left = [*left, *rest]
            units -= taken.quantity
            yield taken


def _cut(queue: Sequence[Claim], line: str, units: int) -> list[Claim]:
    """The queue with the line's claims parted so that the first of them come to just so many units."""
    cut: list[Claim] = []
    for claim in queue:
        if claim.line == line and 0 < units < claim.quantity:
            cut += part(claim, units)
        else:
            cut.append(claim)
        units -= claim.quantity if claim.line == line else 0
    return cut


def part(claim: Claim, units: int) -> list[Claim]:
    """The claim in two, so many units in the first; alone where it has no more. The first keeps what there is once."""
    if units >= claim.quantity:
        return [claim]
    approving = min(claim.approving, units)
    return [
        claim._replace(quantity=units, approving=approving),
        claim._replace(quantity=claim.quantity - units, approving=claim.approving - approving, allocations=()),
    ]
