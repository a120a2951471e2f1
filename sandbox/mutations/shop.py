"""The shop's settings and staff login."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.api.access import access_token
from sandbox.api.call import Call
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation

from .lookup import metadata

_SETTINGS = {
    "name": "name",
    "description": "description",
    "fulfillment_auto_approve": "auto_approve",
    "fulfillment_allow_unpaid": "allow_unpaid",
    "track_inventory_by_default": "track_inventory",
    "reserve_stock_duration_anonymous_user": "reserve_anonymous",
    "reserve_stock_duration_authenticated_user": "reserve_authenticated",
    "limit_quantity_per_checkout": "quantity_limit",
    "use_legacy_shipping_zone_stock_availability": "legacy_zones",
    "use_legacy_update_webhook_emission": "legacy_events",
}


@mutation("shopSettingsUpdate", "MANAGE_SETTINGS")
def update(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    limit = data.get("limit_quantity_per_checkout")
    if limit is not None and limit < 1:
        raise Invalid("limitQuantityPerCheckout", "INVALID", "Quantity limit cannot be lower than 1.")
    values = {_SETTINGS[name]: value for name, value in data.items() if name in _SETTINGS}
    for name in ("reserve_anonymous", "reserve_authenticated"):
        if name in values:
            # Zero and nothing are both off.
            values[name] = values[name] if values[name] and values[name] > 0 else None
    if "metadata" in data:
        values["metadata"] = shop.settings.metadata | metadata(data["metadata"])
        shop.happen("shop_metadata_updated", shop=shop.settings)
    shop.set(shop.settings, **values)
    return {"shop": shop.settings}


@mutation("tokenCreate")
def sign_in(call: Call, email: str, password: str, audience: str | None = None) -> dict[str, Any]:
    user = next((row for row in call.shop.users if row.email == email and row.is_active), None)
    if user is None or not secrets.compare_digest(user.password, password):
        raise Invalid("email", "INVALID_CREDENTIALS", "Please, enter valid credentials")
    token = access_token(user, call.server.key, call.shop, call.url)
    return {"token": token, "refresh_token": token, "csrf_token": secrets.token_urlsafe(16), "user": user}


@mutation("tokenRefresh")
def refresh(call: Call, refresh_token: str | None = None) -> dict[str, Any]:
    """A sandbox's token of refreshment is the one it refreshes."""
    user = call.server.endpoint.call(f"Bearer {refresh_token or ''}").user
    if user is None:
        raise Invalid("refreshToken", "JWT_INVALID_TOKEN", "Invalid token")
    return {"token": access_token(user, call.server.key, call.shop, call.url), "user": user}


@mutation("tokenVerify")
def verify(call: Call, token: str) -> dict[str, Any]:
    user = call.server.endpoint.call(f"Bearer {token}").user
    if user is None:
        raise Invalid("token", "JWT_INVALID_TOKEN", "Invalid token")
    return {"is_valid": True, "user": user, "payload": {}}
