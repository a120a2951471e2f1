"""Apps: installed, switched, deleted; their tokens and the problems they report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.api.access import new_app_token
from sandbox.api.call import AUTHENTICATED_APP, AUTHENTICATED_STAFF_USER, Call
from sandbox.api.refusals import Invalid
from sandbox.api.registry import mutation
from sandbox.state.people import App, AppToken, Installation, Problem
from sandbox.state.shop import Shop

from .lookup import row

_APPS = "MANAGE_APPS"
MOST_PROBLEMS = 100
LEAST_TEXT = 3


def _app(shop: Shop, gid: str) -> App:
    found: App = row(shop, gid, "App")
    if found.removed_at is not None:
        raise Invalid("id", "NOT_FOUND", f"Couldn't resolve to a node: {gid}")
    return found


@mutation("appInstall", AUTHENTICATED_STAFF_USER)
def install(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """The app gets the permissions given here, whatever its manifest asks for. The work is done after the answer."""
    shop = call.shop
    if not data["manifest_url"].startswith(("http://", "https://")):
        raise Invalid("manifestUrl", "INVALID_URL_FORMAT", "Enter a valid URL.")
    installation = Installation(
        shop.installations.next_pk(),
        data["app_name"],
        data["manifest_url"],
        tuple(data.get("permissions") or ()),
        shop.now(),
        shop.now(),
        activate=data.get("activate_after_installation") is not False,
    )
    shop.add(installation)
    shop.work.at_end.append(lambda: call.server.install(installation))
    return {"app_installation": installation}


@mutation("appRetryInstall", _APPS)
def retry(call: Call, gid: str, activate_after_installation: bool | None = None) -> dict[str, Any]:
    installation = row(call.shop, gid, "AppInstallation")
    if installation.status != "FAILED":
        raise Invalid("id", "INVALID_STATUS", "Cannot retry installation with different status than failed.")
    call.shop.set(
        installation,
        status="PENDING",
        message=None,
        activate=activate_after_installation is not False,
        updated_at=call.shop.now(),
    )
    call.shop.work.at_end.append(lambda: call.server.install(installation))
    return {"app_installation": installation}


@mutation("appDeleteFailedInstallation", _APPS)
def forget_failed(call: Call, gid: str) -> dict[str, Any]:
    installation = row(call.shop, gid, "AppInstallation")
    if installation.status != "FAILED":
        raise Invalid("id", "INVALID_STATUS", "Cannot delete installation with different status than failed.")
    call.shop.remove(installation)
    return {"app_installation": installation}


@mutation("appCreate", AUTHENTICATED_STAFF_USER)
def create(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    shop = call.shop
    app = App(
        shop.apps.next_pk(),
        data.get("name") or "",
        shop.now(),
        is_active=True,
        identifier=data.get("identifier"),
        permissions=tuple(data.get("permissions") or ()),
    )
    shop.add(app)
    token, kept = new_app_token()
    shop.add(AppToken(shop.tokens.next_pk(), app.pk, kept, "Default"))
    shop.happen("app_installed", app=app)
    return {"app": app, "auth_token": token}


@mutation("appUpdate", _APPS)
def update(call: Call, gid: str, data: dict[str, Any]) -> dict[str, Any]:
    app = _app(call.shop, gid)
    values: dict[str, Any] = {name: data[name] for name in ("name", "identifier") if data.get(name)}
    if data.get("permissions") is not None:
        values["permissions"] = tuple(data["permissions"])
    call.shop.set(app, **values)
    call.shop.happen("app_updated", app=app)
    return {"app": app}


@mutation("appDelete", _APPS)
def delete(call: Call, gid: str) -> dict[str, Any]:
    """The app is marked removed: its token is dead at once, and it is told so itself."""
    app = _app(call.shop, gid)
    call.shop.set(app, removed_at=call.shop.now(), is_active=False)
    call.shop.happen("app_deleted", app=app)
    return {"app": app}


@mutation("appActivate", _APPS)
def activate(call: Call, gid: str) -> dict[str, Any]:
    return _switch(call.shop, gid, active=True)


@mutation("appDeactivate", _APPS)
def deactivate(call: Call, gid: str) -> dict[str, Any]:
    return _switch(call.shop, gid, active=False)


def _switch(shop: Shop, gid: str, *, active: bool) -> dict[str, Any]:
    app = _app(shop, gid)
    shop.set(app, is_active=active)
    shop.happen("app_status_changed", app=app)
    return {"app": app}


@mutation("appTokenCreate", _APPS)
def create_token(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    app = _app(call.shop, data["app"])
    token, kept = new_app_token()
    made = AppToken(call.shop.tokens.next_pk(), app.pk, kept, data.get("name") or "")
    call.shop.add(made)
    return {"app_token": made, "auth_token": token}


@mutation("appTokenDelete", _APPS)
def delete_token(call: Call, gid: str) -> dict[str, Any]:
    gone = row(call.shop, gid, "AppToken")
    call.shop.remove(gone)
    return {"app_token": gone}


@mutation("appTokenVerify")
def verify_token(call: Call, token: str) -> dict[str, Any]:
    return {"valid": call.server.endpoint.call(f"Bearer {token}").app is not None}


@mutation("appProblemCreate", AUTHENTICATED_APP)
def report(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """Reports with one key within the period add up on one problem; of an app's problems the newest hundred stay."""
    shop = call.shop
    app = call.app
    if app is None:
        raise Invalid(None, "INVALID", "Only apps report problems.")
    message, key = data["message"].strip(), data["key"].strip()
    for name, text, most in (("message", message, 2048), ("key", key, 128)):
        if len(text) < LEAST_TEXT:
            raise Invalid(name, "INVALID", f"String should have at least {LEAST_TEXT} characters")
        if len(text) > most:
            raise Invalid(name, "INVALID", f"String should have at most {most} characters")
    now, threshold = shop.now(), data.get("critical_threshold")
    period = timedelta(minutes=data.get("aggregation_period") or 0)
    same = [each for each in shop.problems.of("app", app.pk) if each.key == key and not each.dismissed]
    latest = max(same, key=lambda each: each.updated_at, default=None)
    if latest is not None and period and latest.updated_at >= now - period:
        count = latest.count + 1
        critical = bool(threshold and count >= threshold)
        shop.set(latest, count=count, is_critical=critical, message=message, updated_at=now)
        return {"app_problem": latest}
    _make_room(shop, app)
    critical = bool(threshold and threshold <= 1)
    made = Problem(shop.problems.next_pk(), app.pk, key, message, now, now, is_critical=critical)
    shop.add(made)
    return {"app_problem": made}


