"""Many rules, one answer: each field comes from the most specific rule that decides it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.engine.model import Mode, Terms

EVERY_CHANNEL = ""
THE_SHOP = ""
NO_LIMIT = "none"
ALWAYS = "always"

Value = str | int


class Scope(StrEnum):
    """What a rule holds for."""

    VARIANT = "variant"
    CHANNEL = "channel"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the merchant allows for `target` in one `channel` or in every one.

    `fields` has only what the rule decides, by the names of `Terms`: mode; cap, units or "none"; open_at, units or
    "always"; lead_days.
    """

    scope: Scope
    target: str
    channel: str
    fields: Mapping[str, Value]


READ: Mapping[str, Callable[[Any], Any]] = {
    "mode": Mode,
    "cap": lambda value: None if value == NO_LIMIT else int(value),
    "open_at": lambda value: value if value == ALWAYS else int(value),
    "lead_days": int,
}

Place = tuple[Scope, str, str]


def precedence(variant: str, channel: str) -> tuple[Place, ...]:
    """Where to look for the rules of a variant in a channel, most specific first: scope, target, channel."""
    return (
        (Scope.VARIANT, variant, channel),
        (Scope.VARIANT, variant, EVERY_CHANNEL),
        (Scope.CHANNEL, channel, channel),
        (Scope.CHANNEL, channel, EVERY_CHANNEL),
        (Scope.SHOP, THE_SHOP, channel),
        (Scope.SHOP, THE_SHOP, EVERY_CHANNEL),
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """The terms that hold, and the rule each of their fields came from. Fields nobody decided keep their default."""

    terms: Terms
    origins: Mapping[str, Rule]


class Rules:
    """All rules of a shop, at hand by where they hold."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {(rule.scope, rule.target, rule.channel): rule for rule in rules}

    def merge(self, variant: str, channel: str) -> Merged:
        """What holds for the variant in the channel."""
        origins: dict[str, Rule] = {}
        for place in precedence(variant, channel):
            if rule := self._rules.get(place):
                origins = dict.fromkeys(rule.fields, rule) | origins
        decided = {name: READ[name](rule.fields[name]) for name, rule in origins.items()}
        return Merged(Terms(**decided), origins)
