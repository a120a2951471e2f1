"""Telling what was done, in the transaction that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from app.models import Activity

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
    "queue.moved": "{lines} got another date or state.",
    "setting.changed": "Changed {name} from {before} to {after}.",
    "key.made": "Made the API key {name}.",
    "key.revoked": "Revoked the API key {name}.",
    "pool.opened": "Set up the backorder pool.",
    "pool.mended": "Put the backorder pools right.",
    "group.made": "Made one group of {channels}.",
    "group.dissolved": "Dissolved the group of {channels}.",
    "file.imported": "Imported {file}.",
    "shop.swept": "Looked at everything in the shop.",
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
    effect: Mapping[str, int] | None = None,
    **params: Any,
) -> None:
    """Keep that it was done. `params` are what the sentence of the kind needs, and may hold more; JSON takes them."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of activity.")
    row = {"shop_id": shop_id, "who": who, "kind": kind, "params": params, "effect": dict(effect or {})}
    named = {"subject_kind": subject.kind.value, "subject_id": subject.id, "subject_name": subject.name}
    connection.execute(insert(Activity).values(row | named))
