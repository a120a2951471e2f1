"""Webhooks that apps make for themselves, and deliveries tried again by hand."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import AUTHENTICATED_APP, Call
from sandbox.api.refusals import Invalid, PermissionDenied
from sandbox.api.registry import mutation
from sandbox.hooks import subscriptions
from sandbox.hooks.catalogue import EVENTS
from sandbox.state.people import Webhook

from .lookup import row

_OWN = ("MANAGE_APPS", AUTHENTICATED_APP)


def _events(data: dict[str, Any]) -> tuple[str, ...]:
    """Those named; without any, those of the query."""
    named = data.get("events") or [*(data.get("async_events") or ()), *(data.get("sync_events") or ())]
    query = data.get("query")
    asked: list[str] = []
    if query:
        try:
            asked = subscriptions.events_of(subscriptions.read(query))
        except subscriptions.BadSubscription as bad:
            raise Invalid("query", "UNABLE_TO_PARSE", str(bad)) from None
        if unknown := [name for name in asked if name not in EVENTS]:
            raise Invalid("query", "INVALID", f"This shop has no {', '.join(unknown)}.")
    return tuple(name.lower() for name in named) or tuple(asked)


def _values(data: dict[str, Any]) -> dict[str, Any]:
    values = {
        name: data[name]
        for name in ("name", "target_url", "query", "is_active", "secret_key", "custom_headers")
        if data.get(name) is not None
    }
    if "identifier" in data:
        values["identifier"] = (data["identifier"] or "").strip() or None
    if data.get("query"):
        values["channels"] = subscriptions.channels_of(subscriptions.read(data["query"]))
    return values


@mutation("webhookCreate", *_OWN)
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    app = call.app or (row(shop, data["app"], "App", "app") if data.get("app") else None)
    if app is None:
        message = "Missing app id. Fill in the app field or run the mutation by the app"
        raise Invalid(None, "INVALID", message)
    if not data.get("target_url"):
        raise Invalid("targetUrl", "REQUIRED", "This field cannot be null.")
    events, values = _events(data), _values(data)
    identifier = values.get("identifier")
    if identifier and any(each.identifier == identifier for each in shop.webhooks.of("app", app.pk)):
        raise Invalid("identifier", "UNIQUE", "Webhook with this App and Identifier already exists.")
    webhook = Webhook(shop.webhooks.next_pk(), app.pk, "", "", events)
    shop.add(webhook)
    shop.set(webhook, **values)
    return {"webhook": webhook}


def _named(call: Call, gid: str | None, identifier: str | None) -> Webhook:
    """An app finds its own webhooks only."""
    if gid is None:
        if call.app is None:
            raise Invalid("identifier", "INVALID", "Only apps can use `identifier`.")
        rows = call.shop.webhooks.of("app", call.app.pk)
        found = next((each for each in rows if each.identifier == identifier), None)
        if found is None:
            raise Invalid("identifier", "NOT_FOUND", f"Couldn't resolve to a node: {identifier}")
        return found
    named: Webhook = row(call.shop, gid, "Webhook")
    if call.app is not None and named.app != call.app.pk:
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to a node: {gid}")
    return named


@mutation("webhookUpdate", *_OWN)
def update(call: Call, data: dict[str, Any], gid: str | None = None, identifier: str | None = None) -> dict[str, Any]:
    webhook = _named(call, gid, identifier)
    events, values = _events(data), _values(data)
    if events:
        values["events"] = events
    call.shop.set(webhook, **values)
    return {"webhook": webhook}


@mutation("webhookDelete", *_OWN)
def delete(call: Call, gid: str | None = None, identifier: str | None = None) -> dict[str, Any]:
    webhook = _named(call, gid, identifier)
    for delivery in call.shop.deliveries.of("webhook", webhook.pk):
        call.shop.remove(delivery)
    call.shop.remove(webhook)
    return {"webhook": webhook}


@mutation("eventDeliveryRetry", "MANAGE_APPS")
def retry(call: Call, gid: str) -> dict[str, Any]:
    delivery = row(call.shop, gid, "EventDelivery")
    if call.app is not None:
        raise PermissionDenied(("MANAGE_APPS",))
    call.shop.set(delivery, status="PENDING")
    call.shop.work.at_end.append(lambda: call.server.deliverer.again(delivery))
    return {"delivery": delivery}
