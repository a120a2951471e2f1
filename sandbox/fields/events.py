"""Events as a subscription reads them."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Info
from sandbox.api.names import Told, camel, seen
from sandbox.api.registry import FIELDS, Registered, field
from sandbox.hooks.catalogue import EVENTS
from sandbox.version import VERSION


@field("Subscription.event")
def event(root: Told, info: Info) -> Told:
    return root


def _event_by_name(root: Told, info: Info, channels: list[str] | None = None) -> Told:
    """``subscription { orderCreated(channels: ...) }``; the channels were looked at before it came to this."""
    return root


def _issued_at(source: Told, info: Info) -> Any:
    return source.happened.at


def _version(source: Told, info: Info) -> str:
    return VERSION


def _principal(source: Told, info: Info) -> Any:
    """Who caused it: an app, a user, or nobody the shop knows."""
    shop = info.context.shop
    if source.happened.app is not None:
        return shop.apps.get(source.happened.app)
    return shop.users.get(source.happened.user)


def _recipient(source: Told, info: Info) -> Any:
    return source.recipient


def _about(key: str) -> Any:
    def resolve(source: Told, info: Info, channel: str | None = None) -> Any:
        row = source.happened.about.get(key)
        return seen(row, channel) if channel is not None else row

    return resolve


def _of_stock(table: str, attribute: str) -> Any:
    """Stock events name a stock; what is shown of it is its variant and its warehouse."""

    def resolve(source: Told, info: Info, channel: str | None = None) -> Any:
        stock = source.happened.about.get("stock")
        shop = info.context.shop
        if stock is None:
            row = getattr(shop, table).get(source.happened.about.get(attribute))
        else:
            row = getattr(shop, table).get(getattr(stock, attribute))
        return seen(row, channel) if channel is not None else row

    return resolve


_SHARED = {
    "issuedAt": _issued_at,
    "version": _version,
    "issuingPrincipal": _principal,
    "recipient": _recipient,
}


def _register() -> None:
    for name in EVENTS:
        type_name = camel(name)
        FIELDS[f"Subscription.{type_name[0].lower()}{type_name[1:]}"] = Registered(_event_by_name)
        for field_name, resolve in _SHARED.items():
            FIELDS[f"{type_name}.{field_name}"] = Registered(resolve)
        for field_name, key in (
            ("order", "order"),
            ("orders", "orders"),
            ("fulfillment", "fulfillment"),
            ("checkout", "checkout"),
            ("product", "product"),
            ("category", "category"),
            ("collection", "collection"),
            ("channel", "channel"),
            ("shippingZone", "zone"),
            ("shippingMethod", "method"),
            ("app", "app"),
            ("notifyCustomer", "notify_customer"),
            ("shop", "shop"),
        ):
            FIELDS[f"{type_name}.{field_name}"] = Registered(_about(key))
        by_stock = "stock" in name
        FIELDS[f"{type_name}.productVariant"] = Registered(
            _of_stock("variants", "variant") if by_stock else _about("variant")
        )
        FIELDS[f"{type_name}.warehouse"] = Registered(
            _of_stock("warehouses", "warehouse") if by_stock else _about("warehouse")
        )


_register()
