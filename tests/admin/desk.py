"""Staff at their desk: a client that comes in as the dashboard's script does, follows forms and reads pages."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import jwt
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from werkzeug.test import TestResponse

from app.models import Shop
from tests.webhooks.shop import SigningShop

PARENT = "https://dashboard.example"
EVERYTHING = ("MANAGE_ORDERS", "MANAGE_PRODUCTS")


def signing_for(engine: Engine, shop_id: int) -> SigningShop:
    """What signs for this shop, known to us by its key."""
    with engine.begin() as connection:
        api_url = connection.scalar(select(Shop.api_url).where(Shop.id == shop_id))
        signing = SigningShop(api_url or "")
        known = {"jwks": signing.jwks, "app_id": signing.app_id}
        connection.execute(update(Shop).where(Shop.id == shop_id).values(known))
    return signing


def token(signing: SigningShop, may: Sequence[str] = EVERYTHING, **changes: Any) -> str:
    """What the dashboard hands to the app's page, with these claims changed."""
    now = int(time.time())
    claims = {
        "iat": now,
        "exp": now + 300,
        "iss": signing.api_url,
        "owner": "saleor",
        "type": "thirdparty",
        "email": "staff@example.com",
        "is_staff": True,
        "app": signing.app_id,
        "permissions": [],
        "user_permissions": list(may),
    } | changes
    return jwt.encode(claims, signing.key, algorithm="RS256", headers={"kid": signing.key_id})


class _Fields(HTMLParser):
    """The hidden fields of the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[given["name"] or ""] = given.get("value") or ""


def hidden(page: str) -> dict[str, str]:
    fields = _Fields()
    fields.feed(page)
    return fields.found


@dataclass
class Desk:
    """`shop_id` is the shop of the addresses; `signing` signs for it."""

    web: FlaskClient
    shop_id: int
    signing: SigningShop
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Dest": "iframe"})

    def sign_in(self, *may: str, **changes: Any) -> TestResponse:
        asked = {"token": token(self.signing, may or EVERYTHING, **changes), "parent": PARENT}
        return self.web.post("/admin/session", json=asked)

    def looks(self, **kept: str) -> None:
        """Theme and language as the dashboard's script keeps them."""
        for name, value in kept.items():
            self.web.set_cookie(f"dueback-{name}", value, path=f"/admin/{self.shop_id}")

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.web.get(f"/admin/{self.shop_id}{path}", headers=self.headers, **options)

    def post(self, path: str, page: str, **fields: Any) -> TestResponse:
        """Send a form of this page, with what it hides."""
        return self.web.post(f"/admin/{self.shop_id}{path}", data=hidden(page) | fields, headers=self.headers)
