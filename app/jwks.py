"""A shop's public keys: fetched over the network, kept with the shop, used to check what claims to come from it."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from jwt.algorithms import RSAAlgorithm

MOST_BYTES = 64 * 1024
TIMEOUT = httpx.Timeout(8, connect=3)


class BadKeys(Exception):
    """The shop did not answer with a usable key set."""


def address(api_url: str) -> str:
    """Where a Saleor publishes its keys."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}/.well-known/jwks.json"


def fetch(api_url: str) -> dict[str, Any]:
    """The shop's key set, as JSON. Raises BadKeys."""
    try:
        with httpx.stream("GET", address(api_url), timeout=TIMEOUT, follow_redirects=False) as answer:
            answer.raise_for_status()
            body = b"".join(_bounded(answer))
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as wrong:
        raise BadKeys(f"The shop's keys could not be read from {address(api_url)}.") from wrong
    if not public_keys(found):
        raise BadKeys(f"{address(api_url)} holds no RSA key.")
    return {"keys": found["keys"]}


def _bounded(answer: httpx.Response) -> list[bytes]:
    read: list[bytes] = []
    for chunk in answer.iter_bytes():
        read.append(chunk)
        if sum(map(len, read)) > MOST_BYTES:
            raise ValueError("too long")
    return read


def public_keys(key_set: Any) -> dict[str, Any]:
    """RSA keys by their id; anything else in the set is left out."""
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    found = {}
    for key in keys if isinstance(keys, list) else ():
        if isinstance(key, dict) and key.get("kty") == "RSA" and isinstance(key.get("kid"), str):
            try:
                found[key["kid"]] = RSAAlgorithm.from_jwk(key)
            except (jwt.InvalidKeyError, ValueError):
                continue
    return found
