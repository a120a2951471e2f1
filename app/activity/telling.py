"""Telling what was done, in the transaction that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from app.models import Activity, Shop
from app.platforms import ChannelSeen

APP = "Dueback"
"""Who it was that no person asked."""


class Subject(StrEnum):
    """What something is done to. Ids are the platform's of orders, variants and channels, our numbers of the others."""

    SHOP = "shop"
    ORDER = "order"
    VARIANT = "variant"
    SUPPLY = "supply"
    RULE = "rule"
    CHANNEL = "channel"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Thing:
    """One subject, as people call it now."""

    kind: Subject
    id: str
    name: str


KINDS: Mapping[str, str] = {
    "order.shipped": "Shipped {units} of order {order}.",
    "order.cancelled": "Cancelled order {order}.",
    "order.overrun": "Order {order} took {units} beyond the cap.",
    "order.pool_shipped": "{units} of order {order} left from the backorder pool.",
    "rule.made": "Made a rule.",
    "rule.changed": "Changed a rule.",
    "rule.removed": "Removed a rule.",
    "supply.added": "Added {supply}.",
    "supply.changed": "Changed {supply}.",
    "supply.cancelled": "Cancelled {supply}.",
    "supply.received": "{units} of {supply} arrived.",
    "supply.undone": "Took back a receipt of {supply}.",
    "queue.pin": "Let order {order} go first.",
    "queue.hand_over": "Handed {units} of order {order} to order {to_order}.",
    "queue.hold": "Held order {order} back.",
    "queue.redate": "Gave order {order} another day.",
    "queue.undone": "Took back a decision on order {order}.",
    "queue.moved": "{lines} of {sku} got another date: {why}",
    "setting.changed": "Changed {name} from {before} to {after}.",
    "key.made": "Made the API key {name}.",
    "key.revoked": "Revoked the API key {name}.",
    "pool.opened": "Set up the backorder pool of {channels}.",
    "pool.mended": "Put right what was not set up as it should be.",
    "group.made": "Made one group of {channels}.",
    "group.dissolved": "Dissolved the group of {channels}.",
    "file.imported": "Imported {file}.",
    "shop.swept": "Looked at everything in the shop.",
    "shop.leaving": "Began to leave the shop.",
    "shop.stayed": "Stayed in the shop after all.",
    "shop.left": "Closed sale past zero and took Dueback out of the shop.",
}
"""What can be done, by family and kind, and how it is told. Texts for people, to be translated."""


def tell(
    connection: Connection,
    shop_id: int,
    who: str,
    kind: str,
    subject: Thing,
    *,
    also: Thing | None = None,
    effect: Mapping[str, int] | None = None,
    **params: Any,
) -> None:
    """Keep that it was done. `params` are what the sentence of the kind needs, and may hold more; JSON takes them."""
    connection.execute(insert(Activity), [row_of(shop_id, who, kind, subject, also=also, effect=effect, **params)])


def tell_pool(
    connection: Connection, shop_id: int, who: str, channels: Sequence[ChannelSeen], done: Sequence[str]
) -> None:
    """Keep that the channels got their pool, if anything was `done` for that, in sentences."""
    if done:
        names = ", ".join(channel.name for channel in channels)
        first = Thing(Subject.CHANNEL, channels[0].id, channels[0].name)
        tell(connection, shop_id, who, "pool.opened", first, channels=names, done=list(done))


def tell_settings(
    connection: Connection, shop: Shop, who: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Keep each setting that is another one than before."""
    subject = Thing(Subject.SHOP, str(shop.id), shop.name)
    for name, value in after.items():
        if before.get(name) != value:
            tell(connection, shop.id, who, "setting.changed", subject, name=name, before=before.get(name), after=value)


def row_of(
    shop_id: int,
    who: str,
    kind: str,
    subject: Thing,
    *,
    also: Thing | None = None,
    effect: Mapping[str, int] | None = None,
    **params: Any,
) -> dict[str, Any]:
    """The row that `tell` keeps, for who has many."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of activity.")
    row = {"shop_id": shop_id, "who": who, "kind": kind, "params": params, "effect": dict(effect or {})}
    return row | _named("subject", subject) | _named("also", also)


def _named(role: str, thing: Thing | None) -> dict[str, str]:
    values = (thing.kind.value, thing.id, thing.name) if thing else ("", "", "")
    return {f"{role}_{part}": value for part, value in zip(("kind", "id", "name"), values, strict=True)}
