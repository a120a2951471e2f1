"""Who a token belongs to: staff users have short-lived JWTs, apps opaque tokens that never end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

import jwt

from sandbox.hooks.keys import SigningKey
from sandbox.state.people import App, User
from sandbox.state.shop import Shop

from .ids import row_id
from .refusals import ExpiredToken, InvalidToken, QueryError

ACCESS_LIFE = timedelta(minutes=5)


class Identity(NamedTuple):
    """Whose a token is: a user's, an app's, or nobody's. The fields are those of ``call.Call``."""

    user: User | None = None
    app: App | None = None
    wrong_token: QueryError | None = None
    narrowed: tuple[str, ...] | None = None


def new_app_token() -> tuple[str, str]:
    """An app's token and what the shop remembers of it."""
    token = secrets.token_urlsafe(32).replace("-", "A").replace("_", "B")[:30]
    return token, digest(token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def access_token(user: User, key: SigningKey, shop: Shop, url: str) -> str:
    return _signed(user, key, shop, url, ACCESS_LIFE, {"type": "access"})


def app_token(
    user: User, app: App, granted: Iterable[str], key: SigningKey, shop: Shop, url: str, extension: str | None = None
) -> str:
    """What a dashboard hands to an app in its frame: the user's name, and those of the permissions that the user has.

    It lives as long as the switch ``app_token_seconds`` says. ``extension`` is a global id.
    """
    claims: dict[str, Any] = {
        "type": "thirdparty",
        "app": row_id(app),
        "permissions": [name for name in granted if name in user.permissions],
        "user_permissions": list(user.permissions),
    }
    if audience := app.manifest.get("audience"):
        claims["aud"] = audience
    if extension is not None:
        claims["app_extension"] = extension
    return _signed(user, key, shop, url, timedelta(seconds=shop.switches.app_token_seconds), claims)


def _signed(user: User, key: SigningKey, shop: Shop, url: str, life: timedelta, more: dict[str, Any]) -> str:
    now = shop.now()
    claims = {
        "iat": now,
        "owner": "saleor",
        "iss": f"{url}/graphql/",
        "exp": now + life,
        "token": secrets.token_hex(6),
        "email": user.email,
        "user_id": row_id(user),
        "is_staff": user.is_staff,
    }
    return jwt.encode(claims | more, key.private, algorithm="RS256", headers={"kid": key.kid})


def identify(shop: Shop, key: SigningKey, header: str) -> Identity:
    """The user or the app of an Authorization header; a token that nobody has is anybody's: none of them.

    What is wrong with a JWT Saleor tells wherever a permission is asked for.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "jwt") or not token.strip():
        return Identity()
    token = token.strip()
    for row in shop.tokens.of("token", digest(token)):
        app = shop.apps.get(row.app)
        if app and app.is_active and app.removed_at is None:
            return Identity(app=app)
    if not _is_ours(token):
        return Identity()
    try:
        claims = jwt.decode(token, key.public, algorithms=["RS256"], options={"verify_aud": False})
    except jwt.ExpiredSignatureError:
        return Identity(wrong_token=ExpiredToken("Signature has expired"))
    except jwt.InvalidTokenError:
        return Identity(wrong_token=InvalidToken("Invalid token"))
    user = next((user for user in shop.users if user.email == claims.get("email") and user.is_active), None)
    return Identity(user, narrowed=tuple(claims["permissions"]) if "permissions" in claims else None)


def _is_ours(token: str) -> bool:
    """Whether a token claims to be a JWT of a Saleor; anything else counts as no token at all."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return claims.get("owner") == "saleor"
