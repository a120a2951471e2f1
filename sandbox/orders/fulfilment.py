"""Shipments: made, approved, cancelled; each takes units off a shelf or puts them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.api.refusals import InsufficientStock, Shortage
from sandbox.state.sales import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.allocation import Wanted
from sandbox.stock.counts import counted_warehouses, stock_at
from sandbox.stock.release import put_back, ship

from . import history
from .status import refresh

Portions = Mapping[str, Sequence[tuple[OrderLine, int]]]


def open_fulfillment(shop: Shop, order: Order, status: str, tracking: str = "", reason: str = "") -> Fulfillment:
    ordinal = max((each.ordinal for each in shop.fulfillments.of("order", order.pk)), default=0) + 1
    made = Fulfillment(shop.fulfillments.next_pk(), order.pk, ordinal, status, shop.now(), tracking, reason)
    shop.add(made)
    return made


def fulfil(
    shop: Shop, order: Order, portions: Portions, *, approved: bool, may_exceed: bool, tracking: str = ""
) -> list[Fulfillment]:
    """One shipment a warehouse. Unless ``approved`` they wait, and neither shelves nor allocations change yet."""
    made: list[Fulfillment] = []
    shipped: list[FulfillmentLine] = []
    for warehouse, parts in portions.items():
        status = "FULFILLED" if approved else "WAITING_FOR_APPROVAL"
        fulfillment = open_fulfillment(shop, order, status, tracking)
        made.append(fulfillment)
        shipped += _lines(shop, order, fulfillment, warehouse, parts, may_exceed=may_exceed)
        if approved:
            wanted = [Wanted(line, units, warehouse) for line, units in parts]
            ship(shop, wanted, may_exceed=may_exceed)
        for line, units in parts:
            shop.set(line, fulfilled=line.fulfilled + units)
    if approved:
        _tell_fulfilled(shop, order, made, shipped)
    else:
        history.write(shop, order, "FULFILLMENT_AWAITS_APPROVAL", awaiting=[line.pk for line in shipped])
        shop.happen("order_updated", order=order)
    return made


def _lines(
    shop: Shop,
    order: Order,
    fulfillment: Fulfillment,
    warehouse: str,
    parts: Sequence[tuple[OrderLine, int]],
    *,
    may_exceed: bool,
) -> list[FulfillmentLine]:
    """A stock that does not count in the order's channel is not named, and refused unless it may be exceeded."""
    counted = warehouse in counted_warehouses(shop, shop.channels[order.channel])
    made: list[FulfillmentLine] = []
    short: list[Shortage] = []
    for line, units in parts:
        stock = stock_at(shop, line.variant, warehouse) if counted and line.variant is not None else None
        if stock is None and not may_exceed:
            short.append(Shortage(line.variant, line.pk, warehouse))
            continue
        row = FulfillmentLine(
            shop.fulfillment_lines.next_pk(), fulfillment.pk, line.pk, units, stock.pk if stock else None
        )
        shop.add(row)
        made.append(row)
    if short:
        raise InsufficientStock(short)
    return made


def _tell_fulfilled(
    shop: Shop, order: Order, made: Sequence[Fulfillment], shipped: Sequence[FulfillmentLine], *, by_hand: bool = False
) -> None:
    refresh(shop, order)
    history.write(shop, order, "FULFILLMENT_FULFILLED_ITEMS", fulfilled_items=[row.pk for row in shipped])
    for fulfillment in made:
        shop.happen("fulfillment_created", fulfillment=fulfillment, order=order, notify_customer=True)
    if order.status == "FULFILLED" or by_hand:
        for fulfillment in made:
            shop.happen("fulfillment_approved", fulfillment=fulfillment, order=order, notify_customer=True)
    shop.happen("order_updated", order=order)
    if order.status == "FULFILLED":
        shop.happen("order_fulfilled", order=order)


def approve(shop: Shop, fulfillment: Fulfillment, *, may_exceed: bool) -> None:
    order = shop.orders[fulfillment.order]
    shop.set(fulfillment, status="FULFILLED")
    rows = shop.fulfillment_lines.of("fulfillment", fulfillment.pk)
    wanted: list[Wanted] = []
    short: list[Shortage] = []
    for row in rows:
        line, stock = shop.order_lines[row.line], shop.stocks.get(row.stock)
        if stock is None and not may_exceed:
            short.append(Shortage(line.variant, line.pk))
        wanted.append(Wanted(line, row.quantity, stock.warehouse if stock else None))
    if short:
        raise InsufficientStock(short)
    ship(shop, wanted, may_exceed=may_exceed)
    _tell_fulfilled(shop, order, [fulfillment], rows, by_hand=True)


def cancel(shop: Shop, fulfillment: Fulfillment, warehouse: str | None) -> None:
    """With a warehouse its units go back there, set aside for their lines; without one only the counts change."""
    order = shop.orders[fulfillment.order]
    rows = shop.fulfillment_lines.of("fulfillment", fulfillment.pk)
    name = f"{order.number}-{fulfillment.ordinal}"
    history.write(shop, order, "FULFILLMENT_CANCELED", composed_id=name)
    for row in rows:
        line = shop.order_lines[row.line]
        variant = shop.variants.get(line.variant)
        if warehouse and variant is not None and variant.track_inventory:
            put_back(shop, line, variant.pk, warehouse, row.quantity)
        shop.set(line, fulfilled=line.fulfilled - row.quantity)
    if warehouse:
        units = sum(row.quantity for row in rows)
        history.write(shop, order, "FULFILLMENT_RESTOCKED_ITEMS", quantity=units, warehouse=warehouse)
    shop.set(fulfillment, status="CANCELED")
    refresh(shop, order)
    shop.happen("fulfillment_canceled", fulfillment=fulfillment, order=order)
    shop.happen("order_updated", order=order)
