"""Webhooks ready for the wire, signed as Saleor signs them with a key made for the run."""

import json
import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.api_jws import PyJWS

API_URL = "https://shop.example/graphql/"
KEY_ID = "bench"
KEY_BITS = 3072


@dataclass(frozen=True)
class Sender:
    """Sends as one shop, with an RSA key of the size Saleor's own have."""

    api_url: str = API_URL
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, KEY_BITS))

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": KEY_ID, "use": "sig"}]}

    def requests(self, path: str, number: int) -> list[bytes]:
        """So many webhooks, each about another order, as bytes for the wire."""
        orders = [b64encode(f"Order:{uuid.uuid4()}".encode()).decode() for _ in range(number)]
        return [self.request(path, "order_created", {"order": {"id": order}}) for order in orders]

    def request(self, path: str, event: str, payload: Mapping[str, Any]) -> bytes:
        body = json.dumps({"issuingPrincipal": None, **payload}).encode()
        headers = {
            "Host": "127.0.0.1",
            "User-Agent": "Saleor/3.23",
            "Content-Type": "application/json",
            "Saleor-Event": event,
            "Saleor-Domain": "shop.example",
            "Saleor-Api-Url": self.api_url,
            "Saleor-Signature": self._sign(body),
            "Content-Length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _sign(self, body: bytes) -> str:
        said = {"b64": False, "crit": ["b64"], "kid": KEY_ID}
        return PyJWS().encode(body, self.key, algorithm="RS256", headers=said, is_payload_detached=True)
