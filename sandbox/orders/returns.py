"""Returns and replacements: units move into a fulfilment of their own; those never shipped are released."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.state.sales import Fulfillment, FulfillmentLine, Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.allocation import Wanted
from sandbox.stock.release import deallocate

from . import history
from .fulfilment import open_fulfillment
from .status import refresh


@dataclass(frozen=True, slots=True)
class Unshipped:
    line: OrderLine
    quantity: int
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Shipped:
    row: FulfillmentLine
    quantity: int
    replace: bool = False


def take_back(
    shop: Shop, order: Order, unshipped: Sequence[Unshipped], shipped: Sequence[Shipped], *, reason: str
) -> tuple[Fulfillment, Fulfillment | None, Order | None]:
    """The return, the replacement and the draft made for it."""
    replaced_lines = [each for each in unshipped if each.replace]
    replaced_rows = [each for each in shipped if each.replace]
    replacement, draft = None, None
    if replaced_lines or replaced_rows:
        replacement = _move(shop, order, "REPLACED", replaced_lines, replaced_rows, reason)
        draft = _draft(shop, order, replaced_lines, replaced_rows)
    returned = _move(
        shop,
        order,
        "RETURNED",
        [each for each in unshipped if not each.replace],
        [each for each in shipped if not each.replace],
        reason,
    )
    for fulfillment in shop.fulfillments.of("order", order.pk):
        empty = not shop.fulfillment_lines.of("fulfillment", fulfillment.pk)
        if empty and fulfillment.status in ("FULFILLED", "WAITING_FOR_APPROVAL"):
            shop.remove(fulfillment)
    shop.happen("order_updated", order=order)
    if draft is not None:
        shop.happen("draft_order_created", order=draft)
    history.write(shop, order, "FULFILLMENT_RETURNED", lines=_returned(shop, unshipped, shipped))
    refresh(shop, order)
    return returned, replacement, draft


def _returned(shop: Shop, unshipped: Sequence[Unshipped], shipped: Sequence[Shipped]) -> list[tuple[str, int, str]]:
    units: dict[str, int] = {}
    for each in unshipped:
        if not each.replace:
            units[each.line.pk] = units.get(each.line.pk, 0) + each.quantity
    for row in shipped:
        if not row.replace:
            units[row.row.line] = units.get(row.row.line, 0) + row.quantity
    return [(pk, quantity, shop.order_lines[pk].product_name) for pk, quantity in units.items()]


def _move(
    shop: Shop, order: Order, status: str, unshipped: Sequence[Unshipped], shipped: Sequence[Shipped], reason: str
) -> Fulfillment:
    target = open_fulfillment(shop, order, status, reason=reason)
    held: list[Wanted] = []
    for each in unshipped:
        units = min(each.line.unfulfilled, each.quantity)
        shop.set(each.line, fulfilled=each.line.fulfilled + units)
        shop.add(FulfillmentLine(shop.fulfillment_lines.next_pk(), target.pk, each.line.pk, units, None))
        if shop.allocations.of("line", each.line.pk):
            held.append(Wanted(each.line, units))
    if held:
        # Lines with fewer allocations than units give all they have; Saleor only logs that.
        deallocate(shop, held)
    for row in shipped:
        _move_row(shop, target, row)
    return target


def _move_row(shop: Shop, target: Fulfillment, each: Shipped) -> None:
    same = (
        row
        for row in shop.fulfillment_lines.of("fulfillment", target.pk)
        if row.line == each.row.line and row.stock == each.row.stock
    )
    moved = next(same, None)
    units = min(each.row.quantity, each.quantity)
    if moved is None:
        pk = shop.fulfillment_lines.next_pk()
        shop.add(FulfillmentLine(pk, target.pk, each.row.line, units, each.row.stock))
    else:
        shop.set(moved, quantity=moved.quantity + units)
    if units == each.row.quantity:
        shop.remove(each.row)
    else:
        shop.set(each.row, quantity=each.row.quantity - units)


def _draft(shop: Shop, order: Order, unshipped: Sequence[Unshipped], shipped: Sequence[Shipped]) -> Order:
    now = shop.now()
    draft = dataclasses.replace(
        order,
        pk=str(uuid.uuid4()),
        number=shop.next_number(),
        status="DRAFT",
        origin="REISSUE",
        original=order.pk,
        created=now,
        updated_at=now,
        checkout="",
    )
    shop.add(draft)
    units: dict[str, int] = {}
    for each in unshipped:
        units[each.line.pk] = units.get(each.line.pk, 0) + each.quantity
    for row in shipped:
        units[row.row.line] = units.get(row.row.line, 0) + row.quantity
    for pk, quantity in units.items():
        line = shop.order_lines[pk]
        shop.add(dataclasses.replace(line, pk=str(uuid.uuid4()), order=draft.pk, quantity=quantity, fulfilled=0))
    history.write(shop, draft, "DRAFT_CREATED_FROM_REPLACE", related_order=order.pk)
    history.write(shop, order, "ORDER_REPLACEMENT_CREATED", related_order=draft.pk)
    return draft
