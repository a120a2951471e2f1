"""Tokens at rest: encrypted with a key that only the environment knows."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask_babel import lazy_gettext as lazy

from app.refusal import Refusal

ENCRYPTION = b"dueback: tokens of shops, 1"
NAME = b"dueback: name of the key for tokens of shops, 1"


class SealBroken(Refusal):
    """What was sealed cannot be opened."""


class Seal:
    """Encrypts and opens short secrets with a key drawn from SECRET_KEY.

    What it closes reads `name.ciphertext`. The name tells which SECRET_KEY closed it and nothing about the key, so that
    a database with tokens under two keys, an old one and a new one, can be told apart and moved row by row.
    """

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_drawn(secret_key, ENCRYPTION, 32)))
        self.name = _drawn(secret_key, NAME, 4).hex()

    def close(self, secret: str) -> str:
        return f"{self.name}.{self._fernet.encrypt(secret.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Raises SealBroken."""
        name, _, ciphertext = sealed.partition(".")
        if name != self.name:
            raise SealBroken(lazy("A shop's token cannot be opened: it was kept with another SECRET_KEY."))
        try:
            return self._fernet.decrypt(ciphertext.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken(lazy("A shop's token cannot be opened: it was damaged in the database.")) from broken


def _drawn(secret_key: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=None, info=purpose).derive(secret_key.encode())
