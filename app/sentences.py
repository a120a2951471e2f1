"""What is said of moves, of orders and of variants, as texts with places for values. They are translated when said."""

from collections.abc import Mapping

from flask_babel import LazyString as Text
from flask_babel import lazy_gettext as lazy

from app.engine.cause import Cause

SENTENCES: Mapping[str, Text] = {
    Cause.ORDERED: lazy("the order joined the queue."),
    "ordered:supply": lazy("the order joined the queue and waits for {supply}, expected {now}."),
    Cause.SHIPPED: lazy("shipped: {count}."),
    Cause.SHIPMENT_UNDONE: lazy("a shipment was cancelled: {count} came back to the order."),
    Cause.EDITED: lazy("added to the order: {count}."),
    "edited:less": lazy("taken off the order: {count}."),
    Cause.CANCELLED: lazy("the order was cancelled."),
    Cause.ARRIVED: lazy("{supply} arrived."),
    Cause.RECEIVED_UNCOUNTED: lazy("{supply} was received, and the shop does not show its units yet."),
    Cause.STOCK_ROSE: lazy("the stock of {warehouse} rose by {count}."),
    Cause.STOCK_LOST: lazy("the stock of {warehouse} fell by {count} that no shipment explains."),
    Cause.SHIPPED_OUT_OF_TURN: lazy("order {order} was shipped from {warehouse} before its turn."),
    Cause.SUPPLY_ADDED: lazy("{supply} was added, expected {now}."),
    Cause.SUPPLY_GREW: lazy("{supply} brings {count} more."),
    Cause.SUPPLY_CAME_FORWARD: lazy("{supply} moved from {was} to {now}."),
    Cause.SUPPLY_DATED_AGAIN: lazy("{supply} was late and is now expected {now}."),
    Cause.SUPPLY_SLIPPED: lazy("{supply} moved from {was} to {now}."),
    Cause.SUPPLY_LATE: lazy("{supply} was expected {was} and has not arrived."),
    Cause.SUPPLY_SHRANK: lazy("{supply} brings {count} fewer."),
    "supply_shrank:held": lazy("{count} of {supply} were held back."),
    "supply_shrank:doubt": lazy("{count} of {supply} may be on hand already, and nobody has said so yet."),
    Cause.SUPPLY_CANCELLED: lazy("{supply} was cancelled."),
    Cause.LEAD_TIME_REPLACED: lazy(
        "{supply}, expected {now}, serves the order now; before, only a lead time gave a date."
    ),
    Cause.SUPPLY_AHEAD: lazy("{supply}, expected {now}, comes before the units that no supply serves yet."),
    Cause.LEAD_TIMES_LEARNED: lazy("past deliveries give {supply} another day."),
    "lead_times_learned:rule": lazy("past deliveries give another lead time."),
    Cause.OLDER_ORDER_LEFT: lazy("an order ahead needs fewer units."),
    "older_order_left:order": lazy("order {order}, which was ahead, needs fewer units."),
    Cause.OLDER_ORDER_SEEN: lazy("order {order} was placed earlier and was read only now."),
    Cause.OLDER_ORDER_REOPENED: lazy(
        "a shipment of order {order}, which is ahead, was cancelled: it needs its units again."
    ),
    Cause.OLDER_ORDER_TOOK: lazy("order {order}, which is ahead, uses other units than before."),
    Cause.SHIPMENT_PREPARED: lazy("units for order {order} are in a shipment that waits for approval."),
    Cause.HANDED_OVER: lazy("a person changed whose turn it is."),
    "handed_over:order": lazy("a person let the order change places with order {order}."),
    Cause.PINNED: lazy("a person changed which order goes first."),
    Cause.HELD: lazy("a person put it on hold: nothing of it ships until it is released."),
    Cause.RELEASED: lazy("a person took it off hold."),
    Cause.REDATED: lazy("a person gave what is still to come another day: {now}."),
    "redated:undone": lazy("a person took back the day {was} that had been given by hand."),
    Cause.POLICY_CHANGED: lazy("the shop serves its queue in another order now: {now}, before {was}."),
    Cause.OVERTAKEN: lazy("order {order} goes first by the shop's queue policy."),
    Cause.VARIANT_GONE: lazy("the variant was deleted in the shop: nothing will come for the order any more."),
    Cause.RULE_CHANGED: lazy("the rule changed: {what} {now}, before {was}."),
    Cause.PLACES_CHANGED: lazy("the channel sells from other warehouses now."),
    Cause.TIME_PASSED: lazy("the day passed that the rule had set."),
    "time_passed:by_hand": lazy("{was} passed, the day that a person had given."),
    Cause.REPLANNED: lazy("the plan was made anew."),
}


