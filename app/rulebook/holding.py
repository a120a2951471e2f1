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


class Holding:
    """What the rules come to today, for one variant after the other; `listed_in` are the channels that sell it."""

    def __init__(self, rules: Rules, channels: Sequence[Channel], today: date) -> None:
        self._rules, self._channels, self._today = rules, channels, today
        self._deciding: dict[tuple[str, ...], Mapping[str, Channel]] = {}

    def pools(self, variant: VariantScopes, listed_in: tuple[str, ...]) -> Iterator[Pool]:
        """Each pool with what holds for the variant there."""
        for warehouse, channel in self.deciding(listed_in).items():
            merged = self._rules.merge(variant, channel.id, self._today)
            yield Pool(warehouse, merged.terms, merged.changes_on)

    def by_channel(self, variant: VariantScopes, listed_in: tuple[str, ...]) -> Mapping[str, Merged]:
        """What holds for the variant in each channel: in a group, what holds for the group."""
        by_pool = self.deciding(listed_in)
        deciding = ((channel.id, by_pool.get(channel.pool or "", channel)) for channel in self._channels)
        return {number: self._rules.merge(variant, channel.id, self._today) for number, channel in deciding}

    def deciding(self, listed_in: tuple[str, ...]) -> Mapping[str, Channel]:
        """The channel whose rule holds, by pool: of a group the first that sells the variant, by slug."""
        if listed_in not in self._deciding:
            found: dict[str, Channel] = {}
            for channel in sorted(self._channels, key=lambda channel: (channel.id not in listed_in, channel.slug)):
                if channel.pool:
                    found.setdefault(channel.pool, channel)
            self._deciding[listed_in] = found
        return self._deciding[listed_in]


def holidays_for(found: Iterable[Pool], today: date) -> dict[str, frozenset[date]]:
    """The days off of every country that the rules of these pools name."""
    return days_off.around({pool.terms.holidays for pool in found} - {""}, today)
