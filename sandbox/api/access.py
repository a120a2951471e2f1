"""Who a token belongs to: staff users have short-lived JWTs, apps opaque tokens that never end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import jwt

from sandbox.hooks.keys import SigningKey
from sandbox.state.people import App, User
from sandbox.state.shop import Shop

from .refusals import ExpiredToken, InvalidToken, QueryError

ACCESS_LIFE = timedelta(minutes=5)


def new_app_token() -> tuple[str, str]:
    """An app's token and what the shop remembers of it."""
    token = secrets.token_urlsafe(32).replace("-", "A").replace("_", "B")[:30]
    return token, digest(token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def access_token(user: User, key: SigningKey, shop: Shop, url: str) -> str:
    now = shop.now()
    claims = {
        "iat": now,
        "owner": "saleor",
        "iss": f"{url}/graphql/",
        "exp": now + ACCESS_LIFE,
        "token": secrets.token_hex(6),
        "email": user.email,
        "type": "access",
        "is_staff": user.is_staff,
    }
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})


def identify(shop: Shop, key: SigningKey, header: str) -> tuple[User | None, App | None, QueryError | None]:
    """The user or the app of an Authorization header; a token that nobody has is anybody's: none of them.

    The third value says what is wrong with a JWT; Saleor tells that wherever a permission is asked for.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "jwt") or not token.strip():
        return None, None, None
    token = token.strip()
    for row in shop.tokens.of("token", digest(token)):
        app = shop.apps.get(row.app)
        if app and app.is_active and app.removed_at is None:
            return None, app, None
    if not _is_ours(token):
        return None, None, None
    try:
        claims = jwt.decode(token, key.public, algorithms=["RS256"], options={"verify_aud": False})
    except jwt.ExpiredSignatureError:
        return None, None, ExpiredToken("Signature has expired")
    except jwt.InvalidTokenError:
        return None, None, InvalidToken("Invalid token")
    user = next((user for user in shop.users if user.email == claims.get("email") and user.is_active), None)
    return user, None, None


def _is_ours(token: str) -> bool:
    """Whether a token claims to be a JWT of a Saleor; anything else counts as no token at all."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return claims.get("owner") == "saleor"
