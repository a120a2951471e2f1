"""Why: in sentences a merchant can repeat to a customer."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from app import queue
from app.engine.model import Channel, Facts, Offer, Plan, PoolPlan, Terms
from app.engine.rules import Merged, Rule, Scope

SOURCES = {
    "on_hand": "are on hand in {warehouse}",
    "supply": "come with supply {reference}, expected {expected}",
    "lead_time": "follow from the rule's lead time, expected {expected}",
    "unknown": "have no date: no supply is left for them and no lead time is set, or it has passed",
}


def claims(connection: Connection, shop_id: int, number: str) -> list[dict[str, Any]]:
    """Each open line of an order, with sentences saying what its units rest on."""
    found = [claim for claim in queue.lines(connection, shop_id) if claim["order"] == number]
    return [{"sku": claim["sku"], "why": [_piece(piece) for piece in claim["pieces"]]} for claim in found]


def _piece(piece: Mapping[str, Any]) -> str:
    named = dict(piece) | {"reference": piece["reference"] or "without a reference"}
    return f"{piece['quantity']} {SOURCES[piece['source']].format(**named)}."


def variant(facts: Facts, plan: Plan, merged: Mapping[str, Merged]) -> list[dict[str, Any]]:
    """Why the variant can or cannot be ordered in each channel, and from where each value of its rule comes.

    `merged` is what holds in each channel, by its id: see `book.load_merged`.
    """
    pools = {pool.warehouse: pool for pool in plan.pools}
    offers = {offer.channel: offer for offer in plan.offers}
    return [
        {
            "channel": channel.slug,
            "status": offers[channel.id].status,
            "why": list(_reasons(channel, offers[channel.id], pools, merged[channel.id])),
        }
        for channel in facts.channels
    ]


def _reasons(channel: Channel, offer: Offer, pools: Mapping[str, PoolPlan], rule: Merged) -> Iterator[str]:
    yield f"{offer.available_now} are on hand and owed to nobody."
    if channel.pool is None or rule.terms.mode == "off":
        yield "Backorders are off: no rule allows them here."
        return
    yield from _limits(pools[channel.pool], rule.terms)
    yield from (
        f"{name.replace('_', ' ')} {origin.fields[name]}: {_scope(origin)}." for name, origin in rule.origins.items()
    )


def _limits(pool: PoolPlan, terms: Terms) -> Iterator[str]:
    owed = f"{pool.outstanding} are owed and not covered"
    if terms.open_at != "always" and pool.free > terms.open_at:
        yield f"{owed}; backorders open when {terms.open_at} or fewer are free."
    elif terms.cap is None:
        yield f"{owed}; there is no limit."
    else:
        yield f"{owed}; the limit is {terms.cap}, so {pool.headroom} more may be ordered."


def _scope(rule: Rule) -> str:
    names = {
        Scope.SHOP: "the rule for the whole shop",
        Scope.CHANNEL: "the rule for the channel",
        Scope.VARIANT: "its own rule",
    }
    named = names.get(rule.scope) or f"the rule for the {rule.scope.value.replace('_', ' ')} {rule.name}"
    return named + (", in this channel only" if rule.channel and rule.scope is not Scope.CHANNEL else "")
