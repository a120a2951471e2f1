"""Putting variants into a checkout, within what the shop lets be sold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import to_global
from sandbox.api.refusals import FieldError, InsufficientStock, Invalid
from sandbox.state.catalogue import Variant
from sandbox.state.places import Channel
from sandbox.state.sales import Checkout, CheckoutLine
from sandbox.state.shop import Shop
from sandbox.stock.checks import check_cart
from sandbox.stock.counts import reservations_on
from sandbox.stock.reservations import minutes_for, release, reserve


@dataclass(slots=True)
class Asked:
    """One line as asked for; ``line`` names an existing one, ``apart`` forces a new one."""

    variant: Variant
    quantity: int | None
    line: CheckoutLine | None = None
    apart: bool = False
    price: Decimal | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def check_for_sale(shop: Shop, variants: Sequence[Variant], channel: Channel) -> None:
    """Refuse what is not listed, not published or not for sale in the channel."""
    for variant in variants:
        listing = shop.products[variant.product].listings.get(channel.pk)
        named = [to_global("ProductVariant", variant.pk)]
        if listing is None or not listing.available:
            message = "Cannot add lines for unavailable for purchase variants."
            raise Invalid("lines", "PRODUCT_UNAVAILABLE_FOR_PURCHASE", message, variants=named)
        if channel.pk not in variant.prices:
            message = "Cannot add lines with unavailable variants."
            raise Invalid("lines", "UNAVAILABLE_VARIANT_IN_CHANNEL", message, variants=named)
        if not listing.published:
            raise Invalid("lines", "PRODUCT_NOT_PUBLISHED", "Can't add unpublished product.", variants=named)


def check_units(
    shop: Shop,
    wanted: Sequence[tuple[Variant, int]],
    channel: Channel,
    country: str,
    *,
    lines: Sequence[CheckoutLine] = (),
    replace: bool = False,
    delivery_chosen: bool = False,
) -> None:
    """The cart's check, refused in the cart's words."""
    for _, quantity in wanted:
        if quantity < 0 or (quantity == 0 and not replace):
            limit = "higher or equal zero" if replace else "higher than zero"
            raise Invalid("quantity", "ZERO_QUANTITY", f"The quantity should be {limit}.")
    try:
        check_cart(
            shop,
            wanted,
            channel,
            country,
            lines=lines,
            replace=replace,
            count_reservations=reservations_on(shop),
            delivery_chosen=delivery_chosen,
        )
    except InsufficientStock as short:
        raise Invalid.many(
            FieldError(
                "quantity",
                "INSUFFICIENT_STOCK",
                f"Could not add items {_called(shop, each.variant)}. Only {each.available} remaining in stock.",
            )
            for each in short.shortages
        ) from None


def _called(shop: Shop, pk: int | None) -> str:
    variant = shop.variants.get(pk)
    return (variant.name or variant.sku or "") if variant else ""


def totals(asked: Sequence[Asked]) -> list[tuple[Variant, int]]:
    """Units by variant, each variant once."""
    found: dict[int, tuple[Variant, int]] = {}
    for each in asked:
        before = found.get(each.variant.pk, (each.variant, 0))[1]
        found[each.variant.pk] = (each.variant, before + (each.quantity or 0))
    return list(found.values())


def apply(call: Call, checkout: Checkout, asked: Sequence[Asked], *, replace: bool) -> None:
    """Write the lines, and hold their units where the shop does that. A lost race for them is InsufficientStock."""
    shop = call.shop
    touched = [line for each in asked if (line := _write(shop, checkout, each, replace=replace)) is not None]
    shop.set(checkout, updated_at=shop.now())
    minutes = minutes_for(shop, authenticated=call.user is not None)
    if minutes:
        if touched:
            # Between its check and its hold the shop is busy; others may be quicker.
            shop.elsewhere(shop.switches.gap)
        reserve(shop, checkout, touched, shop.channels[checkout.channel], minutes)


def _write(shop: Shop, checkout: Checkout, asked: Asked, *, replace: bool) -> CheckoutLine | None:
    line = asked.line
    if line is None and not asked.apart:
        # Where a variant is on several lines already, more of it is one more line.
        same = [each for each in shop.checkout_lines.of("checkout", checkout.pk) if each.variant == asked.variant.pk]
        line = same[0] if len(same) == 1 else None
    if line is None:
        if not asked.quantity:
            return None
        line = CheckoutLine(
            str(uuid.uuid4()), checkout.pk, asked.variant.pk, asked.quantity, asked.price, asked.metadata
        )
        shop.add(line)
        return line
    quantity = line.quantity if asked.quantity is None else asked.quantity
    if not replace:
        quantity += line.quantity
    if quantity <= 0:
        remove(shop, line)
        return None
    values: dict[str, Any] = {"quantity": quantity}
    if asked.metadata:
        values["metadata"] = line.metadata | asked.metadata
    if asked.price is not None:
        values["price"] = asked.price
    shop.set(line, **values)
    return line


def remove(shop: Shop, line: CheckoutLine) -> None:
    release(shop, line)
    shop.remove(line)