ORDER: Mapping[str, Text] = {
    "on_hand": lazy("{count} on hand in {warehouse}, ready to leave."),
    "on_hand:always": lazy("{count} ready to leave: the shop does not count this variant."),
    "on_hand:held": lazy("{count} on hand in {warehouse}; they wait for the release on {day}."),
    "on_hand:kept": lazy("{count} on hand in {warehouse}, kept for the order."),
    "supply": lazy("{count} with {supply}{supplier}, which is due in {warehouse} on {eta}: expected {day}."),
    "supply:undated": lazy("{count} with {supply}{supplier}, which is due in {warehouse} on {eta}."),
    "lead_time": lazy("{count} that no supply serves yet; the rule dates them: expected {day}."),
    "lead_time:by_hand": lazy("{count} that no supply serves yet: expected {day}."),
    "unknown": lazy("{count} without a date: no supply is left for them, and no lead time is set or it has passed."),
    "unknown:by_hand": lazy("{count} without a date: no supply is left for them."),
    "hold": lazy("on hold since {at} by {who}{why}. Nothing of it ships until it is released."),
    "redate": lazy("the day {day} was given by hand, by {who} on {at}{why}."),
    "redate:passed": lazy("{day} has passed, the day that {who} gave on {at}{why}. Nobody knows another."),
    "ahead": lazy("ahead in the queue: {count} of {orders}."),
    "ahead:nobody": lazy("nobody is ahead in the queue."),
    "whole": lazy("the line ships in one piece: nothing of it leaves before all of it is ready."),
    "late": lazy("{supply}{supplier} was due on {eta} with {count} and is late: it dates nothing until it has a day."),
    "stock": lazy("sooner: with {more} on hand in {warehouse}, the last of it would come {day}."),
    "stock:ready": lazy("sooner: with {more} on hand in {warehouse}, all of it could leave now."),
    "supply_units": lazy("sooner: with {more} in {supply}, the last of it would come {day}."),
    "supply_days": lazy("sooner: if {supply} came {days} earlier, the last of it would come {day}."),
    "supply_date": lazy("sooner: with a new day for {supply}, which is late."),
    "rule": lazy("dated by {field} {value}: {origin}."),
}
"""What an open line rests on and what would bring it sooner, by the names of pieces and ways."""

LEAD_TIMES: Mapping[str, Text] = {
    "dated": lazy("dated by the lead time that {supplier} kept to in {percent} of 100 past receipts: {days}."),
    "dated:told": lazy("dated by the lead time that {supplier} gives: {days}."),
    "holds": lazy("the lead time that {supplier} kept to in {percent} of 100 past receipts holds: {days}."),
    "holds:told": lazy("the lead time that {supplier} gives holds: {days}."),
}
"""Lead times that a supplier taught, or told, in place of the rule's."""

