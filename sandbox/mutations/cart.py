"""Checkouts, up to the moment they are completed."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.api.call import Call
from sandbox.api.ids import pk_of
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.checkouts import lines as cart_lines
from sandbox.checkouts.lines import Asked
from sandbox.checkouts.prices import methods_for
from sandbox.fields.checkouts import as_delivery, offers
from sandbox.state.places import Address, Channel
from sandbox.state.sales import Checkout, CheckoutLine
from sandbox.state.shop import Shop

from .lookup import address, channel_by_slug, metadata, method, row, rows


def active_country(channel: Channel, shipping: Address | None, billing: Address | None) -> str:
    found = shipping or billing
    return str(found["country"]) if found else channel.country


def checkout_named(shop: Shop, gid: str | None, token: str | None, checkout_id: str | None = None) -> Checkout:
    named = gid or checkout_id
    if named is None and token is None:
        raise Invalid(None, "GRAPHQL_ERROR", "At least one of arguments is required: 'checkout_id', 'token', 'id'.")
    found = shop.checkouts.get(pk_of(named, "Checkout") if named else token)
    if found is None:
        raise Invalid("id" if named else "token", "NOT_FOUND", f"Couldn't resolve to a node: {named or token}")
    return found


def _lines_of(shop: Shop, checkout: Checkout) -> list[CheckoutLine]:
    return shop.checkout_lines.of("checkout", checkout.pk)


def _asked(call: Call, given: list[dict[str, Any]]) -> list[Asked]:
    if any(entry.get("price") is not None for entry in given):
        call.need(("HANDLE_CHECKOUTS",))
    asked: list[Asked] = []
    for entry in given:
        variant = row(call.shop, entry["variant_id"], "ProductVariant", "variantId")
        told = metadata(entry.get("metadata"))
        same = next((each for each in asked if each.variant is variant and not each.apart), None)
        if same is not None and not entry.get("force_new_line"):
            same.quantity = (same.quantity or 0) + entry["quantity"]
            same.metadata |= told
            continue
        apart = bool(entry.get("force_new_line"))
        asked.append(Asked(variant, entry["quantity"], apart=apart, price=entry.get("price"), metadata=told))
    return asked


@mutation("checkoutCreate")
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    channel = channel_by_slug(shop, data.get("channel"))
    if not channel.is_active:
        raise Invalid("channel", "CHANNEL_INACTIVE", f"Channel with '{channel.slug}' is inactive.")
    shipping, billing = address(data.get("shipping_address")), address(data.get("billing_address"))
    country = active_country(channel, shipping, billing)
    asked = _asked(call, data["lines"])
    cart_lines.check_for_sale(shop, [each.variant for each in asked], channel)
    cart_lines.check_units(shop, cart_lines.totals(asked), channel, country)
    checkout = Checkout(
        str(uuid.uuid4()),
        channel.pk,
        shop.now(),
        shop.now(),
        country,
        email=data.get("email") or (call.user.email if call.user else None),
        user=call.user.pk if call.user else None,
        shipping_address=shipping,
        billing_address=billing,
        metadata=metadata(data.get("metadata")),
    )
    if data.get("private_metadata"):
        call.need(("HANDLE_CHECKOUTS", "MANAGE_CHECKOUTS"))
        checkout.private_metadata = metadata(data["private_metadata"])
    shop.add(checkout)
    cart_lines.apply(call, checkout, asked, replace=False)
    shop.happen("checkout_created", checkout=checkout)
    return {"checkout": checkout, "created": True}


@mutation("checkoutLinesAdd")
def add_lines(
    call: Call,
    lines: list[dict[str, Any]],
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
) -> dict[str, Any]:
    shop = call.shop
    checkout = checkout_named(shop, gid, token, checkout_id)
    channel = shop.channels[checkout.channel]
    asked = _asked(call, lines)
    cart_lines.check_units(
        shop,
        cart_lines.totals(asked),
        channel,
        checkout.country,
        lines=_lines_of(shop, checkout),
        delivery_chosen=checkout.method is not None,
    )
    cart_lines.check_for_sale(shop, [each.variant for each in asked], channel)
    cart_lines.apply(call, checkout, asked, replace=False)
    return _updated(shop, checkout)


@mutation("checkoutLinesUpdate")
def update_lines(
    call: Call,
    lines: list[dict[str, Any]],
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
) -> dict[str, Any]:
    shop = call.shop
    checkout = checkout_named(shop, gid, token, checkout_id)
    channel = shop.channels[checkout.channel]
    if any(entry.get("price") is not None for entry in lines):
        call.need(("HANDLE_CHECKOUTS",))
    asked = [_change(shop, checkout, entry) for entry in lines]
    counted = [each for each in asked if each.quantity is not None]
    cart_lines.check_units(
        shop,
        cart_lines.totals(counted),
        channel,
        checkout.country,
        lines=_lines_of(shop, checkout),
        replace=True,
        delivery_chosen=checkout.method is not None,
    )
    cart_lines.check_for_sale(shop, [each.variant for each in counted if each.quantity], channel)
    cart_lines.apply(call, checkout, asked, replace=True)
    return _updated(shop, checkout)


def _change(shop: Shop, checkout: Checkout, entry: dict[str, Any]) -> Asked:
    told = metadata(entry.get("metadata"))
    if entry.get("line_id"):
        line = row(shop, entry["line_id"], "CheckoutLine", "lineId")
        if line.checkout != checkout.pk:
            raise Invalid("lineId", "NOT_FOUND", "The line is not in this checkout.")
        return Asked(shop.variants[line.variant], entry.get("quantity"), line, price=entry.get("price"), metadata=told)
    variant = row(shop, entry.get("variant_id"), "ProductVariant", "variantId")
    same = [each for each in _lines_of(shop, checkout) if each.variant == variant.pk]
    if len(same) > 1:
        message = "Variant occurs in multiple lines. Use `lineId` instead of `variantId`."
        raise Invalid("variantId", "INVALID", message)
    return Asked(variant, entry.get("quantity"), same[0] if same else None, price=entry.get("price"), metadata=told)


@mutation("checkoutLineDelete")
def delete_line(
    call: Call,
    line_id: str | None = None,
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
) -> dict[str, Any]:
    checkout = checkout_named(call.shop, gid, token, checkout_id)
    line = row(call.shop, line_id, "CheckoutLine", "lineId")
    if line.checkout == checkout.pk:
        cart_lines.remove(call.shop, line)
    return _updated(call.shop, checkout)


@mutation("checkoutLinesDelete")
def delete_lines(call: Call, lines_ids: list[str], gid: str | None = None, token: str | None = None) -> dict[str, Any]:
    checkout = checkout_named(call.shop, gid, token)
    for line in rows(call.shop, lines_ids, "CheckoutLine", "linesIds"):
        if line.checkout == checkout.pk:
            cart_lines.remove(call.shop, line)
    return _updated(call.shop, checkout)


def _updated(shop: Shop, checkout: Checkout, **values: Any) -> dict[str, Any]:
    shop.set(checkout, **values, updated_at=shop.now())
    shop.happen("checkout_updated", checkout=checkout)
    return {"checkout": checkout}


@mutation("checkoutEmailUpdate")
def set_email(
    call: Call, email: str, gid: str | None = None, token: str | None = None, checkout_id: str | None = None
) -> dict[str, Any]:
    if not email:
        raise Invalid("email", "REQUIRED", "This field cannot be blank.")
    return _updated(call.shop, checkout_named(call.shop, gid, token, checkout_id), email=email)


@mutation("checkoutShippingAddressUpdate")
def set_shipping_address(
    call: Call,
    shipping_address: dict[str, Any],
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
) -> dict[str, Any]:
    """Another country may count other warehouses, so the lines are checked again."""
    shop = call.shop
    checkout = checkout_named(shop, gid, token, checkout_id)
    channel = shop.channels[checkout.channel]
    kept = address(shipping_address)
    country = active_country(channel, kept, checkout.billing_address)
    lines = _lines_of(shop, checkout)
    cart_lines.check_units(
        shop,
        [(shop.variants[line.variant], line.quantity) for line in lines],
        channel,
        country,
        lines=lines,
        replace=True,
        delivery_chosen=checkout.method is not None,
    )
    return _updated(shop, checkout, shipping_address=kept, country=country)


@mutation("checkoutBillingAddressUpdate")
def set_billing_address(
    call: Call,
    billing_address: dict[str, Any],
    gid: str | None = None,
    token: str | None = None,
    checkout_id: str | None = None,
) -> dict[str, Any]:
    shop = call.shop
    checkout = checkout_named(shop, gid, token, checkout_id)
    kept = address(billing_address)
    country = active_country(shop.channels[checkout.channel], checkout.shipping_address, kept)
    return _updated(shop, checkout, billing_address=kept, country=country)


@mutation("checkoutDeliveryMethodUpdate")
def set_delivery(
    call: Call, delivery_method_id: str | None = None, gid: str | None = None, token: str | None = None
) -> dict[str, Any]:
    shop = call.shop
    checkout = checkout_named(shop, gid, token)
    if delivery_method_id is None:
        return _updated(shop, checkout, method=None)
    chosen = method(shop, delivery_method_id, "deliveryMethodId")
    if chosen not in methods_for(shop, checkout):
        message = "This shipping method is not applicable."
        raise Invalid("deliveryMethodId", "DELIVERY_METHOD_NOT_APPLICABLE", message)
    return _updated(shop, checkout, method=chosen.pk)


@mutation("deliveryOptionsCalculate")
def delivery_options(call: Call, gid: str) -> dict[str, Any]:
    checkout = checkout_named(call.shop, gid, None)
    return {"deliveries": [as_delivery(offer) for offer in offers(call.shop, checkout)]}
