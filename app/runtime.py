"""What every process of ours holds while it runs: the settings, the database, and the way to a shop."""

import gc
import time
from dataclasses import dataclass, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import Config
from app.models import Shop
from app.platforms import Platform
from app.platforms.client import Patience
from app.platforms.saleor import Saleor
from app.seal import Seal


def collect_seldom() -> None:
    """For a process that plans: look for garbage in cycles seldom.

    A batch is a hundred thousand small values without any cycle. Going through them again and again for cycles takes a
    third of the time that reading them does.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


class UnknownShop(LookupError):
    """No shop with this id or address is installed."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Safe to share between threads. `patience`: how long to bear with a shop; None for as long as work can wait."""

    config: Config
    engine: Engine
    patience: Patience | None = None

    def shop(self, shop_id: int) -> Shop:
        """The shop's row, detached. Raises UnknownShop."""
        with Session(self.engine, expire_on_commit=False) as session:
            shop = session.get(Shop, shop_id)
        if shop is None:
            raise UnknownShop(f"No shop has the id {shop_id}.")
        return shop

    def platform(self, shop: Shop) -> Platform:
        """A connection to the shop, with its token opened."""
        return Saleor(shop.api_url, Seal(self.config.secret_key).open(shop.token), self.patience)

    def within(self, seconds: float) -> "Runtime":
        """The same, for somebody who waits: a shop is asked once, and what is not answered by then never is."""
        hurried = Patience(connect=3, read=seconds, attempts=1, until=time.monotonic() + seconds)
        return replace(self, patience=hurried)
