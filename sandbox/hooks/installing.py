"""Installing an app: fetch its manifest, make it and its webhooks, hand it a token, undo all of it if it will not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from sandbox.api.access import new_app_token
from sandbox.fields.permissions import PERMISSIONS
from sandbox.state.people import App, AppToken, Extension, Installation, Webhook
from sandbox.state.shop import Shop
from sandbox.version import SCHEMA_VERSION, VERSION

from . import extensions, subscriptions
from .catalogue import EVENTS
from .sending import TIMEOUT, USER_AGENT
from .versions import satisfies

log = logging.getLogger(__name__)
_MANIFEST_TRIES = 3


class Refused(Exception):
    """The app cannot be installed; the message is for staff."""


def install(shop: Shop, url: str, installation: Installation) -> None:
    """Run one installation to its end. A failed one stays, with what went wrong as its message."""
    try:
        _install(shop, url, installation)
    except Refused as refused:
        message = str(refused)
    except requests.HTTPError as error:
        code = error.response.status_code if error.response is not None else "?"
        message = f"App internal error ({code}). Try later or contact with app support."
    except requests.RequestException:
        message = "Failed to connect to app. Try later or contact with app support."
    except Exception:
        log.exception("an installation failed")
        message = "Unknown error. Contact with app support."
    else:
        with shop.working():
            shop.remove(installation)
        return
    with shop.working():
        shop.set(installation, status="FAILED", message=message, updated_at=shop.now())


def _install(shop: Shop, url: str, installation: Installation) -> None:
    manifest = fetch_manifest(installation.manifest_url)
    webhooks, places = checked(shop, manifest)
    token, kept = new_app_token()
    with shop.working():
        app = App(
            shop.apps.next_pk(),
            installation.app_name,
            shop.now(),
            is_active=installation.activate,
            identifier=manifest["id"],
            type="THIRDPARTY",
            permissions=installation.permissions,
            manifest_url=installation.manifest_url,
            manifest=manifest,
            is_installed=False,
        )
        shop.add(app)
        for place in places:
            shop.add(Extension(shop.extensions.next_pk(), app.pk, **place))
        for webhook in webhooks:
            shop.add(_webhook(shop, app, webhook))
        if manifest.get("tokenTargetUrl"):
            shop.add(AppToken(shop.tokens.next_pk(), app.pk, kept, "Default token"))
    if manifest.get("tokenTargetUrl"):
        try:
            _hand_over(manifest["tokenTargetUrl"], url, token)
        except (requests.RequestException, Refused):
            _undo(shop, app)
            raise
    with shop.working():
        shop.set(app, is_installed=True)
        shop.happen("app_installed", app=app)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = USER_AGENT
    return session


def fetch_manifest(url: str) -> dict[str, Any]:
    """The manifest at an address; connection errors are tried again twice, as Saleor does."""
    with _session() as session:
        for attempt in range(_MANIFEST_TRIES):
            try:
                answer = session.get(
                    url,
                    headers={"Saleor-Schema-Version": SCHEMA_VERSION},
                    timeout=(TIMEOUT[0] + attempt, TIMEOUT[1]),
                    allow_redirects=False,
                )
            except (requests.ConnectionError, requests.Timeout):
                if attempt == _MANIFEST_TRIES - 1:
                    raise
                continue
            answer.raise_for_status()
            found = answer.json()
            if not isinstance(found, dict):
                raise Refused("manifest: Incorrect format.")
            return found
    raise Refused("manifest: Incorrect format.")


def checked(shop: Shop, manifest: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The manifest's webhooks, with their events, and its extensions; raises Refused for what Saleor would not take."""
    for name in ("id", "name", "version"):
        if not manifest.get(name):
            raise Refused(f"{name}: Field required.")
    wanted = manifest.get("requiredSaleorVersion")
    if wanted and not satisfies(VERSION, str(wanted)):
        raise Refused(f"requiredSaleorVersion: Saleor version {VERSION} is not supported by the app.")
    taken = (app for app in shop.apps if app.removed_at is None and app.identifier == manifest["id"])
    if same := next(taken, None):
        raise Refused(f"identifier: App with the same identifier is already installed: {same.name}")
    try:
        places = extensions.checked(manifest, PERMISSIONS)
    except extensions.BadExtension as bad:
        raise Refused(f"extensions: {bad}") from None
    return [_checked_webhook(entry) for entry in manifest.get("webhooks") or ()], places


def _checked_webhook(entry: Mapping[str, Any]) -> dict[str, Any]:
    events: Sequence[str] = [name.lower() for name in entry.get("asyncEvents") or ()]
    try:
        document = subscriptions.read(entry.get("query") or "")
        asked = subscriptions.events_of(document)
    except subscriptions.BadSubscription as bad:
        raise Refused(f"webhooks: Subscription query is not valid: {bad}") from None
    if unknown := [name for name in asked if name not in EVENTS]:
        raise Refused(f"webhooks: Subscription query is not valid: this shop has no {', '.join(unknown)}.")
    return dict(entry) | {"events": tuple(events or asked)}


def _webhook(shop: Shop, app: App, entry: Mapping[str, Any]) -> Webhook:
    """Which channels a subscription names is not kept here, only when an app makes its webhook itself."""
    return Webhook(
        shop.webhooks.next_pk(),
        app.pk,
        str(entry["name"]),
        str(entry["targetUrl"]),
        entry["events"],
        query=entry.get("query"),
        identifier=(entry.get("identifier") or "").strip() or None,
        is_active=entry.get("isActive", True) is not False,
        custom_headers=dict(entry.get("customHeaders") or {}),
    )


def _hand_over(target: str, url: str, token: str) -> None:
    """The register call. The token works already while the app answers it."""
    domain = urlsplit(url).netloc
    with _session() as session:
        answer = session.post(
            target,
            json={"auth_token": token},
            headers={
                "Content-Type": "application/json",
                "X-Saleor-Domain": domain,
                "Saleor-Domain": domain,
                "Saleor-Api-Url": f"{url}/graphql/",
                "Saleor-Schema-Version": SCHEMA_VERSION,
            },
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    if answer.status_code < 400:
        return
    try:
        message = str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        answer.raise_for_status()
    else:
        raise Refused(message)


def _undo(shop: Shop, app: App) -> None:
    with shop.working():
        for table in (shop.tokens, shop.webhooks, shop.extensions):
            for row in table.of("app", app.pk):
                shop.remove(row)
        shop.remove(app)
