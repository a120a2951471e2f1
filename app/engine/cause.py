"""The words for why a promise moved."""

from enum import StrEnum


class Cause(StrEnum):
    """Why the promise of a line moved. Programs may rely on these words."""

    ORDERED = "ordered"
    """The first promise."""
    SHIPPED = "shipped"
    """Its own units left."""
    SHIPMENT_UNDONE = "shipment_undone"
    """Its own units came back: a shipment was cancelled."""
    EDITED = "edited"
    """Units were added to the line or taken off it."""
    CANCELLED = "cancelled"
    """Its order was cancelled, or expired."""

    ARRIVED = "arrived"
    """A supply was received and its units are on hand."""
    RECEIVED_UNCOUNTED = "received_uncounted"
    """A supply was received and the shop does not show its units yet."""
    STOCK_ROSE = "stock_rose"
    """More units are on hand, and no receipt says from where."""
    STOCK_LOST = "stock_lost"
    """Fewer units are on hand than shipments explain."""
    SHIPPED_OUT_OF_TURN = "shipped_out_of_turn"
    """Units this line was to get were shipped to another order."""

    SUPPLY_ADDED = "supply_added"
    SUPPLY_GREW = "supply_grew"
    SUPPLY_CAME_FORWARD = "supply_came_forward"
    SUPPLY_DATED_AGAIN = "supply_dated_again"
    """A late supply got a new date."""
    SUPPLY_SLIPPED = "supply_slipped"
    SUPPLY_LATE = "supply_late"
    """A supply did not come on its day: it gives no date until it gets a new one."""
    SUPPLY_SHRANK = "supply_shrank"
    """Fewer units of a supply come, or some are held back or in doubt."""
    SUPPLY_CANCELLED = "supply_cancelled"
    LEAD_TIME_REPLACED = "lead_time_replaced"
    """Units that had only the rule's lead time are now dated by a supply, and it comes later."""
    SUPPLY_AHEAD = "supply_ahead"
    """Units that no supply serves come after the last that is on its way, and that comes later than a lead time."""
    LEAD_TIMES_LEARNED = "lead_times_learned"
    """Past receipts give other dates for the same supply."""

    OLDER_ORDER_LEFT = "older_order_left"
    """An order served before needs fewer units."""
    OLDER_ORDER_SEEN = "older_order_seen"
    """An order that was placed before was read only now."""
    OLDER_ORDER_REOPENED = "older_order_reopened"
    """A shipment of an order served before was cancelled: it needs its units again."""
    OLDER_ORDER_TOOK = "older_order_took"
    """An order served before uses other units than it did."""
    SHIPMENT_PREPARED = "shipment_prepared"
    """Units were put in a shipment that waits for approval."""
    HANDED_OVER = "handed_over"
    """A person let orders change places, or took that back."""
    PINNED = "pinned"
    """A person let a line go first, or took that back."""
    HELD = "held"
    """A person put the line on hold."""
    RELEASED = "released"
    """A person took the line off hold."""
    REDATED = "redated"
    """A person gave the units that wait a day, or took that back."""
    POLICY_CHANGED = "policy_changed"
    """The shop serves its queue in another order."""
    OVERTAKEN = "overtaken"
    """The shop's own policy serves another order first."""

    VARIANT_GONE = "variant_gone"
    """The variant was deleted in the shop: no supply of it will serve the line."""
    RULE_CHANGED = "rule_changed"
    PLACES_CHANGED = "places_changed"
    """The channel sells from other warehouses."""
    TIME_PASSED = "time_passed"
    """A lead time, a release day or a day that a person gave passed."""
    REPLANNED = "replanned"
    """Nothing that was remembered differs: the plan before was made by an older version."""


LET_DATES_MOVE_LATER = frozenset(
    {
        Cause.EDITED,
        Cause.SHIPMENT_UNDONE,
        Cause.RECEIVED_UNCOUNTED,
        Cause.STOCK_LOST,
        Cause.SHIPPED_OUT_OF_TURN,
        Cause.SUPPLY_DATED_AGAIN,
        Cause.SUPPLY_SLIPPED,
        Cause.SUPPLY_LATE,
        Cause.SUPPLY_SHRANK,
        Cause.SUPPLY_CANCELLED,
        Cause.LEAD_TIME_REPLACED,
        Cause.SUPPLY_AHEAD,
        Cause.LEAD_TIMES_LEARNED,
        Cause.OLDER_ORDER_SEEN,
        Cause.OLDER_ORDER_REOPENED,
        Cause.OLDER_ORDER_TOOK,
        Cause.SHIPMENT_PREPARED,
        Cause.HANDED_OVER,
        Cause.PINNED,
        Cause.HELD,
        Cause.REDATED,
        Cause.POLICY_CHANGED,
        Cause.OVERTAKEN,
        Cause.VARIANT_GONE,
        Cause.RULE_CHANGED,
        Cause.PLACES_CHANGED,
        Cause.TIME_PASSED,
    }
)
"""What may give a line a later date: supply that shrank or slipped, a person's decision, a day that passed."""
