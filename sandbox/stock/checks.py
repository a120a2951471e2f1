"""Is there enough? The two checks Saleor makes before it sells, each with its own arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sandbox.api.refusals import InsufficientStock, Invalid, Shortage
from sandbox.state.catalogue import Variant
from sandbox.state.places import Channel
from sandbox.state.sales import CheckoutLine
from sandbox.state.shop import Shop

from .counts import allocated, available, counted_warehouses, reserved, stocks_in


def check_cart(
    shop: Shop,
    wanted: Iterable[tuple[Variant, int]],
    channel: Channel,
    country: str,
    *,
    lines: Sequence[CheckoutLine] = (),
    replace: bool = False,
    count_reservations: bool = False,
    delivery_chosen: bool = False,
) -> None:
    """Refuse what the channel's stocks do not have together, unclamped per stock, clamped in total.

    ``lines`` are the cart's own: their reservations do not count, and unless ``replace`` their quantity is added; of
    several lines of one variant only the last is seen (``forceNewLine`` passes for that reason).
    """
    warehouses = counted_warehouses(shop, channel, country, collect=not delivery_chosen)
    own = {line.pk for line in lines}
    in_cart = {line.variant: line.quantity for line in lines}
    short: list[Shortage] = []
    for variant, asked in wanted:
        quantity = asked if replace else asked + in_cart.get(variant.pk, 0)
        if quantity <= 0:
            continue
        _check_limit(shop, variant, quantity)
        if not variant.track_inventory:
            continue
        stocks = stocks_in(shop, variant, warehouses)
        free = sum(available(shop, stock) for stock in stocks)
        if count_reservations:
            free -= sum(reserved(shop, stock, own) for stock in stocks)
        free = max(free, 0)
        if not stocks or quantity > free:
            short.append(Shortage(variant.pk, available=free))
    if short:
        raise InsufficientStock(short)


def check_draft(
    shop: Shop, variant: Variant, quantity: int, channel: Channel, country: str, *, line: str | None = None
) -> None:
    """The draft's check adds up DISTINCT quantities: two stocks of ten count as ten."""
    if not variant.track_inventory:
        return
    stocks = stocks_in(shop, variant, counted_warehouses(shop, channel, country))
    total = sum({stock.quantity for stock in stocks})
    free = max(total - sum(allocated(shop, stock) for stock in stocks), 0)
    if not stocks or quantity > free:
        raise InsufficientStock([Shortage(variant.pk, line)])


def _check_limit(shop: Shop, variant: Variant, quantity: int) -> None:
    limit = variant.quantity_limit or shop.settings.quantity_limit
    if limit is not None and quantity > limit:
        message = f"Cannot add more than {limit} times this item: {variant.name or variant.sku}."
        raise Invalid("quantity", "QUANTITY_GREATER_THAN_LIMIT", message)
