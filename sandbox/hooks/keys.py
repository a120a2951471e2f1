"""The shop's RSA key: made once, kept in the data directory, published as a JWKS."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_SIZE = 3072


class SigningKey:
    """Signs webhook bodies with a detached JWS (RFC 7797), as Saleor does."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self.private = private
        self.public = private.public_key()

    @classmethod
    @lru_cache(maxsize=1)
    def of_this_process(cls) -> SigningKey:
        """One key for all shops that forget everything: making it takes longer than most of them live."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE))

    @classmethod
    def kept_in(cls, path: Path) -> SigningKey:
        """The key in this file, or a new one that is written there."""
        if path.exists():
            private = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(private, rsa.RSAPrivateKey):
                raise ValueError(f"{path} holds no RSA key")
            return cls(private)
        private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
        path.touch(mode=0o600)
        path.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return cls(private)

    @cached_property
    def jwk(self) -> dict[str, str]:
        numbers = self.public.public_numbers()
        return {"kty": "RSA", "e": _whole(numbers.e), "n": _whole(numbers.n)}

    @cached_property
    def kid(self) -> str:
        """The RFC 7638 thumbprint."""
        canonical = json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()
        return _text(hashlib.sha256(canonical).digest())

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.jwk | {"key_ops": ["verify"], "use": "sig", "kid": self.kid}]}

    @cached_property
    def _header(self) -> str:
        header = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "JWT"}
        return _text(json.dumps(header, separators=(",", ":")).encode())

    def detached(self, body: bytes) -> str:
        """``header..signature`` over the raw body."""
        signed = self.private.sign(f"{self._header}.".encode() + body, padding.PKCS1v15(), hashes.SHA256())
        return f"{self._header}..{_text(signed)}"


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _whole(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))
