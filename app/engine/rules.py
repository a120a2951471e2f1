"""Many rules, one answer: each field comes from the most specific rule that decides it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from app.engine.model import Display, LeadIn, Mode, Terms

EVERY_CHANNEL = ""
THE_SHOP = ""
NONE = "none"
ALWAYS = "always"
INCOMING = "incoming"
STARTS_ON, ENDS_ON = "starts_on", "ends_on"

A_DAY = timedelta(days=1)

Value = str | int | bool


class Scope(StrEnum):
    """What a rule holds for, most specific first. A category's rule holds for every category below it too."""

    VARIANT = "variant"
    PRODUCT = "product"
    COLLECTION = "collection"
    CATEGORY = "category"
    PRODUCT_TYPE = "product_type"
    CHANNEL = "channel"
    SHOP = "shop"


# A plain text is looked up faster than an enum's member.
VARIANT, PRODUCT = Scope.VARIANT.value, Scope.PRODUCT.value


@dataclass(frozen=True, slots=True)
class VariantScopes:
    """A variant and what it belongs to, by id. `categories` are its own and all above it, the nearest first."""

    id: str
    product: str = ""
    product_type: str = ""
    categories: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What the merchant allows for `target` in one `channel` or in every one.

    `fields` has only what the rule decides, by the names of `Terms`, as texts and numbers: days as 2027-05-12, times as
    14:00; "none" takes back what a wider scope says. `starts_on` and `ends_on` among them are the first and the last
    day on which the rule decides anything. `name` is what people call the target.
    """

    scope: Scope
    target: str
    channel: str
    fields: Mapping[str, Value]
    name: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the rule decides anything on that day."""
        starts, ends = self._day(STARTS_ON), self._day(ENDS_ON)
        return (starts is None or starts <= day) and (ends is None or day <= ends)

    def changes(self) -> Iterator[date]:
        """The days on which the rule begins to decide, and on which it does not any more."""
        if starts := self._day(STARTS_ON):
            yield starts
        if (ends := self._day(ENDS_ON)) and ends < date.max:
            yield ends + A_DAY

    def _day(self, name: str) -> date | None:
        text = self.fields.get(name)
        return date.fromisoformat(str(text)) if text else None


Read = Callable[[Any], Any]


def _or_none(read: Read) -> Read:
    return lambda value: None if value == NONE else read(value)


def _or_word(read: Read, word: str) -> Read:
    return lambda value: word if value == word else read(value)


def _or_empty(value: Any) -> str:
    return "" if value == NONE else str(value)


READ: Mapping[str, Read] = {
    "mode": Mode,
    "cap": _or_none(_or_word(int, INCOMING)),
    "open_at": _or_word(int, ALWAYS),
    "horizon_days": _or_none(int),
    "require_date": bool,
    "lead_days": _or_none(int),
    "lead_in": LeadIn,
    "holidays": _or_empty,
    "cut_off": _or_none(time.fromisoformat),
    "time_zone": _or_empty,
    "buffer_days": int,
    "confidence": _or_none(int),
    "release_on": _or_none(date.fromisoformat),
    "early_sale": bool,
    "units_per_order": _or_none(int),
    "may_split": bool,
    "display": Display,
    "spread_days": int,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """The terms that hold, and the rule each of their fields came from. Fields nobody decided keep their default.

    `changes_on` is the next day on which a rule that concerns the variant starts, or is over; None: none ever does.
    """

    terms: Terms
    origins: Mapping[str, Rule]
    changes_on: date | None = None


class Rules:
    """All rules of a shop, at hand by where they hold.

    Many variants share the same few rules, so what those come to together is worked out once.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, str, str], Rule] = {
            (rule.scope, rule.target, rule.channel): rule for rule in rules
        }
        self._wide: dict[tuple[object, ...], list[Rule]] = {}
        self._merged: dict[tuple[date, tuple[int, ...], int], Merged] = {}

    def with_rule(self, rule: Rule) -> "Rules":
        """These and the rule; it takes the place of one that is there."""
        return Rules([*self._rules.values(), rule])

    def without(self, scope: Scope, target: str, channel: str) -> "Rules":
        """These without the rule at the place, if there is one."""
        return Rules(rule for place, rule in self._rules.items() if place != (scope, target, channel))

    def merge(self, variant: VariantScopes, channel: str, today: date) -> Merged:
        """What holds for the variant in the channel today."""
        narrow, wide = self._own(variant, channel), self._inherited(variant, channel)
        key = today, tuple(map(id, narrow)), id(wide)
        if key not in self._merged:
            self._merged[key] = _merge([*narrow, *wide], today)
        return self._merged[key]

    def merge_beyond(self, place: tuple[str, str, str], variant: VariantScopes, channel: str, today: date) -> Merged:
        """What less specific rules than the one at the place (scope, target, channel) come to for the variant."""
        concerned = [*self._own(variant, channel), *self._inherited(variant, channel)]
        places = [(rule.scope, rule.target, rule.channel) for rule in concerned]
        return _merge(concerned[places.index(place) + 1 :] if place in places else concerned, today)

    def _own(self, variant: VariantScopes, channel: str) -> list[Rule]:
        """The rules for the variant and its product."""
        places = (
            (VARIANT, variant.id, channel),
            (VARIANT, variant.id, EVERY_CHANNEL),
            (PRODUCT, variant.product, channel),
            (PRODUCT, variant.product, EVERY_CHANNEL),
        )
        return [self._rules[place] for place in places if place in self._rules]

    def _inherited(self, variant: VariantScopes, channel: str) -> list[Rule]:
        """The rules for all else it belongs to. The same list for all variants that belong to the same."""
        key = variant.collections, variant.categories, variant.product_type, channel
        if key not in self._wide:
            self._wide[key] = [*self._of_collections(variant, channel), *self._of_kinds(variant, channel)]
        return self._wide[key]

    def _of_collections(self, variant: VariantScopes, channel: str) -> Iterator[Rule]:
        """By name: the same rules give the same answer in whatever order they were made."""
        for where in (channel, EVERY_CHANNEL):
            yield from sorted(
                self._at(Scope.COLLECTION, variant.collections, (where,)), key=attrgetter("name", "target")
            )

    def _of_kinds(self, variant: VariantScopes, channel: str) -> Iterator[Rule]:
        both = channel, EVERY_CHANNEL
        yield from self._at(Scope.CATEGORY, variant.categories, both)
        yield from self._at(Scope.PRODUCT_TYPE, (variant.product_type,), both)
        yield from self._at(Scope.CHANNEL, (channel,), both)
        yield from self._at(Scope.SHOP, (THE_SHOP,), both)

    def _at(self, scope: Scope, targets: Iterable[str], channels: Iterable[str]) -> list[Rule]:
        """The rules for each target, in each of these channels."""
        places = ((scope.value, target, channel) for target in targets for channel in channels)
        return [self._rules[place] for place in places if place in self._rules]


def _merge(concerned: Sequence[Rule], today: date) -> Merged:
    origins: dict[str, Rule] = {}
    for rule in concerned:
        if rule.holds_on(today):
            origins = dict.fromkeys(rule.fields, rule) | origins
    origins = {name: origins[name] for name in READ if name in origins}
    decided = {name: READ[name](rule.fields[name]) for name, rule in origins.items()}
    changes = (day for rule in concerned for day in rule.changes() if day > today)
    return Merged(Terms(**decided), origins, min(changes, default=None))
