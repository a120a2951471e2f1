"""Detached JWS signatures as Saleor makes them: RS256 over the body as it is (RFC 7797).

Saleor signs its users' access tokens with the same key. Those carry their own payload; only a signature that says
`b64: false` and leaves the payload out is one over a body. Why PyJWT is not asked: docs/decisions/0009.
"""

import base64
import json
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

LONGEST = 4096

_PADDING, _HASH = PKCS1v15(), SHA256()


def key_id(signature: str) -> str | None:
    """The key a detached signature names; None where it is none, or is made in another way than Saleor's."""
    header, dots, _ = signature.partition("..")
    return _key_named_in(header) if dots and len(signature) <= LONGEST else None


@lru_cache(maxsize=256)
def _key_named_in(header: str) -> str | None:
    """A shop's signatures all begin alike, so this is hardly ever worked out."""
    try:
        match json.loads(_decoded(header)):
            case {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": str(kid)}:
                return kid
    except (ValueError, RecursionError):
        pass
    return None


def is_signed(signature: str, body: bytes, key: RSAPublicKey) -> bool:
    """Whether the signature holds for these very bytes. Ask `key_id` first: it knows the signature's form."""
    header, _, made = signature.partition("..")
    try:
        key.verify(_decoded(made), header.encode() + b"." + body, _PADDING, _HASH)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
