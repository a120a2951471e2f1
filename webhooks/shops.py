"""The shops as the door needs them: by address, with their keys, remembered for a few seconds."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Engine, select, update

from app import jwks
from app.models import Shop

log = structlog.get_logger()

REMEMBER_SECONDS = 3.0
REFETCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class KnownShop:
    """One installation. `keys` are its public keys by id."""

    id: int
    api_url: str
    app_id: str
    state: str
    keys: dict[str, Any]


class Shops:
    """Looked up by API URL. Safe to use from several threads: a lost race costs one query."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, tuple[float, KnownShop]] = {}
        self._refetched: dict[int, float] = {}

    def find(self, api_url: str) -> KnownShop | None:
        """The shop, unless it is unknown or has removed us. Unknown ones are not remembered: they could be many."""
        read_at, shop = self._known.get(api_url, (0.0, None))
        if shop is None or time.monotonic() - read_at > REMEMBER_SECONDS:
            shop = self._read(api_url)
            if shop is None:
                self._known.pop(api_url, None)
            else:
                self._known[api_url] = (time.monotonic(), shop)
        return shop

    def forget(self, shop: KnownShop) -> None:
        self._known.pop(shop.api_url, None)

    def key(self, shop: KnownShop, key_id: str) -> Any | None:
        """The shop's public key of that id. Shops change keys: an unknown id is asked for, once in a while."""
        if key_id not in shop.keys and self._may_refetch(shop.id):
            shop = self._refetch(shop)
        return shop.keys.get(key_id)

    def _may_refetch(self, shop_id: int) -> bool:
        now, last = time.monotonic(), self._refetched.get(shop_id)
        if last is not None and now - last < REFETCH_SECONDS:
            return False
        self._refetched[shop_id] = now
        return True

    def _refetch(self, shop: KnownShop) -> KnownShop:
        try:
            found = jwks.fetch(shop.api_url)
        except jwks.BadKeys as wrong:
            log.warning("keys not refetched", shop=shop.id, reason=str(wrong))
            return shop
        with self._engine.begin() as connection:
            values = {"jwks": found, "jwks_at": datetime.now(UTC)}
            connection.execute(update(Shop).where(Shop.id == shop.id).values(values))
        self.forget(shop)
        return self.find(shop.api_url) or shop

    def _read(self, api_url: str) -> KnownShop | None:
        columns = (Shop.id, Shop.api_url, Shop.app_id, Shop.state, Shop.jwks)
        query = select(*columns).where(Shop.api_url == api_url, Shop.state != "removed")
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return KnownShop(row.id, row.api_url, row.app_id, row.state, jwks.public_keys(row.jwks)) if row else None
