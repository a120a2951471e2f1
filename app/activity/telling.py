"""Telling what was done, in the transaction that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Connection, insert

from app.models import Activity, Shop
from app.platforms import ChannelSeen
from app.wording import Said

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


KINDS: Mapping[str, Text] = {
    "order.shipped": lazy("Shipped {units} of order {order}."),
    "order.cancelled": lazy("Cancelled order {order}."),
    "order.overrun": lazy("Order {order} took {units} beyond the cap."),
    "order.pool_shipped": lazy("{units} of order {order} left from the backorder pool."),
    "rule.made": lazy("Made a rule."),
    "rule.changed": lazy("Changed a rule."),
    "rule.removed": lazy("Removed a rule."),
    "supply.added": lazy("Added {supply}."),
    "supply.changed": lazy("Changed {supply}."),
    "supply.cancelled": lazy("Cancelled {supply}."),
    "supply.received": lazy("{units} of {supply} arrived."),
    "supply.undone": lazy("Took back a receipt of {supply}."),
    "queue.pin": lazy("Let order {order} go first."),
    "queue.hand_over": lazy("Handed {units} of order {order} to order {to_order}."),
    "queue.hold": lazy("Held order {order} back."),
    "queue.redate": lazy("Gave order {order} another day."),
    "queue.undone": lazy("Took back a decision on order {order}."),
    "queue.moved": lazy("{lines} of {sku} got another date: {why}"),
    "setting.changed": lazy("Changed {name} from {before} to {after}."),
    "key.made": lazy("Made the API key {name}."),
    "key.revoked": lazy("Revoked the API key {name}."),
    "pool.opened": lazy("Set up the backorder pool of {channels}."),
    "pool.mended": lazy("Put right what was not set up as it should be."),
    "group.made": lazy("Made one group of {channels}."),
    "group.dissolved": lazy("Dissolved the group of {channels}."),
    "file.imported": lazy("Imported {file}."),
    "shop.paused": lazy("Paused everything."),
    "shop.resumed": lazy("Ended the pause."),
    "shop.swept": lazy("Looked at everything in the shop."),
    "shop.leaving": lazy("Began to leave the shop."),
    "shop.stayed": lazy("Stayed in the shop after all."),
    "shop.left": lazy("Closed sale past zero and took Dueback out of the shop."),
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
    connection: Connection, shop_id: int, who: str, channels: Sequence[ChannelSeen], done: Sequence[Said]
) -> None:
    """Keep that the channels got their pool, if anything was `done` for that, in sentences."""
    if done:
        names = ", ".join(channel.name for channel in channels)
        first = Thing(Subject.CHANNEL, channels[0].id, channels[0].name)
        tell(connection, shop_id, who, "pool.opened", first, channels=names, done=[said.kept() for said in done])


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
