"""Saleor 3.23 and later. See `app.platforms.Platform`."""

from app.platforms.client import Patience
from app.platforms.saleor_link import Link
from app.platforms.saleor_reads import Reads
from app.platforms.saleor_setup import SetUp
from app.platforms.saleor_writes import Writes
from app.platforms.seen import Identity


class Saleor(Reads, Writes, SetUp):
    """One Saleor. Each part stands in a module of its own."""


def identify(api_url: str, token: str) -> Identity:
    """Let the shop itself say whose token this is. Raises ShopError, TOKEN_DEAD where it is nobody's.

    The shop waits for our answer while we ask, for 18 seconds at most: so one attempt, and little patience.
    """
    link = Link(api_url, token, Patience(connect=3, read=8, attempts=1))
    try:
        return link.identity()
    finally:
        link.close()
