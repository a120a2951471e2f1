"""What every process of ours holds while it runs: the settings, the database, and the way to a shop."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import Config
from app.models import Shop
from app.platforms import Platform
from app.platforms.saleor import Saleor
from app.seal import Seal


class UnknownShop(LookupError):
    """No shop with this id or address is installed."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Safe to share between threads."""

    config: Config
    engine: Engine

    def shop(self, shop_id: int) -> Shop:
        """The shop's row, detached. Raises UnknownShop."""
        with Session(self.engine, expire_on_commit=False) as session:
            shop = session.get(Shop, shop_id)
        if shop is None:
            raise UnknownShop(f"No shop has the id {shop_id}.")
        return shop

    def platform(self, shop: Shop) -> Platform:
        """A connection to the shop, with its token opened."""
        return Saleor(shop.api_url, Seal(self.config.secret_key).open(shop.token))
