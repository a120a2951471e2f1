"""How a shop and this app come together and part: manifest, registration, upgrade of webhooks, removal."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app import addresses, jwks, marks
from app.book import customers
from app.config import Config
from app.models import Shop
from app.platforms import TOKEN_DEAD, Identity, ShopError, WebhookSeen
from app.platforms.saleor import identify
from app.resources import document
from app.resources import manifest as manifest_file
from app.runtime import Runtime
from app.seal import Seal

log = structlog.get_logger()

WEBHOOK_PATH = "/api/webhooks/saleor"


class Refused(Exception):
    """The registration is not accepted; the message is shown to the shop's staff."""


def manifest(config: Config) -> dict[str, Any]:
    """The manifest a shop installs from: the file, with our address and the subscription documents put in."""
    found = manifest_file()
    url = config.app_url
    return found | {
        "version": version(),
        "appUrl": f"{url}/admin",
        "tokenTargetUrl": f"{url}/api/register",
        "homepageUrl": f"{url}/",
        "supportUrl": f"{url}/support",
        "dataPrivacyUrl": f"{url}/privacy",
        "brand": {"logo": {"default": f"{url}/static/logo.png"}},
        "extensions": [_extension(config, extension) for extension in found["extensions"]],
        "webhooks": [_webhook(config, webhook) for webhook in found["webhooks"]],
    }


def _extension(config: Config, extension: Mapping[str, Any]) -> dict[str, Any]:
    """Where a page of ours opens. Saleor reads a popup's path as one of the host, a page's as one below `appUrl`."""
    path = extension["url"]
    url = path if extension["target"] == "APP_PAGE" else f"{config.app_url}/admin{path}"
    return {**extension, "url": url}


def _webhook(config: Config, webhook: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": webhook["name"],
        "targetUrl": f"{config.app_url}{WEBHOOK_PATH}",
        "query": document(webhook["document"]),
        "asyncEvents": webhook["asyncEvents"],
        "isActive": True,
    }


def version() -> str:
    """The version of this app."""
    return metadata.version("dueback")


def register(runtime: Runtime, api_url: str, token: str) -> int:
    """Take in a shop that hands us a token, once the shop itself says the token is ours. Returns the shop's id.

    Of a known shop the token is replaced, and everything else is kept. Raises Refused.
    """
    try:
        addresses.check(runtime.config, api_url)
        identity = identify(api_url, token)
        keys = jwks.fetch(api_url)
    except (addresses.NotAllowed, jwks.BadKeys) as wrong:
        raise Refused(str(wrong)) from wrong
    except ShopError as wrong:
        raise Refused(f"The shop did not confirm the token: {wrong}") from wrong
    if identity.identifier != manifest_file()["id"]:
        raise Refused("The token belongs to another app of the shop.")
    missing = set(manifest_file()["permissions"]) - identity.permissions
    if missing:
        raise Refused(f"Dueback cannot work without the permissions {', '.join(sorted(missing))}.")
    return _keep(runtime, api_url, token, identity, keys)


def _keep(runtime: Runtime, api_url: str, token: str, identity: Identity, keys: dict[str, Any]) -> int:
    row = {
        "app_id": identity.app_id,
        "token": Seal(runtime.config.secret_key).close(token),
        "state": "installed",
        "name": identity.shop_name,
        "jwks": keys,
        "jwks_at": datetime.now(UTC),
        "swept_at": None,
        "fully_swept_at": None,
        "installed_at": datetime.now(UTC),
    }
    statement = insert(Shop).values(row | {"api_url": api_url})
    with runtime.engine.begin() as connection:
        shop_id: int = connection.execute(
            statement.on_conflict_do_update(index_elements=["api_url"], set_=row).returning(Shop.id)
        ).scalar_one()
        marks.mark(connection, shop_id, [("layout", "")])
    log.info("shop registered", shop=shop_id, name=identity.shop_name)
    return shop_id


def change_state(runtime: Runtime, shop_id: int, event: str, payload: Mapping[str, Any]) -> None:
    """Staff removed the app, or switched it off or on. Raises ShopError where the shop cannot be asked.

    Such events come late and out of order too, so the shop itself is asked whether our token lives.
    """
    shop = runtime.shop(shop_id)
    app = payload.get("app")
    if not isinstance(app, dict) or app.get("id") != shop.app_id:
        log.info("event of another installation", shop=shop_id, change=event)
    elif event == "app_deleted" and not _is_alive(shop, runtime):
        _set_state(runtime, shop, "removed", token="")
    else:
        look_again(runtime, shop)


def look_again(runtime: Runtime, shop: Shop) -> str:
    """Ask the shop whether the app is switched on there. Returns the state that follows. Raises ShopError."""
    alive = _is_alive(shop, runtime)
    if alive and shop.state == "inactive":
        # What was missed meanwhile is looked up by a sweep.
        _set_state(runtime, shop, "installed", swept_at=None, fully_swept_at=None)
        return "installed"
    if not alive and shop.state == "installed":
        _set_state(runtime, shop, "inactive")
        return "inactive"
    return shop.state


def _is_alive(shop: Shop, runtime: Runtime) -> bool:
    try:
        identify(shop.api_url, Seal(runtime.config.secret_key).open(shop.token))
    except ShopError as error:
        if error.code == TOKEN_DEAD:
            return False
        raise
    return True


def _set_state(runtime: Runtime, shop: Shop, state: str, **values: Any) -> None:
    """Unless the shop was registered or changed otherwise meanwhile."""
    unchanged = (Shop.id == shop.id, Shop.state == shop.state, Shop.token == shop.token)
    with runtime.engine.begin() as connection:
        changed = connection.execute(update(Shop).where(*unchanged).values(state=state, **values)).rowcount
        if changed and state == "removed":
            customers.forget_all(connection, shop.id)
    log.info("shop changed state", shop=shop.id, state=state)


def upgrade_webhooks(runtime: Runtime, shop: Shop) -> None:
    """Make the app's webhooks in the shop those of our manifest: Saleor itself does nothing when an app is upgraded."""
    wanted = {webhook["name"]: webhook for webhook in manifest(runtime.config)["webhooks"]}
    with contextlib.closing(runtime.platform(shop)) as platform:
        for seen in platform.webhooks():
            webhook = wanted.pop(seen.name, None)
            if webhook is None:
                # An older version's, or a second one of the same name.
                platform.delete_webhook(seen.id)
            elif not _is_same(seen, webhook):
                platform.update_webhook(seen.id, *_parts(webhook))
        for webhook in wanted.values():
            platform.create_webhook(*_parts(webhook))


def _is_same(seen: WebhookSeen, webhook: Mapping[str, Any]) -> bool:
    shown = (seen.name, seen.url, seen.query.strip(), set(seen.events), seen.active)
    name, url, query, events = _parts(webhook)
    return shown == (name, url, query.strip(), set(events), True)


def _parts(webhook: Mapping[str, Any]) -> tuple[str, str, str, list[str]]:
    return webhook["name"], webhook["targetUrl"], webhook["query"], webhook["asyncEvents"]