VARIANT: Mapping[str, Text] = {
    "not_tracked": lazy("the shop does not count this variant's units: it never sells out, and nobody waits for it."),
    "paused": lazy("the shop is paused: nothing is sold past zero until it is resumed. Who waits keeps turn and date."),
    "leaving": lazy("Dueback is leaving this shop: nothing is sold past zero any more."),
    "not_listed": lazy("the variant is not on sale in this channel."),
    "no_pool": lazy("this channel has no pool, so the shop sells what is on hand and no more."),
    "no_rule": lazy("no rule allows backorders here: nothing is sold past zero."),
    "off": lazy("the rule is off: nothing is sold past zero."),
    "free": lazy("{count} on hand and owed to nobody."),
    "free:held": lazy(
        "{count} on hand and owed to nobody, for sale before the release on {day} and shipped from then."
    ),
    "owed": lazy("{count} owed to buyers and not on hand."),
    "open": lazy("{more} may be ordered past zero."),
    "open:any": lazy("any number of units may be ordered past zero."),
    "closed": lazy("nothing may be ordered past zero now."),
    "open_at": lazy("backorders open when {value} or fewer are free; {free} are."),
    "cap": lazy("the cap is {value}, and {owed} are owed: room for {room}."),
    "cap:unset": lazy("no rule sets a cap, so nothing may be owed: set one."),
    "cap:incoming": lazy("the cap is what dated supply still has for nobody: room for {room}."),
    "horizon_days": lazy("nothing is sold that comes later than {value} days from now, by {last}: room for {room}."),
    "require_date": lazy("nothing is sold that nobody can date: room for {room}."),
    "units_per_order": lazy("one order may take {value} past zero."),
    "release": lazy("it is released on {day}: orders before that are preorders."),
    "early_sale": lazy("stock is sold before the release."),
    "next": lazy("the next supply is {supply} for {warehouse}, due on {eta}, with {count} in all."),
    "next:doubt": lazy(
        "{count} of it may be on hand already, and nobody has said so yet: they are promised to nobody."
    ),
    "step": lazy("a new buyer would get {count} by {day}."),
    "step:now": lazy("a new buyer would get {count} now."),
    "step:unknown": lazy("a new buyer would get {count} some day that nobody knows."),
    "changes_on": lazy("another rule starts or ends on {day}."),
    "rule": lazy("{field} {value}: {origin}."),
}
"""Why a variant can be ordered in a channel, or not. The first that applies of those up to `off` says it all."""

ANY_NUMBER = lazy("any number")
ANY_MORE = lazy("any further units")
"""In place of a count where nothing limits it."""

SCOPES: Mapping[str, Text] = {
    "shop": lazy("the rule for the whole shop"),
    "channel": lazy("the rule for the channel"),
    "variant": lazy("its own rule"),
    "product": lazy("the rule for its product {name}"),
    "collection": lazy("the rule for the collection {name}"),
    "category": lazy("the rule for the category {name}"),
    "product_type": lazy("the rule for the product type {name}"),
}


NAMES: Mapping[str, Text] = {
    "mode": lazy("mode"),
    "cap": lazy("cap"),
    "open_at": lazy("open at"),
    "horizon_days": lazy("horizon days"),
    "lead_days": lazy("lead days"),
    "lead_in": lazy("lead in"),
    "holidays": lazy("holidays"),
    "buffer_days": lazy("buffer days"),
    "display": lazy("display"),
    "spread_days": lazy("spread days"),
    "cut_off": lazy("cut off"),
    "time_zone": lazy("time zone"),
    "starts_on": lazy("starts on"),
    "ends_on": lazy("ends on"),
    "units_per_order": lazy("units per order"),
    "may_split": lazy("may split"),
    "require_date": lazy("require date"),
    "release_on": lazy("release on"),
    "early_sale": lazy("early sale"),
    "confidence": lazy("confidence"),
    "off": lazy("off"),
    "backorder": lazy("backorder"),
    "preorder": lazy("preorder"),
    "incoming": lazy("incoming"),
    "always": lazy("always"),
    "days": lazy("days"),
    "business_days": lazy("business days"),
    "day": lazy("day"),
    "range": lazy("range"),
    "week": lazy("week"),
    "unknown": lazy("unknown"),
    "first_come": lazy("first come"),
    "wanted_date": lazy("wanted date"),
    "paid_first": lazy("paid first"),
    "rank": lazy("rank"),
    "complete_first": lazy("complete first"),
}
"""What fields of rules, their values and policies are called."""

ONE_CHANNEL = lazy("{rule}, in this channel only")

NONE = lazy("none")
"""Where a list of names has none."""

STATES: Mapping[str, Text] = {
    "installed": lazy("installed"),
    "inactive": lazy("switched off"),
    "leaving": lazy("being left"),
    "left": lazy("left"),
    "removed": lazy("without the app"),
    "expected": lazy("expected"),
    "received": lazy("received"),
    "cancelled": lazy("cancelled"),
    "open": lazy("open"),
    "taken": lazy("taken as a receipt"),
    "dismissed": lazy("dismissed"),
}
"""The states of shops, supplies and rises, as they follow "is"."""
