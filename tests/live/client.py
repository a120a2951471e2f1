"""Talking to a shop as staff or as an anonymous shopper."""

import threading
import time
from typing import Any

import httpx

from tests.live import documents

TOKEN_SECONDS = 240
SIGN_IN_TRIES = 5


class Refused(Exception):
    """The shop refused; `codes` are its own words for it."""

    def __init__(self, message: str, codes: set[str]) -> None:
        super().__init__(message)
        self.codes = codes

    @property
    def short_of_stock(self) -> bool:
        return bool(self.codes & {"INSUFFICIENT_STOCK", "InsufficientStock"})


class Client:
    """One shop's API. Staff tokens live five minutes and are renewed in time. Safe to use from several threads."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.url = url
        self._credentials = {"email": email, "password": password}
        self._http = httpx.Client(timeout=30, limits=httpx.Limits(max_connections=20))
        self._token, self._renew_at = "", 0.0
        self._signing_in = threading.Lock()

    def staff(self, document: str, **variables: Any) -> Any:
        """The one field the document asks for, as staff. Raises Refused."""
        return self._ask(document, variables, {"Authorization": f"Bearer {self.staff_token()}"})

    def shopper(self, document: str, **variables: Any) -> Any:
        """The one field the document asks for, as anybody. Raises Refused."""
        return self._ask(document, variables, {})

    def close(self) -> None:
        self._http.close()

    def staff_token(self) -> str:
        """A token that lives at least another minute."""
        with self._signing_in:
            if time.monotonic() > self._renew_at:
                self._token = self._sign_in()
                self._renew_at = time.monotonic() + TOKEN_SECONDS
            return self._token

    def _sign_in(self) -> str:
        """Saleor holds back a sign-in for a second while another from the same address is under way."""
        for tries_left in reversed(range(SIGN_IN_TRIES)):
            try:
                return str(self.shopper(documents.SIGN_IN, **self._credentials)["token"])
            except Refused as refused:
                if not tries_left or "LOGIN_ATTEMPT_DELAYED" not in refused.codes:
                    raise
            time.sleep(1)
        raise AssertionError("The last try returns or raises.")

    def _ask(self, document: str, variables: dict[str, Any], headers: dict[str, str]) -> Any:
        body = {"query": document, "variables": variables}
        answer = self._http.post(self.url, json=body, headers=headers).json()
        if "errors" in answer:
            codes = {str(e.get("extensions", {}).get("exception", {}).get("code", "")) for e in answer["errors"]}
            raise Refused("; ".join(e["message"] for e in answer["errors"]), codes)
        [value] = answer["data"].values()
        _raise_errors(value)
        return value


def _raise_errors(value: Any) -> None:
    """Mutations say what was wrong beside their answer, and bulk ones beside each row."""
    if not isinstance(value, dict):
        return
    errors = list(value.get("errors") or [])
    for row in value.get("results") or []:
        errors += row.get("errors") or []
    if errors:
        raise Refused("; ".join(str(e.get("message")) for e in errors), {str(e.get("code")) for e in errors})
