"""Apps, what they installed, and what they could not deliver or complain of."""

from __future__ import annotations

import json
from typing import Any

from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk
from sandbox.api.refusals import PermissionDenied
from sandbox.api.registry import attribute, field
from sandbox.state.people import App, AppToken, Attempt, Delivery, Installation, Problem, Webhook

from .matching import mentions
from .permissions import permission
from .places import by_pk

_APPS = ("MANAGE_APPS",)
_OWN = ("MANAGE_APPS", AUTHENTICATED_APP)

attribute("AppInstallation.createdAt", "created")
attribute("AppProblem.createdAt", "created")
attribute("EventDelivery.createdAt", "created")
attribute("EventDeliveryAttempt.createdAt", "created")
attribute("EventDeliveryAttempt.responseStatusCode", "code")
attribute("Webhook.subscriptionQuery", "query")
attribute("EventDelivery.payload", "body")


@field("Query.apps", needs=(AUTHENTICATED_STAFF_USER, "MANAGE_APPS"))
def apps(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    wanted = filters or {}
    rows = [
        row
        for row in info.context.shop.apps
        if row.removed_at is None
        and row.is_installed
        and mentions(wanted.get("search"), row.name)
        and wanted.get("is_active") in (None, row.is_active)
        and wanted.get("type") in (None, row.type)
    ]
    return connection(rows, lambda row: (row.name, row.pk), info, **page)


@field("Query.app", needs=(AUTHENTICATED_STAFF_USER, AUTHENTICATED_APP))
def app(_root: Any, info: Info, gid: str | None = None) -> App | None:
    """An app without an id is itself; others are for staff, and for apps that manage apps."""
    call = info.context
    if call.app is not None and (gid is None or asked_pk(gid, "App") == call.app.pk):
        return call.app
    if gid is None:
        return None
    if call.app is not None:
        call.need(_APPS)
    row = call.shop.apps.get(asked_pk(gid, "App"))
    return row if row and row.removed_at is None and row.is_installed else None


@field("Query.appsInstallations", needs=_APPS)
def installations(_root: Any, info: Info) -> list[Installation]:
    return list(info.context.shop.installations)


@field("App.permissions")
def app_permissions(source: App, info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in sorted(source.permissions)]


def _own_or_staff(source: App, info: Info) -> None:
    if info.context.app is not source:
        info.context.need(_APPS)


@field("App.tokens")
def app_tokens(source: App, info: Info) -> list[AppToken]:
    _own_or_staff(source, info)
    return info.context.shop.tokens.of("app", source.pk)


@field("AppToken.authToken")
def auth_token(source: AppToken, info: Info) -> str:
    return source.token[-4:]


@field("App.webhooks")
def app_webhooks(source: App, info: Info) -> list[Webhook]:
    _own_or_staff(source, info)
    return info.context.shop.webhooks.of("app", source.pk)


@field("App.problems")
def app_problems(source: App, info: Info, limit: int | None = None) -> list[Problem]:
    """Newest change first; those dismissed stay."""
    _own_or_staff(source, info)
    rows = sorted(info.context.shop.problems.of("app", source.pk), key=lambda row: row.updated_at, reverse=True)
    return rows[:limit]


def _manifest(name: str, key: str) -> None:
    field(f"App.{name}")(lambda source, _info: source.manifest.get(key))


for _name, _key in (
    ("aboutApp", "about"),
    ("dataPrivacyUrl", "dataPrivacyUrl"),
    ("homepageUrl", "homepageUrl"),
    ("supportUrl", "supportUrl"),
    ("configurationUrl", "configurationUrl"),
    ("appUrl", "appUrl"),
    ("version", "version"),
    ("author", "author"),
):
    _manifest(_name, _key)


@field("AppProblem.dismissed")
def dismissed(source: Problem, info: Info) -> dict[str, Any] | None:
    if not source.dismissed:
        return None
    return {
        "by": source.dismissed_by,
        "user_email": source.dismissed_email,
        "user": info.context.shop.users.get(source.dismissed_user),
    }


@field("Query.webhook")
def webhook(_root: Any, info: Info, gid: str) -> Webhook | None:
    call = info.context
    row = call.shop.webhooks.get(asked_pk(gid, "Webhook"))
    if call.app is None:
        call.need(_APPS)
    elif row is not None and row.app != call.app.pk:
        raise PermissionDenied(_OWN)
    return row


@field("Webhook.app")
def webhook_app(source: Webhook, info: Info) -> App:
    return info.context.shop.apps[source.app]


@field("Webhook.customHeaders")
def custom_headers(source: Webhook, info: Info) -> str | None:
    return json.loads(json.dumps(source.custom_headers)) if source.custom_headers else None


def webhook_event(name: str) -> dict[str, str]:
    return {"name": name.replace("_", " ").capitalize(), "event_type": name.upper()}


@field("Webhook.events", "Webhook.asyncEvents")
def webhook_events(source: Webhook, info: Info) -> list[dict[str, str]]:
    return [webhook_event(name) for name in source.events]


@field("Webhook.syncEvents")
def webhook_sync_events(source: Webhook, info: Info) -> list[dict[str, str]]:
    return []


@field("Webhook.eventDeliveries")
def deliveries(
    source: Webhook,
    info: Info,
    filters: dict[str, Any] | None = None,
    sort_by: dict[str, Any] | None = None,
    **page: Any,
) -> dict[str, Any]:
    wanted = filters or {}
    rows = [
        row
        for row in info.context.shop.deliveries.of("webhook", source.pk)
        if wanted.get("status") in (None, row.status) and wanted.get("event_type") in (None, row.event.upper())
    ]
    return connection(rows, by_pk, info, descending=not sort_by or sort_by["direction"] == "DESC", **page)


@field("EventDelivery.eventType")
def delivery_event(source: Delivery, info: Info) -> str:
    return source.event.upper()


@field("EventDelivery.attempts")
def attempts(source: Delivery, info: Info, **page: Any) -> dict[str, Any]:
    return connection(info.context.shop.attempts.of("delivery", source.pk), by_pk, info, **page)


@field("EventDeliveryAttempt.taskId", "EventDeliveryAttempt.responseHeaders")
def unknown(source: Attempt, info: Info) -> None:
    return None
