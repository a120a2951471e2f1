"""A shop's public keys: fetched over the network, kept with the shop, used to check what claims to come from it."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

MOST_BYTES = 64 * 1024
TIMEOUT = httpx.Timeout(4, connect=3)
MOST_SECONDS = 8.0
FEWEST_BITS = 2048


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
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as wrong:
        raise BadKeys(f"The shop's keys could not be read from {address(api_url)}.") from wrong
    if not public_keys(found):
        raise BadKeys(f"{address(api_url)} holds no RSA key.")
    return {"keys": found["keys"]}


def _bounded(answer: httpx.Response) -> Iterator[bytes]:
    read, until = 0, time.monotonic() + MOST_SECONDS
    for chunk in answer.iter_bytes():
        read += len(chunk)
        if read > MOST_BYTES or time.monotonic() > until:
            raise ValueError("too long")
        yield chunk


def public_keys(key_set: Any) -> dict[str, RSAPublicKey]:
    """RSA keys by their id; anything else in the set is left out."""
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    found = {}
    for jwk in keys if isinstance(keys, list) else ():
        match jwk:
            case {"kty": "RSA", "kid": str(kid)} if key := _public_key(jwk):
                found[kid] = key
    return found


def _public_key(jwk: dict[str, Any]) -> RSAPublicKey | None:
    try:
        key = RSAAlgorithm.from_jwk(jwk)
    except (jwt.InvalidKeyError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= FEWEST_BITS else None
