"""The token a dashboard hands to the app's page: a JWT of the shop, for one member of its staff and this app."""

from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from flask_babel import lazy_gettext as lazy
from sqlalchemy import Engine, select

from app import jwks
from app.models import Shop
from app.refusal import Refusal
from app.shop_keys import ShopKeys

LONGEST = 16 * 1024
# Two clocks may differ by so many seconds.
LEEWAY = 30
REQUIRED = ["exp", "iat", "iss", "email", "app", "user_permissions"]


class BadToken(Refusal):
    """The token proves nothing; the text says what may be done."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a good token says. `until` is when it is not taken any more, in seconds since 1970."""

    shop_id: int
    email: str
    may: tuple[str, ...]
    until: int


class Tokens:
    """Checks tokens against the keys of the shop that they name. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys = ShopKeys(engine)

    def check(self, token: str) -> Proven:
        """Raises BadToken, and KeysOutOfReach where the shop is to be asked for new keys and does not answer."""
        key_id, issuer = _claimed(token)
        with self._engine.connect() as connection:
            shop = connection.execute(select(Shop).where(Shop.api_url == issuer, Shop.state != "removed")).first()
        if shop is None:
            raise BadToken(lazy("Dueback is not installed in this shop. Install it again from the dashboard."))
        key = self._key(shop.id, shop.api_url, jwks.public_keys(shop.jwks), key_id)
        claims = _verified(token, key, issuer)
        if claims["app"] != shop.app_id or claims.get("type") != "thirdparty" or not claims.get("is_staff"):
            raise BadToken(lazy("The dashboard's token is for another app. Reload the page."))
        may = tuple(str(each) for each in claims["user_permissions"])
        return Proven(shop.id, str(claims["email"]), may, int(claims["exp"]) + LEEWAY)

    def _key(self, shop_id: int, api_url: str, known: dict[str, RSAPublicKey], key_id: str) -> RSAPublicKey | None:
        if key_id not in known and (fresh := self._keys.fresh(shop_id, api_url)) is not None:
            known = fresh
        return known.get(key_id)


def _claimed(token: str) -> tuple[str, str]:
    """The key and the shop that the token names, before any of it is believed."""
    try:
        if len(token) > LONGEST:
            raise BadToken(lazy("The dashboard's token is too long."))
        key_id = jwt.get_unverified_header(token).get("kid")
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.InvalidTokenError as wrong:
        raise BadToken(lazy("What the dashboard sent is no token. Reload the page.")) from wrong
    if not isinstance(key_id, str) or not isinstance(issuer, str) or "\x00" in issuer:
        raise BadToken(lazy("The dashboard's token does not say where it comes from. Reload the page."))
    return key_id, issuer


def _verified(token: str, key: RSAPublicKey | None, issuer: str) -> dict[str, Any]:
    if key is None:
        raise BadToken(lazy("The dashboard's token is not signed by the shop. Reload the page."))
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": REQUIRED, "verify_aud": False},
        )
    except jwt.ExpiredSignatureError as wrong:
        raise BadToken(lazy("The dashboard's token has ended. Reload the page.")) from wrong
    except jwt.InvalidTokenError as wrong:
        raise BadToken(lazy("The dashboard's token does not hold. Reload the page.")) from wrong
    if not isinstance(claims["user_permissions"], list):
        raise BadToken(lazy("The dashboard's token does not say what you may do. Reload the page."))
    return claims
