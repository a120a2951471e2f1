"""What holds for a variant: the merged rules, by pool and by channel."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.engine.model import Channel, Pool
from app.engine.rules import Merged, Rule, Rules, VariantScopes
from app.rulebook import days_off
from app.rulebook.place import Place


@dataclass(frozen=True, slots=True)
class Supposed:
    """A rule that is not kept, in place of the one at its place, or without one; and channels opened for it.

    Those of them that have no pool get one.
    """

    place: Place
    fields: Mapping[str, Any] | None
    opened: Collection[str] = ()

    def rules(self, kept: Rules) -> Rules:
        at = self.place.scope, self.place.target, self.place.channel_id
        if self.fields is None:
            return kept.without(*at)
        return kept.with_rule(Rule(*at, self.fields, self.place.target_name))

    def channels(self, known: Iterable[Channel]) -> tuple[Channel, ...]:
        return tuple(
            replace(channel, pool=f"new {channel.id}")
            if channel.pool is None and channel.id in self.opened
            else channel
            for channel in known
        )


def deciding(channels: Sequence[Channel], listed_in: Sequence[str]) -> dict[str, Channel]:
    """The channel whose rule holds, by pool: of a group the first that sells the variant, by slug."""
    found: dict[str, Channel] = {}
    for channel in sorted(channels, key=lambda channel: (channel.id not in listed_in, channel.slug)):
        if channel.pool:
            found.setdefault(channel.pool, channel)
    return found


def pools(
    rules: Rules, variant: VariantScopes, channels: Sequence[Channel], listed_in: Sequence[str], today: date
) -> Iterator[Pool]:
    """Each pool with what holds for the variant there."""
    for warehouse, channel in deciding(channels, listed_in).items():
        merged = rules.merge(variant, channel.id, today)
        yield Pool(warehouse, merged.terms, merged.changes_on)


def by_channel(
    rules: Rules, variant: VariantScopes, channels: Sequence[Channel], listed_in: Sequence[str], today: date
) -> Mapping[str, Merged]:
    """What holds for the variant in each channel: in a group, what holds for the group."""
    decided_by = deciding(channels, listed_in)
    return {
        channel.id: rules.merge(variant, decided_by.get(channel.pool or "", channel).id, today) for channel in channels
    }


def holidays_for(found: Iterable[Pool], today: date) -> dict[str, frozenset[date]]:
    """The days off of every country that the rules of these pools name."""
    return days_off.around({pool.terms.holidays for pool in found} - {""}, today)
