"""Tokens at rest: encrypted with a key that only the environment knows."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"dueback: tokens of shops, 1"


class SealBroken(Exception):
    """What was sealed cannot be opened: SECRET_KEY is not the one it was sealed with."""


class Seal:
    """Encrypts and opens short secrets with a key drawn from SECRET_KEY."""

    def __init__(self, secret_key: str) -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SealBroken."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken("A shop's token cannot be opened: SECRET_KEY is not the one it was kept with.") from broken
