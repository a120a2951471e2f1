"""Buying: checkoutComplete and orderCreateFromCheckout."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import AUTHENTICATED_APP, Call
from sandbox.api.ids import pk_of, to_global
from sandbox.api.refusals import InsufficientStock, Invalid
from sandbox.api.registry import mutation
from sandbox.checkouts.completion import order_from, placed_from
from sandbox.checkouts.prices import Charged, methods_for, shipping_required
from sandbox.state.sales import Checkout
from sandbox.state.shop import Shop

from .cart import checkout_named
from .lookup import metadata as read_metadata


@mutation("checkoutComplete")
def complete(
    call: Call,
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
    metadata: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    shop = call.shop
    named = gid or checkout_id
    done = placed_from(shop, pk_of(named, "Checkout") if named else token or "")
    if done is not None:
        return {"order": done, "confirmation_needed": False, "confirmation_data": {}}
    checkout = checkout_named(shop, gid, token, checkout_id)
    _ready(shop, checkout)
    _paid(shop, checkout)
    if metadata:
        shop.set(checkout, metadata=checkout.metadata | read_metadata(metadata))
    order = _ordered(call, checkout)
    return {"order": order, "confirmation_needed": False, "confirmation_data": {}}


@mutation("orderCreateFromCheckout", AUTHENTICATED_APP)
def create(
    call: Call, gid: str, metadata: list[dict[str, str]] | None = None, remove_checkout: bool | None = None
) -> dict[str, Any]:
    call.need(("HANDLE_CHECKOUTS",))
    checkout = checkout_named(call.shop, gid, None)
    _ready(call.shop, checkout)
    if metadata:
        call.shop.set(checkout, metadata=checkout.metadata | read_metadata(metadata))
    return {"order": _ordered(call, checkout, delete=remove_checkout is not False)}


def _ordered(call: Call, checkout: Checkout, *, delete: bool = True) -> Any:
    try:
        return order_from(call, checkout, delete=delete)
    except InsufficientStock as short:
        pks = [each.variant for each in short.shortages if each.variant is not None]
        names = ", ".join(_called(call.shop, pk) for pk in pks)
        named = [to_global("ProductVariant", pk) for pk in pks]
        raise Invalid(None, "INSUFFICIENT_STOCK", f"Insufficient product stock: {names}", variants=named) from None


def _called(shop: Shop, pk: int) -> str:
    variant = shop.variants[pk]
    return variant.name or variant.sku or ""


def _ready(shop: Shop, checkout: Checkout) -> None:
    """What a checkout must have before anybody looks at stock or money."""
    if not checkout.email:
        raise Invalid(None, "EMAIL_NOT_SET", "Checkout email must be set.")
    if not shop.checkout_lines.of("checkout", checkout.pk):
        raise Invalid("lines", "NO_LINES", "Cannot complete checkout without lines.")
    if shipping_required(shop, checkout):
        if checkout.method is None:
            raise Invalid("shippingMethod", "SHIPPING_METHOD_NOT_SET", "Shipping method is not set")
        if checkout.shipping_address is None:
            raise Invalid("shippingAddress", "SHIPPING_ADDRESS_NOT_SET", "Shipping address is not set")
        if checkout.method not in {method.pk for method in methods_for(shop, checkout)}:
            message = "Delivery method is not valid for your shipping address"
            raise Invalid("shippingMethod", "INVALID_SHIPPING_METHOD", message)
    if checkout.billing_address is None:
        raise Invalid("billingAddress", "BILLING_ADDRESS_NOT_SET", "Billing address is not set")
    if not shop.channels[checkout.channel].is_active:
        raise Invalid("channel", "CHANNEL_INACTIVE", "Cannot complete checkout with inactive channel.")


def _paid(shop: Shop, checkout: Checkout) -> None:
    """Transactions must cover the total, unless the channel takes unpaid orders."""
    channel = shop.channels[checkout.channel]
    if channel.allow_unpaid or Charged.of_checkout(shop, checkout).authorize_status == "FULL":
        return
    if shop.transactions.of("checkout", checkout.pk):
        message = "The authorized amount doesn't cover the checkout's total amount."
        raise Invalid("id", "CHECKOUT_NOT_FULLY_PAID", message)
    message = "Provided payment methods can not cover the checkout's total amount"
    raise Invalid(None, "CHECKOUT_NOT_FULLY_PAID", message)