def _make_room(shop: Shop, app: App) -> None:
    rows = sorted(shop.problems.of("app", app.pk), key=lambda each: each.updated_at)
    for oldest in rows[: max(0, len(rows) - MOST_PROBLEMS + 1)]:
        shop.remove(oldest)


@mutation("appProblemDismiss", _APPS, AUTHENTICATED_APP)
def dismiss(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    by_app, by_ids, by_keys = (data.get(name) for name in ("by_app", "by_staff_with_ids", "by_staff_with_keys"))
    if sum(each is not None for each in (by_app, by_ids, by_keys)) != 1:
        raise Invalid(None, "GRAPHQL_ERROR", "Exactly one of byApp, byStaffWithIds and byStaffWithKeys is needed.")
    if by_app is not None:
        if call.app is None:
            raise Invalid("byApp", "INVALID", "Only app callers can use 'byApp'.")
        if bool(by_app.get("ids")) == bool(by_app.get("keys")):
            raise Invalid("byApp", "INVALID", "Must provide either 'ids' or 'keys'.")
        _dismiss(call, call.app.pk, by_app.get("ids"), by_app.get("keys"), "APP")
        return {}
    if call.app is not None:
        field = "byStaffWithIds" if by_ids else "byStaffWithKeys"
        raise Invalid(field, "INVALID", "App callers cannot use this input. Use 'byApp' instead.")
    if by_ids is not None:
        _dismiss(call, None, by_ids["ids"], None, "USER")
    elif by_keys is not None:
        _dismiss(call, _app(call.shop, by_keys["app"]).pk, None, by_keys["keys"], "USER")
    return {}


def _dismiss(call: Call, app: int | None, ids: list[str] | None, keys: list[str] | None, by: str) -> None:
    shop = call.shop
    named = {row(shop, gid, "AppProblem", "ids").pk for gid in ids or ()}
    for each in list(shop.problems):
        mine = app is None or each.app == app
        if mine and not each.dismissed and (each.pk in named or each.key in (keys or ())):
            user = call.user
            shop.set(
                each,
                dismissed=True,
                dismissed_by=by,
                dismissed_email=user.email if user else None,
                dismissed_user=user.pk if user else None,
            )
