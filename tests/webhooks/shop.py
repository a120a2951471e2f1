"""A shop at the far side of the door: it signs as Saleor does."""

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

API_URL = "https://shop.example/graphql/"
APP_ID = "QXBwOjE="


@cache
def private_key(number: int = 0) -> rsa.RSAPrivateKey:
    """One of a few keys; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(body: bytes, key: rsa.RSAPrivateKey, **header: Any) -> str:
    """The detached signature Saleor sends along with a body; `header` changes what its header says."""
    said = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": "key-1", "typ": "JWT"} | header
    return jwt.api_jws.PyJWS().encode(body, key, algorithm="RS256", headers=said, is_payload_detached=True)


def access_token(key: rsa.RSAPrivateKey) -> str:
    """What a shopper gets on signing in, signed with the same key."""
    return jwt.encode({"user_id": "VXNlcjo0Ng=="}, key, algorithm="RS256", headers={"kid": "key-1"})


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@dataclass
class SigningShop:
    """An installation that sends webhooks."""

    api_url: str = API_URL
    app_id: str = APP_ID
    key: rsa.RSAPrivateKey = field(default_factory=private_key)
    key_id: str = "key-1"

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": self.key_id, "use": "sig"}]}

    def headers(self, event: str, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Saleor-Event": event,
            "Saleor-Api-Url": self.api_url,
            "Saleor-Signature": signed(body, self.key, kid=self.key_id),
        }
