"""Keys of shops change: an unknown one is asked for, once in a while, by one thread at a time."""

import math
import threading
import time
from datetime import UTC, datetime

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import Engine, update

from app import jwks
from app.models import Shop

log = structlog.get_logger()

FRESH_SECONDS = 30.0
REST_SECONDS = 10.0


class KeysOutOfReach(Exception):
    """Whether a signature is good cannot be told now; the sender has to try again."""


class ShopKeys:
    """Fetches and keeps key sets. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fetched: dict[int, float] = {}
        self._tried: dict[int, float] = {}
        self._trying = threading.Lock()

    def fresh(self, shop_id: int, api_url: str) -> dict[str, RSAPublicKey] | None:
        """The shop's keys by id, asked for now; None where they were fetched a moment ago and are as known.

        Raises KeysOutOfReach where the shop does not answer, or somebody has just tried.
        """
        if _seconds_since(self._fetched.get(shop_id)) <= FRESH_SECONDS:
            return None
        self._take_turn(shop_id)
        try:
            found = jwks.fetch(api_url)
        except jwks.BadKeys as wrong:
            raise KeysOutOfReach(str(wrong)) from wrong
        with self._engine.begin() as connection:
            values = {"jwks": found, "jwks_at": datetime.now(UTC)}
            connection.execute(update(Shop).where(Shop.id == shop_id).values(values))
        self._fetched[shop_id] = time.monotonic()
        log.info("keys fetched", shop=shop_id)
        return jwks.public_keys(found)

    def _take_turn(self, shop_id: int) -> None:
        """One thread asks a shop, and after a failure nobody for a while: a slow shop must not hold every thread."""
        with self._trying:
            if _seconds_since(self._tried.get(shop_id)) < REST_SECONDS:
                raise KeysOutOfReach("The shop was asked for its keys a moment ago.")
            self._tried[shop_id] = time.monotonic()


def _seconds_since(moment: float | None) -> float:
    return math.inf if moment is None else time.monotonic() - moment
