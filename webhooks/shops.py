"""The shops as the door needs them: by address, with their keys, remembered for a few seconds."""

import math
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import Engine, select, update

from app import jwks
from app.models import Shop, Variant

log = structlog.get_logger()

REMEMBER_SECONDS = 3.0
FRESH_SECONDS = 30.0
REST_SECONDS = 10.0


class KeysOutOfReach(Exception):
    """Whether a signature is good cannot be told now; the sender has to try again."""


@dataclass(frozen=True, slots=True)
class KnownShop:
    """One installation. `keys` are its public keys by id."""

    id: int
    api_url: str
    app_id: str
    state: str
    keys: dict[str, RSAPublicKey]


class Shops:
    """Looked up by API URL. Safe to use from several threads: a lost race costs one query."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, tuple[float, KnownShop]] = {}
        self._fetched: dict[int, float] = {}
        self._tried: dict[int, float] = {}
        self._trying = threading.Lock()

    def find(self, api_url: str) -> KnownShop | None:
        """The shop, unless it is unknown or has removed us. Unknown ones are not remembered: they could be many."""
        read_at, shop = self._known.get(api_url, (0.0, None))
        now = time.monotonic()
        if shop is None or now - read_at > REMEMBER_SECONDS:
            if shop is not None:
                # One reads, the others go on with what they know.
                self._known[api_url] = (now, shop)
            shop = self._read(api_url)
            if shop is None:
                self._known.pop(api_url, None)
            else:
                self._known[api_url] = (now, shop)
        return shop

    def forget(self, shop: KnownShop) -> None:
        self._known.pop(shop.api_url, None)

    def key(self, shop: KnownShop, key_id: str) -> RSAPublicKey | None:
        """The shop's public key of that id. Shops change keys, so an unknown id is asked for, once in a while.

        Raises KeysOutOfReach while that cannot be done: a webhook refused for good would be lost.
        """
        if key_id not in shop.keys and _seconds_since(self._fetched.get(shop.id)) > FRESH_SECONDS:
            shop = self._refetch(shop)
        return shop.keys.get(key_id)

    def variants_of(self, shop: KnownShop, products: list[str]) -> list[str]:
        """The variants of these products that our book knows."""
        query = select(Variant.id).where(Variant.shop_id == shop.id, Variant.product_id.in_(products))
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def _refetch(self, shop: KnownShop) -> KnownShop:
        self._take_turn(shop)
        try:
            found = jwks.fetch(shop.api_url)
        except jwks.BadKeys as wrong:
            raise KeysOutOfReach(str(wrong)) from wrong
        with self._engine.begin() as connection:
            values = {"jwks": found, "jwks_at": datetime.now(UTC)}
            connection.execute(update(Shop).where(Shop.id == shop.id).values(values))
        self._fetched[shop.id] = time.monotonic()
        self.forget(shop)
        log.info("keys fetched", shop=shop.id)
        return self.find(shop.api_url) or shop

    def _take_turn(self, shop: KnownShop) -> None:
        """One thread asks a shop, and after a failure nobody for a while: a slow shop must not hold every thread."""
        with self._trying:
            if _seconds_since(self._tried.get(shop.id)) < REST_SECONDS:
                raise KeysOutOfReach("The shop was asked for its keys a moment ago.")
            self._tried[shop.id] = time.monotonic()

    def _read(self, api_url: str) -> KnownShop | None:
        columns = (Shop.id, Shop.api_url, Shop.app_id, Shop.state, Shop.jwks)
        query = select(*columns).where(Shop.api_url == api_url, Shop.state != "removed")
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return KnownShop(row.id, row.api_url, row.app_id, row.state, jwks.public_keys(row.jwks)) if row else None


def _seconds_since(moment: float | None) -> float:
    return math.inf if moment is None else time.monotonic() - moment
