"""Reads a shop's HTTP answer within bounds, before anything looks into it."""

import io
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from flask_babel import lazy_gettext as lazy
from requests import Response
from urllib3.exceptions import HTTPError

from app.platforms.errors import TIMEOUT, TOO_LARGE, UNREACHABLE, ShopError

MOST_BYTES = 64 * 1024 * 1024
LONGEST_SECONDS = 90.0
CHUNK = 64 * 1024
WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})


def check_response(response: Response, *_args: Any, **_settings: Any) -> Response:
    """A hook for requests: the same response with its body read, or ShopError.

    Only 200 and 400 can carry GraphQL. A redirect is refused: it would lead the token to an address nobody checked.
    """
    if response.status_code not in {200, 400}:
        response.close()
        raise _refusal(response)
    response.raw = io.BytesIO(_bounded(response))
    response.headers.pop("Content-Encoding", None)
    response.encoding = "utf-8"  # GraphQL is UTF-8; guessing it from a large body takes seconds
    return response


def _bounded(response: Response) -> bytes:
    body, deadline = bytearray(), time.monotonic() + LONGEST_SECONDS
    for chunk in _chunks(response):
        body += chunk
        if len(body) > MOST_BYTES:
            response.close()
            raise ShopError(
                lazy("The shop's answer is longer than {most} MB."),
                retry=False,
                code=TOO_LARGE,
                most=MOST_BYTES // 2**20,
            )
        if time.monotonic() > deadline:
            response.close()
            raise ShopError(lazy("The shop's answer did not end in time."), retry=True, code=TIMEOUT)
    return bytes(body)


def _chunks(response: Response) -> Iterator[bytes]:
    try:
        yield from response.raw.stream(CHUNK, decode_content=True)
    except HTTPError as error:
        raise ShopError(lazy("The shop's answer broke off."), retry=True, code=UNREACHABLE) from error


def _refusal(response: Response) -> ShopError:
    status = response.status_code
    return ShopError(
        lazy("The shop answered HTTP {status}."),
        status=f"{status} {response.reason or ''}".strip(),
        retry=status in WORTH_RETRYING,
        code=f"HTTP_{status}",
        wait=_asked_wait(response),
    )


def _asked_wait(response: Response) -> float | None:
    """Seconds from Retry-After, which is a number or a date."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked[:6])
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds())
