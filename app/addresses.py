"""Which shops may register: by the merchant's patterns, and never a private address by accident."""

import fnmatch
import ipaddress
import socket
from urllib.parse import urlsplit

from app.config import Config

LONGEST = 500


class NotAllowed(Exception):
    """This shop may not register here; the message says why."""


def check(config: Config, api_url: str) -> None:
    """Raises NotAllowed. Resolves the host's name: what points at us or at a private network is not a shop."""
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    if len(api_url) > LONGEST or parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise NotAllowed("The shop did not name a usable API address.")
    if not _is_listed(config, host):
        raise NotAllowed(f"{host} is not among the shops this Dueback serves. Add it to DUEBACK_ALLOWED_SHOPS.")
    addresses = _resolve(host, parts.port)
    if config.development and all(address.is_loopback for address in addresses):
        return
    if parts.scheme != "https":
        raise NotAllowed("The shop's API address must begin with https://.")
    if not all(address.is_global for address in addresses):
        raise NotAllowed(f"{host} is a private address. Only shops on the public internet can register.")


def _is_listed(config: Config, host: str) -> bool:
    return not config.allowed_shops or any(fnmatch.fnmatch(host, pattern) for pattern in config.allowed_shops)


def _resolve(host: str, port: int | None) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise NotAllowed(f"{host} cannot be found.") from unknown
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
