"""What is said of moves, of orders and of variants. All sentences are here, so that they can be translated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.engine.cause import Cause
from app.engine.changes import Reason

SENTENCES: Mapping[str, str] = {
    Cause.ORDERED: "the order joined the queue.",
    "ordered:supply": "the order joined the queue and waits for {supply}, expected {now}.",
    Cause.SHIPPED: "shipped: {count}.",
    Cause.SHIPMENT_UNDONE: "a shipment was cancelled: {count} came back to the order.",
    Cause.EDITED: "added to the order: {count}.",
    "edited:less": "taken off the order: {count}.",
    Cause.CANCELLED: "the order was cancelled.",
    Cause.ARRIVED: "{supply} arrived.",
    Cause.RECEIVED_UNCOUNTED: "{supply} was received, and the shop does not show its units yet.",
    Cause.STOCK_ROSE: "the stock of {warehouse} rose by {count}.",
    Cause.STOCK_LOST: "the stock of {warehouse} fell by {count} that no shipment explains.",
    Cause.SHIPPED_OUT_OF_TURN: "order {order} was shipped from {warehouse} before its turn.",
    Cause.SUPPLY_ADDED: "{supply} was added, expected {now}.",
    Cause.SUPPLY_GREW: "{supply} brings {count} more.",
    Cause.SUPPLY_CAME_FORWARD: "{supply} moved from {was} to {now}.",
    Cause.SUPPLY_DATED_AGAIN: "{supply} was late and is now expected {now}.",
    Cause.SUPPLY_SLIPPED: "{supply} moved from {was} to {now}.",
    Cause.SUPPLY_LATE: "{supply} was expected {was} and has not arrived.",
    Cause.SUPPLY_SHRANK: "{supply} brings {count} fewer.",
    "supply_shrank:held": "{count} of {supply} were held back.",
    "supply_shrank:doubt": "{count} of {supply} may be on hand already, and nobody has said so yet.",
    Cause.SUPPLY_CANCELLED: "{supply} was cancelled.",
    Cause.LEAD_TIME_REPLACED: "{supply}, expected {now}, serves the order now; before, only a lead time gave a date.",
    Cause.LEAD_TIMES_LEARNED: "past deliveries give {supply} another day.",
    "lead_times_learned:rule": "past deliveries give another lead time.",
    Cause.OLDER_ORDER_LEFT: "an order ahead needs fewer units.",
    "older_order_left:order": "order {order}, which was ahead, needs fewer units.",
    Cause.OLDER_ORDER_SEEN: "order {order} was placed earlier and was read only now.",
    Cause.OLDER_ORDER_REOPENED: "a shipment of order {order}, which is ahead, was cancelled: it needs its units again.",
    Cause.OLDER_ORDER_TOOK: "order {order}, which is ahead, uses other units than before.",
    Cause.SHIPMENT_PREPARED: "units for order {order} are in a shipment that waits for approval.",
    Cause.HANDED_OVER: "a person changed whose turn it is.",
    "handed_over:order": "a person let the order change places with order {order}.",
    Cause.PINNED: "a person changed which order goes first.",
    Cause.HELD: "a person put it on hold: nothing of it ships until it is released.",
    Cause.RELEASED: "a person took it off hold.",
    Cause.REDATED: "a person gave what is still to come another day: {now}.",
    "redated:undone": "a person took back the day {was} that had been given by hand.",
    Cause.POLICY_CHANGED: "the shop serves its queue in another order now: {now}, before {was}.",
    Cause.OVERTAKEN: "order {order} goes first by the shop's queue policy.",
    Cause.RULE_CHANGED: "the rule changed: {what} {now}, before {was}.",
    Cause.PLACES_CHANGED: "the channel sells from other warehouses now.",
    Cause.TIME_PASSED: "the day passed that the rule had set.",
    "time_passed:by_hand": "{was} passed, the day that a person had given.",
    Cause.REPLANNED: "the plan was made anew.",
}


ORDER: Mapping[str, str] = {
    "on_hand": "{count} on hand in {warehouse}, ready to leave.",
    "on_hand:always": "{count} ready to leave: the shop does not count this variant.",
    "on_hand:held": "{count} on hand in {warehouse}; they wait for the release on {day}.",
    "on_hand:kept": "{count} on hand in {warehouse}, kept for the order.",
    "supply": "{count} with {supply}{supplier}, which is due in {warehouse} on {eta}: expected {day}.",
    "supply:undated": "{count} with {supply}{supplier}, which is due in {warehouse} on {eta}.",
    "lead_time": "{count} that no supply serves yet; the rule dates them: expected {day}.",
    "lead_time:by_hand": "{count} that no supply serves yet: expected {day}.",
    "unknown": "{count} without a date: no supply is left for them, and no lead time is set or it has passed.",
    "unknown:by_hand": "{count} without a date: no supply is left for them.",
    "hold": "on hold since {at} by {who}{why}. Nothing of it ships until it is released.",
    "redate": "the day {day} was given by hand, by {who} on {at}{why}.",
    "redate:passed": "{day} has passed, the day that {who} gave on {at}{why}. Nobody knows another.",
    "ahead": "ahead in the queue: {count} of {orders}.",
    "ahead:nobody": "nobody is ahead in the queue.",
    "whole": "the line ships in one piece: nothing of it leaves before all of it is ready.",
    "late": "{supply}{supplier} was due on {eta} with {count} and is late: it dates nothing until it has a day.",
    "stock": "sooner: with {more} on hand in {warehouse}, the last of it would come {day}.",
    "stock:ready": "sooner: with {more} on hand in {warehouse}, all of it could leave now.",
    "supply_units": "sooner: with {more} in {supply}, the last of it would come {day}.",
    "supply_days": "sooner: if {supply} came {days} earlier, the last of it would come {day}.",
    "supply_date": "sooner: with a new day for {supply}, which is late.",
    "rule": "dated by {field} {value}: {origin}.",
}
"""What an open line rests on and what would bring it sooner, by the names of pieces and ways."""

VARIANT: Mapping[str, str] = {
    "not_tracked": "the shop does not count this variant's units: it never sells out, and nobody waits for it.",
    "paused": "the shop is paused: nothing is sold past zero until it is resumed. Who waits keeps turn and date.",
    "leaving": "Dueback is leaving this shop: nothing is sold past zero any more.",
    "not_listed": "the variant is not on sale in this channel.",
    "no_pool": "this channel has no pool, so the shop sells what is on hand and no more.",
    "no_rule": "no rule allows backorders here: nothing is sold past zero.",
    "off": "the rule is off: nothing is sold past zero.",
    "free": "{count} on hand and owed to nobody.",
    "owed": "{count} owed to buyers and not on hand.",
    "open": "{more} may be ordered past zero.",
    "closed": "nothing may be ordered past zero now.",
    "open_at": "backorders open when {value} or fewer are free; {free} are.",
    "cap": "the cap is {value}, and {owed} are owed: room for {room}.",
    "cap:incoming": "the cap is what dated supply still has for nobody: room for {room}.",
    "horizon_days": "nothing is sold that comes later than {value} days from now, by {last}: room for {room}.",
    "require_date": "nothing is sold that nobody can date: room for {room}.",
    "units_per_order": "one order may take {value} past zero.",
    "release": "it is released on {day}: orders before that are preorders.",
    "early_sale": "stock is sold before the release.",
    "next": "the next supply is {supply} for {warehouse}, due on {eta}, with {count} in all.",
    "step": "a new buyer would get {count} {day}.",
    "changes_on": "another rule starts or ends on {day}.",
    "rule": "{field} {value}: {origin}.",
}
"""Why a variant can be ordered in a channel, or not. The first that applies of those up to `off` says it all."""

SCOPES: Mapping[str, str] = {
    "shop": "the rule for the whole shop",
    "channel": "the rule for the channel",
    "variant": "its own rule",
    "product": "the rule for its product {name}",
    "collection": "the rule for the collection {name}",
    "category": "the rule for the category {name}",
    "product_type": "the rule for the product type {name}",
}


def say(said: str, **values: Any) -> str:
    """A sentence with its values, which begins with a capital letter."""
    told = said.format(**values)
    return told[0].upper() + told[1:]


def origin(scope: str, name: str, *, one_channel: bool) -> str:
    """Where a value of a rule comes from."""
    named = SCOPES[scope].format(name=name).rstrip()
    return f"{named}, in this channel only" if one_channel and scope != "channel" else named


def sentence(reason: Reason, warehouses: Mapping[str, str], today: date) -> str:
    """The reason as people say it. `warehouses` are the names of warehouses by id."""
    return say(
        SENTENCES[_which(reason)],
        count=units(abs(reason.units)),
        supply=supply(reason.reference, reason.supply),
        warehouse=warehouses.get(reason.warehouse or "", "a warehouse"),
        order=reason.order,
        what=name_of(reason.what),
        was=value_of(reason.was, today),
        now=value_of(reason.now, today),
    )


def _which(reason: Reason) -> str:
    """Some causes have more than one sentence."""
    match reason:
        case Reason(cause=Cause.ORDERED, supply=number) if number:
            return "ordered:supply"
        case Reason(cause=Cause.EDITED, units=units) if units < 0:
            return "edited:less"
        case Reason(cause=Cause.SUPPLY_SHRANK | Cause.REDATED | Cause.TIME_PASSED, what=what) if what:
            return f"{reason.cause}:{what}"
        case Reason(cause=Cause.LEAD_TIMES_LEARNED, supply=None):
            return "lead_times_learned:rule"
        case Reason(cause=Cause.OLDER_ORDER_LEFT | Cause.HANDED_OVER, order=order) if order:
            return f"{reason.cause}:order"
        case _:
            return reason.cause


def units(number: int) -> str:
    return count(number, "unit")


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def supply(reference: str, number: str | int | None) -> str:
    """A supply by its reference, or by our own number."""
    return f"purchase order {reference}" if reference else f"supply {number}"


def day(value: date, today: date) -> str:
    """12 May; with its year where that is another one."""
    said = f"{value.day} {value:%B}"
    return said if value.year == today.year else f"{said} {value.year}"


def name_of(what: str) -> str:
    """The name of a field or a policy, as people say it."""
    return what.replace("_", " ")


def value_of(value: Any, today: date) -> str:
    """A value of a rule, or a day, as people say it."""
    match value:
        case None | "":
            return "not set"
        case True | False:
            return "yes" if value else "no"
        case date():
            return day(value, today)
        case _:
            return name_of(str(value))
