"""Lines of orders that may still be edited: drafts, which hold nothing, and unconfirmed ones, which hold units."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sandbox.api.refusals import Invalid
from sandbox.checkouts.prices import needs_shipping
from sandbox.state.catalogue import Variant
from sandbox.state.places import Channel
from sandbox.state.sales import Order, OrderLine
from sandbox.state.shop import Shop
from sandbox.stock.allocation import Wanted, allocate, grow, tracked
from sandbox.stock.release import deallocate

from .status import EDITABLE


def editable(order: Order) -> None:
    if order.status not in EDITABLE:
        raise Invalid("id", "NOT_EDITABLE", "Only draft and unconfirmed orders can be edited.")


def country_of(shop: Shop, order: Order) -> str:
    address = order.shipping_address or order.billing_address
    return str(address["country"]) if address else shop.channels[order.channel].country


def add_line(
    shop: Shop, order: Order, variant: Variant, quantity: int, *, price: Decimal | None = None, apart: bool = False
) -> OrderLine:
    """More of a variant: on the line that has it, or on a new one. Unconfirmed orders take the units at once."""
    same = [line for line in shop.order_lines.of("order", order.pk) if line.variant == variant.pk]
    if len(same) == 1 and not apart:
        change(shop, order, same[0], same[0].quantity + quantity)
        return same[0]
    channel = shop.channels[order.channel]
    line = OrderLine(
        str(uuid.uuid4()),
        order.pk,
        variant.pk,
        shop.products[variant.product].name,
        variant.name,
        variant.sku,
        quantity,
        variant.prices.get(channel.pk, Decimal(0)) if price is None else price,
        shipping_required=needs_shipping(shop, variant.pk),
    )
    shop.add(line)
    if order.status == "UNCONFIRMED":
        grow(shop, [Wanted(line, quantity)], channel, country_of(shop, order))
    return line


def change(shop: Shop, order: Order, line: OrderLine, quantity: int) -> None:
    """Growing makes all of the line's allocations anew; shrinking gives some back, oldest stock first."""
    if order.status == "UNCONFIRMED":
        if quantity > line.quantity and tracked(shop, [Wanted(line, quantity)]):
            grow(shop, [Wanted(line, quantity - line.quantity)], shop.channels[order.channel], country_of(shop, order))
        elif quantity < line.quantity:
            give_back(shop, line, line.quantity - quantity)
    shop.set(line, quantity=quantity)


def remove(shop: Shop, order: Order, line: OrderLine) -> None:
    if order.status == "UNCONFIRMED":
        give_back(shop, line, line.quantity)
    for row in shop.allocations.of("line", line.pk):
        shop.remove(row)
    shop.remove(line)


def give_back(shop: Shop, line: OrderLine, units: int) -> None:
    """Release units of a line; where it has fewer, all it has."""
    if not shop.allocations.of("line", line.pk):
        return
    for lacking in deallocate(shop, [Wanted(line, units)]):
        for row in shop.allocations.of("line", lacking.pk):
            shop.set(row, quantity=0)


def take_for_draft(
    shop: Shop, order: Order, lines: Sequence[OrderLine], channel: Channel, *, reservations: bool
) -> None:
    """A completed draft takes its units line by line, so that its own lines see each other."""
    for line in lines:
        if line.variant is not None:
            allocate(
                shop,
                [Wanted(line, line.quantity)],
                channel,
                country_of(shop, order),
                check_reservations=reservations,
            )


def edited(shop: Shop, order: Order) -> None:
    shop.set(order, updated_at=shop.now())
    shop.happen("draft_order_updated" if order.status == "DRAFT" else "order_updated", order=order)


def summary(lines: Sequence[OrderLine], units: int | None = None) -> list[tuple[str, int, str]]:
    """Lines as an event of the order's history keeps them: with their quantity, or how much it changed."""
    return [
        (line.pk, line.quantity if units is None else units, f"{line.product_name} ({line.variant_name})")
        for line in lines
    ]
