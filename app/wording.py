"""What is said of a move: one sentence for each cause. All of them are here, so that they can be translated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.engine.changes import Cause, Reason

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
    Cause.OLDER_ORDER_LEFT: "an order ahead needs fewer units.",
    "older_order_left:order": "order {order}, which was ahead, needs fewer units.",
    Cause.OLDER_ORDER_SEEN: "order {order} was placed earlier and was read only now.",
    Cause.OLDER_ORDER_REOPENED: "a shipment of order {order}, which is ahead, was cancelled: it needs its units again.",
    Cause.OLDER_ORDER_TOOK: "order {order}, which is ahead, uses other units than before.",
    Cause.SHIPMENT_PREPARED: "units for order {order} are in a shipment that waits for approval.",
    Cause.HANDED_OVER: "a person changed whose turn it is.",
    "handed_over:order": "a person let the order change places with order {order}.",
    Cause.PINNED: "a person changed which order goes first.",
    Cause.POLICY_CHANGED: "the shop serves its queue in another order now: {now}, before {was}.",
    Cause.OVERTAKEN: "order {order} goes first by the shop's queue policy.",
    Cause.RULE_CHANGED: "the rule changed: {what} {now}, before {was}.",
    Cause.PLACES_CHANGED: "the channel sells from other warehouses now.",
    Cause.TIME_PASSED: "the day passed that the rule had set.",
    Cause.REPLANNED: "the plan was made anew.",
}


def sentence(reason: Reason, warehouses: Mapping[str, str], today: date) -> str:
    """The reason as people say it. `warehouses` are the names of warehouses by id."""
    said = SENTENCES[_which(reason)].format(
        count=units(abs(reason.units)),
        supply=supply(reason.reference, reason.supply),
        warehouse=warehouses.get(reason.warehouse or "", "a warehouse"),
        order=reason.order,
        what=name_of(reason.what),
        was=_value(reason.was, today),
        now=_value(reason.now, today),
    )
    return said[0].upper() + said[1:]


def _which(reason: Reason) -> str:
    """Some causes have more than one sentence."""
    match reason:
        case Reason(cause=Cause.ORDERED, supply=number) if number:
            return "ordered:supply"
        case Reason(cause=Cause.EDITED, units=units) if units < 0:
            return "edited:less"
        case Reason(cause=Cause.SUPPLY_SHRANK, what=what) if what:
            return f"supply_shrank:{what}"
        case Reason(cause=Cause.OLDER_ORDER_LEFT | Cause.HANDED_OVER, order=order) if order:
            return f"{reason.cause}:order"
        case _:
            return reason.cause


def units(number: int) -> str:
    return f"{number} unit" if number == 1 else f"{number} units"


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


def _value(value: Any, today: date) -> str:
    match value:
        case None | "":
            return "not set"
        case True | False:
            return "yes" if value else "no"
        case date():
            return day(value, today)
        case _:
            return name_of(str(value))
