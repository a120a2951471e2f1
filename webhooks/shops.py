"""The shops as the door needs them: by address, with their keys, remembered for a few seconds."""

import time
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import Engine, select

from app import jwks
from app.models import Shop, Variant
from app.shop_keys import KeysOutOfReach, ShopKeys

__all__ = ["KeysOutOfReach", "KnownShop", "Shops"]

REMEMBER_SECONDS = 3.0


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
        self._keys = ShopKeys(engine)

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
        """The shop's public key of that id. Raises KeysOutOfReach: a webhook refused for good would be lost."""
        if key_id not in shop.keys and (fresh := self._keys.fresh(shop.id, shop.api_url)) is not None:
            self.forget(shop)
            return fresh.get(key_id)
        return shop.keys.get(key_id)

    def variants_of(self, shop: KnownShop, products: list[str]) -> list[str]:
        """The variants of these products that our book knows."""
        query = select(Variant.id).where(Variant.shop_id == shop.id, Variant.product_id.in_(products))
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def _read(self, api_url: str) -> KnownShop | None:
        columns = (Shop.id, Shop.api_url, Shop.app_id, Shop.state, Shop.jwks)
        query = select(*columns).where(Shop.api_url == api_url, Shop.state != "removed")
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return KnownShop(row.id, row.api_url, row.app_id, row.state, jwks.public_keys(row.jwks)) if row else None
