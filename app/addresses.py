"""Which shops may register: by the merchant's patterns, and never a private address by accident."""

import fnmatch
import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from app.config import Config

LONGEST = 500

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """This shop may not register here; the message says why."""


def check(config: Config, api_url: str) -> None:
    """Raises NotAllowed. Resolves the host's name: what points at us or at a private network is not a shop.

    A name that resolves otherwise a moment later leads nowhere: without its own certificate https does not get through.
    """
    parts = _parts(api_url)
    host = parts.hostname or ""
    if not _is_listed(config, host):
        raise NotAllowed(f"{host} is not among the shops this Dueback serves. Add it to DUEBACK_ALLOWED_SHOPS.")
    addresses = _resolve(host, parts.port)
    if config.development and all(address.is_loopback for address in addresses):
        return
    if parts.scheme != "https":
        raise NotAllowed("The shop's API address must begin with https://.")
    if not all(address.is_global for address in addresses) and host not in _patterns(config):
        raise NotAllowed(
            f"{host} is a private address. Write it out in DUEBACK_ALLOWED_SHOPS if the shop is in your own network."
        )


def _parts(api_url: str) -> SplitResult:
    try:
        parts = urlsplit(api_url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or len(api_url) > LONGEST or not api_url.isprintable():
        raise NotAllowed("The shop did not name a usable API address in the header Saleor-Api-Url.")
    return parts


def _is_listed(config: Config, host: str) -> bool:
    patterns = _patterns(config)
    return not patterns or any(fnmatch.fnmatchcase(host, pattern) for pattern in patterns)


def _patterns(config: Config) -> set[str]:
    return {pattern.lower() for pattern in config.allowed_shops}


def _resolve(host: str, port: int | None) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise NotAllowed(f"{host} cannot be found.") from unknown
    return [_address(str(entry[4][0])) for entry in found]


def _address(text: str) -> Address:
    found = ipaddress.ip_address(text.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
