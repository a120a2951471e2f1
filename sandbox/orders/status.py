"""An order's status follows from what is shipped, returned and still waits."""

from __future__ import annotations

from sandbox.state.sales import Order
from sandbox.state.shop import Shop

LIVE = frozenset({"FULFILLED", "WAITING_FOR_APPROVAL"})
EDITABLE = frozenset({"DRAFT", "UNCONFIRMED"})


def refresh(shop: Shop, order: Order) -> None:
    """Set the status; the order's time of change moves only when the status does."""
    lines = shop.order_lines.of("order", order.pk)
    counts = {"RETURNED": 0, "REPLACED": 0, "WAITING_FOR_APPROVAL": 0}
    for fulfillment in shop.fulfillments.of("order", order.pk):
        kind = "RETURNED" if fulfillment.status == "REFUNDED_AND_RETURNED" else fulfillment.status
        if kind in counts:
            counts[kind] += sum(row.quantity for row in shop.fulfillment_lines.of("fulfillment", fulfillment.pk))
    total = sum(line.quantity for line in lines) - counts["REPLACED"]
    fulfilled = sum(line.fulfilled for line in lines) - counts["REPLACED"]
    if total == 0:
        return
    status = determined(total, fulfilled, counts["RETURNED"], counts["WAITING_FOR_APPROVAL"])
    if status != order.status:
        shop.set(order, status=status, updated_at=shop.now())


def determined(total: int, fulfilled: int, returned: int, waiting: int) -> str:
    gone = fulfilled - waiting
    if gone <= 0:
        return "UNFULFILLED"
    if 0 < returned < total:
        return "PARTIALLY_RETURNED"
    if returned == total:
        return "RETURNED"
    return "PARTIALLY_FULFILLED" if gone < total else "FULFILLED"
