"""The shop itself and who is asking."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Info
from sandbox.api.registry import attribute, field
from sandbox.state.people import User
from sandbox.state.places import Settings
from sandbox.version import SCHEMA_VERSION, VERSION

from .permissions import PERMISSIONS, permission

_SIGNED_IN = (AUTHENTICATED_STAFF_USER, AUTHENTICATED_APP)
_SETTINGS = ("MANAGE_SETTINGS",)

attribute("Shop.fulfillmentAutoApprove", "auto_approve")
attribute("Shop.fulfillmentAllowUnpaid", "allow_unpaid")
attribute("Shop.trackInventoryByDefault", "track_inventory")
attribute("Shop.useLegacyShippingZoneStockAvailability", "legacy_zones")
attribute("Shop.useLegacyUpdateWebhookEmission", "legacy_events")


@field("Query.shop")
def shop(_root: Any, info: Info) -> Settings:
    return info.context.shop.settings


@field("Query.me")
def me(_root: Any, info: Info) -> User | None:
    return info.context.user


@field("Shop.version", needs=_SIGNED_IN)
def version(_source: Settings, info: Info) -> str:
    return VERSION


@field("Shop.schemaVersion")
def schema_version(_source: Settings, info: Info) -> str:
    return SCHEMA_VERSION


@field("Shop.reserveStockDurationAnonymousUser", needs=_SETTINGS)
def reserve_anonymous(source: Settings, info: Info) -> int | None:
    return source.reserve_anonymous


@field("Shop.reserveStockDurationAuthenticatedUser", needs=_SETTINGS)
def reserve_authenticated(source: Settings, info: Info) -> int | None:
    return source.reserve_authenticated


@field("Shop.limitQuantityPerCheckout", needs=_SETTINGS)
def quantity_limit(source: Settings, info: Info) -> int | None:
    return source.quantity_limit


@field("Shop.channelCurrencies", needs=_SIGNED_IN)
def currencies(_source: Settings, info: Info) -> list[str]:
    return sorted({channel.currency for channel in info.context.shop.channels})


@field("Shop.permissions")
def permissions(_source: Settings, info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in PERMISSIONS]


@field("Shop.defaultCountry")
def default_country(_source: Settings, info: Info) -> None:
    return None


@field("Shop.domain")
def domain(_source: Settings, info: Info) -> dict[str, Any]:
    url = info.context.url
    return {"host": urlsplit(url).netloc, "ssl_enabled": url.startswith("https"), "url": f"{url}/"}


@field("User.userPermissions")
def user_permissions(source: User, info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in source.permissions] if source.is_staff else []
