"""What apps show in the dashboard, and the tokens it hands them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from sandbox.api.access import app_token
from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Info
from sandbox.api.connections import connection
from sandbox.api.ids import asked_pk, row_id
from sandbox.api.refusals import PermissionDenied
from sandbox.api.registry import field
from sandbox.state.people import App, Extension

from .permissions import permission
from .places import by_pk

_SIGNED_IN = (AUTHENTICATED_STAFF_USER, AUTHENTICATED_APP)


@field("Query.appExtensions", needs=_SIGNED_IN)
def extensions(_root: Any, info: Info, filters: dict[str, Any] | None = None, **page: Any) -> dict[str, Any]:
    """Those of active apps, whoever asks: what a user may not see is left to the dashboard."""
    wanted = filters or {}
    mounts = {name.lower() for name in wanted.get("mount_name") or ()}
    target = (wanted.get("target_name") or "").lower()
    rows = [
        row
        for row in info.context.shop.extensions
        if _is_shown(info, row) and (not mounts or row.mount in mounts) and target in ("", row.target)
    ]
    return connection(rows, by_pk, info, **page)


@field("Query.appExtension", needs=_SIGNED_IN)
def extension(_root: Any, info: Info, gid: str) -> Extension | None:
    row = info.context.shop.extensions.get(asked_pk(gid, "AppExtension"))
    return row if row and _is_shown(info, row) else None


def _is_shown(info: Info, row: Extension) -> bool:
    app = info.context.shop.apps[row.app]
    return app.is_active and app.removed_at is None


@field("App.extensions")
def extensions_of_app(source: App, info: Info) -> list[Extension]:
    return info.context.shop.extensions.of("app", source.pk)


@field("App.accessToken")
def token_for_app(source: App, info: Info) -> str | None:
    call = info.context
    if source.type != "THIRDPARTY" or call.user is None or not call.user.is_staff:
        return None
    return app_token(call.user, source, source.permissions, call.server.key, call.shop, call.url)


@field("AppExtension.accessToken")
def token_for_extension(source: Extension, info: Info) -> str | None:
    """Nothing for a user who lacks one of the extension's permissions."""
    call = info.context
    if call.user is None or not set(source.permissions) <= set(call.user.permissions):
        return None
    app = call.shop.apps[source.app]
    return app_token(call.user, app, source.permissions, call.server.key, call.shop, call.url, row_id(source))


@field("AppExtension.app")
def app_of_extension(source: Extension, info: Info) -> App:
    call = info.context
    if call.app is not None and call.app.pk != source.app:
        raise PermissionDenied(("OWNER",))
    return call.shop.apps[source.app]


@field("AppExtension.url")
def url(source: Extension, info: Info) -> str:
    """A popup's path is joined to the app's address, as addresses are joined: what follows its last slash goes."""
    app_url: str | None = info.context.shop.apps[source.app].manifest.get("appUrl")
    if source.target != "popup" or not source.url.startswith("/") or not app_url:
        return source.url
    base = urlsplit(app_url)
    return base._replace(path=urljoin(base.path, source.url[1:])).geturl()


@field("AppExtension.mountName")
def mount_name(source: Extension, info: Info) -> str:
    return source.mount.upper()


@field("AppExtension.targetName")
def target_name(source: Extension, info: Info) -> str:
    return source.target.upper()


@field("AppExtension.permissions")
def extension_permissions(source: Extension, info: Info) -> list[dict[str, str]]:
    return [permission(code) for code in sorted(source.permissions)]
